"""Whether an app answers: asks those that declare how, and judges what came of it."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import evolve

from procman import Context
from provision.fly import machines
from provision.fly.models import Machine, MachineState
from provision.manifest import Checks
from provision.platform import PlatformApp
from provision.probe import Probed, ProbeOutcome, probe
from provision.session import Session
from provision.verification.finding import UNCHECKED, Finding, Severity
from provision.verification.observe import SeenApp, settled_machines

ASLEEP = (MachineState.STOPPED, MachineState.SUSPENDED)


async def asked(context: Context, session: Session, app: PlatformApp, seen: SeenApp) -> SeenApp:
    """
    *seen*, and what *app* answers its probe, if it declares one.

    A request wakes machines that sleep: those are read again. Where all sleep and none may be
    woken, nobody is asked; nor where a machine is down that must not be, for it would be started,
    and look well.

    Raises:
        FlyError, StepError: the machines could not be read again, or curl itself failed.
    """
    declared = app.declared.probe
    if declared is None or seen.app is None or _is_down(app, seen):
        return seen
    slept = sleeps(seen)
    if slept and not session.wakes:
        return seen
    found = await probe(context, session, app, declared)
    if not any(machine.state in ASLEEP for machine in _to_answer(seen)):
        return evolve(seen, probed=found)
    look = machines.list_(session.fly, app=app.name)
    now = await settled_machines(context, session, app, await context.run(look))
    seen = seen.with_machines(now)
    return evolve(seen, probed=evolve(found, woke=slept and not sleeps(seen)))


def sleeps(seen: SeenApp) -> bool:
    """Whether the app that was *seen* has machines, and all of them sleep."""
    mine = _to_answer(seen)
    return bool(mine) and all(machine.state in ASLEEP for machine in mine)


def _is_down(app: PlatformApp, seen: SeenApp) -> bool:
    return any(
        machine.state in ASLEEP and (machine.has_crashed or not app.may_sleep(machine.group))
        for machine in _to_answer(seen)
    )


def judged(app: PlatformApp, seen: SeenApp) -> Iterator[Finding]:
    """What is wrong with how *app* answers, or cannot be proven: nobody asked one that sleeps."""
    if seen.probed is None:
        yield from _unasked(app, seen)
    elif not seen.probed.is_well and app.declared.probe is not None:
        found = seen.probed
        expected = f"status {app.declared.probe.status} from {found.url}"
        times = "try" if found.tries == 1 else "tries"
        observed = (
            f"{found.outcome.value}: {found.said} ({found.tries} {times} in {found.seconds:.1f} s)"
        )
        yield Finding("probe", "probe", expected, observed, app.key, hint=_hint(app, found))


def _unasked(app: PlatformApp, seen: SeenApp) -> Iterator[Finding]:
    """What is not known of *app* if it was not asked itself."""
    must_be_known = app.declared.checks is Checks.REQUIRED
    if sleeps(seen):
        if _is_down(app, seen):
            return
        expected = "an answer, or a machine that runs"
        observed = f"all asleep, and nobody woke them: {_why(app)}"
        if must_be_known:
            hint = _how_to_wake(app)
            yield Finding(UNCHECKED, "machines", expected, observed, app.key, hint=hint)
        else:
            yield Finding("asleep", "machines", expected, observed, app.key, Severity.UNPROVEN)
    elif must_be_known and (running := _running(seen)) and not any(m.checks for m in running):
        expected, observed = "a check with a result, or an answer", "neither"
        hint = f"see whether any is run: fly checks list -a {app.name}"
        yield Finding(UNCHECKED, "machines", expected, observed, app.key, hint=hint)


def _why(app: PlatformApp) -> str:
    return "it has no probe" if app.declared.probe is None else "its probe was not used"


def _how_to_wake(app: PlatformApp) -> str:
    return "declare a probe" if app.declared.probe is None else "leave out --no-wake"


def _hint(app: PlatformApp, found: Probed) -> str:
    return _HINTS[found.outcome].format(name=app.name, url=found.url)


_HINTS = {
    ProbeOutcome.NOT_RESOLVED: "a new name may take minutes to be known; fly ips list -a {name}",
    ProbeOutcome.REFUSED: "see its addresses and services: fly ips list -a {name}",
    ProbeOutcome.TLS: "a new certificate may take minutes; fly certs list -a {name}",
    ProbeOutcome.CUT_OFF: "see why it hangs up: fly logs -a {name}",
    ProbeOutcome.TIMED_OUT: "see what it waits for: fly logs -a {name}",
    ProbeOutcome.REDIRECT_LOOP: "see where it sends one: curl -sI {url}",
    ProbeOutcome.LED_AWAY: "end the redirect, or have the probe name that host: curl -sI {url}",
    ProbeOutcome.SERVER_ERROR: "see why it fails: fly logs -a {name}",
    ProbeOutcome.OTHER_STATUS: "serve what the probe asks for, or declare what is served: {url}",
}


def _to_answer(seen: SeenApp) -> list[Machine]:
    """Those that are to answer: a standby is not."""
    return [machine for machine in seen.mine if not machine.config.get("standbys")]


def _running(seen: SeenApp) -> list[Machine]:
    return [machine for machine in _to_answer(seen) if machine.state is MachineState.STARTED]
