"""What a person sees while it runs: a line an app on a terminal, else a line an event."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol, Self, TextIO

from procman import Event, Hook, JobEnded, JobLogged, JobStarted, Outcome, StepEnded, StepStarted

if TYPE_CHECKING:
    from rich.live import Live
    from rich.table import Table


class Progress(Protocol):
    """Shows a run; a context manager around all of its workflows."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *_: object) -> None: ...

    def hook(self, workflow: str) -> Hook:
        """The hook of the workflow of that name."""


class PlainProgress:
    """Writes what begins and ends, a line each."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.flush()

    def hook(self, workflow: str) -> Hook:
        """The hook of the workflow of that name."""

        def show(event: Event) -> None:
            line = _line(event, _READ.get(workflow, "done"))
            if line is not None:
                # The preflight is a workflow of one job, called like it.
                shown = f"{workflow}: {line.removeprefix(f'{workflow}: ')}"
                print(shown, file=self._stream, flush=True)

        return show


class LiveProgress:
    """Keeps one line an app up to date on a terminal."""

    def __init__(self, jobs: Sequence[str], stream: TextIO) -> None:
        # Loaded here because only a terminal needs it.
        from rich.console import Console  # noqa: PLC0415
        from rich.live import Live  # noqa: PLC0415

        self._lines = dict.fromkeys(jobs, "waiting")
        console = Console(file=stream)
        self._live: Live = Live(get_renderable=self._table, console=console, refresh_per_second=8)

    def __enter__(self) -> Self:
        self._live.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._live.__exit__(None, None, None)

    def hook(self, workflow: str) -> Hook:
        """The hook of the workflow of that name."""

        def show(event: Event) -> None:
            job, text = _state(event, _READ.get(workflow, Outcome.SUCCEEDED.value))
            if job is not None and text is not None:
                self._lines[_name(job)] = f"{workflow}: {text}"

        return show

    def _table(self) -> Table:
        from rich.table import Table  # noqa: PLC0415

        table = Table.grid(padding=(0, 2))
        for job, text in self._lines.items():
            table.add_row(f"[bold]{job}[/bold]", text)
        return table


def show_progress(jobs: Sequence[str], stream: TextIO, *, is_live: bool) -> Progress:
    """What suits *stream*: *is_live* for a terminal that lines can be rewritten on."""
    return LiveProgress(jobs, stream) if is_live else PlainProgress(stream)


_READ = {"drift": "compared", "plan": "looked at", "verify": "read back"}
"""What is said of a job that only looked: whether all is well is judged after all of them."""


def _name(job: str) -> str:
    return job.removeprefix("apps.")


def _line(event: Event, done: str) -> str | None:
    match event:
        case JobLogged(job=job, message=message, fields=fields):
            reason = fields.get("reason")
            return f"{_name(job)}: {message}" + (f" ({reason})" if reason else "")
        case JobEnded(job=job, outcome=Outcome.SUCCEEDED):
            return f"{_name(job)}: {done}"
        case JobEnded(job=job, outcome=outcome, cause=cause):
            return f"{_name(job)}: {outcome.value}: {cause}"
        case _:
            return None


def _state(event: Event, done: str) -> tuple[str | None, str | None]:
    match event:
        case JobStarted(job=job):
            return job, "begins"
        case StepStarted(job=job, step=step):
            return job, step
        case StepEnded(job=job, step=step, outcome=outcome) if outcome is not Outcome.SUCCEEDED:
            return job, f"{step}: {outcome.value}"
        case JobLogged(job=job, message=message):
            return job, message
        case JobEnded(job=job, outcome=outcome, cause=cause):
            word = done if outcome is Outcome.SUCCEEDED else outcome.value
            return job, word + (f": {cause}" if cause else "")
        case _:
            return None, None
