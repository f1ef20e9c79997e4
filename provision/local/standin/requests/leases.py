"""Requests about leases."""

from __future__ import annotations

from collections.abc import Callable

from provision.local.standin.api import Api
from provision.local.standin.failure import Failure
from provision.local.world import leases
from provision.local.world.leases import Lease
from provision.local.world.machine import Machine
from provision.local.world.operations import Operation

PATIENCE_SECONDS = 60.0
"""How long flyctl asks again for a lease that somebody has, without a word. Source: fly-go"""
PAUSE_SECONDS = 0.1
SILENCE_SECONDS = 2.0
"""How long it says nothing meanwhile, where it says something at all."""


def acquire(
    api: Api,
    machine: Machine,
    *,
    seconds: int,
    nonce: str = "",
    say_waiting: Callable[[], None] = lambda: None,
) -> Lease:
    """
    Take the lease on a machine, or prolong it.

    flyctl waits for a lease that somebody else has: every failure is tried again, for a minute.
    """
    began, said = api.world.clock.now(), False
    while True:
        try:
            return _acquire(api, machine, seconds, nonce)
        except Failure:
            waited = (api.world.clock.now() - began) / 1000
            if waited > PATIENCE_SECONDS:
                raise
        if waited > SILENCE_SECONDS and not said:
            say_waiting()
            said = True
        api.world.clock.sleep(PAUSE_SECONDS)


def show(api: Api, machine: Machine) -> Lease:
    """Return the lease on a machine."""
    return api.flaps(
        Operation.LEASES_SHOW,
        f"GET {_path(machine)}",
        lambda: leases.show(api.world, machine.id),
        app=machine.app.name,
        failing=f"failed to get lease on VM {machine.id}",
    )


def release(api: Api, machine: Machine, nonce: str) -> None:
    """Give a lease back."""
    api.flaps(
        Operation.LEASES_RELEASE,
        f"DELETE {_path(machine)}",
        lambda: leases.release(api.world, machine.id, nonce),
        app=machine.app.name,
    )


def _acquire(api: Api, machine: Machine, seconds: int, nonce: str) -> Lease:
    return api.flaps(
        Operation.LEASES_ACQUIRE,
        f"POST {_path(machine)}?ttl={seconds}",
        lambda: leases.acquire(api.world, machine.id, seconds=seconds, nonce=nonce),
        app=machine.app.name,
        failing=f"failed to get lease on VM {machine.id}",
    )


def _path(machine: Machine) -> str:
    return f"/v1/apps/{machine.app.name}/machines/{machine.id}/lease"
