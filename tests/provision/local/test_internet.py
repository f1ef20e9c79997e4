"""What the internet gets to see of an app, and the curl that looks."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from provision.local.curl.program import main
from provision.local.launcher import CURL, write_curl
from provision.local.world import World, actions, addresses, apps, internet, machines
from provision.local.world.addresses import AddressType
from provision.local.world.faults import tell
from provision.local.world.internet import Met, Reply

SERVICE = {"internal_port": 80, "ports": [{"port": 443, "handlers": ["http", "tls"]}]}
PROBE = (
    *("--disable", "--silent", "--show-error", "--globoff"),
    *("--proto", "=https", "--proto-redir", "=https", "--location", "--max-redirs", "5"),
    *("--max-time", "3.0", "--output", "/dev/null", "--write-out", "%{json}"),
)


def web(world: World, **service: object) -> str:
    """An app ``web`` with a public address and a machine that runs; the machine's id."""
    world.clock.run_at(0)
    apps.create(world, "web", organization="personal")
    addresses.allocate(world, "web", AddressType.SHARED_V4)
    config = {"image": "nginx:1", "services": [{**SERVICE, **service}]}
    machine, _ = machines.create(world, "web", config, region="ams")
    world.clock.advance(5)
    return machine.id


def asked(world: World) -> Reply:
    """What a request to it meets."""
    return internet.request(world, "web", 443)


def test_an_app_is_known_by_a_public_address_alone(world: World) -> None:
    """Without one there is no name, nor without the app."""
    web(world)

    assert asked(world) == Reply(Met.ANSWER, 200)
    for address in addresses.list_(world, "web"):
        addresses.release(world, "web", address.address)
    addresses.allocate(world, "web", AddressType.PRIVATE_V6)
    assert asked(world).met is Met.NO_NAME
    assert internet.request(world, "gone", 443).met is Met.NO_NAME


def test_a_port_that_no_service_has_is_refused(world: World) -> None:
    """Nor does a service count that does not speak TLS there."""
    web(world, ports=[{"port": 443, "handlers": []}, {"start_port": 8000, "end_port": 9000}])

    assert asked(world).met is Met.REFUSED
    assert internet.request(world, "web", 8080).met is Met.REFUSED


@pytest.mark.parametrize("rest", [actions.stop, actions.suspend])
def test_a_request_wakes_a_machine_that_may_be_started(
    world: World, rest: Callable[[World, str, str], None]
) -> None:
    """It answers once that runs."""
    machine = web(world, autostart=True)
    rest(world, "web", machine)
    world.clock.advance(1)

    assert machines.show(world, "web", machine).state in {"stopped", "suspended"}
    assert asked(world) == Reply(Met.ANSWER, 200)
    assert machines.show(world, "web", machine).state == "started"


def test_where_no_machine_answers_the_proxy_does(world: World) -> None:
    """Asleep for good, cordoned, ill, or not there: 503."""
    machine = web(world, autostart=False)
    actions.suspend(world, "web", machine)
    world.clock.advance(1)
    assert asked(world) == Reply(Met.ANSWER, 503)

    actions.start(world, "web", machine)
    world.clock.advance(1)
    assert asked(world) == Reply(Met.ANSWER, 200)
    for broken in ("cordoned = 1", "healthy = 0", "listens = 0", "host_status = 'unreachable'"):
        before = world.row("SELECT cordoned, healthy, listens, host_status FROM machines")
        world.execute(f"UPDATE machines SET {broken}")  # noqa: S608 - our own words
        assert (broken, asked(world)) == (broken, Reply(Met.ANSWER, 503))
        world.execute(
            "UPDATE machines SET cordoned = ?, healthy = ?, listens = ?, host_status = ?", *before
        )


def test_what_is_well_later_is_ill_twice(world: World) -> None:
    """For the app it was told of, and no other."""
    web(world)
    tell(world, "app-answers-later", app="web")

    assert [asked(world).status for _ in range(3)] == [503, 503, 200]


def test_the_curl_asks_an_app_by_its_names(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    """By that of Fly, and by those that somebody leads to it."""
    web(world)
    hosts = "www.example.com=web"

    for url, code in (
        ("https://web.fly.dev/x", 0),
        ("https://www.example.com/x", 0),
        ("https://www.example.org/x", 6),
    ):
        assert main(world.path, hosts, [*PROBE, url]) == code
        said = json.loads(capsys.readouterr().out)
        assert (said["url_effective"], said["exitcode"]) == (url, code)


@pytest.mark.parametrize(
    "words",
    [
        PROBE,
        (*PROBE, "http://web.fly.dev/"),
        (*PROBE, "https://me@web.fly.dev/"),
        (*PROBE, "https://web.fly.dev:8443/"),
        (*PROBE, "--user", "me:secret", "https://web.fly.dev/"),
        (*PROBE, "--insecure", "https://web.fly.dev/"),
        (*PROBE[1:], "https://web.fly.dev/"),
        ("--disable", "https://web.fly.dev/"),
        ("--disable", *PROBE[5:], "--proto", "=http", "https://web.fly.dev/"),
    ],
)
def test_what_the_curl_does_not_model_it_refuses(
    world: World, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    """With exit code 2, as curl refuses what it does not understand."""
    web(world)

    assert main(world.path, "", list(words)) == 2
    assert capsys.readouterr().err.startswith("curl: the local Fly does not model ")


def test_the_curl_starts_quickly(tmp_path: Path) -> None:
    """What takes long to load is not loaded."""
    write_curl(tmp_path / "world.db", tmp_path)
    python = (sys.executable, "-I", "-S", "-X", "importtime")
    command = [*python, str(CURL), str(tmp_path / "world.db"), "", *PROBE, "https://web.fly.dev/"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert done.returncode == 6
    assert "provision.local.world.internet" in loaded
    assert loaded.isdisjoint({"argparse", "attr", "dataclasses", "inspect", "pathlib", "typing"})
