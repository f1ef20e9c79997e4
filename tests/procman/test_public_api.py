"""Case P68: what is public, and that importing it loads only what is used."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import procman
from procman._exports import MODULES


def python(source: str) -> str:
    """What *source* prints in an interpreter of its own."""
    argv = [sys.executable, "-c", source]
    return subprocess.run(argv, capture_output=True, text=True, check=True).stdout


def test_p68_importing_procman_loads_none_of_its_modules() -> None:
    """P68: how long that takes is a benchmark's affair."""
    source = """
import sys
before = {*sys.modules}
import procman
loaded = {name.partition(".")[0] for name in {*sys.modules} - before}
print(*sorted(loaded & {"anyio", "attr", "attrs", "cattrs", "packaging", "structlog"}))
print(*sorted(name for name in sys.modules if name.startswith("procman.")))
"""

    assert python(source).splitlines() == ["", "procman._exports"]


def test_the_names_that_are_loaded_are_those_that_type_checkers_read() -> None:
    """Each from the same module, and all of them public."""
    tree = ast.parse(Path(procman.__file__).read_text())
    imported = {
        node.module.removeprefix("procman."): sorted(alias.name for alias in node.names)
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        and node.module is not None
        and node.module.startswith("procman.")
        and node.module != "procman._exports"
    }

    assert imported == {module: sorted(names) for module, names in MODULES.items()}
    assert sorted(procman.__all__) == sorted(n for names in MODULES.values() for n in names)


def test_every_public_name_is_there() -> None:
    """Also those that are called as the module they stand in."""
    source = """
import procman.command, procman.interrupts, procman.workflow
from procman import *
print(command.__qualname__, interrupts.__qualname__, procman.command is command)
"""

    assert [getattr(procman, name) for name in procman.__all__]
    assert set(procman.__all__) <= set(dir(procman))
    assert python(source).split() == ["command", "interrupts", "True"]


def test_another_name_is_not_there() -> None:
    """Said as of any module."""
    with pytest.raises(AttributeError, match="module 'procman' has no attribute 'Stepp'"):
        _ = procman.Stepp  # type: ignore[attr-defined]
