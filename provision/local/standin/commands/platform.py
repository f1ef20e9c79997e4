"""`fly platform`."""

from __future__ import annotations

from provision.local.standin.gojson import pretty
from provision.local.standin.grammar import JSON, Command, Group
from provision.local.standin.session import Session
from provision.local.standin.table import table
from provision.local.world.hints import Any
from provision.local.world.operations import Operation
from provision.local.world.regions import CAPACITY, REGIONS, Region


def _regions(session: Session) -> None:
    request = "GET /v1/platform/regions"
    failing = "failed retrieving regions: failed to get regions"
    found = session.api.flaps(
        Operation.REGIONS_LIST, request, lambda: REGIONS, app="", failing=failing
    )
    ordered = sorted(found, key=lambda each: each.name)
    if session.json:
        session.say(pretty([_document(each) for each in ordered]), end="")
    else:
        session.say(table(_rows(ordered), "Name", "Code", "MPG"), end="")


def _rows(ordered: list[Region]) -> list[list[str]]:
    rows = []
    for continent in sorted({each.geo_region for each in ordered}):
        rows += [[""], [continent.replace("_", " ").title()]]
        rows += [[each.name, each.code] for each in ordered if each.geo_region == continent]
    return rows


def _document(region: Region) -> dict[str, Any]:
    return {
        "code": region.code,
        "name": region.name,
        "latitude": region.latitude,
        "longitude": region.longitude,
        "gateway_available": True,
        "requires_paid_plan": region.requires_paid_plan,
        "deprecated": False,
        "capacity": CAPACITY,
        "geo_region": region.geo_region,
        "mpg_available": False,
    }


COMMAND = Group(
    "platform",
    (Command("regions", _regions, (JSON,), most=0),),
    elsewhere=("status", "vm-sizes"),
)
