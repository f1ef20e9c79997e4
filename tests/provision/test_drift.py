"""One thing that is changed by hand is one difference, and how machines do is none."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from procman import Output, Secret, Step
from provision.drift import drifted
from provision.fly import apps as fly_apps
from provision.fly import client, ips, machines, orgs, secrets, volumes
from provision.fly.models import ImageRef, IPAddress, IPType, MachineState, SecretStatus
from provision.local.world import actions
from provision.local.world import machines as world_machines
from provision.platform import Platform
from provision.toml_file import dotted
from provision.verification.finding import Finding, Severity
from provision.verification.observe import SeenApp, SeenOrg
from provision.verification.verify import verify_app, verify_org
from tests.provision.local.flies import Fly
from tests.provision.platforms import FLY_TOML, load_platform, write_platform
from tests.provision.rehearsals import as_declared, provision, world_of

pytestmark = pytest.mark.long

DRIFT = ("drift", "test", "-f", "test.toml", "--local")

SOURCE = '[secrets.KEY]\nfrom = "env:KEY"\n'

FURNISHED = (
    FLY_TOML
    + """
[[services.http_checks]]
interval = "10s"
timeout = "2s"
method = "get"
path = "/up"

[env]
MODE = "quiet"

[[mounts]]
source = "data"
destination = "/data"

[[vm]]
size = "shared-cpu-2x"
memory = "1gb"

