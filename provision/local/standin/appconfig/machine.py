"""The machine configuration that a configuration asks for, for one process group."""

from __future__ import annotations

import shlex

from provision.local.standin.appconfig import guests, probes, services, sizes
from provision.local.standin.appconfig.casts import Document
from provision.local.standin.appconfig.config import AppConfig
from provision.local.standin.failure import not_modelled
from provision.local.world.hints import Any

RELEASE_COMMAND_GROUP = "fly_app_release_command"
KEYS = (
    "env",
    "init",
    "guest",
    "metadata",
    "mounts",
    "services",
    "metrics",
    "checks",
    "statics",
    "image",
    "files",
    "schedule",
    "auto_destroy",
    "restart",
    "dns",
    "processes",
    "standbys",
    "stop_config",
)
"""The keys of a machine configuration, in flyctl's order. Source: fly-go machine_types.go"""
_POLICIES = {"always": "always", "on-failure": "on-failure", "never": "no"}


def machine_config(
    config: AppConfig, group: str, *, version: str, files: list[Document], before: Document
) -> Document:
    """
    Return how a machine of *group* is configured, image and release aside.

    Args:
        config: What the app asks for.
        group: A process group.
        version: That of the flyctl that says so.
        files: The files that are put on it.
        before: How it was configured, for a machine that exists.

    Raises:
        ValueError: Something cannot be had; the words are flyctl's.
        Failure: It has containers, which the local Fly does not know.

    Source: flyctl internal/appconfig/machines.go
    """
    _refuse_containers(config)
    made = {key: value for key, value in before.items() if key not in _REPLACED}
    made |= {"env": _env(config, group), "init": _init(config, group, before.get("init") or {})}
    made["metadata"] = {**(before.get("metadata") or {}), **metadata(group, version)}
    parts = {
        "guest": guests.guest(config, group),
        "mounts": [_mount(each) for each in config.of_group("mounts", group)],
        "services": [probes.service(each) for each in services.of_group(config, group)],
        "metrics": _metrics(config, group),
        "checks": probes.checks(config, group),
        "statics": [_static(each) for each in config.tables("statics")],
        "files": files,
        "restart": _restart(config, group),
        "stop_config": stop_config(config),
    }
    made |= {key: value for key, value in parts.items() if value}
    return ordered(made)


def _refuse_containers(config: AppConfig) -> None:
    named = {
        "machine_config": config.document.get("machine_config"),
        "experimental.machine_config": config.section("experimental").get("machine_config"),
        "build.compose": config.section("build").get("compose"),
    }
    for key, value in named.items():
        if value is not None:
            raise not_modelled(key)


_REPLACED = frozenset(
    {"env", "mounts", "services", "metrics", "checks", "statics", "files", "restart", "stop_config"}
)


def release_config(config: AppConfig, *, version: str, files: list[Document]) -> Document:
    """
    Return how the machine of the release command is configured, image and guest aside.

    Raises:
        ValueError: Its size cannot be had.
    """
    deploy = config.section("deploy")
    init = {"cmd": shlex.split(deploy["release_command"], comments=True)}
    entrypoint = config.section("experimental").get("entrypoint")
    compute = deploy.get("release_command_vm")
    made = {
        "env": _env(config, RELEASE_COMMAND_GROUP) | {"RELEASE_COMMAND": "1"},
        "init": {**({"entrypoint": entrypoint} if entrypoint else {}), **init, **_swap(config)},
        "guest": guests.of_table(config, compute) if compute else None,
        "metadata": metadata(RELEASE_COMMAND_GROUP, version),
        "files": files,
        "auto_destroy": True,
        "restart": {"policy": "no"},
        "dns": {"skip_registration": True},
        "stop_config": stop_config(config),
    }
    return ordered({key: value for key, value in made.items() if value})


def metadata(group: str, version: str) -> dict[str, str]:
    """Return what tells flyctl's machines apart from others."""
    return {
        "fly_flyctl_version": version,
        "fly_platform_version": "v2",
        "fly_process_group": group,
    }


def ordered(config: Document) -> Document:
    """Return *config* as Go writes it: keys in order, maps sorted."""
    known = {key: config[key] for key in KEYS if key in config}
    for key in ("env", "metadata", "checks"):
        if key in known:
            known[key] = dict(sorted(known[key].items()))
    return known | {key: value for key, value in config.items() if key not in known}


def stop_config(config: AppConfig) -> Document:
    """Return how machines are stopped; empty where it says nothing."""
    keys = {"timeout": "kill_timeout", "signal": "kill_signal"}
    return {name: config.document[key] for name, key in keys.items() if key in config.document}


def _env(config: AppConfig, group: str) -> dict[str, str]:
    env = {**config.section("env"), "FLY_PROCESS_GROUP": group}
    return env | ({"PRIMARY_REGION": config.primary_region} if config.primary_region else {})


def _init(config: AppConfig, group: str, before: Document) -> Document:
    experimental = config.section("experimental")
    command = config.section("processes").get(group)
    words = shlex.split(command, comments=True) if command else experimental.get("cmd")
    made = {
        "exec": experimental.get("exec"),
        "entrypoint": experimental.get("entrypoint"),
        "cmd": words,
        "tty": before.get("tty"),
        **_swap(config),
        "kernel_args": before.get("kernel_args"),
    }
    # No swap is something else than nothing said of swap.
    return {key: value for key, value in made.items() if value or key == "swap_size_mb"}


def _swap(config: AppConfig) -> Document:
    swap = config.document.get("swap_size_mb")
    return {} if swap is None else {"swap_size_mb": swap}


def _mount(mount: Document) -> Document:
    made = {
        "path": mount.get("destination"),
        "name": mount.get("source"),
        "extend_threshold_percent": mount.get("auto_extend_size_threshold"),
        "add_size_gb": sizes.volume_gb(mount.get("auto_extend_size_increment") or "0"),
        "size_gb_limit": sizes.volume_gb(mount.get("auto_extend_size_limit") or "0"),
    }
    return {key: value for key, value in made.items() if value}


def _static(static: Document) -> Document:
    keys = ("guest_path", "url_prefix", "tigris_bucket", "index_document")
    return {key: static.get(key, "") for key in keys}


def _metrics(config: AppConfig, group: str) -> Document:
    found = config.of_group("metrics", group)[:1]
    return {key: value for each in found for key, value in each.items() if key != "processes"}


def _restart(config: AppConfig, group: str) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for restart in config.of_group("restart", group):
        policy = restart.get("policy", "")
        if policy not in _POLICIES:
            raise ValueError(f"invalid restart policy: {policy}")
        made = {"policy": _POLICIES[policy]}
        made |= {"max_retries": restart["retries"]} if "retries" in restart else {}
    return made
