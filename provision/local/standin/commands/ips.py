"""`fly ips`."""

from __future__ import annotations

from provision.local.standin.ago import ago
from provision.local.standin.failure import Failure, not_interactive
from provision.local.standin.gojson import pretty
from provision.local.standin.grammar import JSON, OF_APP, ORG, REGION, YES, Command, Flag, Group
from provision.local.standin.printed import address
from provision.local.standin.requests import addresses, organizations
from provision.local.standin.session import Session
from provision.local.standin.table import table
from provision.local.standin.target import app_name
from provision.local.world.addresses import Address, AddressType

LEARN_MORE = (
    "Learn more about Fly.io public, private, shared and dedicated IP addresses in our docs: "
    "https://fly.io/docs/networking/services/"
)
_TYPES = {
    AddressType.V4: ("v4", "public ingress (dedicated, $2/mo)"),
    AddressType.V6: ("v6", "public ingress (dedicated)"),
    AddressType.SHARED_V4: ("v4", "public ingress (shared)"),
    AddressType.PRIVATE_V6: ("v6", "private ingress"),
}


def _list(session: Session) -> None:
    app = app_name(session)
    found = addresses.list_(session.api, app)
    addresses.egress(session.api, app)
    # Fly tells the shared address apart from the others, and flyctl puts it last.
    found = tuple(sorted(found, key=lambda each: each.type is AddressType.SHARED_V4))
    if session.json:
        session.say(pretty([address(each) for each in found]), end="")
    else:
        _show(session, found)
        session.say(LEARN_MORE)


def _allocate_v4(session: Session) -> None:
    app = app_name(session)
    if session.is_on("shared"):
        shared = addresses.allocate(session.api, app, AddressType.SHARED_V4)
        row = ["v4", shared.address, "shared", "global"]
        session.say(table([row], "Version", "IP", "Type", "Region"), end="")
        return
    if not session.is_on("yes"):
        raise not_interactive("yes flag")
    _show(session, (addresses.allocate(session.api, app, AddressType.V4, region=session.region),))


def _allocate_v6(session: Session) -> None:
    app = app_name(session)
    if not session.is_on("private"):
        kind = AddressType.V6
        _show(session, (addresses.allocate(session.api, app, kind, region=session.region),))
        return
    organization = organizations.named(session.api, session.org).slug if session.org else ""
    allocated = addresses.allocate(
        session.api,
        app,
        AddressType.PRIVATE_V6,
        organization=organization,
        network=session.flag("network"),
        region=session.region,
    )
    _show(session, (allocated,))


def _release(session: Session) -> None:
    app = app_name(session)
    for text in session.arguments:
        if not _is_address(text):
            raise Failure(f"Invalid IP address: '{text}'")
        addresses.release(session.api, app, text)
        session.say(f"Released {text} from {app}")


def _show(session: Session, found: tuple[Address, ...]) -> None:
    rows = [[*_row(each), *_since(session, each)] for each in found]
    session.say(table(rows, "Version", "IP", "Type", "Region", "Created At"), end="")


def _row(found: Address) -> tuple[str, str, str]:
    version, kind = _TYPES[found.type]
    return version, found.address, kind


def _since(session: Session, found: Address) -> tuple[str, str]:
    if found.type is AddressType.SHARED_V4:
        return "", "Jan 1 0001 00:00"
    return found.region, ago(session.world.clock.now(), found.created_at)


def _is_address(text: str) -> bool:
    from ipaddress import ip_address  # noqa: PLC0415 - only here, and it costs 5 ms

    try:
        ip_address(text)
    except ValueError:
        return False
    return True


COMMAND = Group(
    "ips",
    (
        Command("list", _list, (*OF_APP, JSON), aliases=("ls",)),
        Command("allocate-v4", _allocate_v4, (*OF_APP, REGION, YES, Flag("shared"))),
        Command(
            "allocate-v6",
            _allocate_v6,
            (*OF_APP, ORG, REGION, Flag("network", "", "string"), Flag("private")),
        ),
        Command("release", _release, OF_APP, "[flags] ADDRESS ADDRESS ...", least=1),
    ),
    aliases=("ip",),
    elsewhere=("allocate", "allocate-egress", "private", "release-egress"),
)
