"""The real flyctl, unmodified, against the local Fly; skipped where there is none."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from typing import Any, NamedTuple

import pytest

from provision.local.world import (
    World,
    addresses,
    apps,
    faults,
    machines,
    organizations,
    releases,
    requests,
)
from provision.local.world.faults import Fault, Kind
from provision.local.world.operations import Operation
from provision.local.world.organizations import Organization

from .conftest import LIMIT_SECONDS, Served

FLYCTL = os.environ.get("FLYCTL") or shutil.which("flyctl")
pytestmark = pytest.mark.skipif(FLYCTL is None, reason="needs a flyctl on PATH, or FLYCTL")


class Done(NamedTuple):
    """What a flyctl left behind."""

    exit_code: int
    stdout: str
    stderr: str


class Flyctl:
    """A real flyctl, pointed at the local Fly as `provision local serve` says."""

    def __init__(self, served: Served) -> None:
        self._served = served

    def run(self, *words: str) -> Done:
        """Run a command to its end."""
        assert FLYCTL is not None
        done = subprocess.run(
            [FLYCTL, *words],
            env=dict(self._served.environment),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=LIMIT_SECONDS,
            check=False,
        )
        return Done(done.returncode, done.stdout, done.stderr)

    def json(self, *words: str) -> Any:
        """Return what a command that succeeds prints, read as JSON."""
        done = self.run(*words, "--json")
        assert (done.exit_code, done.stderr) == (0, "")
        return json.loads(done.stdout)


@pytest.fixture
def flyctl(served: Served) -> Flyctl:
    """A real flyctl."""
    return Flyctl(served)


@pytest.fixture
def world(served: Served) -> Any:
    """The world that it acts on."""
    with served.world as opened:
        yield opened


@pytest.fixture
def acme(world: World) -> Organization:
    """An organization of this test alone."""
    return organizations.create(world, f"Acme {os.urandom(4).hex()}")


def test_it_knows_who_it_is(flyctl: Flyctl) -> None:
    """By the token alone."""
    assert flyctl.json("auth", "whoami") == {"email": "dev@example.com"}


def test_an_organization_comes_and_goes(flyctl: Flyctl, world: World) -> None:
    """Created, listed, shown and deleted, each by the slug that the server chose."""
    name = f"Rocket {os.urandom(4).hex()}"
    slug = name.lower().replace(" ", "-")

    created = flyctl.json("orgs", "create", name)
    listed = flyctl.json("orgs", "list")
    shown = flyctl.json("orgs", "show", slug)
    deleted = flyctl.run("orgs", "delete", slug, "--yes")

    assert (created["Slug"], created["Name"], created["Type"]) == (slug, name, "SHARED")
    assert listed[slug] == name
    assert (shown["ViewerRole"], shown["ID"]) == ("admin", created["ID"])
    assert [each["Node"]["Email"] for each in shown["Members"]["Edges"]] == ["dev@example.com"]
    assert deleted.exit_code == 0
    assert slug not in {each.slug for each in organizations.list_(world)}


def test_an_app_comes_and_goes(flyctl: Flyctl, world: World, acme: Organization) -> None:
    """On the network that is named, in the organization that is named."""
    name = f"{acme.slug}-web"

    created = flyctl.json("apps", "create", name, "--org", acme.slug, "--network", "blue")
    listed = flyctl.json("apps", "list", "--org", acme.slug)
    made = apps.show(world, name)
    destroyed = flyctl.run("apps", "destroy", name, "--yes")

    assert (created["Name"], created["Organization"]["Slug"]) == (name, acme.slug)
    assert [(each["Name"], each["Network"], each["Status"]) for each in listed] == [
        (name, "blue", "pending")
    ]
    assert (made.network, made.organization.slug) == ("blue", acme.slug)
    assert (destroyed.exit_code, destroyed.stdout) == (0, f"Destroyed app {name}\n")
    assert apps.list_(world, acme) == ()


def test_addresses_are_given_and_taken(flyctl: Flyctl, world: World, acme: Organization) -> None:
    """A Flycast address, the shared one, and a public one."""
    app = f"{acme.slug}-web"
    apps.create(world, app, organization=acme.slug, network="blue")

    private = flyctl.run(
        *("ips", "allocate-v6", "--private", "--network", "blue", "--org", acme.slug, "-a", app)
    )
    shared = flyctl.run("ips", "allocate-v4", "--shared", "-a", app)
    public = flyctl.run("ips", "allocate-v6", "-a", app)
    listed = flyctl.json("ips", "list", "-a", app)
    released = flyctl.run("ips", "release", listed[1]["Address"], "-a", app)

    assert [private.exit_code, shared.exit_code, public.exit_code] == [0, 0, 0]
    assert [each["Type"] for each in listed] == ["private_v6", "v6", "shared_v4"]
    assert listed[0]["Network"] == {"Name": "blue", "Organization": {"Slug": acme.slug}}
    assert released.exit_code == 0
    left = [each.address for each in addresses.list_(world, app)]
    assert left == [listed[0]["Address"], listed[2]["Address"]]


def test_an_app_is_looked_at_from_every_side(flyctl: Flyctl, world: World, app: str) -> None:
    """What was released is read back, and the machines with it."""
    definition = {"app": app, "primary_region": "ams", "env": {"A": "1"}}
    released = releases.create(
        world, app, definition=definition, image_ref="web:1", strategy="ROLLING"
    )
    releases.update(world, released.id, "complete")
    metadata = {"fly_platform_version": "v2", "fly_release_version": "1"}
    config = {"image": "web:1", "metadata": metadata, "guest": {"cpus": 1, "memory_mb": 256}}
    made, _ = machines.create(world, app, config, region="fra")

    status = flyctl.json("status", "-a", app)
    shown = json.loads(flyctl.run("config", "show", "-a", app).stdout)
    listed = flyctl.json("releases", "-a", app)
    [image] = flyctl.json("image", "show", "-a", app)

    assert (status["Status"], status["Deployed"], status["Version"]) == ("deployed", True, 1)
    assert [(each["id"], each["region"]) for each in status["Machines"]] == [(made.id, "fra")]
    assert shown == definition
    assert [(each["Version"], each["Status"], each["ImageRef"]) for each in listed] == [
        (1, "complete", "web:1")
    ]
    assert (image["MachineID"], image["Repository"], image["Tag"]) == (made.id, "library/web", "1")


def test_regions_are_those_of_the_world(flyctl: Flyctl) -> None:
    """With what flyctl tells of each."""
    listed = {each["code"]: each for each in flyctl.json("platform", "regions")}

    assert (listed["ams"]["name"], listed["ams"]["geo_region"]) == (
        "Amsterdam, Netherlands",
        "europe",
    )


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("orgs show nobody", "Could not find Organization"),
        ("status -a nobody", 'Could not find App "nobody"'),
        ("ips list -a nobody", 'Could not find App "nobody"'),
        ("apps destroy nobody --yes", 'Could not find App "nobody"'),
        ("orgs delete personal --yes", "You cannot delete your personal organization"),
        ("apps create Not_A_Name --org personal", "Name is invalid"),
    ],
)
def test_a_refusal_is_told_as_flyctl_tells_it(flyctl: Flyctl, words: str, sentence: str) -> None:
    """On stderr, with exit code 1."""
    done = flyctl.run(*words.split())

    assert (done.exit_code, done.stdout) == (1, "")
    assert sentence in done.stderr


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        (Fault("", Kind.REFUSE, 401), "server returned a non-200 status code: 401"),
        (Fault("", Kind.REFUSE, 429), "server returned a non-200 status code: 429"),
        (Fault("", Kind.REFUSE, 500), "server returned a non-200 status code: 500"),
        (Fault("", Kind.DROP), "EOF"),
        (Fault("", Kind.UNREACHABLE), "connection reset by peer"),
    ],
    ids=lambda value: f"{value.kind}-{value.status}" if isinstance(value, Fault) else "",
)
def test_a_fault_reaches_flyctl(
    flyctl: Flyctl, world: World, app: str, fault: Fault, sentence: str
) -> None:
    """As an error of its own, never as a success."""
    faults.inject(world, fault._replace(operation=Operation.APPS_SHOW.value, app=app))

    done = flyctl.run("status", "-a", app)

    assert (done.exit_code, done.stdout) == (1, "")
    assert sentence in done.stderr


def test_f95_a_502_after_the_effect_acts_twice(flyctl: Flyctl, world: World, app: str) -> None:
    """F95: flyctl sends the request again by itself, and tells nothing of it."""
    operation = Operation.ADDRESSES_ALLOCATE
    for _ in range(10):
        before = requests.count(world)
        present = len(addresses.list_(world, app))
        faults.inject(world, Fault(operation.value, Kind.REFUSE_AFTER, 502, app=app, times=1))
        done = flyctl.run("ips", "allocate-v6", "-a", app)
        # Now and then it trips over itself, and sends a body without a byte.
        if "with Body length 0" not in done.stderr:
            break

    sent = [each for each in requests.list_(world, after=before) if each.app == app]
    assert done.exit_code == 0
    assert [each.operation for each in sent] == [operation, operation]
    assert len(addresses.list_(world, app)) == present + 2
