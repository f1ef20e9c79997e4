"""The machines that a deploy makes of a fly.toml, held to what the real flyctl sent to Fly."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from provision.errors import InvalidFile, Problem
from provision.fly_config import (
    FlyConfig,
    UnknownProcessGroup,
    differences,
    load,
    machine_config,
    process_groups,
)

HERE = Path(__file__).parent
ACCEPTED = HERE / "corpus" / "accepted"
POSTED: dict[str, Any] = json.loads((HERE / "corpus" / "posted.json").read_text())["posted"]


def loaded(folder: Path, text: str) -> FlyConfig:
    path = folder / "fly.nfs.toml"
    path.write_text(f'app = "nfs"\n{text}')
    return load(path)


def test_a_machine_is_as_flyctl_posted_it() -> None:
    """Of every file of the corpus, the machine of each group is known before the deploy."""
    found = {}
    for name, deploy in POSTED.items():
        config = load(ACCEPTED / name)
        for group, posted in deploy["machines"].items():
            want = machine_config(config, group, env=deploy["env"])
            found[name, group] = differences(want, posted)

    assert len(found) > len(POSTED)
    assert {machine: unlike for machine, unlike in found.items() if unlike} == {}


def test_a_deploy_makes_a_machine_for_each_process_group() -> None:
    """No group more and none less."""
    groups = {name: process_groups(load(ACCEPTED / name)) for name in POSTED}

    assert groups == {name: tuple(sorted(deploy["machines"])) for name, deploy in POSTED.items()}


def test_a_machine_is_as_flyctl_lists_it(tmp_path: Path) -> None:
    """The same holds for what `fly machine list --json` printed in another session."""
    config = loaded(
        tmp_path,
        """
        primary_region = "ams"
        [env]
        MODE = "demo"
        QUOTED = "a<b>&c"
        [http_service]
        internal_port = 8080
        force_https = true
        auto_stop_machines = "suspend"
        auto_start_machines = true
        min_machines_running = 0
        concurrency = { type = "requests", hard_limit = 250, soft_limit = 200 }
        [[services]]
        protocol = "tcp"
        internal_port = 8080
        auto_stop_machines = "suspend"
        auto_start_machines = true
        ports = [{ start_port = 3000, end_port = 30000, handlers = ["tls", "http"] }]
        [[vm]]
        size = "shared-cpu-1x"
        memory = "512mb"
        """,
    )
    recording = HERE.parent.parent / "recordings" / "machine-list-json.json"
    listed = json.loads(json.loads(recording.read_text())["stdout"])

    want = machine_config(config, "app", env={})

    assert [differences(want, machine["config"]) for machine in listed] == [()]


def test_the_deploy_and_flyctl_have_the_last_word_on_env(tmp_path: Path) -> None:
    """`--env` beats the file; the group and the region are what they are."""
    config = loaded(
        tmp_path,
        "primary_region = 'ams'\n[env]\nA = '1'\nB = '1'\nFLY_PROCESS_GROUP = 'x'",
    )

    machine = machine_config(config, "app", env={"B": "2", "PRIMARY_REGION": "x"})

    assert machine.env == {
        "A": "1",
        "B": "2",
        "FLY_PROCESS_GROUP": "app",
        "PRIMARY_REGION": "ams",
    }


def test_a_config_in_json_says_nothing_that_nobody_said(tmp_path: Path) -> None:
    """What the file leaves open is not there, which is more than being empty."""
    config = loaded(tmp_path, "[http_service]\ninternal_port = 80\nmin_machines_running = 0")

    machine = machine_config(config, "app", env={}).as_json()

    assert machine == {
        "env": {"FLY_PROCESS_GROUP": "app"},
        "init": {},
        "services": [
            {
                "protocol": "tcp",
                "internal_port": 80,
                "min_machines_running": 0,
                "ports": [
                    {"port": 80, "handlers": ["http"]},
                    {"port": 443, "handlers": ["http", "tls"]},
                ],
            }
        ],
    }


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ([{"guest_path": "/a", "raw_value": "x"}], [{"guest_path": "/a", "raw_value": "eA=="}]),
        ([{"guest_path": "/a", "local_path": "b"}], [{"guest_path": "/a", "raw_value": "eQo="}]),
        ([{"guest_path": "/a", "secret_name": "S"}], [{"guest_path": "/a", "secret_name": "S"}]),
        (
            [{"guest_path": "/a", "raw_value": "x"}, {"guest_path": "/a", "secret_name": "S"}],
            [{"guest_path": "/a", "secret_name": "S"}],
        ),
        ([{"guest_path": "/a", "raw_value": "x"}, {"guest_path": "/a"}], None),
        ([{"guest_path": "/a"}], [{"guest_path": "/a"}]),
    ],
)
def test_of_two_files_for_one_path_the_later_counts(
    tmp_path: Path, files: list[dict[str, str]], expected: list[dict[str, str]] | None
) -> None:
    """An empty one takes the file before it away."""
    (tmp_path / "b").write_text("y\n")
    tables = ["[[files]]", *[f'{key} = "{text}"' for key, text in files[0].items()]]
    for file in files[1:]:
        tables += ["[[files]]", *[f'{key} = "{text}"' for key, text in file.items()]]
    config = loaded(tmp_path, "\n".join(tables))

    machine = machine_config(config, "app", env={})

    assert machine.as_json().get("files") == expected


def test_files_are_looked_for_where_the_deploy_runs(tmp_path: Path) -> None:
    """flyctl takes them relative to its working directory, not to the fly.toml."""
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "b").write_text("there\n")
    config = loaded(tmp_path, "[[files]]\nguest_path = '/b'\nlocal_path = 'b'")

    machine = machine_config(config, "app", env={}, directory=tmp_path / "elsewhere")

    assert machine.as_json()["files"] == [{"guest_path": "/b", "raw_value": "dGhlcmUK"}]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            "[[vm]]\nsize = 'shared-cpu-3x'",
            Problem(
                "vm[0].size",
                3,
                "there is no machine size 'shared-cpu-3x'; did you mean 'shared-cpu-8x'?",
            ),
        ),
        (
            "[compute]\nmemory = 'plenty'",
            Problem(
                "compute.memory",
                3,
                "'plenty' is not a size; write a number and a unit, as in '512mb'",
            ),
        ),
        ("[vm]\nmemory = 0", Problem("vm.memory", 3, "a machine needs memory")),
        (
            "[deploy]\nrelease_command = 'x'\n[deploy.release_command_vm]\nsize = 'performance-3x'",
            Problem(
                "deploy.release_command_vm.size",
                5,
                "there is no machine size 'performance-3x'; did you mean 'performance-8x'?",
            ),
        ),
        (
            "[checks.alive]\ntype = 'tcp'",
            Problem(
                "checks.alive.port",
                2,
                "is required: process group 'app' has no http_service to take it from",
            ),
        ),
        (
            "[[statics]]\nguest_path = 'public'\nurl_prefix = '/'",
            Problem(
                "statics[0].guest_path",
                3,
                "must be an absolute path of the image; flyctl uploads a relative one",
            ),
        ),
        (
            "[[files]]\nguest_path = '/b'\nlocal_path = 'nowhere'",
            Problem(
                "files[0].local_path", 4, "'nowhere' cannot be read: No such file or directory"
            ),
        ),
        (
            "machine_config = 'cli.json'",
            Problem(
                "machine_config",
                2,
                "describes containers, which cannot be told from the fly.toml alone",
            ),
        ),
        (
            "[build.compose]\nfile = 'compose.yml'",
            Problem(
                "build.compose",
                2,
                "describes containers, which cannot be told from the fly.toml alone",
            ),
        ),
    ],
)
def test_what_a_deploy_would_fail_on_is_told_before(
    tmp_path: Path, text: str, problem: Problem
) -> None:
    """flyctl's validation lets these pass; its deploy does not, or does what cannot be foreseen."""
    config = loaded(tmp_path, text)

    with pytest.raises(InvalidFile) as caught:
        machine_config(config, "app", env={})

    assert caught.value.problems == (problem,)


def test_a_group_must_be_one_of_the_file() -> None:
    """A mistyped group gets no machine of its own."""
    config = load(ACCEPTED / "processes-web-worker.toml")

    with pytest.raises(UnknownProcessGroup, match="'wroker'; did you mean 'worker'"):
        machine_config(config, "wroker", env={})