[[restart]]
policy = "always"
"""
)


def test_f91_one_changed_field_is_one_difference(tmp_path: Path) -> None:
    """F91: 0 on a perfect world, 2 with exactly that field; that a machine is down is no drift."""
    write_platform(tmp_path, {"web": 'secrets = ["KEY"]'}, tail=SOURCE)
    as_declared(tmp_path, KEY="x")
    perfect = provision(tmp_path, *DRIFT)
    with world_of(tmp_path) as world:
        (machine,) = world_machines.list_(world, "acme-web")
        config = json.dumps({**machine.config, "env": {**machine.config["env"], "DEBUG": "1"}})
        world.execute("UPDATE machines SET config = ?", config)
        actions.stop(world, "acme-web", machine.id)

    found = provision(tmp_path, *DRIFT)

    assert (perfect.exit_code, perfect.report["findings"]) == (0, []), perfect.stderr
    assert [each["code"] for each in perfect.report["unproven"]] == ["secret-value"]
    assert (found.exit_code, found.report["run"]["status"]) == (2, "succeeded"), found.stderr
    assert found.report["findings"] == [
        {
            "app": "web",
            "code": "machine-config",
            "expected": "None",
            "observed": "'1'",
            "severity": "error",
            "where": f"machines.{machine.id}.config.env.DEBUG",
        }
    ]
    app = found.report["apps"]["web"]
    assert (app["outcome"], app["sync"], app["health"]) == ("failed", "out_of_sync", "degraded")
    assert (perfect.writes(), found.writes()) == ([], [])


def test_drift_can_be_told_without_an_exit_code(tmp_path: Path) -> None:
    """For whoever reads the report; what is missing altogether is one difference."""
    write_platform(tmp_path)

    found = provision(tmp_path, *DRIFT, "--no-detailed-exitcode")

    assert (found.exit_code, [f["code"] for f in found.report["findings"]]) == (0, ["org-missing"])


class Live:
    """
    A world as declared, of one app that has everything, read by the stand-in in this process.

    Args:
        folder: Of the manifest and the world.
    """

    def __init__(self, folder: Path) -> None:
        path = write_platform(
            folder, {"web": 'secrets = ["KEY"]'}, tail=SOURCE, configs={"web": FURNISHED}
        )
        as_declared(folder, KEY="x")
        self._fly = Fly(folder / ".provision" / "local.db", folder)
        fly = client.Fly("fly", Secret("t0ken"), folder)
        self.platform: Platform = load_platform(path)
        (self.app,) = self.platform.apps.values()
        name = self.app.name
        existing = self._read(fly_apps.list_(fly, org="acme-test"))
        self.org = SeenOrg(self._read(orgs.show(fly, "acme-test")), existing)
        self.seen = SeenApp(
            self.app.found_in(existing),
            self._read(ips.list_(fly, app=name)),
            self._read(secrets.list_(fly, app=name)),
            self._read(volumes.list_(fly, app=name)),
            self._read(machines.list_(fly, app=name)),
        )

    def _read(self, step: Step[Any]) -> Any:
        done = self._fly.run(*step.command.argv[1:])
        return step.parse(Output(done.exit_code, done.stdout.encode()))

    def drift(self, seen: SeenApp | None = None, org: SeenOrg | None = None) -> list[Finding]:
        """What differs where the app, or the organization, is as was *seen*."""
        found = (
            *verify_org(self.platform, org or self.org),
            *verify_app(self.app, seen or self.seen),
        )
        return [each for each in drifted(found) if each.severity is Severity.ERROR]

    def with_machine(self, **changes: Any) -> SeenApp:
        """The app, its one machine changed."""
        (machine,) = self.seen.machines
        return evolve(self.seen, machines=[evolve(machine, **changes)])


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Live:
    return Live(tmp_path_factory.mktemp("live"))


def leaves(node: Any, path: Sequence[str | int] = ()) -> Iterator[tuple[str | int, ...]]:
    """Where in *node* there are values."""
    if isinstance(node, Mapping | list):
        for key, child in node.items() if isinstance(node, Mapping) else enumerate(node):
            yield from leaves(child, (*path, key))
    elif node is not None:
        yield (*path,)


def changed(node: Any, path: Sequence[str | int]) -> Any:
    """*node*, with another value at *path*."""
    if not path:
        is_duration = isinstance(node, str) and node[:1].isdigit()
        return {bool: not node, int: 4321, str: "7m0s" if is_duration else "other"}[type(node)]
    copy: Any = dict(node) if isinstance(node, Mapping) else [*node]
    copy[path[0]] = changed(node[path[0]], path[1:])
    return copy


APART = {"metadata", "image", "encrypted", "size_gb"}
"""What no fly.toml says, and `IGNORED` lists; the image is compared by itself."""


def test_f91_each_field_of_a_machine_is_compared(live: Live) -> None:
    """F91, F75: whichever value of its config is another one, there is exactly that difference."""
    (machine,) = live.seen.machines
    paths = [path for path in leaves(machine.config) if not APART & {*path}]
    found = {
        path: live.drift(live.with_machine(config=changed(machine.config, path))) for path in paths
    }

    assert live.drift() == []
    assert len(paths) > 15
    assert {path: len(each) for path, each in found.items()} == dict.fromkeys(paths, 1)
    for path, (each,) in found.items():
        where = f"machines.{machine.id}.config.{dotted(path)}"
        assert where.startswith(each.where) or each.code == "volume"


def more_addresses(seen: SeenApp) -> SeenApp:
    public = IPAddress("1", "2a09::1", IPType.V6, "global")
    return evolve(seen, addresses=[*seen.addresses, public])


def more_secrets(seen: SeenApp) -> SeenApp:
    return evolve(seen, secrets=[*seen.secrets, SecretStatus("DEBUG", "1")])


def more_machines(seen: SeenApp) -> SeenApp:
    (machine,) = seen.machines
    return evolve(seen, machines=[machine, evolve(machine, id="2", config={})])


def other_network(seen: SeenApp) -> SeenApp:
    assert seen.app
    return evolve(seen, app=evolve(seen.app, network="elsewhere"))


def other_image(seen: SeenApp) -> SeenApp:
    (machine,) = seen.machines
    return evolve(seen, machines=[evolve(machine, image_ref=ImageRef("x", "y", "2"))])


def other_volume(seen: SeenApp) -> SeenApp:
    (volume,) = seen.volumes
    return evolve(seen, volumes=[evolve(volume, attached_machine_id=None)])


def more_volumes(seen: SeenApp) -> SeenApp:
    (volume,) = seen.volumes
    return evolve(seen, volumes=[volume, evolve(volume, id="2", attached_machine_id=None)])


def other_names(seen: SeenApp) -> SeenApp:
    (volume,) = seen.volumes
    unused = evolve(volume, id="2", name="unused", attached_machine_id=None)
    return evolve(seen, volumes=[volume, unused])


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("app-missing", lambda _: SeenApp(None)),
        ("app-network", other_network),
        ("address", lambda seen: evolve(seen, addresses=())),
        ("exposure-breach", more_addresses),
        ("secret-missing", lambda seen: evolve(seen, secrets=())),
        ("foreign-secret", more_secrets),
        ("machine-count", lambda seen: evolve(seen, machines=())),
        ("machine-stranger", more_machines),
        ("machine-image", other_image),
        ("volume", other_volume),
        ("foreign-volume", more_volumes),
        ("foreign-volume", other_names),
    ],
)
def test_f91_all_else_is_compared_as_well(
    live: Live, code: str, change: Callable[[SeenApp], SeenApp]
) -> None:
    """F91: what is missing, what is another, and what nobody declared: one difference each."""
    assert [each.code for each in live.drift(change(live.seen))] == [code]


def test_f91_the_organization_is_compared(live: Live) -> None:
    """Its name, and apps in it that nobody declared; a builder of Fly's is none."""
    (web,) = live.org.apps
    assert live.org.organization
    renamed = evolve(live.org, organization=evolve(live.org.organization, name="Other"))
    stranger = evolve(live.org, apps=[web, evolve(web, name="strange")])
    builder = evolve(live.org, apps=[web, evolve(web, name="fly-builder-x")])

    found = [[each.code for each in live.drift(org=org)] for org in (renamed, stranger, builder)]

    assert found == [["org-name"], ["foreign-app"], []]


def test_what_cannot_be_seen_is_no_difference_and_is_told(live: Live) -> None:
    """A host that does not answer, where the config may be another than Fly says."""
    (machine,) = live.seen.machines
    unreachable = evolve(machine, host_status="unreachable", config={**machine.config, "env": {}})
    down = evolve(machine, state=MachineState.STOPPED)

    for each, codes in ((unreachable, ["machine-host"]), (down, [])):
        found = drifted(verify_app(live.app, evolve(live.seen, machines=[each])))
        assert {each.severity for each in found} == {Severity.UNPROVEN}
        assert [each.code for each in found if each.code != "secret-value"] == codes


def test_whether_an_app_answers_is_no_drift() -> None:
    """Nor is that it sleeps, and nobody asked."""
    silent = Finding("probe", "probe", "status 200", "timed_out", "web")
    asleep = Finding("asleep", "machines", "an answer", "all asleep", "web", Severity.UNPROVEN)

    assert drifted([silent, asleep]) == ()
