"""Usage and help: the shape of flyctl's, without its prose."""

from __future__ import annotations

from provision.local.standin.grammar import GLOBAL, HELP, Command, Flag, Group


def usage(command: Command | Group, path: str) -> str:
    """Return how *command* is called, and its flags; what flyctl prints when it is called wrong."""
    lines = ["Usage:", *_forms(command, path)]
    if command.aliases:
        lines += ["", "Aliases:", "  " + ", ".join((command.name, *command.aliases))]
    if isinstance(command, Group):
        names = sorted([each.name for each in command.commands] + list(command.elsewhere))
        lines += ["", "Available Commands:", *(f"  {name}" for name in names)]
    lines += ["", "Flags:", *_flags((*command.flags, HELP))]
    lines += ["", "Global Flags:", *_flags(GLOBAL)]
    if isinstance(command, Group):
        lines += ["", f'Use "{path} [command] --help" for more information about a command.']
    return "\n".join(lines) + "\n"


def _forms(command: Command | Group, path: str) -> list[str]:
    if isinstance(command, Group):
        return [f"  {path} [command]"]
    words = [path, command.arguments]
    if "[flags]" not in command.arguments:
        words.append("[flags]")
    return ["  " + " ".join(word for word in words if word)]


def _flags(flags: tuple[Flag, ...]) -> list[str]:
    shown = sorted((flag for flag in flags if not flag.hidden), key=lambda flag: flag.name)
    return [_flag(flag) for flag in shown]


def _flag(flag: Flag) -> str:
    short = f"-{flag.short}, " if flag.short else "    "
    kind = "" if flag.kind == "bool" else f" {flag.kind}"
    optional = "" if flag.optional is None else f'[="{flag.optional}"]'
    return f"  {short}--{flag.name}{kind}{optional}"
