"""Compares the config a machine should have with the one it has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from attrs import frozen

from provision.fly_config.ignored import considered
from provision.fly_config.machine_model import MachineConfig
from provision.fly_config.spelling import normal
from provision.toml_file import KeyPath, dotted


@frozen
class Difference:
    """
    One value that is not as it should be.

    Attributes:
        path: Where, in the machine's words, e.g. ``services[0].ports[1].handlers``.
        want: As the fly.toml has it; None where there should be nothing.
        have: As the machine has it; None where there is nothing.
    """

    path: str
    want: Any
    have: Any


def differences(want: MachineConfig, have: Mapping[str, Any]) -> tuple[Difference, ...]:
    """
    Where *have* is not what *want* says; what is in *have* alone counts as much.

    Two spellings of one value are no difference, and neither is what `IGNORED` lists.

    Args:
        want: As `machine_config` made it.
        have: The ``config`` of a machine as ``fly machine list --json`` prints it.
    """
    return tuple(_between(normal(want.as_json()), normal(considered(want, have)), ()))


def _between(want: Any, have: Any, path: KeyPath) -> Iterator[Difference]:
    if isinstance(want, dict) and isinstance(have, dict):
        for key in dict.fromkeys((*want, *have)):
            yield from _between(want.get(key), have.get(key), (*path, key))
    elif _has_tables(want) and _has_tables(have):
        for index in range(max(len(want), len(have))):
            yield from _between(_item(want, index), _item(have, index), (*path, index))
    # True is 1 for Python, but not for a machine.
    elif want != have or isinstance(want, bool) != isinstance(have, bool):
        yield Difference(dotted(path), want, have)


def _has_tables(value: Any) -> bool:
    return isinstance(value, list) and any(isinstance(item, dict) for item in value)


def _item(items: list[Any], index: int) -> Any:
    return items[index] if index < len(items) else None
