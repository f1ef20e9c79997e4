"""What the flags of a deploy ask for."""

from __future__ import annotations

from enum import Enum, auto

from provision.local.standin.appconfig import durations
from provision.local.standin.failure import Failure
from provision.local.standin.guest import guest
from provision.local.standin.session import Session
from provision.local.world.hints import Any
from provision.local.world.record import Record

DEFAULT_WAIT_SECONDS, DEFAULT_LEASE_SECONDS, DEFAULT_RELEASE_COMMAND_SECONDS = 300.0, 13.0, 300.0


class Addresses(Enum):
    """What a first deploy gives an app whose services want an address."""

    PUBLIC = auto()
    PRIVATE = auto()
    NONE = auto()


class Settings(Record):
    """
    What is asked for.

    Attributes:
        addresses: One of `Addresses`.
        env: Environment variables on top of the file's.
        ha: Whether new groups get spare machines.
        strategy: The strategy by flag, or "".
        primary_region: The region by flag, or "".
        detach: Whether to wait for nothing.
        smoke_checks: Whether to watch machines for crashes.
        skip_release_command: Whether to leave the release command out.
        update_only: Whether to create no machines.
        wait_seconds: How long to wait for a machine, each time.
        lease_seconds: How long a lease lasts.
        release_command_seconds: How long the release command may take; 0 for ever.
        max_unavailable: The share or number of machines updated at once; None if not said.
        guest: The size by flags.
        volume_gb: The size of new volumes by flag; 0 for none.
        restart_only: Whether machines keep their configuration.
        files: Files by flags, as machines are given them.
        only: For each filter flag, what it lets through.
    """

    addresses: Addresses = Addresses.PUBLIC
    env: dict[str, str] = {}  # noqa: RUF012 - nobody changes it
    ha: bool = True
    strategy: str = ""
    primary_region: str = ""
    detach: bool = False
    smoke_checks: bool = True
    skip_release_command: bool = False
    update_only: bool = False
    wait_seconds: float = DEFAULT_WAIT_SECONDS
    lease_seconds: float = DEFAULT_LEASE_SECONDS
    release_command_seconds: float = DEFAULT_RELEASE_COMMAND_SECONDS
    max_unavailable: float | None = None
    guest: dict[str, Any] = {}  # noqa: RUF012 - as above
    volume_gb: int = 0
    restart_only: bool = False
    files: tuple[dict[str, Any], ...] = ()
    only: dict[str, tuple[str, ...]] = {}  # noqa: RUF012 - as above


FILTERS = ("regions", "exclude-regions", "only-machines", "exclude-machines", "process-groups")


def from_flags(session: Session) -> Settings:
    """
    Return what the flags ask for.

    Raises:
        Failure: One of them cannot be had.
    """
    release_command = _seconds(session, "release-command-timeout")
    wait = _seconds(session, "wait-timeout")
    lease = _seconds(session, "lease-timeout")
    unavailable = float(session.flag("max-unavailable"))
    if unavailable <= 0:
        raise Failure("the value for --max-unavailable must be > 0")
    _check_retries(session.flag("deploy-retries"))
    return Settings(
        addresses=addresses(session),
        env=pairs(session.all("env"), "failed parsing environment"),
        ha=session.is_on("ha"),
        strategy=session.flag("strategy"),
        primary_region=session.flag("primary-region"),
        detach=session.is_on("detach"),
        smoke_checks=session.is_on("smoke-checks"),
        skip_release_command=session.is_on("skip-release-command"),
        update_only=session.is_on("update-only"),
        wait_seconds=wait,
        lease_seconds=lease,
        release_command_seconds=release_command,
        max_unavailable=unavailable if session.given("max-unavailable") else None,
        guest=guest(session),
        volume_gb=session.number("volume-initial-size"),
        files=_files(session),
        only={flag: tuple(session.all(flag)) for flag in FILTERS if session.all(flag)},
    )


def addresses(session: Session) -> Addresses:
    """Return what addresses the flags ask for."""
    if session.is_on("flycast"):
        return Addresses.PRIVATE
    return Addresses.NONE if session.is_on("no-public-ips") else Addresses.PUBLIC


def pairs(texts: list[str], failing: str) -> dict[str, str]:
    """
    Return ``NAME=VALUE`` texts as a mapping.

    Raises:
        Failure: One of them is none.
    """
    found = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals:
            raise Failure(f"{failing}: '{text}': must be in the format NAME=VALUE")
        found[name] = value
    return found


def _seconds(session: Session, flag: str) -> float:
    text = session.flag(flag)
    if text == "none":
        return 0.0
    try:
        return durations.seconds(text)
    except ValueError:
        if text.isdigit():
            return float(text)
        raise Failure(
            f"invalid duration value {text} used for --{flag} flag: valid options are a number of "
            "seconds, number with time unit (i.e.: 5m, 180s) or 'none'"
        ) from None


def _check_retries(text: str) -> None:
    if text != "auto" and not text.isdigit():
        raise Failure("--deploy-retries must be set to a positive integer, 0, or 'auto'")


def _files(session: Session) -> tuple[dict[str, Any], ...]:
    from base64 import b64encode  # noqa: PLC0415 - hardly ever needed

    found = []
    for flag in ("file-local", "file-literal", "file-secret"):
        for path, value in pairs(session.all(flag), f"failed parsing {flag}").items():
            if flag == "file-secret":
                found.append({"guest_path": path, "secret_name": value})
                continue
            content = read_bytes(value) if flag == "file-local" else value.encode()
            found.append({"guest_path": path, "raw_value": b64encode(content).decode()})
    return tuple(found)


def read_bytes(path: str) -> bytes:
    """
    Return the content of a file that is put on machines.

    Raises:
        Failure: It cannot be read.
    """
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - pathlib costs a stand-in 5 ms
            return file.read()
    except OSError as error:
        reason = (error.strerror or "").lower()
        raise Failure(f"could not read file {path}: open {path}: {reason}") from None
