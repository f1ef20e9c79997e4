"""What can still be learned of an app that failed: its logs and its machines' last events."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen

from procman import Context, StepError, StepTimedOut
from provision.errors import ExitCode, ProvisionError
from provision.fly import logs, machines
from provision.fly.errors import FlyError
from provision.fly.models import LogEntry, Machine
from provision.platform import PlatformApp
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
    """

    logs: Sequence[LogEntry] = ()
    no_logs: str = ""
    machines: Sequence[Machine] = ()


class AppFailed(ProvisionError):
    """
    Raised when an app could not be made as declared, with what was found out about it.

    Attributes:
        app: Its name in the manifest.
        error: What went wrong; also the cause.
        diagnosis: What was found out afterwards.
    """

    def __init__(self, app: str, error: ProvisionError | StepError, diagnosis: Diagnosis) -> None:
        self.app = app
        self.error = error
        self.diagnosis = diagnosis
        self.hint = getattr(error, "hint", "")
        super().__init__(app, error)

    def __str__(self) -> str:
        return f"app {self.app}: {self.error}"


def exit_code_of(error: BaseException) -> ExitCode:
    """What the program exits with for *error*."""
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
    """Ask for machines and logs of *app*; what cannot be had hides nothing."""
    try:
        found = await context.run(machines.list_(session.fly, app=app.name))
    except (FlyError, StepError) as error:
        return Diagnosis(no_logs=f"machines cannot be read: {_first_line(error)}")
    if not found:
        return Diagnosis(no_logs="it has no machines")
    try:
        entries = await context.run(logs.read(session.fly, app=app.name))
    except StepTimedOut:
        return Diagnosis(no_logs=f"none within {logs.LIMIT:g} s", machines=found)
    except (FlyError, StepError) as error:
        return Diagnosis(no_logs=_first_line(error), machines=found)
    return Diagnosis(entries[-LINES:], machines=found)


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]
