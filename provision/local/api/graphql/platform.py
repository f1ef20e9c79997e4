"""What GraphQL tells of the platform: regions, what may be deployed how, what is not there."""

from __future__ import annotations

from provision.local.api.graphql.apps import named
from provision.local.api.graphql.field import Arguments, Field, NotModelled, Object
from provision.local.world import World, apps
from provision.local.world.operations import Operation
from provision.local.world.regions import NEAREST, REGIONS, Region


def region(found: Region) -> Object:
    """Return a region."""
    return {
        "code": found.code,
        "name": found.name,
        "latitude": found.latitude,
        "longitude": found.longitude,
        "gatewayAvailable": True,
        "requiresPaidPlan": found.requires_paid_plan,
        "deprecated": False,
    }


def _platform(_world: World, _: Arguments) -> Object:
    return {"requestRegion": NEAREST, "regions": [region(each) for each in REGIONS]}


def _bluegreen_is_allowed(world: World, arguments: Arguments) -> bool:
    apps.show(world, arguments["name"])
    return True


def _wireguard(_world: World, _: Arguments) -> Exception:
    # flyctl then asks for logs over HTTP; with a good answer it would start an agent that stays.
    return NotModelled("the local Fly has no WireGuard")


QUERIES = (
    Field("platform", Operation.REGIONS_LIST, _platform),
    Field(
        "canPerformBluegreenDeployment",
        Operation.BLUEGREEN_ALLOWED,
        _bluegreen_is_allowed,
        app=named,
    ),
)
MUTATIONS = (Field("validateWireGuardPeers", Operation.WIREGUARD, _wireguard),)
