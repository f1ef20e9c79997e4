"""Judges the volumes of an app: where each machine's is, and which of them nothing mounts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from provision.platform import PlatformApp
from provision.verification.finding import Finding, Severity
from provision.verification.observe import SeenApp


def judged(app: PlatformApp, seen: SeenApp) -> Iterator[Finding]:
    """What is wrong with the volumes of *app*; one that nothing mounts is `UNPROVEN`."""
    yield from _misplaced(app, seen)
    yield from _spare(app, seen)


def _misplaced(app: PlatformApp, seen: SeenApp) -> Iterator[Finding]:
    attached = {volume.attached_machine_id: volume for volume in seen.volumes}
    for machine in seen.mine:
        for mount in machine.config.get("mounts") or ():
            volume = attached.get(machine.id)
            if volume is None or volume.id != mount.get("volume"):
                expected = f"volume {mount.get('volume')} attached to machine {machine.id}"
                yield Finding("volume", "volumes", expected, "none that is", app.key)
            elif volume.region != machine.region:
                expected = f"volume {volume.id} in {machine.region}"
                yield Finding("volume", "volumes", expected, f"in {volume.region}", app.key)


def _spare(app: PlatformApp, seen: SeenApp) -> Iterator[Finding]:
    """Those that no machine mounts, and that none waits for which is missing."""
    mounted = {
        mount.get("volume") for machine in seen.mine for mount in machine.config.get("mounts") or ()
    }
    wanted = Counter(
        mount.name
        for group, number in app.declared.machines.items()
        for mount in app.machine(group).mounts * number
    )
    wanted.subtract(volume.name for volume in seen.volumes if volume.id in mounted)
    for volume in seen.volumes:
        if volume.id in mounted:
            continue
        wanted[volume.name] -= 1
        if wanted[volume.name] < 0:
            observed = f"{volume.id} ({volume.name}, {volume.size_gb} GB, in {volume.region})"
            expected = "no volume that nothing mounts"
            yield Finding(
                "foreign-volume", "volumes", expected, observed, app.key, Severity.UNPROVEN
            )
