"""The commands and their arguments; nothing is decided here."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from provision import __version__, environment
from provision import manifest as manifests
from provision.cli import verbs
from provision.cli.doctor import examine
from provision.cli.local import local
from provision.cli.options import (
    ALLOW_PAID,
    CONFIRM,
    LOCAL_WORLD,
    MANIFEST,
    NO_WAKE,
    REDEPLOY,
    REFRESH_SECRETS,
    YES,
    Options,
    calling,
    common,
    detailed_exitcode,
    examining,
    looking,
    manifest_of,
    options,
    selecting,
)
from provision.errors import ExitCode, InvalidFile, ProvisionError
from provision.manifest import Environment
from provision.platform.loading import invalid_manifest

ENVIRONMENTS = [each.value for each in Environment]


class Commands(click.Group):
    """A group in which the name of an environment stands for ``apply`` to it."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command in *args*."""
        if args and args[0] in ENVIRONMENTS:
            args = ["apply", *args]
        return super().resolve_command(ctx, args)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="provision")
def commands() -> None:
    """
    Make a whole Fly.io organization of one manifest.

    `provision test` is short for `provision apply test`.
    """


@commands.command()
@common
@selecting
@CONFIRM
@YES
@ALLOW_PAID
@NO_WAKE
@click.option("--dry-run", is_flag=True, help="Check everything, show the commands, run nothing.")
@REDEPLOY
@REFRESH_SECRETS
@click.option("--parallel", type=click.IntRange(1), default=1, help="Deploys at once.")
def apply(dry_run: bool, **said: Any) -> int:  # noqa: FBT001 - click passes by name
    """Make what the manifest asks for, verify it, and report."""
    chosen = options(said)
    redeploy = frozenset(said["redeploy"])
    if dry_run:
        return verbs.dry_run(chosen, redeploy=redeploy)
    return verbs.apply(
        chosen,
        redeploy=redeploy,
        refresh_secrets=said["refresh_secrets"],
        deploys_at_once=said["parallel"],
    )


@commands.command()
@looking
@selecting
@REDEPLOY
@REFRESH_SECRETS
@detailed_exitcode(default=False)
def plan(redeploy: Sequence[str], **said: Any) -> int:
    """
    Look at what there is, and tell what an apply would change; nothing is changed.

    Exit code 0, and with --detailed-exitcode 2 where changes are pending. A --dry-run looks at
    nothing and shows all that may be run.
    """
    return verbs.plan(
        options(said),
        redeploy=frozenset(redeploy),
        refresh_secrets=said["refresh_secrets"],
        detailed_exitcode=said["detailed_exitcode"],
    )


@commands.command()
@common
@selecting
@NO_WAKE
def verify(**said: Any) -> int:
    """Read everything back, judge it, and change nothing; a probe wakes an app that sleeps."""
    return verbs.verify(options(said))


@commands.command()
@looking
@selecting
@detailed_exitcode(default=True)
def drift(**said: Any) -> int:
    """
    Compare all that is live with what is declared, field by field; for cron.

    Unlike verify, which exits with 3, it does not judge how machines do: it exits with 2 where
    anything differs, what nobody declared included, and with 0 where nothing does.
    """
    return verbs.drift(options(said), detailed_exitcode=said["detailed_exitcode"])


@commands.command()
@common
@CONFIRM
@YES
@click.option("--keep-org", is_flag=True, help="Destroy the apps and keep the organization.")
def destroy(keep_org: bool, **said: Any) -> int:  # noqa: FBT001 - click passes by name
    """Destroy the apps of the manifest, and the organization it created."""
    return verbs.destroy(options(said), keep_org=keep_org)


@commands.command()
@examining
def doctor(environment: str | None, manifest: Path | None, **said: Any) -> int:
    """
    Look at everything a run needs: flyctl, token, and the organization of ENVIRONMENT.

    Nothing is changed; exit code 0 if all is well, else 5.
    """
    word = None if environment is None else Environment(environment)
    return examine(calling(said), word, manifest)


@commands.command()
@click.argument("environment_name", metavar="ENVIRONMENT", type=click.Choice(ENVIRONMENTS))
@MANIFEST
def show(environment_name: str, manifest: Path | None) -> None:
    """Print the manifest as TOML, its references resolved and its defaults said."""
    path = manifest or manifest_of(Environment(environment_name))
    try:
        loaded = manifests.load(path)
    except InvalidFile as error:
        raise invalid_manifest(error) from error
    click.echo(manifests.dump(loaded.manifest), nl=False)


@commands.command()
def env() -> None:
    """Print the environment variables that are read, passed on, set and kept from flyctl."""
    click.echo(environment.table())


commands.add_command(local)


def main(arguments: Sequence[str] | None = None) -> int:
    """
    Run the command line; its exit code.

    What a person must act on is told on stderr, not raised.

    Args:
        arguments: Without the name of the program; None for those of this process.
    """
    given = [_with_world(each) for each in (sys.argv[1:] if arguments is None else arguments)]
    try:
        code = commands.main(args=given, prog_name="provision", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return ExitCode.BAD_USAGE
    except click.UsageError as error:
        error.show()
        return ExitCode.BAD_USAGE
    except ProvisionError as error:
        click.echo(f"error: {error}", err=True)
        if error.hint:
            click.echo(f"  hint: {error.hint}", err=True)
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        return 128 + 2
    return code if isinstance(code, int) else ExitCode.CONVERGED


def _with_world(argument: str) -> str:
    """``--local`` alone names the world it stands for, so that it never takes the next word."""
    return f"--local={LOCAL_WORLD}" if argument == "--local" else argument


__all__ = ["Options", "main"]
