"""How flyctl is called: which program, as whom, in what environment, how patiently."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from signal import SIGINT, SIGTERM
from typing import TypeVar

from attrs import field, frozen

from procman import (
    NEVER,
    Command,
    CommandFailed,
    Output,
    Retry,
    Secret,
    Step,
    Stop,
    json_as,
)
from provision.fly._wire import converter
from provision.fly.errors import READ_AGAIN, refusal

T = TypeVar("T")

STOP = Stop(((SIGINT, 15.0), (SIGTERM, 10.0)), kill=5.0)
"""
flyctl cancels what it does on SIGINT and says so to Fly; it must never be killed first.

Source: flyctl internal/cli/cli.go
"""

READ_RETRY = Retry(on=READ_AGAIN, attempts=4, delay=0.5, max_delay=8.0)

QUIET_ENVIRONMENT: Mapping[str, str] = {
    "FLY_EMIT_RELEASE_JSON": "1",
    "FLY_NO_INCIDENTS_CHECK": "1",
    "FLY_NO_UPDATE_CHECK": "1",
    "FLY_SEND_METRICS": "0",
    "FLY_SYNTHETICS_AGENT": "0",
    "NO_COLOR": "1",
}
"""What keeps flyctl from saying and sending anything that was not asked for."""


SETTINGS = "auto_update: false\nsend_metrics: false\nsynthetics_agent: false\n"


def write_settings(config_dir: Path) -> None:
    """
    Write the settings of a flyctl that uses *config_dir*: it phones nobody.

    Some of its commands write the file themselves, and what is not said in a file that is
    there is taken to be wanted.

    Source: flyctl internal/config/config.go
    """
    (config_dir / "config.yml").write_text(SETTINGS, encoding="utf-8")


@frozen
class Fly:
    """
    A flyctl and whose it acts as.

    Attributes:
        executable: Looked up on ``PATH`` unless it has a slash.
        token: Handed over in the environment, never in argv.
        config_dir: A folder of this run's own: flyctl writes request bodies into its logs
            there, secrets included.
        environment: What else it gets to see; nothing is inherited.
        pass_fds: File descriptors it inherits.
    """

    executable: str
    token: Secret = field(repr=False)
    config_dir: Path
    environment: Mapping[str, str] = field(factory=dict)
    pass_fds: tuple[int, ...] = ()

    def command(
        self,
        *args: str,
        stdin: Secret | None = None,
        cwd: Path | None = None,
        secrets: Iterable[Secret] = (),
    ) -> Command:
        """``fly`` with *args*; *secrets* it may print besides the token and *stdin*."""
        return Command(
            (self.executable, *args),
            env={
                **self.environment,
                **QUIET_ENVIRONMENT,
                "FLY_CONFIG_DIR": str(self.config_dir),
                "FLY_API_TOKEN": self.token,
            },
            inherit_env=False,
            cwd=cwd,
            stdin=stdin,
            stop=STOP,
            pass_fds=self.pass_fds,
            secrets=secrets,
        )

    def query(self, name: str, *args: str, into: type[T], timeout: float = 60.0) -> Step[T]:
        """A step that reads: its JSON as *into*; tried again where that may help."""
        return self.reading(
            name, *args, parse=json_as(into, converter=converter()), timeout=timeout
        )

    def reading(
        self, name: str, *args: str, parse: Callable[[Output], T], timeout: float = 60.0
    ) -> Step[T]:
        """A step that reads, with a parser of its own."""
        command = self.command(*args)
        return Step(
            f"fly.{name}",
            command,
            _judged(command, parse),
            ok=_any_end,
            timeout=timeout,
            retry=READ_RETRY,
        )

    def acting(
        self,
        name: str,
        command: Command,
        *,
        parse: Callable[[Output], T],
        timeout: float = 120.0,
        resource: str | None = None,
        retry: Retry = NEVER,
    ) -> Step[T]:
        """
        A step that changes something: not tried again by itself, for it may have happened.

        Args:
            name: Of the step.
            command: What changes it.
            parse: Reads what it prints.
            timeout: Seconds it may take.
            resource: What bounds how many such steps run at once.
            retry: For a refusal that says that nothing happened.
        """
        return Step(
            f"fly.{name}",
            command,
            _judged(command, parse),
            ok=_any_end,
            timeout=timeout,
            resource=resource,
            retry=retry,
        )


def _any_end(_: Output) -> bool:
    """Every end is judged by who reads the output: what was refused is told by raw words."""
    return True


def _judged(command: Command, parse: Callable[[Output], T]) -> Callable[[Output], T]:
    """
    Reads with *parse* what *command* printed, if it ended well.

    Raises:
        FlyError: it did not, and its words are known.
        CommandFailed: it did not, and they are not.
    """

    def read(output: Output) -> T:
        if output.exit_code == 0:
            return parse(output)
        failed = CommandFailed(command, output, "exit code 0")
        if refused := refusal(output):
            raise refused from failed
        raise failed

    return read
