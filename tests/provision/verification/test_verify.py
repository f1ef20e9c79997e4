"""Break the world in one way, and expect just that finding."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from provision.fly.models import (
    Check,
    CheckStatus,
    EventRequest,
    Exit,
    ImageRef,
    Machine,
    MachineEvent,
    MachineState,
)
from provision.local.world import (
    World,
    actions,
    addresses,
    apps,
    machines,
    organizations,
    secrets,
    volumes,
)
from provision.local.world.addresses import AddressType
from provision.verification.condition import Health, health_of
from provision.verification.finding import OF_HEALTH, UNCHECKED, Finding, NotVerified
from provision.verification.observe import SeenApp
from provision.verification.verify import verify_app
from tests.provision.platforms import (
    FLY_TOML,
    HEAD,
    OF_DEPLOY,
    WEB,
    load_platform,
    write_platform,
)
from tests.provision.rehearsals import as_declared, provision, world_of

pytestmark = pytest.mark.long

QUICK = ("test", "-f", "test.toml", "--local", "--settle", "0.3s")

MOUNTED = FLY_TOML + '\n[[mounts]]\nsource = "data"\ndestination = "/data"\n'


def machine_of(world: World) -> str:
    """The id of the one machine."""
    return machines.list_(world, "acme-web")[0].id


def change_config(world: World, key: str, value: object) -> None:
    """Change the config of the one machine as nobody declared."""
    (machine,) = machines.list_(world, "acme-web")
    config = json.dumps({**machine.config, key: value})
    world.execute("UPDATE machines SET config = ? WHERE id = ?", config, machine.id)


def lose_address(world: World) -> None:
    (address,) = addresses.list_(world, "acme-web")
    addresses.release(world, "acme-web", address.address)


def add_public_address(world: World) -> None:
    addresses.allocate(world, "acme-web", AddressType.V6)


def add_second_flycast(world: World) -> None:
    kind = AddressType.PRIVATE_V6
    addresses.allocate(world, "acme-web", kind, organization="acme-test", network="acme-net")


def stop_machine(world: World) -> None:
    actions.stop(world, "acme-web", machine_of(world))


def cordon_machine(world: World) -> None:
    actions.cordon(world, "acme-web", machine_of(world))


def destroy_machine(world: World) -> None:
    actions.destroy(world, "acme-web", machine_of(world), kill=True)


def unset_secret(world: World) -> None:
    secrets.set_(world, "acme-web", {"KEY": None})


def unheal(world: World) -> None:
    world.execute("UPDATE machines SET host_status = 'unreachable'")


def change_variable(world: World) -> None:
    (machine,) = machines.list_(world, "acme-web")
    change_config(world, "env", {**machine.config["env"], "DEBUG": "1"})


def add_service(world: World) -> None:
    (machine,) = machines.list_(world, "acme-web")
    extra = {"protocol": "tcp", "internal_port": 22, "ports": [{"port": 22}]}
    change_config(world, "services", [*machine.config["services"], extra])


def change_image(world: World) -> None:
    world.execute("UPDATE machines SET image = replace(image, 'web:1', 'web:0')")


def move(world: World) -> None:
    """As if the machine had been made elsewhere, with its volume."""
    world.execute("UPDATE machines SET region = 'ams'")
    world.execute("UPDATE volumes SET region = 'ams'")


def destroy_app(world: World) -> None:
    apps.delete(world, "acme-web")


BROKEN: list[tuple[Callable[[World], None], str, str]] = [
    (lose_address, "address", "none"),
    (add_public_address, "exposure-breach", "2a09:"),
    (add_second_flycast, "address", "fdaa:"),
    (stop_machine, "machine-state", "stopped"),
    (cordon_machine, "machine-host", "cordoned"),
    (destroy_machine, "machine-count", "0: none"),
    (unset_secret, "secret-missing", "not there"),
    (unheal, "machine-host", "host unreachable"),
    (change_variable, "machine-config", "'1'"),
    (add_service, "machine-config", "22"),
    (change_image, "machine-image", "web:0"),
    (move, "machine-region", "ams"),
    (destroy_app, "app-missing", "none the token sees"),
]


def made(folder: Path) -> None:
    """A platform of one app with a secret and a volume, as declared."""
    write_platform(
        folder,
        {"web": 'secrets = ["KEY"]'},
        tail='[secrets.KEY]\nfrom = "env:KEY"\n[defaults]\nregion = "syd"\n',
        configs={"web": MOUNTED},
    )
    as_declared(folder, KEY="x")


@pytest.mark.parametrize(
    ("break_", "code", "observed"), BROKEN, ids=[b.__name__ for b, *_ in BROKEN]
)
def test_what_is_broken_is_found(
    tmp_path: Path, break_: Callable[[World], None], code: str, observed: str
) -> None:
    """F41, F42, F56, F69, F75, F76, F77, F103: exit 3, the finding, nothing mended on the side."""
    made(tmp_path)
    with world_of(tmp_path) as world:
        break_(world)

    found = provision(tmp_path, "verify", *QUICK)

    assert found.exit_code == 3, found.stderr
    assert found.writes() == []
    assert {finding["code"] for finding in found.report["findings"]} == {code}
    assert any(observed in finding["observed"] for finding in found.report["findings"])
    assert (found.outcomes(), found.report["summary"]["failed"]) == ({"web": "failed"}, 1)
    assert all(
        f["observed"] in found.report["apps"]["web"]["cause"] for f in found.report["findings"]
    )


def detach_volume(world: World) -> None:
    volumes.detach(world, machine_of(world))


def move_volume(world: World) -> None:
    world.execute("UPDATE volumes SET region = 'ams'")


@pytest.mark.parametrize("break_", [detach_volume, move_volume], ids=["detached", "moved"])
def test_f71_a_volume_that_is_not_where_it_belongs_is_never_made_anew(
    tmp_path: Path, break_: Callable[[World], None]
) -> None:
    """F71: a run that could change things finds it too, and creates no other one."""
    made(tmp_path)
    with world_of(tmp_path) as world:
        break_(world)

    found = provision(tmp_path, *QUICK, KEY="x")

    assert (found.exit_code, found.writes()) == (3, [])
    assert found.report["errors"][0]["code"] == "NotVerified"
    with world_of(tmp_path) as world:
        assert len(volumes.list_(world, "acme-web")) == 1


def test_a_world_as_declared_has_no_findings(tmp_path: Path) -> None:
    """Exit 0; what cannot be proven is said."""
    made(tmp_path)

    found = provision(tmp_path, "verify", *QUICK)

    assert (found.exit_code, found.report["findings"]) == (0, [])
    assert found.outcomes() == {"web": "succeeded"}
    assert [each["code"] for each in found.report["unproven"]] == ["secret-value"]


def test_who_only_looks_needs_no_leave(tmp_path: Path) -> None:
    """Production and what costs money are looked at as they are; destroying either is refused."""
    head = HEAD.replace('"test"', '"prod"')
    path = write_platform(tmp_path, {"web": 'public_ips = ["v4"]'}, head=head)
    path.write_text(path.read_text().replace('"private"', '"public"'))
    with world_of(tmp_path) as world:
        organizations.create(world, "Acme Test")

    found = provision(tmp_path, "verify", "prod", *QUICK[1:])
    plan = provision(tmp_path, "plan", "prod", *QUICK[1:4])
    kept = provision(tmp_path, "destroy", "prod", *QUICK[1:])

    assert (plan.exit_code, len(plan.report["pending"]["created"])) == (0, 3)
    assert (found.exit_code, [f["code"] for f in found.report["findings"]]) == (3, ["app-missing"])
    assert (kept.exit_code, kept.report["errors"][0]["hint"]) == (4, "say --confirm acme-test")


def test_f72_sleeping_machines_are_idle_where_they_may_sleep(tmp_path: Path) -> None:
    """F72: suspended is as good as started, and unproven without a probe to wake them."""
    config = FLY_TOML.replace("8080", '8080\nauto_stop_machines = "suspend"')
    write_platform(tmp_path, configs={"web": config})
    as_declared(tmp_path)
    with world_of(tmp_path) as world:
        actions.suspend(world, "acme-web", machine_of(world))

    found = provision(tmp_path, "verify", *QUICK)
    again = provision(tmp_path, *QUICK)

    assert (found.exit_code, found.report["apps"]["web"]["health"]) == (0, "idle")
    (unproven,) = found.report["unproven"]
    assert (unproven["code"], "it has no probe" in unproven["observed"]) == ("asleep", True)
    assert (again.exit_code, again.writes()) == (0, [])


CHECKED = (
    FLY_TOML.replace("8080", '8080\nauto_stop_machines = "suspend"')
    + """
