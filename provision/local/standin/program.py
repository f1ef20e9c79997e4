"""From arguments to a command and its exit code."""

from __future__ import annotations

import os
import signal
import sys
from importlib import import_module

from provision.local.standin.commandline import Given, UsageError, find, parse, split
from provision.local.standin.failure import NOT_MODELLED, Failure, Interrupted, not_modelled
from provision.local.standin.grammar import Command, Effect, Group
from provision.local.standin.interruption import heed_signals
from provision.local.standin.quirks import PANIC, QUESTION, Panic, wait_for_ever
from provision.local.standin.roots import COMMANDS, ELSEWHERE, MODULES, NAME, WELCOME
from provision.local.standin.session import Session
from provision.local.standin.usage import usage
from provision.local.world import NotAWorld, World

INTERRUPTED = 127
PANICKED = 3


def main(world: str, words: list[str]) -> int:
    """
    Run the stand-in.

    Args:
        world: The path of the world file.
        words: The arguments after the program's name.

    Returns:
        The exit code.
    """
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    heed_signals()
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]  # it is a text stream
    sys.stderr.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    try:
        return _run(world, words)
    except Interrupted:
        return INTERRUPTED
    except Panic:
        sys.stderr.write(PANIC)
        return PANICKED
    except NotAWorld as error:
        sys.stderr.write(f"Error: the local Fly's world cannot be used: {error}\n")
        return NOT_MODELLED


def _run(world: str, words: list[str]) -> int:
    before, word, rest = split(words)
    if not word:
        return _say(WELCOME)
    if word in ELSEWHERE:
        return _not_modelled(f"{NAME} {word}")
    if word not in MODULES:
        sys.stdout.write(f"Run '{NAME} --help' for usage.\n\n")
        sys.stderr.write(f'Error: unknown command "{word}" for "{NAME}"\n')
        return 1
    command: Command | Group = import_module(f"{COMMANDS}.{MODULES[word]}").COMMAND
    return _descend(command, f"{NAME} {command.name}", [*before, *rest], world)


def _descend(command: Command | Group, path: str, words: list[str], world: str) -> int:
    before, word, rest = split(words)
    if word in command.elsewhere:
        return _not_modelled(f"{path} {word}")
    if isinstance(command, Command):
        return _execute(command, path, words, world)
    if word in command.hidden:
        return _not_modelled(f"{path} {word}")
    below = find(command, word)
    if below is None:
        return _parsed(command, path, words)
    return _descend(below, f"{path} {below.name}", [*before, *rest], world)


def _parsed(command: Command | Group, path: str, words: list[str]) -> int:
    try:
        parse(command, path, words)
    except UsageError as error:
        return _misused(command, path, error)
    return _say(usage(command, path))


def _execute(command: Command, path: str, words: list[str], world: str) -> int:
    try:
        given = parse(command, path, words)
    except UsageError as error:
        return _misused(command, path, error)
    if "help" in given.values:
        return _say(usage(command, path))
    for flag in command.flags:
        if flag.effect is Effect.MISSING and flag.name in given.values:
            return _not_modelled(f"{path} --{flag.name}")
    with World(world) as opened:
        heed_signals(opened)
        try:
            return _ended(command, opened, given)
        except Failure as failure:
            sys.stderr.write(failure.text())
            return failure.exit_code
        finally:
            heed_signals()


def _ended(command: Command, world: World, given: Given) -> int:
    session = Session(world, command, given, os.environ)
    session.say(session.quirks.noise(), end="")
    if command.needs_token:
        session.quirks.before()
        if session.quirks.asks():
            session.say(QUESTION, end="")
            wait_for_ever()
    command.run(session)
    return 0


def _misused(command: Command | Group, path: str, error: UsageError) -> int:
    sys.stdout.write(usage(command, path) + "\n")
    sys.stderr.write(f"Error: {error}\n")
    return 1


def _not_modelled(what: str) -> int:
    failure = not_modelled(what)
    sys.stderr.write(failure.text())
    return failure.exit_code


def _say(text: str) -> int:
    sys.stdout.write(text)
    return 0
