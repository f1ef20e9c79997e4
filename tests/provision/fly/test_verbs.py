"""Every verb: its command line whole, and its reading of what a real flyctl printed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from procman import Output, Secret, Step, UnparsedOutput, Unreadable
from provision.fly import (
    apps,
    auth,
    checks,
    config,
    deploys,
    ips,
    logs,
    machines,
    orgs,
    releases,
    scale,
    secrets,
    version,
    volumes,
)
from provision.fly.client import Fly
from provision.fly.models import (
    App,
    AppOrganization,
    AppOrganizationSlug,
    Check,
    CheckStatus,
    FlyctlVersion,
    Identity,
    ImageRef,
    IPAddress,
    IPNetwork,
    IPType,
    MachineState,
    Organization,
    Release,
    ReleaseStatus,
    ReplaySetting,
    ScaleGroup,
    SecretState,
    Unknown,
    Volume,
)
from tests.provision.recordings import arguments, read_by, recording

FLY = Fly("fly", Secret("t0ken"), Path("/run/fly"))


def deploy(**changes: Any) -> Step[deploys.Deployed]:
    """A deploy of web1, as declared or with *changes*."""
    what: dict[str, Any] = {
        "app": "web1",
        "config": Path("<DIR>/toml/public.toml"),
        "working_directory": Path("<DIR>/toml"),
        "image": "nginx:1.27",
        "image_label": None,
        "strategy": "rolling",
        "wait_timeout": 300.0,
        "timeout": 600.0,
    }
    return deploys.deploy(FLY, deploys.Deploy(**{**what, **changes}))


EXACT: dict[str, Step[Any]] = {
    "version-json": version.show(FLY),
    "whoami-json": auth.whoami(FLY),
    "orgs-list-json-more": orgs.list_(FLY),
    "orgs-show-json": orgs.show(FLY, "acme-corp"),
    "orgs-replays-status-json": orgs.replays(FLY, "acme-corp"),
    "orgs-replays-status-json-on": orgs.replays(FLY, "acme-corp"),
    "orgs-create-json": orgs.create(FLY, "Acme Corp"),
    "orgs-delete": orgs.delete(FLY, "acme-corp"),
    "apps-list-json": apps.list_everywhere(FLY),
    "apps-list-json-org": apps.list_(FLY, org="acme-corp"),
    "apps-destroy": apps.destroy(FLY, "web1"),
    "ips-list-json": ips.list_(FLY, app="web1"),
    "ips-release": ips.release(FLY, "2a09:8280:1::e", app="web1"),
    "secrets-list-json": secrets.list_(FLY, app="web1"),
    "secrets-import-stage": secrets.staging(FLY, {"A": Secret("b")}, app="web1")[0],
    "volumes-list-json": volumes.list_(FLY, app="web1"),
    "machine-list-json": machines.list_(FLY, app="web1"),
    "releases-json-image": releases.list_(FLY, app="web1"),
    "checks-list-json": checks.list_(FLY, app="nfs1"),
    "scale-show-json": scale.show(FLY, app="web1"),
    "config-show": config.show(FLY, app="web1"),
    "logs-no-tail-json": logs.read(FLY, app="web1"),
}
"""Verbs whose command line is, to the letter, one that was recorded."""

SAME_WORDS: dict[str, tuple[Step[Any], str]] = {
    "apps-create-json-network": (
        apps.create(FLY, "web1", org="acme-corp", network="blue"),
        "apps create web1 --org acme-corp --network blue --json",
    ),
    "ips-allocate-v6-private-network": (
        ips.allocate_private(FLY, app="web1", org="acme-corp", network="blue"),
        "ips allocate-v6 --private -a web1 --network blue --org acme-corp",
    ),
    "ips-allocate-v6-public": (
        ips.allocate_public(FLY, IPType.V6, app="web1"),
        "ips allocate-v6 -a web1",
    ),
    "ips-allocate-v4-shared": (
        ips.allocate_public(FLY, IPType.SHARED_V4, app="web1"),
        "ips allocate-v4 --shared -a web1",
    ),
    "ips-allocate-v4-yes": (
        ips.allocate_public(FLY, IPType.V4, app="web1"),
        "ips allocate-v4 --yes -a web1",
    ),
    "scale-count-4": (
        scale.count(FLY, {"web": 4, "app": 1}, app="web1", region="ams"),
        "scale count app=1 web=4 -a web1 --region ams --yes",
    ),
    "config-validate-strict-public": (
        config.validate(FLY, Path("/toml/public.toml"), app="web1"),
        "config validate --strict -c /toml/public.toml -a web1",
    ),
    "deploy-first": (
        deploy(env={"B": "2 3", "A": "1"}),
        (
            "deploy <DIR>/toml -c <DIR>/toml/public.toml --app web1 --image nginx:1.27 "
            "--env A=1 --env B=2 3 --strategy rolling --wait-timeout 300s --ha=false "
            "--no-public-ips --yes --remote-only --dns-checks=false --deploy-retries 0"
        ),
    ),
}
"""Verbs that say more than was recorded, or say it in another order."""


@pytest.mark.parametrize("name", EXACT)
def test_a_command_line_is_the_recorded_one(name: str) -> None:
    """To the letter: what was run against a real flyctl is what we run."""
    assert arguments(EXACT[name]) == recording(name).argv


@pytest.mark.parametrize("name", SAME_WORDS)
def test_a_command_line_is_whole(name: str) -> None:
    """The same command as was recorded, with what we add."""
    step, line = SAME_WORDS[name]

    assert " ".join(arguments(step)) == line
    assert arguments(step)[0] == recording(name).argv[0]
    flags = {part for part in recording(name).argv if part.startswith("--") and "stage" not in part}
    assert flags <= {*arguments(step), "--name"}


def test_an_app_on_the_default_network_names_none() -> None:
    """flyctl would make a network called ``default`` beside the default one."""
    step = apps.create(FLY, "web2", org="personal", network="default")

    assert " ".join(arguments(step)) == "apps create web2 --org personal --json"


def test_f100_f104_what_an_earlier_deploy_said_is_said_again() -> None:
    """F100, F104: the strategy every time, secrets staged, and no look at a public resolver."""
    staging = secrets.staging(FLY, {"A": Secret("b"), "C": Secret('" d')}, app="web1")

    for strategy in ("rolling", "immediate"):
        line = " ".join(arguments(deploy(strategy=strategy)))
        assert f"--strategy {strategy}" in line
        assert "--dns-checks=false" in line
    assert all("--stage" in arguments(step) for step in staging)


def test_f101_secrets_are_set_one_at_a_time() -> None:
    """F101: flyctl notes them in its folder without a lock."""
    staging = secrets.staging(FLY, {"A": Secret("b"), "C": Secret('x"\r\ny')}, app="web1")

    assert len(staging) == 2
    assert {step.resource for step in staging} == {secrets.CONFIG_DIR}


def test_f105_every_command_has_a_limit_of_our_own() -> None:
    """F105: whatever flyctl thinks of waiting; logs that never come have half a minute."""
    steps = [*EXACT.values(), *(step for step, _ in SAME_WORDS.values())]

    assert logs.read(FLY, app="web1").timeout == 30
    quiet = [logs.read(FLY, app="web1", settle=settle).quiet for settle in (0, 5, 60)]
    assert quiet == [3, 5, 10]
    assert max(step.timeout for step in steps if step.name != "fly.deploy") <= 300


def test_the_image_of_a_build_is_labelled() -> None:
    """Without an image one is built, and gets the tag we ask for."""
    step = deploy(image=None, image_label="deployment-1")

    assert "--image-label deployment-1" in " ".join(arguments(step))
    assert "--image" not in arguments(step)


def first(values: Any) -> Any:
    """The first of a list."""
    return values[0]


READ: list[tuple[str, Callable[[Any], Any], Any]] = [
    (
        "version-json",
        lambda v: v,
        FlyctlVersion("fly", "2026.11.23-dev.1795441294", "development", "<none>"),
    ),
    ("whoami-json", lambda v: v, Identity("dev@example.com")),
    (
        "orgs-list-json-more",
        lambda v: v,
        {"acme-corp": "Acme Corp", "acme-corp-2": "Acme Corp", "personal": "Dev"},
    ),
    (
        "orgs-show-json",
        lambda v: v,
        Organization("ORG000002", "acme-corp", "Acme Corp", "SHARED", "admin"),
    ),
    ("orgs-replays-status-json", lambda v: v, ReplaySetting(allow_all_cross_network_replays=False)),
    (
        "orgs-replays-status-json-on",
        lambda v: v,
        ReplaySetting(allow_all_cross_network_replays=True),
    ),
    (
        "orgs-create-json",
        lambda v: v,
        Organization("ORG000002", "acme-corp", "Acme Corp", "SHARED"),
    ),
    (
        "apps-list-json-org",
        first,
        App(
            "web1",
            "web1",
            "pending",
            deployed=False,
            hostname="web1.fly.dev",
            organization=AppOrganization("acme-corp", "Acme Corp"),
            network="blue",
        ),
    ),
    (
        "ips-list-json",
        first,
        IPAddress(
            "ip_00000007",
            "fdaa:0:21:1::7:2",
            IPType.PRIVATE_V6,
            "global",
            IPNetwork("blue", AppOrganizationSlug("acme-corp")),
        ),
    ),
    (
        "secrets-list-json",
        lambda v: [(s.name, s.status) for s in v][:2],
        [("CUT", SecretState.STAGED), ("EMPTY", SecretState.STAGED)],
    ),
    (
        "volumes-list-json",
        first,
        Volume("vol_ffe371330000000f", "nfsdata", "created", 3, "ams", "z1", None, "ok"),
    ),
    (
        "releases-json-image",
        first,
        Release(
            "01M84A87W5DW7E55ZT6X6R0FGT",
            6,
            ReleaseStatus.COMPLETE,
            "2026-11-23T13:41:43.429Z",
            in_progress=False,
            description="Deploy image",
            image_ref="registry.example.net/library/nginx:1.32"
            "@sha256:4e916741a4c245b4875ab5ea285a2de7bd3cc534ccf37b36a1a102a9123b9b29",
        ),
    ),
    (
        "checks-list-json",
        lambda v: v,
        {"809b0000000006": [Check("nfs", CheckStatus.PASSING, "ok", "2026-11-23T13:41:35.754Z")]},
    ),
    ("scale-show-json", lambda v: v, [ScaleGroup("app", 1, "shared", 1, 512, {"ams": 1})]),
    ("config-show", lambda v: v["deploy"], {"strategy": "immediate"}),
    (
        "logs-no-tail-json",
        lambda v: (v[0].message, v[0].instance, v[0].region),
        ("Machine started in 150ms", "d4180000000004", "ams"),
    ),
]


@pytest.mark.parametrize(("name", "pick", "expected"), READ, ids=[name for name, *_ in READ])
def test_recorded_json_is_read(name: str, pick: Callable[[Any], Any], expected: Any) -> None:
    """From the recorded bytes into models."""
    assert pick(read_by(EXACT[name], name)) == expected


def test_a_machine_is_read_with_what_a_deploy_wrote_on_it() -> None:
    """State, image, group and release; its config is left as Fly holds it."""
    (machine,) = read_by(machines.list_(FLY, app="web1"), "machine-list-json")

    assert machine.state is MachineState.STARTED
    assert machine.image_ref == ImageRef(
        "registry.example.net",
        "library/nginx",
        "1.28",
        "sha256:bae677cdfc311c48d5b95ef9003a27f2100543fe04f4336837aae83a74bca419",
    )
    assert (machine.group, machine.release_version, machine.is_of_app) == ("app", 2, True)
    assert machine.config["services"][1]["ports"][0]["start_port"] == 3000
    assert (machine.host_status, machine.cordoned) == ("ok", False)


def test_a_standby_and_its_group_are_read() -> None:
    """Machines of several groups, one of them stopped."""
    found = read_by(machines.list_(FLY, app="procs2"), "machine-list-json-ha")

    groups = sorted((machine.group, machine.state.value) for machine in found)
    assert groups == [
        ("web", "started"),
        ("web", "started"),
        ("worker", "created"),
        ("worker", "started"),
    ]


@pytest.mark.parametrize(
    ("step", "name", "empty"),
    [
        (apps.list_everywhere(FLY), "apps-list-json-empty", []),
        (ips.list_(FLY, app="web1"), "ips-list-json-empty", []),
        (machines.list_(FLY, app="web1"), "machine-list-json-empty", []),
        (releases.list_(FLY, app="web1"), "releases-json-empty", []),
        (scale.show(FLY, app="web1"), "scale-show-json-empty", []),
        (volumes.list_(FLY, app="web1"), "volumes-list-json-empty", []),
        (checks.list_(FLY, app="web1"), "checks-list-json-empty", {}),
    ],
)
def test_nothing_is_an_empty_list(step: Step[Any], name: str, empty: object) -> None:
    """Said as JSON, never as an empty stdout."""
    assert read_by(step, name) == empty


def test_the_sentence_before_the_json_of_a_new_organization_is_known() -> None:
    """G28: it is named in the reader; any other prefix is an error."""
    found = read_by(orgs.create(FLY, "Hobby Org"), "orgs-create-hobby-line")

    assert found == Organization("ORG000004", "hobby-org", "Hobby Org", "SHARED")


def test_f106_an_empty_stdout_is_never_an_empty_list() -> None:
    """F106: ``UNCHANGED`` exits with 0, an error on stderr and nothing on stdout."""
    found = read_by(orgs.create(FLY, "Same"), "gql-error-unchanged")

    assert isinstance(found, UnparsedOutput)
    assert found.reason == "empty where JSON was expected"


def test_f15_debug_lines_around_json_are_an_error() -> None:
    """F15: junk on stdout is shown, not searched through."""
    found = read_by(orgs.list_(FLY), "log-level-debug")

    assert isinstance(found, UnparsedOutput)
    assert "not JSON at line 1, column 1" in found.reason


@pytest.mark.parametrize(
    ("stdout", "reason"),
    [
        ('[{"ID": "a"}]', "required field missing @ $[0].address"),
        ("{}", "expected list, saw {} @ $"),
        ("null", "expected list, saw None @ $"),
        (
            '[{"ID": 3, "Address": "x", "Type": "v4", "Region": ""}]',
            "expected str, saw 3 @ $[0].id",
        ),
    ],
)
def test_f16_an_unrecognised_shape_is_an_error(stdout: str, reason: str) -> None:
    """F16: a field missing or renamed, null, a map for a list: never a default."""
    with pytest.raises(Unreadable) as caught:
        ips.list_(FLY, app="web1").parse(Output(0, stdout.encode()))

    assert reason in str(caught.value)


def test_f17_a_word_we_do_not_know_stays_unknown() -> None:
    """F17: an unknown state is no state of ours."""
    stdout = b'[{"id": "1", "state": "hibernating", "region": "ams", "image_ref": {}}]'

    (machine,) = machines.list_(FLY, app="web1").parse(Output(0, stdout))

    assert machine.state == Unknown("hibernating")
    assert str(machine.state) == "unknown (hibernating)"


@pytest.mark.parametrize(
    ("name", "version_"),
    [("deploy-first", 1), ("deploy-second-rolling", 2), ("deploy-checks", 1)],
)
def test_the_release_line_is_found_among_the_others(name: str, version_: int) -> None:
    """One line of JSON, before the closing sentence."""
    assert read_by(deploy(), name) == deploys.Deployed(version_)
