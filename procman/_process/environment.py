"""What a child finds in its environment, in the bytes the system wants."""

from __future__ import annotations

import os
from collections.abc import Mapping

from procman._process.mark import VARIABLE
from procman.command import Command
from procman.secret import Secret

MARKED = VARIABLE.encode()


def environment_of(command: Command, mark: str) -> dict[bytes, bytes]:
    """That of *command*, with *mark* after the marks of the procmans around us."""
    environment = dict(_own()) if command.inherit_env else {}
    for name, value in command.env.items():
        if value is None:
            environment.pop(os.fsencode(name), None)
        else:
            text = value.value if isinstance(value, Secret) else value
            environment[os.fsencode(name)] = os.fsencode(text)
    around = environment.get(MARKED)
    environment[MARKED] = mark.encode() if around is None else b"%b:%b" % (around, mark.encode())
    return environment


def _own() -> Mapping[bytes, bytes]:
    """Ours; the dict behind `os.environb` where there is one: ten times faster to copy."""
    own: Mapping[bytes, bytes] = getattr(os.environ, "_data", os.environb)
    return own
