"""Commands of the local Fly: serving it, and what it is told to do wrong."""

from __future__ import annotations

from pathlib import Path

import click

from provision.cli.options import LOCAL_WORLD
from provision.local.world import NotAWorld, create_world, faults
from provision.local.world.scenarios import SCENARIOS

world = click.option(
    "--world",
    type=click.Path(path_type=Path),
    default=LOCAL_WORLD,
    show_default=True,
    help="The world file.",
)


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
@click.argument("scenario", type=click.Choice(sorted(SCENARIOS)), metavar="SCENARIO")
@click.option("--app", help="The name of the app on Fly that it happens to; any if not said.")
@click.option("--times", type=click.IntRange(1), help="How often; always if not said.")
@world
def tell(scenario: str, app: str | None, times: int | None, world: Path) -> None:
    """Have SCENARIO, one of `provision local scenarios`, happen from now on."""
    world.parent.mkdir(parents=True, exist_ok=True)
    with create_world(world) as opened:
        faults.tell(opened, scenario, app=app, times=times)
    whom = f" to {app}" if app else ""
    said = f"{scenario} happens{whom} from now on in {world}; `provision local clear` ends it"
    click.echo(said, err=True)


@local.command()
@world
def clear(world: Path) -> None:
    """Have nothing go wrong any more."""
    with create_world(world) as opened:
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
        message = f"the package {error.name} is missing: install fly-provision[local]"
        raise click.UsageError(message) from None
    announce = serving.announce_to_shell if for_shell else serving.announce_to_program
    try:
        serving.serve_until_stopped(world, port, announce)
    except NotAWorld as error:
        raise click.UsageError(str(error)) from None
    except OSError as error:
        raise click.UsageError(f"port {port}: {error.strerror}; give another one") from None
