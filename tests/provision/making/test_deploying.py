"""Deploys that wait for machines: for their leases, or for their checks in vain."""

from __future__ import annotations

from typing import Any

import pytest

from procman import Step, command, nothing
from provision.fly.models import (
    EventRequest,
    Exit,
    ImageRef,
    Lease,
    LeaseData,
    Machine,
    MachineEvent,
    MachineState,
    Unknown,
)
from provision.making.deploying import FOR_LEASES, allowing_for, is_awaited_in_vain
from provision.plan import Action, Change

CHECKED = {"services": [{"checks": [{"type": "tcp"}]}]}
CRASH = Exit(exit_code=1)


def machine(
    *events: MachineEvent,
    state: MachineState | Unknown = MachineState.STOPPED,
    config: dict[str, Any] = CHECKED,
) -> Machine:
    """A machine of a deploy, its *events* the newest first."""
    metadata = {"fly_platform_version": "v2", "fly_process_group": "app"}
    return Machine(
        "1", state, "syd", ImageRef(), config={**config, "metadata": metadata}, events=events
    )


def ended(how: Exit) -> MachineEvent:
    """The end of a process."""
    return MachineEvent("exit", request=EventRequest(exit_event=how))


START, UPDATE = MachineEvent("start"), MachineEvent("update")

AWAITED = {
    "exited": (machine(ended(CRASH), START), True),
    "exited well": (machine(ended(Exit()), START), True),
    "failed": (machine(ended(CRASH), START, state=MachineState.FAILED), True),
    "to be restarted": (machine(ended(Exit(exit_code=1, restarting=True)), START), False),
    "asked to stop": (machine(ended(Exit(requested_stop=True)), START), False),
    "started again": (machine(START, ended(CRASH), state=MachineState.STARTED), False),
    "about to start after an update": (machine(UPDATE, ended(CRASH), START), False),
    "never started": (machine(), False),
    "in a state nobody knows": (machine(ended(CRASH), state=Unknown("resting")), False),
    "without checks": (machine(ended(CRASH), START, config={}), False),
}


@pytest.mark.parametrize("name", AWAITED)
def test_f58_only_an_exit_for_good_ends_a_deploy(name: str) -> None:
    """F58: never one that flyctl may be the cause of, nor one that no check would follow."""
    found, is_in_vain = AWAITED[name]

    assert is_awaited_in_vain(found) is is_in_vain


def test_f99_the_limit_of_a_deploy_allows_for_a_lease() -> None:
    """F99: for as long as flyctl waits for one, and only where there is one."""
    step = Step("deploy", command("fly", "deploy"), nothing, timeout=600)
    deploy = Change(Action.UPDATE, "release of acme-web", "asked for", step, "web")

    patient = allowing_for({"1": Lease(LeaseData("dev@example.com"))}, deploy)

    assert allowing_for({}, deploy) is deploy
    assert patient.step.timeout == 600 + FOR_LEASES
