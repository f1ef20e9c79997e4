"""Case P90: what a workflow requires of a machine is looked up before anything runs."""

from __future__ import annotations

from pathlib import Path

import anyio
import pytest

from procman import Context, Requirement, RequirementsUnmet, Workflow, WorkflowRefused

pytestmark = pytest.mark.anyio


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that alone is on PATH, but for what the programs in it need themselves."""
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def install(folder: Path, name: str, script: str) -> None:
    """A program that runs *script*."""
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o755)


async def test_p90_all_that_is_unmet_is_told_at_once(programs: Path) -> None:
    """P90: what is missing or too old, each with where was looked; nothing has run."""
    install(programs, "fly", "echo fly v0.2.9 linux/amd64")
    install(programs, "psql", 'echo "psql (PostgreSQL) 16.2"')
    install(programs, "mute", "exit 3")
    (programs / "folder").mkdir()
    (programs / "plain").write_text("#!/bin/sh\n")
    ran: list[str] = []
    events: list[object] = []

    async def job(_: Context) -> None:
        ran.append("x")

    workflow = Workflow(
        "release",
        requires=["fly>=0.3", "psql", "psql >=16,<17", "jq", "folder", "plain>=1", "mute>=2"],
    )
    workflow.job(job)

    with pytest.raises(RequirementsUnmet) as caught:
        await workflow.run(hooks=[events.append])

    assert caught.value.problems == (
        f"{programs}/fly: version 0.2.9 is there, fly>=0.3 is required",
        f"jq: no such program on PATH ({programs})",
        f"{programs}/folder is a directory",
        f"{programs}/plain is not executable",
        f"{programs}/mute: mute --version printed no version: ''",
    )
    assert str(caught.value).startswith(
        f"workflow release cannot be run:\n  {programs}/fly: version 0.2.9 is there"
    )
    assert isinstance(caught.value, WorkflowRefused)
    assert (ran, events) == ([], [])


async def test_p90_what_is_met_is_not_in_the_way(programs: Path) -> None:
    """P90: how a version is asked can be declared, and where it stands in what is printed."""
    install(programs, "go", '[ "$1" = version ] && echo "go version go1.22.1 linux/amd64"')
    install(programs, "odd", 'echo "release 7 of 2024, build 0.9" >&2; exit 1')
    workflow = Workflow(
        "w",
        requires=[
            Requirement("go", ">=1.22", ask=("version",)),
            Requirement("odd", "==0.9", pattern=r"build ([\d.]+)"),
            f"{programs}/go",
        ],
    )

    run = await workflow.run()

    assert run.exit_code == 0


async def test_p90_a_program_that_does_not_tell_is_not_waited_for(programs: Path) -> None:
    """P90: the limit names itself."""
    install(programs, "slow", "exec /bin/sleep 60")
    workflow = Workflow("w", requires=[Requirement("slow", ">1", timeout=0.1)])

    with anyio.fail_after(10), pytest.raises(RequirementsUnmet, match=r"timeout of 0.1 s reached"):
        await workflow.run()


@pytest.mark.parametrize(
    ("text", "program", "versions"),
    [
        ("fly>=0.3", "fly", ">=0.3"),
        ("psql", "psql", ""),
        ("g++ >=9,<14", "g++", ">=9,<14"),
        ("/opt/bin/node~=20.1", "/opt/bin/node", "~=20.1"),
    ],
)
def test_p90_a_requirement_is_read_from_text(text: str, program: str, versions: str) -> None:
    """P90: a program, then a range."""
    assert Requirement.parsed(text) == Requirement(program, versions)


@pytest.mark.parametrize("text", ["", ">=1", "fly>=", "fly>=new", "fly 0.3", "fly>1 psql"])
def test_p90_what_is_no_requirement_is_refused(text: str) -> None:
    """P90: when the workflow is made, not when it runs."""
    with pytest.raises(ValueError, match=r"not a program|[Ii]nvalid"):
        Workflow("w", requires=[text])


@pytest.mark.parametrize(
    ("printed", "version"),
    [
        ("fly v0.4.87 linux/amd64 Commit: 1a2", "0.4.87"),
        ("go version go1.22.1 linux/amd64", "1.22.1"),
        ("OpenSSH_9.2p1 Debian-2, OpenSSL 3.0.11", "9.2"),
        ("k3d version v5.6.0", "5.6.0"),
        ("less 590 (GNU regular expressions)", "590"),
        ("no number", None),
    ],
)
def test_p90_the_first_number_is_the_version(printed: str, version: str | None) -> None:
    """P90: with a dot in it, or standing alone."""
    assert Requirement("x").version_in(printed) == version
