"""Every program in docs/ runs, and prints what the page says."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple, get_args

import pytest

from procman import Event
from tests.provision.rehearsals import environment as clean_environment

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
ANYTHING = "…"
PLUGINS = ["--disable-plugin-autoload", "-panyio.pytest_plugin", "-pprocman.testing.pytest_plugin"]
# A folder of its own: else it sweeps those that other runs have left.
PYTEST = ["-m", "pytest", "-q", *PLUGINS, "-pno:cacheprovider", "--basetemp=scratch"]


class Program(NamedTuple):
    """
    A python block of a page.

    Attributes:
        printed: The text block right behind it; "" if the next block is something else.
    """

    page: str
    number: int
    source: str
    printed: str

    def __str__(self) -> str:
        return f"{self.page}:{self.number}"


def programs() -> list[Program]:
    """Of all pages."""
    found = []
    for page in sorted(DOCS.rglob("*.md")):
        blocks = [*BLOCK.findall(page.read_text("utf-8")), ("", "")]
        name = page.relative_to(DOCS).as_posix()
        for number, ((kind, source), (next_kind, said)) in enumerate(pairwise(blocks)):
            if kind == "python":
                printed = said if next_kind == "text" else ""
                found.append(Program(name, number, source, printed))
    return found


PROGRAMS = programs()
TESTS = [program for program in PROGRAMS if "def test_" in program.source]


@pytest.fixture(scope="module")
def forks() -> Iterator[subprocess.Popen[str]]:
    """What runs programs; ``-P``: beside it is a package of tests by the name of procman."""
    with subprocess.Popen(
        [sys.executable, "-P", ROOT / "tests" / "forks.py"],
        env=clean_environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as runner:
        yield runner


def run(forks: subprocess.Popen[str], folder: Path) -> tuple[int, str, str]:
    """Its program.py to the end: exit code, stdout and stderr."""
    assert forks.stdin
    assert forks.stdout
    forks.stdin.write(f"{folder}\n")
    forks.stdin.flush()
    exit_code, stdout, stderr = json.loads(forks.stdout.readline())
    return exit_code, stdout, stderr


@pytest.mark.parametrize("program", [each for each in PROGRAMS if each not in TESTS], ids=str)
def test_p70_a_program_of_the_docs_runs_as_printed(
    tmp_path: Path, forks: subprocess.Popen[str], program: Program
) -> None:
    """P70: each python block is a whole program, or a file of tests; ``…`` stands for anything."""
    (tmp_path / "program.py").write_text(program.source, encoding="utf-8")

    exit_code, stdout, stderr = run(forks, tmp_path)

    assert exit_code == 0, stdout + stderr
    if program.printed:
        pattern = ".*".join(map(re.escape, program.printed.split(ANYTHING)))
        assert re.fullmatch(pattern, stdout), stdout


@pytest.mark.parametrize(
    ("source", "code", "message"),
    [
        ("raise SystemExit(3)", 3, ""),
        ("import signal; signal.raise_signal(9)", -9, ""),
        ("print(wrong)", 1, "line 1, in <module>\n    print(wrong)"),
    ],
)
def test_a_program_that_fails_is_found(
    tmp_path: Path, forks: subprocess.Popen[str], source: str, code: int, message: str
) -> None:
    """By its exit code, and why by its stderr."""
    (tmp_path / "program.py").write_text(source, encoding="utf-8")

    exit_code, _, stderr = run(forks, tmp_path)

    assert exit_code == code
    assert message in stderr


@pytest.mark.long
def test_p70_the_tests_of_the_docs_pass(tmp_path: Path) -> None:
    """P70: each block is a file, by whose name pytest says where a failure is."""
    for program in TESTS:
        file = tmp_path / f"test_{re.sub(r'[^a-z0-9]', '_', str(program))}.py"
        file.write_text(program.source, encoding="utf-8")

    done = subprocess.run(
        [sys.executable, *PYTEST],
        cwd=tmp_path,
        env=clean_environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr


LINK = re.compile(r"\]\(([^)#:]*)(?:#([^)]*))?\)")


def test_every_link_leads_somewhere() -> None:
    """To a file of the project, from the page it stands on, and to a heading there is."""
    broken = [
        f"{page.relative_to(ROOT)}: {target}#{heading}"
        for page in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(DOCS.rglob("*.md"))]
        for target, heading in LINK.findall(page.read_text("utf-8"))
        if not leads_somewhere(page.parent / target if target else page, heading)
    ]

    assert broken == []


def leads_somewhere(target: Path, heading: str) -> bool:
    """Whether *target* is there, and has the *heading*, if one is named."""
    if not target.exists():
        return False
    return not heading or heading in map(anchor, headings(target))


def headings(page: Path) -> list[str]:
    """Of *page*, what stands in its blocks of code left out."""
    text = BLOCK.sub("", page.read_text("utf-8"))
    return re.findall(r"^#+ (.*)$", text, re.MULTILINE)


def anchor(heading: str) -> str:
    """What a link calls *heading*."""
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


def test_every_event_stands_on_the_page_of_hooks() -> None:
    """One row of the table each."""
    page = (DOCS / "procman" / "hooks.md").read_text("utf-8")

    listed = re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE)

    assert sorted(listed) == sorted(kind.__name__ for kind in get_args(Event))
