"""What can still be learned of an app that failed: logs, its machines' last events, leases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attrs import field, frozen

from procman import Context, StepError, StepTimedOut
from provision.errors import ExitCode, ProvisionError
from provision.fly import leases, logs, machines
from provision.fly.errors import FlyError
from provision.fly.models import Lease, LogEntry, Machine
from provision.platform import PlatformApp
from provision.probe import Probed
from provision.session import Session

LINES = 200
"""Lines of logs that are kept: the last ones."""


@frozen
class Diagnosis:
    """
    What was found out about a failed app.

    Attributes:
        logs: Its last lines.
        no_logs: Why there are none; "" if there are some.
        machines: With their events, as far as they could be read.
        leases: On them, by their ids, as far as they could be read.
    """

    logs: Sequence[LogEntry] = ()
    no_logs: str = ""
    machines: Sequence[Machine] = ()
    leases: Mapping[str, Lease] = field(factory=dict)


class AppFailed(ProvisionError):
    """
    Raised when an app could not be made as declared, with what was found out about it.

    Attributes:
        app: Its name in the manifest.
        error: What went wrong; also the cause.
        diagnosis: What was found out afterwards.
        probed: What it had answered its probe; None where nobody had asked yet.
    """

    def __init__(
        self,
        app: str,
        error: ProvisionError | StepError,
        diagnosis: Diagnosis,
        probed: Probed | None = None,
    ) -> None:
        self.app = app
        self.error = error
        self.diagnosis = diagnosis
        self.probed = probed
        self.hint = getattr(error, "hint", "")
        super().__init__(app, error)

    def __str__(self) -> str:
        return f"app {self.app}: {self.error}"


def exit_code_of(error: BaseException) -> ExitCode:
    """
    What the program exits with for *error*.

    That of an app is its error's own, what we know nothing of is a mistake of ours (70).
    """
    match error:
        case AppFailed():
            return exit_code_of(error.error)
        case ProvisionError():
            return error.exit_code
        case TimeoutError():
            return ExitCode.TIMED_OUT
        case StepError():
            return ExitCode.STEP_FAILED
        case _:
            return ExitCode.INTERNAL


async def diagnose(context: Context, session: Session, app: PlatformApp) -> Diagnosis:
    """
    Ask for machines, leases and logs of *app*; what cannot be had hides nothing.

    Nothing is raised of what goes wrong here: of logs it is said why there are none, the rest
    is left out. Of the logs the last `LINES` are kept.
    """
    try:
        found = await context.run(machines.list_(session.fly, app=app.name))
    except (FlyError, StepError) as error:
        return Diagnosis(no_logs=f"machines cannot be read: {_first_line(error)}")
    if not found:
        return Diagnosis(no_logs="it has no machines")
    held = await _leases(context, session, app, found)
    try:
        entries = await context.run(logs.read(session.fly, app=app.name, settle=session.settle))
    except StepTimedOut as error:
        return Diagnosis((), f"none: {error.limit} reached", found, held)
    except (FlyError, StepError) as error:
        return Diagnosis((), _first_line(error), found, held)
    return Diagnosis(entries[-LINES:], "", found, held)


async def _leases(
    context: Context, session: Session, app: PlatformApp, found: Sequence[Machine]
) -> Mapping[str, Lease]:
    ids = [machine.id for machine in found if not machine.is_gone]
    if not ids:
        return {}
    try:
        return await context.run(leases.view(session.fly, ids, app=app.name))
    except (FlyError, StepError):
        return {}


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]
