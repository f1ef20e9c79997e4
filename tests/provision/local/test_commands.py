"""Commands of the stand-in beside what the recordings show; the words are flyctl's."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from provision.local.world import (
    apps,
    faults,
    leases,
    machines,
    releases,
    requests,
    secrets,
    volumes,
)
from provision.local.world.faults import Fault, Kind
from provision.local.world.life import GONE
from provision.local.world.releases import ReleaseStatus

from .flies import Done, Fly

METADATA = {
    "fly_platform_version": "v2",
    "fly_process_group": "app",
    "fly_release_version": "1",
}
CONFIG = {
    "image": "nginx:1",
    "env": {},
    "guest": {"cpu_kind": "shared", "cpus": 1, "memory_mb": 256},
    "metadata": METADATA,
}
MOUNT = {"name": "data", "path": "/data", "size_gb": 3}
DEFINITION = {"app": "web", "primary_region": "ams"}
COUNT = ("scale", "count", "-a", "web", "--yes")


@pytest.fixture
def web(fly: Fly) -> str:
    """The id of the machine of the app ``web``, which was deployed once."""
    with fly.world as world:
        apps.create(world, "web", organization="personal", network="blue")
        release = releases.create(
            world, "web", definition=DEFINITION, image_ref="nginx:1", strategy="ROLLING"
        )
        releases.update(world, release.id, ReleaseStatus.COMPLETE)
        machine, _ = machines.create(world, "web", CONFIG, region="ams")
        world.clock.advance(30)
    return machine.id


def _regions(fly: Fly) -> list[str]:
    with fly.world as world:
        found = machines.list_(world, "web")
    return sorted(each.region for each in found if each.state not in GONE)


def _said(done: Done) -> list[str]:
    """Return what was said, without ids."""
    text = re.sub(r"\b[0-9a-f]{14}\b", "ID", done.stdout)
    return re.sub(r"\bvol_[0-9a-f]{16}\b", "VOLUME", text).splitlines()


@pytest.mark.usefixtures("web")
@pytest.mark.parametrize(
    ("arguments", "regions"),
    [
        (["3"], ["ams", "ams", "ams"]),
        (["app=2"], ["ams", "ams"]),
        (["+1"], ["ams", "ams"]),
        (["0"], []),
        (["--", "-1"], []),
        (["2", "--region", "ams,fra"], ["ams", "ams"]),
        (["4", "--region", "ams,fra"], ["ams", "ams", "ams", "fra"]),
        (["4", "--region", "ams,fra", "--max-per-region", "2"], ["ams", "ams", "fra", "fra"]),
        (["1", "--region", "fra"], ["ams", "fra"]),
    ],
)
def test_machines_are_spread_over_regions(
    fly: Fly, arguments: list[str], regions: list[str]
) -> None:
    """In turn, beginning with the first that is named."""
    done = fly.run(*COUNT, *arguments)

    assert (done.exit_code, _regions(fly)) == (0, regions)


@pytest.mark.usefixtures("web")
@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["web=1"], "Attempting to scale unknown process groups [web]"),
        (["one"], "'one' is not a valid process=count option"),
        (["app=one"], 'strconv.Atoi: parsing "one": invalid syntax'),
        (["app=+0"], "invalid relative scale count: +0"),
        (["9", "--max-per-region", "2"], "the number of regions by the maximum machines"),
    ],
)
def test_a_count_that_cannot_be_is_refused(fly: Fly, arguments: list[str], error: str) -> None:
    """Nothing is scaled."""
    done = fly.run(*COUNT, *arguments)

    assert (done.exit_code, _regions(fly)) == (1, ["ams"])
    assert error in done.stderr


def test_unattached_volumes_are_used_before_new_ones(fly: Fly, web: str) -> None:
    """New ones are as large as the largest of the same name."""
    with fly.world as world:
        first = volumes.create(world, "web", "data", region="ams", size_gb=3)
        volumes.create(world, "web", "data", region="ams", size_gb=5)
        mount = MOUNT | {"volume": first.id}
        machines.update(world, "web", web, CONFIG | {"mounts": [mount]})
        world.clock.advance(30)

    done = fly.run(*COUNT, "3")

    assert done.exit_code == 0
    assert _said(done) == [
        "App 'web' is going to be scaled according to this plan:",
        "  +2 machines for group 'app' on region 'ams' of size 'shared-cpu-1x'",
        "  +1 volumes and 1 unattached volumes assigned to group 'app' in region 'ams'",
        "Executing scale plan",
        "  Created ID group:app region:ams size:shared-cpu-1x volume:VOLUME",
        "  Creating volume data region:ams size:3GiB",
        "  Created ID group:app region:ams size:shared-cpu-1x volume:VOLUME",
    ]


def test_a_lease_can_be_seen_and_cleared(fly: Fly, web: str) -> None:
    """Whoever holds it."""
    with fly.world as world:
        lease = leases.acquire(world, web, seconds=600)

    seen = json.loads(fly.run("machine", "leases", "view", web, "--json").stdout)
    table = fly.run("machine", "lease", "view", web).stdout
    cleared = fly.run("machine", "leases", "clear", web)
    after = fly.run("machine", "leases", "view", web)

    assert seen[web]["data"]["nonce"] == lease.nonce
    assert lease.nonce in table
    assert cleared.stdout == f"clearing lease for machine {web}\nLease(s) cleared\n"
    assert after.stdout == "No leases found\n"


def test_a_leased_machine_is_left_alone(fly: Fly, web: str) -> None:
    """A command that needs the lease waits for a minute, and says who has it."""
    with fly.world as world:
        leases.acquire(world, web, seconds=600)

    done = fly.run("machine", "stop", web)

    assert done.exit_code == 1
    assert done.stdout == f"Waiting on lease for machine {web}...\n"
    assert done.stderr.startswith(
        f"Error: failed to obtain lease: failed to get lease on VM {web}: machine ID {web} lease "
        "currently held by dev@example.com, expires at "
    )


def test_a_state_can_be_waited_for(fly: Fly, web: str) -> None:
    """Until it is there, or the time is over."""
    done = fly.run("machine", "wait", web, "--state", "started")
    late = fly.run("machine", "wait", web, "--state", "stopped", "--wait-timeout", "100ms")

    assert (done.exit_code, late.exit_code) == (0, 1)
    assert done.stdout.endswith(f'Machine {web} reached state "started"\n')
    assert f'machine {web} did not reach "stopped" within 100ms' in late.stderr


@pytest.mark.usefixtures("web")
@pytest.mark.parametrize("verb", ["start", "stop", "suspend", "destroy", "status", "wait"])
def test_an_unknown_machine_is_told(fly: Fly, verb: str) -> None:
    """By every command that names one."""
    done = fly.run("machine", verb, "148ed999999999", "-a", "web")

    assert (done.exit_code, done.stdout) == (1, "")
    assert "148ed999999999" in done.stderr


@pytest.mark.usefixtures("web")
def test_secrets_are_staged_until_machines_are_updated(fly: Fly) -> None:
    """The list tells which machines have them."""
    staged = fly.run("secrets", "set", "A=1", "B=-", "-a", "web", "--stage", stdin="two\n")
    listed = fly.run("secrets", "list", "-a", "web")
    deployed = fly.run("secrets", "unset", "A", "-a", "web")
    after = json.loads(fly.run("secrets", "list", "-a", "web", "--json").stdout)

    assert (staged.exit_code, deployed.exit_code) == (0, 0)
    assert listed.stdout.splitlines()[-1] == (
        "There are 2 secrets not deployed. Deploy with `fly secrets deploy` to make them available."
    )
    assert [line.split()[:2] for line in listed.stdout.splitlines()[1:3]] == [
        ["*", "A"],
        ["*", "B"],
    ]
    assert "1/1" not in deployed.stdout
    assert [(each["name"], each["status"]) for each in after] == [("B", "Deployed")]


@pytest.mark.usefixtures("web")
def test_values_of_secrets_are_nowhere(fly: Fly) -> None:
    """Neither said nor kept."""
    value = "s3cr3tv4lue"

    done = fly.run("secrets", "import", "-a", "web", stdin=f"KEY={value}\n")

    everything = b"".join(each.read_bytes() for each in fly.path.parent.glob("world.db*"))
    assert done.exit_code == 0
    assert value not in done.stdout + done.stderr
    assert value.encode() not in everything


@pytest.mark.usefixtures("web")
def test_a_volume_needs_no_app_to_be_found(fly: Fly) -> None:
    """It is known by its id."""
    created = fly.run("volumes", "create", "data", "-a", "web", "-r", "ams", "--yes", "--size", "3")
    [_, identity] = created.stdout.splitlines()[0].split()

    shown = fly.run("volumes", "show", identity)
    refused = fly.run("volumes", "destroy", identity)
    destroyed = fly.run("volumes", "destroy", identity, "--yes")
    again = fly.run("volumes", "show", identity)

    assert shown.stdout == created.stdout
    assert shown.stdout.splitlines()[1:6] == [
        "                Name: data",
        "                 App: web",
        "              Region: ams",
        "                Zone: z2",
        "             Size GB: 3",
    ]
    assert "will leave you with 0 volume(s)" in refused.stderr
    assert destroyed.stdout == f"Destroyed volume ID: {identity} name: data\n"
    assert (refused.exit_code, destroyed.exit_code, again.exit_code) == (1, 0, 1)


def test_logs_end_where_there_are_some(fly: Fly, web: str) -> None:
    """With --no-tail; by machine or region where that is asked for."""
    done = fly.run("logs", "-a", "web", "--no-tail", "--machine", web)
    document = fly.run("logs", "-a", "web", "--no-tail", "--json", env={"FLY_REGION": "ams"})

    first = json.JSONDecoder().raw_decode(document.stdout)[0]
    assert (done.exit_code, document.exit_code) == (0, 0)
    assert f"app[{web}] \x1b[32mams\x1b[0m [\x1b[34minfo\x1b[0m]" in done.stdout
    assert (first["instance"], first["region"], first["level"]) == (web, "ams", "info")


@pytest.mark.usefixtures("web")
def test_logs_of_another_region_never_come(fly: Fly) -> None:
    """The region of the environment filters without a word, and nothing is waited for, for ever."""
    with fly.world as world:
        world.clock.run_at(100)

    done = fly.kill_after(0.5, ["logs", "-a", "web", "--no-tail", "--region", "fra"])

    assert done.stdout == ""


TEXTS: dict[str, list[str]] = {
    "apps list": [
        " NAME │ OWNER    │ STATUS   │ NETWORK │ LATEST DEPLOY ",
        " web  │ personal │ deployed │ blue    │ 30s ago       ",
        "",
    ],
    "apps list --quiet": [" web ", ""],
    "orgs list": [
        "Name                 Slug                 Type      ",
        "----                 ----                 ----      ",
        "Dev                  personal             PERSONAL  ",
    ],
    "orgs show personal": [
        "Organization",
        "Name      : Dev                 ",
        "Slug      : personal            ",
        "Type      : PERSONAL            ",
        "",
        "Summary",
        "You have admin permissions on this organizaton",
        "There are 1 members associated with this organization",
        "",
        "Organization Members",
        "┌──────┬─────────────────┬───────┐",
        "│ NAME │      EMAIL      │ ROLE  │",
        "├──────┼─────────────────┼───────┤",
        "│ Dev  │ dev@example.com │ ADMIN │",
        "└──────┴─────────────────┴───────┘",
    ],
    "releases -a web --image": [
        " VERSION │ STATUS   │ DESCRIPTION  │ USER            │ DATE    │ DOCKER IMAGE ",
        " v1      │ complete │ Deploy image │ dev@example.com │ 30s ago │ nginx:1      ",
        "",
    ],
    "checks list -a web": [
        "Health Checks for web",
        " NAME │ STATUS │ MACHINE │ LAST UPDATED │ OUTPUT ",
    ],
    "scale show -a web": [
        "VM Resources for app: web",
        "",
        "\x1b[1mGroups\x1b[0m",
        " NAME │ COUNT │ KIND   │ CP US │ MEMORY │ REGIONS ",
        " app  │ 1     │ shared │ 1     │ 256 MB │ ams     ",
        "",
    ],
    "secrets list -a web": [" NAME │ DIGEST │ STATUS ", ""],
    "ips list -a web": [
        " VERSION │ IP │ TYPE │ REGION │ CREATED AT ",
        "",
        (
            "Learn more about Fly.io public, private, shared and dedicated IP addresses in our "
            "docs: https://fly.io/docs/networking/services/"
        ),
    ],
    "machine list -a web --quiet": [" ID ", ""],
}


@pytest.mark.usefixtures("web")
@pytest.mark.parametrize("words", TEXTS)
def test_a_command_says_what_flyctl_would(fly: Fly, words: str) -> None:
    """For people; programs ask for JSON."""
    done = fly.run(*words.split())

    assert (done.exit_code, _said(done)) == (0, TEXTS[words])


@pytest.mark.usefixtures("web")
def test_status_tells_the_image_of_the_newest_release(fly: Fly) -> None:
    """Machines that no deploy made are only counted; a machine of a lost host is marked."""
    newer: dict[str, Any] = {"metadata": METADATA | {"fly_release_version": "2"}}
    with fly.world as world:
        machines.create(world, "web", {"image": "other:7"}, region="ams")
        faults.tell(world, "host-unreachable", app="web", times=1)
        machines.create(world, "web", CONFIG | newer | {"image": "nginx:2"}, region="ams")
        world.clock.advance(30)

    done = fly.run("status", "-a", "web")

    said = _said(done)
    assert done.exit_code == 0
    assert " Image    │ library/nginx:2 " in said
    assert said[-3:] == [
        "Notes:",
        "  💀 The machine's host is unreachable",
        "Found machines that aren't part of Fly Launch, run fly machines list to see them.",
    ]


def test_an_image_is_shown_for_one_machine_or_all(fly: Fly, web: str) -> None:
    """Downwards for one."""
    every = fly.run("image", "show", "-a", "web")
    single = fly.run("image", "show", web, "-a", "web")

    assert every.stdout.splitlines()[1].split(" │ ")[0] == " MACHINE ID    "
    assert [line.split(" │ ")[0].strip() for line in single.stdout.splitlines()[1:-1]] == [
        "Registry",
        "Repository",
        "Tag",
        "Version",
        "Digest",
        "Labels",
    ]


def test_regions_are_listed_by_continent(fly: Fly) -> None:
    """Sorted by name within each."""
    lines = fly.run("platform", "regions").stdout.splitlines()

    names = [line.split(" │ ")[0].strip() for line in lines]
    start = names.index("Europe")
    assert names[start + 1 : start + 6] == [
        "Amsterdam, Netherlands",
        "Frankfurt, Germany",
        "London, United Kingdom",
        "Paris, France",
        "Stockholm, Sweden",
    ]


@pytest.mark.usefixtures("web")
@pytest.mark.parametrize(
    ("flags", "error"),
    [
        ("--vm-size huge", "invalid machine preset requested, 'huge'"),
        ("--vm-cpus 0", "--vm-cpus must be greater than zero, got: 0"),
        ("--vm-memory 0", "--vm-memory cannot be zero"),
        ("--vm-memory big", "invalid size: invalid size: 'big'"),
        ("--vm-cpu-kind fast", "--vm-cpu-kind must be set to 'shared' or 'performance'"),
        ("--vm-gpus 1", "GPU machines are no longer supported"),
    ],
)
def test_a_size_that_cannot_be_is_refused(fly: Fly, flags: str, error: str) -> None:
    """Before anything is scaled."""
    done = fly.run(*COUNT, "2", *flags.split())

    assert (done.exit_code, _regions(fly)) == (1, ["ams"])
    assert error in done.stderr


@pytest.mark.parametrize("body", [True, False])
def test_a_proxy_that_always_fails_is_asked_four_times(fly: Fly, *, body: bool) -> None:
    """Whether a body is sent along or not; what it says is no JSON."""
    words = (
        ["apps", "create", "web", "--org", "personal"] if body else ["machine", "list", "-a", "x"]
    )
    with fly.world as world:
        faults.tell(world, "bad-gateway", skip=1 if body else 0)

        done = fly.run(*words)

        asked = [each.operation for each in requests.list_(world)]
    assert "request returned non-2xx status: 502: bad gateway (Request ID: " in done.stderr
    assert asked[-4:] == ["apps.create" if body else "machines.list"] * 4


@pytest.mark.parametrize(
    ("words", "error"),
    [
        ("machine destroy", "a machine ID or an app name is required"),
        ("machine destroy -a web", "a machine ID must be specified when not running interactively"),
        ("machine status one two", "accepts between 0 and 1 arg(s), received 2"),
        ("orgs show one two", "accepts at most 1 arg(s), received 2"),
        (
            "status -c here/fly.toml",
            (
                "config file not found at specified path: here/fly.toml "
                "(also tried: here/fly.toml/fly.toml)"
            ),
        ),
    ],
)
def test_a_wrong_command_line_is_told_as_flyctl_tells_it(fly: Fly, words: str, error: str) -> None:
    """Each command has its own words for it; a path is told as it was given."""
    done = fly.run(*words.split())

    assert (done.exit_code, done.stderr) == (1, f"Error: {error}\n")


@pytest.mark.usefixtures("web")
@pytest.mark.parametrize("operation", ["machines.list", "releases.list"])
def test_secrets_are_listed_whatever_else_fails(fly: Fly, operation: str) -> None:
    """Without machines or releases each counts as not deployed."""
    with fly.world as world:
        secrets.set_(world, "web", {"A": "1"})
        faults.inject(world, Fault(operation, Kind.REFUSE, 500, "internal server error"))

    done = fly.run("secrets", "list", "-a", "web", "--json")

    assert [each["name"] for each in json.loads(done.stdout)] == ["A"]


@pytest.mark.usefixtures("web")
@pytest.mark.parametrize("words", ["status", "checks list"])
def test_what_a_release_command_left_behind_is_not_shown(fly: Fly, words: str) -> None:
    """It is no machine of the app, though `machine list` knows it."""
    metadata = METADATA | {"fly_process_group": "fly_app_release_command"}
    with fly.world as world:
        left, _ = machines.create(world, "web", CONFIG | {"metadata": metadata}, region="ams")

    shown = fly.run(*words.split(), "-a", "web", "--json").stdout
    listed = fly.run("machine", "list", "-a", "web", "--json").stdout

    assert (left.id in shown, left.id in listed) == (False, True)


@pytest.mark.usefixtures("web")
def test_what_is_on_a_lost_host_does_not_count(fly: Fly) -> None:
    """Its configuration is not known, and so its group is not either."""
    with fly.world as world:
        faults.tell(world, "host-unreachable", app="web", times=1)
        lost, _ = machines.create(world, "web", CONFIG, region="ams")

    done = fly.run(*COUNT, "2")

    assert _said(done)[1] == "  +1 machines for group 'app' on region 'ams' of size 'shared-cpu-1x'"
    assert lost.id not in done.stdout


@pytest.mark.usefixtures("web")
def test_scaling_tries_all_of_it_and_tells_every_failure(fly: Fly) -> None:
    """flyctl does it at once; what could be made is there."""
    refused = Fault("machines.create", Kind.REFUSE, 422, "insufficient resources", times=2)
    with fly.world as world:
        faults.inject(world, refused._replace(code="insufficient_capacity"))

    done = fly.run(*COUNT, "4")

    assert done.exit_code == 1
    assert done.stderr.startswith("Error: failed to launch VM: insufficient resources\nfailed to ")
    assert "insufficient resources (Request ID: " in done.stderr
    assert done.stderr.endswith(")\nTry choosing a different region for machine creation\n\n")
    assert _regions(fly) == ["ams", "ams"]


def test_scaling_needs_a_release_whatever_came_of_it(fly: Fly) -> None:
    """flyctl asks for a complete one, in such a way that Fly gives it any."""
    with fly.world as world:
        apps.create(world, "web", organization="personal")
        releases.create(
            world, "web", definition=DEFINITION, image_ref="nginx:1", strategy="ROLLING"
        )

    done = fly.run(*COUNT, "1")

    assert (done.exit_code, _regions(fly)) == (0, ["ams"])
