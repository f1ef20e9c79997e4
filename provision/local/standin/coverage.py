"""What of flyctl is modelled: every command and flag, as data for a table."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module

from provision.local.standin.commandline import UsageError, find, parse, split
from provision.local.standin.grammar import GLOBAL, Command, Flag, Group
from provision.local.standin.roots import COMMANDS, ELSEWHERE, MODULES
from provision.local.world.record import Record


class Covered(Record):
    """
    A command that the stand-in knows.

    Attributes:
        words: All its words, after ``fly``.
        aliases: Other names for the last one.
        flags: Its flags, the global ones included.
    """

    words: tuple[str, ...]
    aliases: tuple[str, ...]
    flags: tuple[Flag, ...]


def commands() -> tuple[Covered, ...]:
    """Return every command that the stand-in knows, sorted."""
    found = (each for root in _roots() for each in _below(root, ()))
    return tuple(sorted(found, key=lambda each: each.words))


def elsewhere() -> tuple[tuple[str, ...], ...]:
    """Return the commands that flyctl has and the stand-in does not, as far as they have names."""
    roots = [(name,) for name in ELSEWHERE]
    return tuple(sorted([*roots, *(each for root in _roots() for each in _missing(root, ()))]))


def given(words: list[str]) -> tuple[tuple[str, ...], frozenset[str]] | None:
    """
    Return the command that *words* are for and the flags they give it, the global ones included.

    It is None for what flyctl does not take, and for the help of a group.
    """
    before, word, rest = split(words)
    if word not in MODULES:
        return None
    command: Command | Group | None = import_module(f"{COMMANDS}.{MODULES[word]}").COMMAND
    path: tuple[str, ...] = ()
    rest = [*before, *rest]
    while isinstance(command, Group):
        path = (*path, command.name)
        before, word, after = split(rest)
        command, rest = find(command, word), [*before, *after]
    if command is None:
        return None
    path = (*path, command.name)
    try:
        return path, frozenset(parse(command, " ".join(path), rest).values)
    except UsageError:
        return None


def _roots() -> list[Command | Group]:
    modules = sorted(set(MODULES.values()))
    return [import_module(f"{COMMANDS}.{name}").COMMAND for name in modules]


def _below(command: Command | Group, path: tuple[str, ...]) -> Iterator[Covered]:
    words = (*path, command.name)
    if isinstance(command, Command):
        yield Covered(words, command.aliases, (*command.flags, *GLOBAL))
        return
    for each in command.commands:
        yield from _below(each, words)


def _missing(command: Command | Group, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    words = (*path, command.name)
    yield from ((*words, name) for name in command.elsewhere)
    if isinstance(command, Group):
        yield from ((*words, name) for name in command.hidden)
        for each in command.commands:
            yield from _missing(each, words)
