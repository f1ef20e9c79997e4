"""Sizes: of memory in MB, of volumes in GB, and the sizes of machines that have names."""

from __future__ import annotations

import re

from provision.local.world.hints import Any

_SIZE = r"(.*[0-9. ])([^0-9. ]*)"
_NUMBER = r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)"
_SUFFIX = r"b|([kmgtp])(b|ib)?"
_POWERS = {"k": 1, "m": 2, "g": 3, "t": 4, "p": 5}
DEFAULT = "shared-cpu-1x"
GPU_DEFAULT = "performance-8x"


def _presets() -> dict[str, dict[str, Any]]:
    presets: dict[str, dict[str, Any]] = {}
    for cpus in (1, 2, 4, 6, 8):
        guest = {"cpu_kind": "shared", "cpus": cpus, "memory_mb": 256 * cpus}
        presets[f"shared-cpu-{cpus}x"] = guest
    for cpus in (1, 2, 4, 6, 8, 10, 12, 14, 16):
        guest = {"cpu_kind": "performance", "cpus": cpus, "memory_mb": 2048 * cpus}
        presets[f"performance-{cpus}x"] = guest
    kinds = {"a100-40gb": "a100-pcie-40gb", "a100-80gb": "a100-sxm4-80gb"}
    for name in ("a100-40gb", "a100-80gb", "l40s", "a10"):
        guest = {"cpu_kind": "performance", "cpus": 8, "memory_mb": 32768, "gpus": 1}
        presets[name] = guest | {"gpu_kind": kinds.get(name, name)}
    return presets


PRESETS = _presets()
"""What a machine of a named size gets. Source: fly-go machine_types.go"""


def preset(size: str) -> dict[str, Any]:
    """
    Return what a machine of the size *size* gets.

    Raises:
        ValueError: There is no such size; the words are flyctl's.
    """
    if size in PRESETS:
        return dict(PRESETS[size])
    for kind in ("shared", "performance"):
        if size.startswith(kind):
            valid = " ".join(sorted(name for name in PRESETS if name.startswith(kind)))
            raise ValueError(f"'{size}' is an invalid machine size, choose one of: [{valid}]")
    raise ValueError(
        f"invalid machine preset requested, '{size}', expected to start with 'shared' or "
        "'performance'"
    )


def name(guest: dict[str, Any]) -> str:
    """Return the name of the size of a machine with *guest*."""
    kind, cpus = guest.get("cpu_kind"), guest.get("cpus", 0)
    if guest.get("gpu_kind"):
        kinds = {preset["gpu_kind"]: size for size, preset in PRESETS.items() if "gpus" in preset}
        return kinds.get(guest["gpu_kind"], "unknown")
    if kind == "shared":
        return f"shared-cpu-{cpus}x"
    return f"performance-{cpus}x" if kind == "performance" else "unknown"


def memory_mb(text: str) -> int:
    """
    Return the MB of *text*: a plain number, or one with a unit, in powers of 1024.

    Raises:
        ValueError: It is no size.
    """
    return _parse(text, 1024, 1024**2)


def volume_gb(text: str) -> int:
    """
    Return the GB of *text*: a plain number, or one with a unit, in powers of 1000.

    Raises:
        ValueError: It is no size.
    """
    return _parse(text, 1000, 1000**3)


def _parse(text: str, base: int, quotient: int) -> int:
    if re.fullmatch(r"[-+]?[0-9]+", text):
        return int(text)
    return int(_bytes(text, base)) // quotient


def _bytes(text: str, base: int) -> float:
    found = re.fullmatch(_SIZE, text)
    number = found[1].removesuffix(" ") if found else ""
    if found is None or number.startswith("-"):
        raise ValueError(f"invalid size: invalid size: '{text}'")
    if not re.fullmatch(_NUMBER, number):
        raise ValueError(f'invalid size: strconv.ParseFloat: parsing "{number}": invalid syntax')
    suffix = re.fullmatch(_SUFFIX, found[2], re.IGNORECASE)
    if found[2] and suffix is None:
        shown = found[2] if len(found[2]) > len("kib") else found[2].lower()
        raise ValueError(f"invalid size: invalid suffix: '{shown}'")
    letter = (suffix[1] or "").lower() if suffix else ""
    return float(number) * (base ** _POWERS[letter] if letter else 1)
