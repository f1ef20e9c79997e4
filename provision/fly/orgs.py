"""``fly orgs``: organizations."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from attrs import evolve

from procman import Output, Step, json_as, nothing
from provision.fly._wire import converter
from provision.fly.client import Fly
from provision.fly.models import Organization, ReplaySetting

T = TypeVar("T")

PAID_PLAN_NOTICE = b"New organizations start on the Pay As You Go plan.\n\n"
"""
What ``orgs create`` prints before its JSON on some accounts.

Source: flyctl internal/command/orgs/create.go
"""


def list_(fly: Fly) -> Step[dict[str, str]]:
    """
    The name of every organization the token may see, by slug; no more is said.

    Source: flyctl internal/command/orgs/list.go
    """
    return fly.query("orgs.list", "orgs", "list", "--json", into=dict[str, str])


def show(fly: Fly, org: str) -> Step[Organization]:
    """
    The organization with the slug *org*.

    Source: flyctl internal/command/orgs/show.go
    """
    return fly.query("orgs.show", "orgs", "show", org, "--json", into=Organization)


def replays(fly: Fly, org: str) -> Step[ReplaySetting]:
    """
    Whether apps of the organization *org* may replay requests across its networks.

    Source: flyctl internal/command/orgs/cross_network_replays.go
    """
    words = ("cross-network-replays", "status", "--org", org, "--json")
    return fly.query("orgs.replays", "orgs", *words, into=ReplaySetting)


def create(fly: Fly, name: str) -> Step[Organization]:
    """
    Create an organization called *name*; Fly chooses its slug.

    Not safe to repeat: a second one of the same name gets another slug.

    Source: flyctl internal/command/orgs/create.go
    """
    return fly.acting(
        "orgs.create",
        fly.command("orgs", "create", name, "--json"),
        parse=_after(PAID_PLAN_NOTICE, json_as(Organization, converter=converter())),
    )


def delete(fly: Fly, org: str) -> Step[None]:
    """
    Delete the organization with the slug *org*.

    Source: flyctl internal/command/orgs/delete.go
    """
    return fly.acting("orgs.delete", fly.command("orgs", "delete", org, "--yes"), parse=nothing)


def _after(notice: bytes, parse: Callable[[Output], T]) -> Callable[[Output], T]:
    """*parse* for an output that may begin with exactly *notice*."""
    return lambda output: parse(evolve(output, stdout=output.stdout.removeprefix(notice)))
