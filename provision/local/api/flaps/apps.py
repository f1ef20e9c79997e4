"""Routes of the Machines API about apps."""

from __future__ import annotations

from typing import Any

from provision.local.api.asked import Asked
from provision.local.api.route import Answer, Route
from provision.local.api.shapes.apps import app_json
from provision.local.world import World, apps, machines, organizations, volumes
from provision.local.world.apps import App
from provision.local.world.operations import Operation
from provision.local.world.record import Record
from provision.local.world.refusals import Malformed


class NewApp(Record):
    """
    The body of a creation.

    Attributes:
        name: As flyctl says it.
        app_name: As the public documents say it.
        org_slug: The organization that owns it.
        network: Its network; "" for the default one.
        app_role_id: For apps with a role, which the local Fly does not have.
        enable_subdomains: As the public documents say; it changes nothing here.
    """

    org_slug: str
    name: str = ""
    app_name: str = ""
    network: str = ""
    app_role_id: str = ""
    enable_subdomains: bool = False


def list_(world: World, asked: Asked) -> dict[str, Any]:
    """Return the apps of an organization."""
    owner = organizations.show(world, asked.query.get("org_slug", ""))
    found = [_shown(world, each) for each in apps.list_(world, owner)]
    return {"total_apps": len(found), "apps": found}


def create(world: World, asked: Asked) -> Answer:
    """Create an app."""
    new = asked.body(NewApp)
    name = new.name or new.app_name
    if new.app_role_id:
        raise Malformed("app_role_id is not known to the local Fly")
    created = apps.create(world, name, organization=new.org_slug, network=new.network)
    # It may not be visible yet, so it is not asked for again.
    return Answer(app_json(created, machines=0, volumes=0), 201)


def show(world: World, asked: Asked) -> dict[str, Any]:
    """Return an app."""
    return _shown(world, apps.show(world, asked.path["app"]))


def delete(world: World, asked: Asked) -> Answer:
    """Delete an app and all it has."""
    apps.delete(world, asked.path["app"])
    return Answer({}, 202)


def _shown(world: World, found: App) -> dict[str, Any]:
    has = len(machines.list_(world, found.name)), len(volumes.list_(world, found.name))
    return app_json(found, machines=has[0], volumes=has[1])


def _new(_: World, asked: Asked) -> str:
    new = asked.body(NewApp)
    return new.name or new.app_name


ROUTES = (
    Route("GET /v1/apps", Operation.APPS_LIST, list_),
    Route("POST /v1/apps", Operation.APPS_CREATE, create, app=_new),
    Route("GET /v1/apps/{app}", Operation.APPS_SHOW, show),
    Route("DELETE /v1/apps/{app}", Operation.APPS_DELETE, delete),
)
