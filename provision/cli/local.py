"""Commands of the local Fly: what it is told to do wrong."""

from __future__ import annotations

from pathlib import Path

import click

from provision.cli.options import LOCAL_WORLD
from provision.local.world import create_world, faults
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
    """Tell the local Fly what is to go wrong in the next rehearsal."""


@local.command()
def scenarios() -> None:
    """List what can go wrong."""
    for name, scenario in sorted(SCENARIOS.items()):
        click.echo(f"{name:<24} {scenario.sentence}")


@local.command()
@click.argument("scenario", type=click.Choice(sorted(SCENARIOS)))
@click.option("--app", help="The name of the app on Fly that it happens to; any if not said.")
@click.option("--times", type=click.IntRange(1), help="How often; always if not said.")
@world
def tell(scenario: str, app: str | None, times: int | None, world: Path) -> None:
    """Have SCENARIO happen from now on."""
    world.parent.mkdir(parents=True, exist_ok=True)
    with create_world(world) as opened:
        faults.tell(opened, scenario, app=app, times=times)


@local.command()
@world
def clear(world: Path) -> None:
    """Have nothing go wrong any more."""
    with create_world(world) as opened:
        faults.clear(opened)
