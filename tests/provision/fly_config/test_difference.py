"""Differences between the machine that should be and the one that is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from provision.fly_config import Difference, differences, load, machine_config
from provision.fly_config.ignored import IGNORED, considered
from provision.fly_config.machine_model import MachineConfig
from provision.fly_config.spelling import normal
from provision.toml_file import KeyPath, dotted

HERE = Path(__file__).parent
ACCEPTED = HERE / "corpus" / "accepted"
POSTED: dict[str, Any] = json.loads((HERE / "corpus" / "posted.json").read_text())["posted"]
MACHINES = [
    (name.removesuffix(".toml"), group)
    for name, deploy in POSTED.items()
    for group in deploy["machines"]
]


def machine(name: str, group: str = "app") -> tuple[MachineConfig, dict[str, Any]]:
    """What should be of a file of the corpus, and what flyctl made of it."""
    deploy = POSTED[f"{name}.toml"]
    want = machine_config(load(ACCEPTED / f"{name}.toml"), group, env=deploy["env"])
    return want, deepcopy(deploy["machines"][group])


def leaves(node: Any, path: KeyPath = ()) -> Iterator[tuple[KeyPath, Any]]:
    """
    Every value that stands for itself.

    Headers of checks and both ends of a range are values only together; they have their own tests.
    """
    if isinstance(node, dict):
        for key, item in node.items():
            if not (key == "headers" and isinstance(item, list)) and key[-5:] != "_port":
                yield from leaves(item, (*path, key))
    elif isinstance(node, list) and any(isinstance(item, dict) for item in node):
        for index, item in enumerate(node):
            yield from leaves(item, (*path, index))
    elif node is not None:
        yield path, node


def at(node: Any, path: KeyPath) -> Any:
    for part in path:
        node = node[part]
    return node


def missing(node: Any, path: KeyPath) -> KeyPath:
    """*path* up to the first part that is not there."""
    for depth, part in enumerate(path):
        if isinstance(node, dict) and part not in node:
            return path[: depth + 1]
        node = node[part]
    return path


def others(value: Any) -> list[Any]:
    """Values that are not *value*."""
    match value:
        case bool():
            return ["changed"]
        case int():
            return [value + 1, str(value), "changed"]
        case list():
            return [[*value, "changed"], value[1:] or ["changed"]]
        case _:
            return [f"{value}x", "changed"]


def test_each_value_that_is_changed_is_found() -> None:
    """F75: a changed value is one difference, with what should be and what is."""
    found, expected = {}, {}
    for name, group in MACHINES:
        want, have = machine(name, group)
        spelled = normal(have)
        for path, value in leaves(considered(want, have)):
            for number, other in enumerate(others(value)):
                changed = deepcopy(have)
                at(changed, path[:-1])[path[-1]] = other
                found[name, group, path, number] = differences(want, changed)
                one = Difference(dotted(path), at(spelled, path), other)
                expected[name, group, path, number] = (one,)

    assert len(found) > len(MACHINES) > 0
    assert found == expected


def test_each_value_that_is_gone_is_found() -> None:
    """F75: a missing value is one difference; where its whole table is empty, the table is."""
    found, expected = {}, {}
    for name, group in MACHINES:
        want, have = machine(name, group)
        spelled = normal(have)
        for path, _ in leaves(considered(want, have)):
            less = deepcopy(have)
            del at(less, path[:-1])[path[-1]]
            gone = missing(normal(less), path)
            found[name, group, path] = differences(want, less)
            expected[name, group, path] = (Difference(dotted(gone), at(spelled, gone), None),)

    assert len(found) > len(MACHINES) > 0
    assert found == expected


@pytest.mark.parametrize(
    ("path", "extra"),
    [
        (("services", 1), {"protocol": "tcp", "internal_port": 22}),
        (("services", 0, "ports", 2), {"port": 8443, "handlers": ["tls"]}),
        (("services", 0, "checks", 1), {"type": "tcp"}),
        (("services", 0, "force_instance_key"), "key"),
        (("services", 0, "a_new_key_of_fly"), 0),
        (("services", 0, "ports", 0, "tls_options"), {"alpn": ["h2"]}),
        (("env", "DEBUG"), "1"),
        (("env", "EMPTY"), ""),
        (("checks",), {"alive": {"type": "tcp", "port": 80}}),
        (("mounts",), [{"path": "/data", "name": "data"}]),
        (("files",), [{"guest_path": "/etc/motd", "raw_value": "eA=="}]),
        (("statics",), [{"guest_path": "/app", "url_prefix": "/"}]),
        (("metrics",), {"port": 9090, "path": "/metrics"}),
        (("stop_config",), {"signal": "SIGKILL"}),
        (("restart",), {"policy": "always"}),
        (("init",), {"cmd": ["sleep", "inf"]}),
        (("guest", "gpus"), 1),
        (("schedule",), "hourly"),
        (("auto_destroy",), True),
        (("a_new_section_of_fly",), {"on": False}),
    ],
)
def test_what_is_there_and_should_not_be_is_found(path: KeyPath, extra: Any) -> None:
    """F76: a live value that the file says nothing of is a difference, however helpful."""
    want, have = machine("http-complete")
    holder = at(have, path[:-1])
    if isinstance(holder, list):
        holder.append(extra)
    else:
        holder[path[-1]] = extra

    assert differences(want, have) == (Difference(dotted(path), None, extra),)


@pytest.mark.parametrize(
    ("name", "path", "spelling"),
    [
        ("http-complete", ("services", 0, "checks", 0, "interval"), "30000ms"),
        ("http-complete", ("services", 0, "checks", 0, "timeout"), "0h0m5s"),
        ("http-complete", ("services", 0, "autostop"), "stop"),
        ("http-autostop-off", ("services", 0, "autostop"), "off"),
        ("http-complete", ("services", 0, "ports", 0, "port"), 80),
        ("checks-postgres", ("checks", "pg", "grace_period"), "0.5m"),
        ("kill-settings", ("stop_config", "timeout"), "150s"),
        ("services-range-of-one", ("services", 0, "ports", 0), {"port": 5432}),
        ("services-two", ("services", 0, "ports", 0), {"start_port": 1883, "end_port": 1883}),
        ("http-minimal", ("services", 0, "checks"), []),
        ("http-minimal", ("guest",), None),
    ],
)
def test_another_spelling_is_no_difference(name: str, path: KeyPath, spelling: Any) -> None:
    """15000ms is 15s, "stop" is true, a range of one port is a port, nothing is nothing."""
    want, have = machine(name)
    at(have, path[:-1])[path[-1]] = spelling

    assert differences(want, have) == ()


def test_headers_are_compared_by_name() -> None:
    """Their order means nothing; a value that differs is told with the name of its header."""
    want, have = machine("checks-http")
    headers = have["checks"]["ready"]["headers"]
    headers.reverse()

    same = differences(want, have)
    next(header for header in headers if header["name"] == "X-Zone")["values"] = ["b"]
    changed = differences(want, have)

    assert same == ()
    assert changed == (Difference("checks.ready.headers.X-Zone", ["a"], ["b"]),)


def test_the_ends_of_a_range_are_compared() -> None:
    """F75: a range that grew is one difference, at the end that moved."""
    want, have = machine("services-port-range")
    have["services"][0]["ports"][0]["end_port"] = 30001

    assert differences(want, have) == (Difference("services[0].ports[0].end_port", 30000, 30001),)


def test_true_is_not_one() -> None:
    """Python would take them for equal."""
    want, have = machine("http-suspend")
    have["services"][0]["autostart"] = 1

    assert differences(want, have) == (Difference("services[0].autostart", want=True, have=1),)


@pytest.mark.parametrize(
    ("name", "path", "value", "counts"),
    [
        ("mounts-table", ("image",), "registry.example.net/other", False),
        ("mounts-table", ("metadata", "fly_release_version"), "77", False),
        ("mounts-table", ("dns",), {"nameservers": ["fdaa::3"]}, False),
        ("mounts-table", ("standbys",), ["e2865013c17068"], False),
        ("mounts-table", ("env", "FLY_STANDBY_FOR"), "e2865013c17068", False),
        ("mounts-table", ("mounts", 0, "volume"), "vol_other", False),
        ("mounts-table", ("mounts", 0, "size_gb"), 30, False),
        ("mounts-table", ("mounts", 0, "encrypted"), True, False),
        ("mounts-table", ("guest", "cpu_kind"), "performance", False),
        ("mounts-table", ("guest", "cpus"), 8, False),
        ("mounts-table", ("guest", "memory_mb"), 512, False),
        ("mounts-table", ("guest", "max_memory_mb"), 1024, False),
        ("mounts-table", ("guest", "gpus"), 1, False),
        ("mounts-table", ("guest", "gpu_kind"), "a10", False),
        ("mounts-table", ("guest", "kernel_args"), ["quiet"], False),
        ("mounts-table", ("guest", "persist_rootfs"), "always", False),
        ("mounts-table", ("guest", "host_dedication_id"), "hosts", True),
        ("vm-size", ("guest", "max_memory_mb"), 1024, True),
        ("mounts-table", ("restart",), {"policy": "on-failure", "max_retries": 10}, False),
        ("mounts-table", ("restart",), {"policy": "always"}, True),
        ("processes-no-app-group", ("restart", "max_retries"), 10, False),
        ("processes-no-app-group", ("restart", "policy"), "on-failure", True),
        ("checks-postgres", ("checks", "pg", "kind"), "informational", False),
        ("checks-postgres", ("checks", "pg", "kind"), "readiness", True),
    ],
)
def test_what_fly_adds_by_itself_is_ignored(
    name: str, path: KeyPath, value: Any, *, counts: bool
) -> None:
    """Only what the list names, and only where the file leaves it open."""
    group = "alpha" if name == "processes-no-app-group" else "app"
    want, have = machine(name, group)
    at(have, path[:-1])[path[-1]] = value

    assert bool(differences(want, have)) == counts


def test_everything_ignored_has_its_reason_and_its_place_once() -> None:
    """The list is written for whoever wonders why something is not compared."""
    places = [rule.path for rule in IGNORED]

    assert len(places) == len(set(places))
    assert [rule.path for rule in IGNORED if not rule.reason] == []
