"""Commands of the local Fly: serving it, and what it is told to do wrong."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path
from typing import Any

import click

from provision.cli.options import LOCAL_WORLD
from provision.cli.worlds import open_world, refuse_missing_world
from provision.doctor import INSTALL_EXTRA
from provision.errors import PreconditionFailed
from provision.local.world import faults
from provision.local.world.scenarios import SCENARIOS

world = click.option(
    "--world",
    type=click.Path(path_type=Path),
    default=LOCAL_WORLD,
    show_default=True,
    help="The world file.",
)


class ScenarioName(click.ParamType[str]):
    """The name of a scenario; one that is mistyped is told the nearest."""

    name = "scenario"

    def convert(self, value: Any, param: Any, ctx: Any) -> str:
        """The name itself."""
        name = str(value)
        if name not in SCENARIOS:
            near = get_close_matches(name, SCENARIOS, n=1)
            meant = f"did you mean {near[0]!r}? " if near else ""
            self.fail(
                f"there is no {name!r}; {meant}`provision local scenarios` lists all", param, ctx
            )
        return name


@click.group()
def local() -> None:
    """Serve the local Fly, and tell it what is to go wrong in the next rehearsal."""


@local.command()
def scenarios() -> None:
    """List what can go wrong."""
    width = max(map(len, SCENARIOS))
    for name, scenario in sorted(SCENARIOS.items()):
        click.echo(f"{name:<{width}}  {scenario.sentence}")


@local.command()
@click.argument("scenario", type=ScenarioName(), metavar="SCENARIO")
@click.option("--app", help="The name of the app on Fly that it happens to; any if not said.")
@click.option("--times", type=click.IntRange(1), help="How often; always if not said.")
@world
def tell(scenario: str, app: str | None, times: int | None, world: Path) -> None:
    """Have SCENARIO, one of `provision local scenarios`, happen from now on."""
    with open_world(world) as opened:
        faults.tell(opened, scenario, app=app, times=times)
    whom = f" to {app}" if app else ""
    said = f"{scenario} happens{whom} from now on in {world}; `provision local clear` ends it"
    click.echo(said, err=True)


@local.command()
@world
def clear(world: Path) -> None:
    """Have nothing go wrong any more."""
    refuse_missing_world(world, "there is nothing to clear; give another path")
    with open_world(world) as opened:
        faults.clear(opened)


@local.command()
@click.option(
    "--port", type=click.IntRange(0, 65535), default=0, help="A free one if not said, or 0."
)
@click.option("--env", "for_shell", is_flag=True, help="Print lines for a shell to evaluate.")
@world
def serve(port: int, for_shell: bool, world: Path) -> None:  # noqa: FBT001 - click passes by name
    """
    Serve the local Fly on loopback to a real flyctl, until stopped.

    What points a flyctl at it stands on stdout as soon as it can be reached: a line of JSON, or
    with --env what `eval "$(provision local serve --env &)"` needs.
    """
    try:
        from provision.cli import serving  # noqa: PLC0415 - its packages are an extra
    except ModuleNotFoundError as error:
        message = f"the local Fly cannot be served: the package {error.name} is missing"
        raise PreconditionFailed(message, INSTALL_EXTRA) from None
    announce = serving.announce_to_shell if for_shell else serving.announce_to_program
    serving.serve_until_stopped(world, port, announce)
