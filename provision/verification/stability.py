"""Watches an app that is well a while longer: what dies soon after a release is not well."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import anyio
from attrs import evolve

from procman import Context
from provision.fly import machines
from provision.fly.models import Exit, Machine, MachineState
from provision.platform import PlatformApp
from provision.session import Session
from provision.verification.finding import Finding, NotVerified, Severity
from provision.verification.observe import SeenApp
from provision.verification.verify import verify_app

READS = 5
"""How often machines are read while they are watched, though never more than once a second."""


async def watch(context: Context, session: Session, app: PlatformApp, seen: SeenApp) -> None:
    """
    See that *app*, which was *seen* well, stays so for ``defaults.stable_for``.

    Raises:
        NotVerified: a machine does not; what became of it, and when that was seen.
        FlyError, StepError: its machines could not be read.
    """
    stable_for = session.platform.manifest.defaults.stable_for
    began = anyio.current_time()
    for after in moments(stable_for.seconds):
        await anyio.sleep_until(began + after)
        found = await context.run(machines.list_(session.fly, app=app.name))
        elapsed = anyio.current_time() - began
        lapsed = lapses(app, seen, seen.with_machines(found))
        if lapsed:
            expected, when = f"well for {stable_for}", f"seen {elapsed:.1f} s after it was well"
            raise NotVerified([_unstable(each, expected, when) for each in lapsed])


def moments(seconds: float) -> Sequence[float]:
    """When machines are read that are watched for *seconds*: the last time at the very end."""
    if seconds <= 0:
        return ()
    reads = min(READS, max(1, int(seconds)))
    return [seconds * number / reads for number in range(1, reads + 1)]


def lapses(app: PlatformApp, before: SeenApp, now: SeenApp) -> tuple[Finding, ...]:
    """
    What went wrong with the machines of *app* since it was seen *before*, all well.

    A crash counts also where the machine is up again. To fall asleep is none where machines may,
    and how one does that slept before is for whoever woke it to judge.
    """
    known = {machine.id: machine for machine in before.machines}
    excused = {m.id for m in now.machines if _is_excused(app, m, known.get(m.id))}
    found = {
        _subject(f): f
        for f in verify_app(app, now)
        if f.severity is Severity.ERROR and f.code in _LAPSES and _machine_of(f) not in excused
    }
    for machine in now.machines:
        if f"machines.{machine.id}" not in found:
            found.update(_crash(app, machine, known))
    return tuple(found.values())


_LAPSES = frozenset({"machine-state", "machine-check", "machine-host", "machine-count"})


def _is_excused(app: PlatformApp, machine: Machine, before: Machine | None) -> bool:
    if not app.may_sleep(machine.group) or machine.has_crashed:
        return False
    is_passing = isinstance(machine.state, MachineState) and machine.state.is_passing
    slept = before is not None and before.state is not MachineState.STARTED
    return is_passing or slept


def _subject(finding: Finding) -> str:
    """The machine that *finding* is about, else the place."""
    return ".".join(finding.where.split(".")[:2])


def _machine_of(finding: Finding) -> str:
    return _subject(finding).removeprefix("machines.")


def _crash(
    app: PlatformApp, machine: Machine, known: Mapping[str, Machine]
) -> Iterator[tuple[str, Finding]]:
    before = known.get(machine.id)
    old = frozenset(_crashes(before)) if before else frozenset()
    new = [ended for ended in _crashes(machine) if ended not in old]
    if new and machine.is_of_app:
        why = "out of memory" if new[0][1].oom_killed else f"exit code {new[0][1].exit_code}"
        where = f"machines.{machine.id}"
        yield where, Finding("machine-state", where, "", f"{why}, and up again", app.key)


def _crashes(machine: Machine) -> Iterator[tuple[int, Exit]]:
    for event in machine.events:
        ended = event.exit
        if ended is not None and not ended.requested_stop and (ended.exit_code or ended.oom_killed):
            yield event.timestamp, ended


def _unstable(lapse: Finding, expected: str, when: str) -> Finding:
    observed = f"{lapse.observed}, {when}"
    return evolve(lapse, code="machine-unstable", expected=expected, observed=observed)
