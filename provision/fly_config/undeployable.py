"""What flyctl's validation lets pass, and a deploy fails on or makes of it what nobody can know."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from provision.fly_config.config import Definition
from provision.fly_config.groups import of_group, process_groups
from provision.fly_config.guest import unsizable
from provision.fly_config.machine_service import http_port
from provision.fly_config.mistake import Mistake


def undeployable(config: Definition) -> Iterator[Mistake]:
    """All of it that shows in the fly.toml alone."""
    yield from unsizable(config)
    yield from _portless(config)
    yield from _containers(config)
    for index, static in enumerate(config.statics):
        if static.guest_path[:1] not in ("", "/") and not static.tigris_bucket:
            message = "must be an absolute path of the image; flyctl uploads a relative one"
            yield Mistake(("statics", index, "guest_path"), message)


def unreadable(config: Definition, directory: Path) -> Iterator[Mistake]:
    """Files that a deploy running in *directory* could not copy."""
    for index, file in enumerate(config.files):
        try:
            if file.local_path:
                (directory / file.local_path).read_bytes()
        except OSError as error:
            message = f"{file.local_path!r} cannot be read: {error.strerror or error}"
            yield Mistake(("files", index, "local_path"), message)


def _portless(config: Definition) -> Iterator[Mistake]:
    for group in process_groups(config):
        if http_port(config, group) is not None:
            continue
        portless = {name: one for name, one in config.checks.items() if one.port is None}
        for name, check in portless.items():
            if of_group(config, group, (check,)):
                message = (
                    f"is required: process group {group!r} has no http_service to take it from"
                )
                yield Mistake(("checks", name, "port"), message)


def _containers(config: Definition) -> Iterator[Mistake]:
    places = {
        ("machine_config",): config.machine_config,
        ("experimental", "machine_config"): config.experimental
        and config.experimental.machine_config,
        ("build", "compose"): config.build and config.build.compose,
    }
    for path, value in places.items():
        if value:
            message = "describes containers, which cannot be told from the fly.toml alone"
            yield Mistake(path, message)
