"""Makes a shell program of a script: it starts ten times as fast as an interpreter of one would."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

from procman.testing import unexpected
from procman.testing.answer import (
    Act,
    Die,
    Exit,
    Ignore,
    LeaveBehind,
    Print,
    ReadStdin,
    Stream,
    Wait,
)
from procman.testing.script import Expected, Order, Script

LONG = 4096
"""Bytes from which on what is printed stands in a file of its own."""

# Claiming a call is creating a file that must not be there (`set -C`): two calls at the same
# time never get the same answer.
HEAD = """\
#!/bin/sh
# Plays the part of a program in a test: made by procman.testing, see script.json in
here={here}
set -C
claim() {{
    {{ printf '' > "$here/claimed.$1"; }} 2>/dev/null && note "$@"
}}
note() {{
    claimed=$1
    shift
    printf '%s\\0' "$claimed" "$#" "$@" >> "$here/calls"
}}
"""


def program_of(script: Script, folder: Path) -> bytes:
    """
    A POSIX shell program that answers as *script* says.

    *folder* is where it keeps what it was called with; what is too long for the program, or
    cannot stand in it, is written there.
    """
    parts = [HEAD.format(here=shlex.quote(str(folder)))]
    for place, call in enumerate(script.calls):
        parts += [_matches(place, call), _answers(place, call, folder)]
    parts += _in_order(script) if script.order is Order.KEPT else _in_any_order(script)
    for place, call in enumerate(script.calls):
        if call.times is None:
            parts.append(f'is_{place} "$@" && note {place}.$$ "$@" && answer_{place}\n')
    program = shlex.join([sys.executable, "-I", "-S", str(Path(unexpected.__file__))])
    parts.append(f'exec {program} "$here" "$0" "$@"\n')
    return "".join(parts).encode(errors="surrogateescape")


def _matches(place: int, call: Expected) -> str:
    tests = [f"[ $# -eq {len(call.argv)} ]"]
    for number, argument in enumerate(call.argv, 1):
        if argument is not None:
            tests.append(f'[ "${{{number}}}" = {shlex.quote(argument)} ]')
    return f"is_{place}() {{ {' && '.join(tests)}; }}\n"


def _answers(place: int, call: Expected, folder: Path) -> str:
    lines = [_line(act, folder / f"text.{place}.{n}") for n, act in enumerate(call.answer.acts)]
    lines.append(_last_line(call.answer.end))
    return "".join([f"answer_{place}() {{\n", *(f"    {line}\n" for line in lines), "}\n"])


def _line(act: Act, file: Path) -> str:
    match act:
        case Print(data, stream):
            to = " >&2" if stream is Stream.STDERR else ""
            if len(data) < LONG and b"\0" not in data:
                return f"printf %s {shlex.quote(data.decode(errors='surrogateescape'))}{to}"
            file.write_bytes(data)
            return f"cat {shlex.quote(str(file))}{to}"
        case Wait(seconds):
            return f"sleep {seconds:.6f}"
        case ReadStdin():
            return 'cat > "$here/stdin.$claimed"'
        case Ignore(signal):
            return f"trap '' {signal.name.removeprefix('SIG')}"
        case LeaveBehind(seconds):
            return f"sleep {seconds:.6f} &"


def _last_line(end: Exit | Die) -> str:
    match end:
        case Exit(code):
            return f"exit {code}"
        case Die(signal):
            return f"kill -s {signal.name.removeprefix('SIG')} $$"


def _in_order(script: Script) -> Iterator[str]:
    yield 'n=0\nwhile [ -e "$here/claimed.$n" ]; do n=$((n + 1)); done\n'
    yield "while :; do\n    case $n in\n"
    for number, place in enumerate(script.due):
        yield f'    {number}) is_{place} "$@" || break; claim $n "$@" && answer_{place} ;;\n'
    yield "    *) break ;;\n    esac\n    n=$((n + 1))\ndone\n"


def _in_any_order(script: Script) -> Iterator[str]:
    for number, place in enumerate(script.due):
        yield f'is_{place} "$@" && claim {number} "$@" && answer_{place}\n'