[[services.tcp_checks]]
interval = "15s"
timeout = "2s"
"""
)


def test_f72_what_must_be_proven_is_not_by_sleep(tmp_path: Path) -> None:
    """F72: exit 3 where checks are required; as declared is what is there all the same."""
    write_platform(tmp_path, {"web": 'checks = "required"'}, configs={"web": CHECKED})
    as_declared(tmp_path)
    with world_of(tmp_path) as world:
        actions.suspend(world, "acme-web", machine_of(world))

    found = provision(tmp_path, "verify", *QUICK)

    app = found.report["apps"]["web"]
    assert (found.exit_code, app["health"], app["sync"]) == (3, "unknown", "synced")
    (finding,) = found.report["findings"]
    assert (finding["code"], finding["severity"]) == ("unchecked", "error")
    assert ("it has no probe" in finding["observed"], finding["hint"]) == (True, "declare a probe")


CONFIG = {"metadata": OF_DEPLOY}

PASSING = Check("servicecheck-00-tcp-8080", CheckStatus.PASSING)
FAILING = Check("servicecheck-00-tcp-8080", CheckStatus.CRITICAL)


@pytest.mark.parametrize(
    ("checks", "codes", "health"),
    [
        ((), ["unchecked"], Health.UNKNOWN),
        ((PASSING,), [], Health.HEALTHY),
        ((FAILING,), ["machine-check"], Health.DEGRADED),
    ],
)
def test_f72_what_must_be_proven_is_by_a_check(
    tmp_path: Path, checks: tuple[Check, ...], codes: list[str], health: Health
) -> None:
    """F72: none that says anything proves nothing; one that fails is a finding of its own."""
    path = write_platform(tmp_path, {"web": 'checks = "required"'}, configs={"web": CHECKED})
    app = load_platform(path).apps["web"]
    state = MachineState.STARTED
    machine = Machine("1", state, "syd", ImageRef(), config=CONFIG, checks=checks)
    seen = SeenApp(WEB, machines=[machine])

    found = [f for f in verify_app(app, seen) if f.code in OF_HEALTH]

    assert [f.code for f in found] == codes
    assert health_of(app, seen, found) is health
    assert all("fly checks list -a acme-web" in f.hint for f in found if f.code == UNCHECKED)


def test_f72_only_who_runs_proves_anything(tmp_path: Path) -> None:
    """F72: not the last result of one that sleeps; where nothing runs others say what is wrong."""
    path = write_platform(tmp_path, {"web": 'checks = "required"'}, configs={"web": CHECKED})
    app = load_platform(path).apps["web"]
    silent = Machine("1", MachineState.STARTED, "syd", ImageRef(), config=CONFIG)
    asleep = Machine(
        "2", MachineState.SUSPENDED, "syd", ImageRef(), config=CONFIG, checks=(PASSING,)
    )

    def codes(*machines: Machine) -> list[str]:
        found = verify_app(app, SeenApp(WEB, machines=list(machines)))
        return [f.code for f in found if f.code in OF_HEALTH]

    assert codes(silent, asleep) == ["unchecked"]
    assert codes() == []


def test_f17_a_state_nobody_knows_is_not_healthy(tmp_path: Path) -> None:
    """F17: unknown stays unknown, exit 3."""
    write_platform(tmp_path)
    as_declared(tmp_path)
    with world_of(tmp_path) as world:
        life = json.dumps([[0, "hibernating"]])
        world.execute("UPDATE machines SET life = ?", life)

    found = provision(tmp_path, "verify", *QUICK)

    assert found.exit_code == 3
    assert found.report["apps"]["web"]["health"] == "unknown"
    assert found.report["findings"][0]["observed"] == "unknown (hibernating)"


def test_what_a_new_release_may_end_says_how_to_get_one() -> None:
    """A crash is no difference, so nothing would be deployed for it by itself."""
    crashed = Finding("machine-state", "machines.1.state", "started", "stopped", "web")
    surplus = Finding("machine-count", "machines.app", "1", "2", "aside")

    assert NotVerified([crashed, surplus]).hint.endswith("release it anew: --redeploy web")
    assert NotVerified([surplus]).hint == ""


CRASH = MachineEvent("exit", timestamp=1_000_000, request=EventRequest(exit_event=Exit(1)))
START = MachineEvent("start", timestamp=1_000_060)


@pytest.mark.parametrize(
    ("state", "events", "health"),
    [
        (MachineState.STARTING, (CRASH,), Health.DEGRADED),
        (MachineState.STARTED, (CRASH,), Health.DEGRADED),
        (MachineState.STARTED, (START, CRASH), Health.DEGRADED),
        (MachineState.STOPPED, (CRASH,), Health.DEGRADED),
        (MachineState.STARTING, (START,), Health.PROGRESSING),
        (MachineState.STARTED, (START,), Health.HEALTHY),
    ],
)
def test_a_crash_is_seen_in_whichever_moment_of_its_loop(
    tmp_path: Path, state: MachineState, events: tuple[MachineEvent, ...], health: Health
) -> None:
    """F58: started again is not well again, nor is starting on its way to anywhere."""
    (app,) = load_platform(write_platform(tmp_path)).apps.values()
    machine = Machine("1", state, "syd", ImageRef(), config=CONFIG, events=events)
    seen = SeenApp(WEB, machines=[machine], at=1001)

    assert health_of(app, seen, verify_app(app, seen)) is health
