"""The size of machines that the flags of a command ask for."""

from __future__ import annotations

from provision.local.standin.appconfig import sizes
from provision.local.standin.failure import Failure
from provision.local.standin.session import Session
from provision.local.world.hints import Any

KINDS = ("shared", "performance")
NO_GPUS = "GPU machines are no longer supported: --vm-gpu-kind and --vm-gpus are no longer accepted"


def guest(session: Session) -> dict[str, Any]:
    """
    Return the size of machines that the flags ask for.

    Raises:
        Failure: There is no such size.

    Source: flyctl internal/flag/machines.go
    """
    try:
        made = sizes.preset(session.flag("vm-size") or sizes.DEFAULT)
    except ValueError as error:
        raise Failure(str(error)) from None
    if session.given("vm-cpus"):
        made["cpus"] = _cpus(session)
    for flag, key in (("vm-memory", "memory_mb"), ("vm-max-memory", "max_memory_mb")):
        if session.given(flag):
            made[key] = _memory(session, flag)
    if session.given("vm-cpu-kind"):
        made["cpu_kind"] = session.flag("vm-cpu-kind")
        if made["cpu_kind"] not in KINDS:
            raise Failure("--vm-cpu-kind must be set to 'shared' or 'performance'")
    if session.given("vm-gpus") or session.given("vm-gpu-kind"):
        raise Failure(NO_GPUS)
    if session.given("host-dedication-id"):
        made["host_dedication_id"] = session.flag("host-dedication-id")
    return made


def _cpus(session: Session) -> int:
    count = session.number("vm-cpus")
    if count <= 0:
        raise Failure(f"--vm-cpus must be greater than zero, got: {count}")
    return count


def _memory(session: Session, flag: str) -> int:
    try:
        found = sizes.memory_mb(session.flag(flag))
    except ValueError as error:
        raise Failure(str(error)) from None
    if not found:
        raise Failure(f"--{flag} cannot be zero")
    return found
