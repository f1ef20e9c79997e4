"""What the stand-in models, next to the help texts of flyctl."""

from __future__ import annotations

import ast
import json
import sys
from pathlib import Path

import pytest

import provision.local
from provision.local.standin.coverage import Covered, commands, elsewhere
from provision.local.standin.grammar import HELP, Flag
from tests.provision.local.coverage_page import PAGE, page
from tests.provision.local.differential.compared import load

from .flies import Fly

HELP_TEXTS = json.loads((Path(__file__).parent / "flyctl_help.json").read_text(encoding="utf-8"))
PACKAGE = Path(provision.local.__file__).parent
API = PACKAGE / "api"
"""The server for a real flyctl, which is an extra and has packages of its own."""


def _name(flag: Flag) -> str:
    short = f"-{flag.short} " if flag.short else ""
    return f"{short}--{flag.name} {flag.kind}"


@pytest.mark.parametrize("covered", commands(), ids=lambda each: " ".join(each.words))
def test_a_command_has_the_flags_and_names_of_flyctl(covered: Covered) -> None:
    """None more, none less, of the same types; flags that flyctl hides are not compared."""
    shown = HELP_TEXTS[" ".join(covered.words)]

    flags = {_name(flag) for flag in (*covered.flags, HELP) if not flag.hidden}

    assert sorted(flags) == shown["flags"]
    assert sorted(covered.aliases) == shown["aliases"]


def test_every_command_of_flyctl_is_modelled_or_known_to_be_missing() -> None:
    """So that a missing command never looks like one that flyctl does not have."""
    groups = {path: text["commands"] for path, text in HELP_TEXTS.items() if text["commands"]}
    theirs = {(*path.split(), name) for path, names in groups.items() for name in names if path}

    modelled = {covered.words for covered in commands()}
    inner = {words[:count] for words in modelled for count in range(1, len(words))}

    assert theirs - modelled - inner - set(elsewhere()) == set()


GROUPS = [path for path, text in HELP_TEXTS.items() if text["commands"] and path != "version"]


@pytest.mark.parametrize("path", GROUPS)
def test_a_group_lists_the_commands_of_flyctl(fly: Fly, path: str) -> None:
    """Also those that the stand-in does not know, and never those that flyctl hides."""
    done = fly.run(*path.split(), "--help")

    _, _, after = done.stdout.partition("Available Commands:\n")
    listed = after.partition("\n\n")[0].split()
    assert (done.exit_code, listed) == (0, HELP_TEXTS[path]["commands"])


@pytest.mark.parametrize("words", ["volumes extend vol_1", "machine egress-ip list", "curl x"])
def test_a_command_that_is_missing_says_so(fly: Fly, words: str) -> None:
    """With an exit code that flyctl has for nothing."""
    done = fly.run(*words.split())

    assert (done.exit_code, done.stdout) == (2, "")
    assert "the local Fly does not know" in done.stderr


@pytest.mark.parametrize("words", ["apps create web --save=true", "machine destroy --image=x"])
def test_a_flag_that_is_missing_says_so(fly: Fly, words: str) -> None:
    """It would change what happens, so it is not passed over."""
    done = fly.run(*words.split())

    assert (done.exit_code, done.stdout) == (2, "")
    assert words.rsplit(maxsplit=1)[-1].partition("=")[0] + "`" in done.stderr


@pytest.mark.parametrize(
    "config",
    ["machine_config = 'c.json'", "[experimental]\nmachine_config = '{}'", "[build.compose]"],
)
def test_a_section_that_is_missing_says_so(fly: Fly, config: str) -> None:
    """A machine without its containers would be another one."""
    (fly.folder / "fly.toml").write_text(f"app = 'web'\n{config}\n", encoding="utf-8")
    fly.run("apps", "create", "web", "--org", "personal")

    done = fly.run("deploy", "--image", "nginx:1", "--yes")

    assert done.exit_code == 2
    assert "Error: the local Fly does not know `" in done.stderr


def test_the_local_fly_needs_nothing_but_itself() -> None:
    """It is another reading of flyctl, not the same one twice, and it starts without packages."""
    imported = {
        name
        for path in PACKAGE.rglob("*.py")
        if API not in path.parents
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        for name in _imported(node)
    }

    foreign = {name for name in imported if name.split(".")[0] not in sys.stdlib_module_names}

    assert {name for name in foreign if not name.startswith("provision.local")} == set()


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [each.name for each in node.names]
    if isinstance(node, ast.ImportFrom):
        return [node.module or ""]
    return []


def test_the_page_of_what_is_covered_is_up_to_date() -> None:
    """Otherwise: python -m tests.provision.local.coverage_page"""
    assert PAGE.read_text("utf-8") == page()


def test_the_page_claims_no_more_than_was_compared() -> None:
    """A flag that no command of the session was given is not compared."""
    [row] = [line for line in page().splitlines() if line.startswith("| `apps create` ")]
    compared, modelled, _, missing = row.split(" | ")[1:]

    agreed = load().agreed["apps create"]
    assert compared == ", ".join(["itself", *(f"`--{name}`" for name in agreed)])
    assert "`--generate-name`" in modelled
    assert "`--save`" in missing
