"""Requests about IP addresses."""

from __future__ import annotations

from provision.local.standin.api import Api
from provision.local.world import addresses, apps
from provision.local.world.addresses import Address, AddressType
from provision.local.world.operations import Operation

LIST = (
    "query ($appName: String!) { app(name: $appName) { ipAddresses { nodes { id address type "
    "region createdAt network { name organization { slug } } serviceName } } sharedIpAddress } }"
)
EGRESS = (
    "query ($appName: String!) { app(name: $appName) { egressIpAddresses { nodes { id ip version "
    "region updatedAt } } } }"
)
ALLOCATE = (
    "mutation($input: AllocateIPAddressInput!) { allocateIpAddress(input: $input) { ipAddress { "
    "id address type region createdAt } } }"
)
ALLOCATE_SHARED = (
    "mutation($input: AllocateIPAddressInput!) { allocateIpAddress(input: $input) { app { "
    "sharedIpAddress } } }"
)
RELEASE = (
    "mutation($input: ReleaseIPAddressInput!) { releaseIpAddress(input: $input) "
    "{ clientMutationId } }"
)


def list_(api: Api, app: str) -> tuple[Address, ...]:
    """Return the addresses of *app*."""
    operation = Operation.ADDRESSES_LIST
    return api.graphql(operation, LIST, lambda: addresses.list_(api.world, app), app=app)


def egress(api: Api, app: str) -> None:
    """Ask for the egress addresses of *app*; the local Fly has none."""
    api.graphql(Operation.EGRESS_LIST, EGRESS, lambda: apps.show(api.world, app), app=app)


def allocate(
    api: Api,
    app: str,
    kind: AddressType,
    *,
    organization: str = "",
    network: str = "",
    region: str = "",
) -> Address:
    """Give *app* another address."""
    return api.graphql(
        Operation.ADDRESSES_ALLOCATE,
        ALLOCATE_SHARED if kind is AddressType.SHARED_V4 else ALLOCATE,
        lambda: addresses.allocate(
            api.world, app, kind, organization=organization, network=network, region=region
        ),
        app=app,
    )


def release(api: Api, app: str, address: str) -> None:
    """Take an address from *app*."""
    operation = Operation.ADDRESSES_RELEASE
    api.graphql(operation, RELEASE, lambda: addresses.release(api.world, app, address), app=app)


def assigned(api: Api, app: str) -> tuple[Address, ...]:
    """Return the addresses of *app*, asking the Machines API as a deploy does."""
    return api.flaps(
        Operation.ADDRESSES_LIST,
        f"GET /v1/apps/{app}/ip_assignments",
        lambda: addresses.list_(api.world, app),
        app=app,
        failing="failed to list app ip assignments",
    )


def assign(api: Api, app: str, kind: AddressType, organization: str) -> Address:
    """Give *app* another address, asking the Machines API as a first deploy does."""
    return api.flaps(
        Operation.ADDRESSES_ALLOCATE,
        f"POST /v1/apps/{app}/ip_assignments",
        lambda: addresses.allocate(api.world, app, kind, organization=organization),
        app=app,
        failing="failed to add ip to app",
    )
