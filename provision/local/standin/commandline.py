"""Arguments as flyctl reads them: flags anywhere, letters together, words for what is wrong."""

from __future__ import annotations

from provision.local.standin.grammar import GLOBAL, HELP, MANY, Command, Flag, Group
from provision.local.world.later import re
from provision.local.world.record import Record

_TRUE = {"1", "t", "T", "TRUE", "true", "True"}
_FALSE = {"0", "f", "F", "FALSE", "false", "False"}
_DURATION = r"[-+]?([0-9]*(\.[0-9]*)?(ns|us|µs|ms|s|m|h))+|0"


class UsageError(Exception):
    """Raised for arguments that flyctl does not take; its text is flyctl's."""


class Given(Record):
    """
    What was given to a command.

    Attributes:
        values: The values of the flags, in the order given, by the flag's name.
        arguments: All that is no flag.
    """

    values: dict[str, list[str]]
    arguments: list[str]


def split(words: list[str]) -> tuple[list[str], str, list[str]]:
    """Return the flags before the first command word, that word ("" if there is none), the rest."""
    takes_value = {"-t", "--access-token"}
    index = 0
    while index < len(words) and words[index].startswith("-"):
        index += 2 if words[index] in takes_value else 1
    rest = words[index:]
    return (words[:index], rest[0], rest[1:]) if rest else (words[:index], "", [])


def find(group: Group, word: str) -> Command | Group | None:
    """Return the command of *group* that *word* names."""
    for command in group.commands:
        if word == command.name or word in command.aliases:
            return command
    return None


def parse(command: Command | Group, path: str, words: list[str]) -> Given:
    """
    Return what *words* give to *command*.

    Args:
        command: The command.
        path: Its whole name, ``fly`` included.
        words: All that stands after its name, and the flags before it.

    Raises:
        UsageError: They do not fit.
    """
    flags = _Flags((*command.flags, *GLOBAL, HELP))
    given = Given({}, [])
    pending = list(words)
    while pending:
        word = pending.pop(0)
        if word == "--":
            given.arguments.extend(pending)
            break
        if word.startswith("--"):
            flags.read_long(word, pending, given)
        elif word.startswith("-") and word != "-":
            flags.read_short(word, pending, given)
        else:
            given.arguments.append(word)
    if isinstance(command, Command) and "help" not in given.values:
        _count(command, path, given.arguments)
    return given


class _Flags:
    def __init__(self, flags: tuple[Flag, ...]) -> None:
        self._long = {name: flag for flag in flags for name in (flag.name, *flag.aliases)}
        self._short = {flag.short: flag for flag in flags if flag.short}

    def read_long(self, word: str, pending: list[str], given: Given) -> None:
        name, equals, value = word[2:].partition("=")
        flag = self._long.get(name)
        if flag is None:
            raise UsageError(f"unknown flag: --{name}")
        if not equals:
            value = _value(flag, pending, f"flag needs an argument: --{name}")
        _keep(flag, value, given)

    def read_short(self, word: str, pending: list[str], given: Given) -> None:
        """Read the flags of *word*, a letter each; the last may take the next word."""
        letters = word[1:]
        while letters:
            letter, letters = letters[0], letters[1:]
            flag = self._short.get(letter)
            if flag is None:
                raise UsageError(f"unknown shorthand flag: {letter!r} in {word}")
            if flag.kind == "bool" and not letters.startswith("="):
                _keep(flag, "true", given)
                continue
            value, letters = letters.removeprefix("="), ""
            missing = f"flag needs an argument: {letter!r} in {word}"
            _keep(flag, value or _value(flag, pending, missing), given)


def _value(flag: Flag, pending: list[str], missing: str) -> str:
    if flag.kind == "bool":
        return "true"
    if flag.optional is not None:
        return flag.optional
    if not pending:
        raise UsageError(missing)
    return pending.pop(0)


def _keep(flag: Flag, value: str, given: Given) -> None:
    problem = _problem(flag, value)
    if problem:
        name = f"-{flag.short}, --{flag.name}" if flag.short else f"--{flag.name}"
        raise UsageError(f'invalid argument "{value}" for "{name}" flag: {problem}')
    values = given.values.setdefault(flag.name, [])
    values.extend(value.split(",") if flag.kind == "strings" else [value])


def _problem(flag: Flag, value: str) -> str:
    if flag.kind == "bool" and value not in _TRUE | _FALSE:
        return f'strconv.ParseBool: parsing "{value}": invalid syntax'
    if flag.kind == "int" and not re.fullmatch(r"[-+]?[0-9]+", value):
        return f'strconv.ParseInt: parsing "{value}": invalid syntax'
    if flag.kind == "float" and not re.fullmatch(r"[-+]?[0-9]*\.?[0-9]+(e[-+]?[0-9]+)?", value):
        return f'strconv.ParseFloat: parsing "{value}": invalid syntax'
    if flag.kind == "duration" and not re.fullmatch(_DURATION, value):
        return f'time: invalid duration "{value}"'
    return ""


def _count(command: Command, path: str, arguments: list[str]) -> None:
    count = len(arguments)
    if command.least <= count <= command.most:
        return
    if command.as_range:
        limits = f"between {command.least} and {command.most}"
        raise UsageError(f"accepts {limits} arg(s), received {count}")
    if command.most == 0:
        raise UsageError(f'unknown command "{arguments[0]}" for "{path}"')
    if command.least == command.most:
        raise UsageError(f"accepts {command.most} arg(s), received {count}")
    if command.most == MANY:
        raise UsageError(f"requires at least {command.least} arg(s), only received {count}")
    raise UsageError(f"accepts at most {command.most} arg(s), received {count}")


def is_true(value: str) -> bool:
    """Return whether a boolean flag's *value* means yes."""
    return value in _TRUE
