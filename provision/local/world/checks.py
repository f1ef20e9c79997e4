"""Health checks: those a machine's configuration declares, with what they find by now."""

from __future__ import annotations

from enum import StrEnum

from provision.local.world.hints import Any
from provision.local.world.record import Record

FIRST_RESULT_MS = 100
"""How long after its start a machine's checks have a result."""


class CheckStatus(StrEnum):
    """What a check found."""

    PASSING = "passing"
    WARNING = "warning"
    CRITICAL = "critical"


class Check(Record):
    """
    A check.

    Attributes:
        name: As Fly names it.
        status: What it found.
        output: What it heard.
        updated_at: Milliseconds since 1970.
    """

    name: str
    status: CheckStatus
    output: str
    updated_at: int


def names(config: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the name and the type of every check that *config* declares."""
    found = [(name, check.get("type", "tcp")) for name, check in _top_level(config)]
    index = 0
    for service in config.get("services") or []:
        for check in service.get("checks") or []:
            kind = check.get("type", "tcp")
            port = check.get("port") or service.get("internal_port")
            found.append((f"servicecheck-{index:02d}-{kind}-{port}", kind))
            index += 1
    return found


def results(
    config: dict[str, Any], *, now: int, started_at: int | None, healthy: bool, known: bool
) -> tuple[Check, ...]:
    """
    Return what the checks of a machine say by *now*.

    Args:
        config: The machine's configuration.
        now: Milliseconds since 1970.
        started_at: When it was started; None if it is not.
        healthy: Whether they will pass.
        known: Whether they had results before, which count as failed until there are new ones.
    """
    if started_at is None:
        return ()
    result_at = started_at + FIRST_RESULT_MS
    if now < result_at:
        pending = Check("", CheckStatus.CRITICAL, "", started_at)
        return tuple(pending._replace(name=name) for name, _ in names(config)) if known else ()
    return tuple(_result(name, kind, result_at, healthy=healthy) for name, kind in names(config))


def _result(name: str, kind: str, at: int, *, healthy: bool) -> Check:
    if not healthy:
        return Check(name, CheckStatus.CRITICAL, "connection refused", at)
    return Check(name, CheckStatus.PASSING, "200 OK" if kind == "http" else "ok", at)


def _top_level(config: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return sorted((config.get("checks") or {}).items())
