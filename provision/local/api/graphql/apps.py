"""Apps in GraphQL: one field for all that belongs to an app."""

from __future__ import annotations

from typing import Any

from provision.local.api.graphql import addresses, images, machines, releases
from provision.local.api.graphql.field import Arguments, Field, Object, only
from provision.local.api.graphql.organizations import identified, organization
from provision.local.world import World, apps
from provision.local.world.apps import App
from provision.local.world.operations import Operation
from provision.local.world.refusals import Malformed


def app(world: World, found: App) -> Object:
    """Return an app."""
    return {
        "id": found.name,
        "internalNumericId": found.number,
        "name": found.name,
        "hostname": found.hostname,
        "deployed": found.deployed,
        "status": found.status.value,
        "state": "",
        "version": lambda _: releases.version(world, found),
        "appUrl": f"https://{found.hostname}",
        "cnameTarget": "",
        "network": found.custom_network,
        "platformVersion": "machines",
        "organization": lambda _: organization(world, found.organization),
        "config": None,
        "role": None,
        "services": [],
        "imageDetails": None,
        "hostIssues": {"nodes": []},
        **addresses.of_app(world, found),
        **images.of_app(world, found),
        **machines.of_app(world, found, lambda: app(world, found)),
        **releases.of_app(world, found),
    }


def named(arguments: Arguments) -> str | None:
    """Return the app that a field is about by its ``name``."""
    name: str | None = arguments.get("name")
    return name


def _show(world: World, arguments: Arguments) -> Object:
    return app(world, apps.show(world, named(arguments) or ""))


def _list(world: World, arguments: Arguments) -> Object:
    chosen = arguments.get("organizationId")
    found = apps.list_(world, identified(world, chosen) if chosen else None)
    return _page(world, found, after=_number(arguments.get("after")), first=arguments.get("first"))


def _page(world: World, found: tuple[App, ...], *, after: int, first: int | None) -> Object:
    rest = [each for each in found if each.number > after]
    page = rest if first is None else rest[: max(0, first)]
    info: dict[str, Any] = {
        "hasNextPage": len(page) < len(rest),
        "endCursor": str(page[-1].number) if page else None,
    }
    return {"nodes": [app(world, each) for each in page], "pageInfo": info}


def _number(cursor: str | None) -> int:
    if not cursor:
        return 0
    if not (cursor.isascii() and cursor.isdigit()):
        raise Malformed(f"{cursor!r} is not a cursor")
    return int(cursor[:18])


QUERIES = (
    Field(
        "app",
        Operation.APPS_SHOW,
        _show,
        app=named,
        special=(
            only(Operation.ADDRESSES_LIST, "ipAddresses", "sharedIpAddress"),
            only(Operation.EGRESS_LIST, "egressIpAddresses"),
            only(Operation.RELEASES_CURRENT, "currentReleaseUnprocessed"),
            only(Operation.RELEASES_LIST, "releasesUnprocessed"),
            only(Operation.IMAGES_RESOLVE, "id", "image"),
        ),
    ),
    Field("apps", Operation.APPS_LIST, _list),
)
