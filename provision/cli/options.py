"""What can be said on the command line, once for all commands."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click
from attrs import fields, frozen

from provision.cli.selection import Selection
from provision.flyctl import Trust
from provision.manifest import Environment

F = TypeVar("F", bound=Callable[..., Any])

STATE = Path(".provision")
"""What a run leaves behind in the current folder: journals, locks, the local Fly."""

LOCAL_WORLD = STATE / "local.db"

SETTLE = 60.0
SETTLE_LOCALLY = 5.0


@frozen(kw_only=True)
class Calling:
    """
    What every command is told that calls flyctl, by the words on the command line.

    Attributes:
        local: The world file of the local Fly; None acts on Fly.io.
        flyctl: The flyctl to call; None looks for one, or takes the stand-in of the local Fly.
        allow_flyctl: Whether it may be any.
        report: Where to keep the report besides stdout; None nowhere.
        output: ``json`` or ``text``.
    """

    local: Path | None
    flyctl: str | None
    allow_flyctl: bool
    report: Path | None
    output: str

    @property
    def drives_flyctl_locally(self) -> bool:
        """Whether a real flyctl acts on the local Fly: one that was named for it."""
        return self.local is not None and self.flyctl is not None

    @property
    def trust(self) -> Trust:
        """Which flyctl may be used."""
        if self.allow_flyctl:
            return Trust.ANY
        return Trust.RELEASES if self.local is None else Trust.BUILDS


@frozen(kw_only=True)
class Options(Calling):
    """
    What every command is told besides that is about a platform.

    Attributes:
        environment: The word itself.
        manifest: The file to read.
        selection: Which of its apps to act on.
        lock_wait: Seconds to wait for another run, and for machines that another deploy holds.
        settle: Seconds that what was done may take to be seen; 0 for a command that has done
            nothing.
        confirm: The slug of the organization, typed out, for a command that changes it.
        yes: Whether to go on without that, with what is not production.
        allow_paid: Whether what costs money may be declared; only who would make it is asked.
        no_wake: Whether apps that sleep are left asleep; only who would ask them is asked.
    """

    environment: Environment
    manifest: Path
    selection: Selection
    lock_wait: float
    settle: float
    confirm: str | None = None
    yes: bool = False
    allow_paid: bool = True
    no_wake: bool = False


class Seconds(click.ParamType[float]):
    """A duration: ``90``, ``90s``, ``5m``."""

    name = "duration"

    def convert(self, value: Any, param: Any, ctx: Any) -> float:
        """Seconds."""
        if isinstance(value, float):
            return value
        match = re.fullmatch(r"(\d+(?:\.\d+)?)(s|m|h|)", str(value))
        if match is None:
            self.fail(f"{value!r} is no duration; write 90s, 5m or 1h", param, ctx)
        return float(match[1]) * {"": 1, "s": 1, "m": 60, "h": 3600}[match[2]]


def common(command: F) -> F:
    """Give *command* the options that all have which are about a platform; see `options`."""
    return _with(command, (_ENVIRONMENT, MANIFEST, *_calling("json"), _LOCK_WAIT, _SETTLE))


def looking(command: F) -> F:
    """Give *command* the options of one that takes the world as it is; see `options`."""
    return _with(command, (_ENVIRONMENT, MANIFEST, *_calling("json"), _LOCK_WAIT))


def examining(command: F) -> F:
    """Give *command* the options of one that only looks at what there is; see `calling`."""
    environment = click.argument("environment", type=_WORD, required=False)
    return _with(command, (environment, MANIFEST, *_calling("text")))


def selecting(command: F) -> F:
    """Give *command* the options of one that may be about some of the apps alone."""
    return _with(command, (_ONLY, _WITH_DEPS, _SKIP))


def options(said: dict[str, Any]) -> Options:
    """What was *said*, taken out of the arguments of a command."""
    environment = Environment(said.pop("environment"))
    manifest = said.pop("manifest") or manifest_of(environment)
    settle = said.pop("settle", 0.0)
    if settle is None:
        settle = SETTLE if said["local"] is None else SETTLE_LOCALLY
    selection = _selection(said)
    rest = _taken(said, Options)
    return Options(
        environment=environment, manifest=manifest, selection=selection, settle=settle, **rest
    )


def calling(said: dict[str, Any]) -> Calling:
    """What was *said* of how flyctl is called, taken out of the arguments of a command."""
    return Calling(**_taken(said, Calling))


def manifest_of(environment: Environment) -> Path:
    """The manifest that is read if none is named."""
    return Path("manifests") / f"{environment.value}.toml"


def _selection(said: dict[str, Any]) -> Selection:
    """All apps, of a command that cannot be told otherwise."""
    return Selection(
        only=frozenset(said.pop("only", ())),
        with_deps=said.pop("with_deps", False),
        skip=frozenset(said.pop("skip", ())),
    )


def _taken(said: dict[str, Any], kind: type[Calling]) -> dict[str, Any]:
    return {name: said.pop(name) for name in {field.name for field in fields(kind)} & said.keys()}


def _with(command: F, decorators: Sequence[Callable[[F], F]]) -> F:
    for decorate in reversed(decorators):
        command = decorate(command)
    return command


_WORD = click.Choice([e.value for e in Environment])
_ENVIRONMENT = click.argument("environment", type=_WORD)
MANIFEST = click.option(
    "-f",
    "--manifest",
    type=click.Path(path_type=Path),
    help="Manifest to read; manifests/ENVIRONMENT.toml if not said.",
)


def _calling(output: str) -> tuple[Callable[[F], F], ...]:
    return (
        click.option(
            "--local",
            metavar="[=PATH]",
            type=click.Path(path_type=Path),
            help=f"Act on the local Fly, its world in {LOCAL_WORLD} or the file named.",
        ),
        click.option("--flyctl", help="The flyctl to call; with --local a stand-in if not said."),
        click.option("--allow-flyctl", is_flag=True, help="Call it whatever version it is."),
        click.option("--report", type=click.Path(path_type=Path), help="Keep the report here too."),
        click.option(
            "--output",
            type=click.Choice(["json", "text"]),
            default=output,
            show_default=True,
            help="What goes to stdout.",
        ),
    )


CONFIRM = click.option(
    "--confirm", metavar="SLUG", help="The organization, typed out; for production."
)
YES = click.option("-y", "--yes", is_flag=True, help="Ask nothing; never enough for production.")
NO_WAKE = click.option("--no-wake", is_flag=True, help="Do not probe apps that sleep.")
ALLOW_PAID = click.option("--allow-paid", is_flag=True, help="Allow what costs money by the month.")

REDEPLOY = click.option(
    "--redeploy", multiple=True, metavar="APP", help="Deploy though nothing differs."
)
REFRESH_SECRETS = click.option("--refresh-secrets", is_flag=True, help="Set all secrets again.")

_ONLY = click.option("--only", multiple=True, metavar="APP", help="Act on this app alone.")
_WITH_DEPS = click.option("--with-deps", is_flag=True, help="And on those that it depends on.")
_SKIP = click.option("--skip", multiple=True, metavar="APP", help="Leave this app out.")


def detailed_exitcode(*, default: bool) -> Callable[[F], F]:
    """Give a command the option to tell by its exit code whether all is as declared."""
    return click.option(
        "--detailed-exitcode/--no-detailed-exitcode",
        default=default,
        show_default=True,
        help="Exit with 2, or with 0 all the same, where not all is as declared.",
    )


_LOCK_WAIT = click.option(
    "--lock-wait",
    type=Seconds(),
    default=2.0,
    help="How long to wait for another run on the same organization, and for machines that "
    "another deploy holds; 2s if not said.",
)
_SETTLE = click.option(
    "--settle",
    type=Seconds(),
    help="How long what was done may take to be seen; 60s if not said, with --local 5s.",
)
