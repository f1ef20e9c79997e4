"""`fly scale`."""

from __future__ import annotations

from collections import Counter

from provision.local.standin.commands import scale_count
from provision.local.standin.gojson import pretty
from provision.local.standin.grammar import JSON, OF_APP, Command, Group
from provision.local.standin.requests import machines
from provision.local.standin.session import Session
from provision.local.standin.table import table
from provision.local.standin.target import app_name
from provision.local.world.machine import Machine


def _show(session: Session) -> None:
    app = app_name(session)
    groups: dict[str, list[Machine]] = {}
    for machine in machines.of_app(session.api, app):
        groups.setdefault(machines.group(machine), []).append(machine)
    shown = [_document(group, groups[group]) for group in sorted(groups)]
    if session.is_on("json"):
        session.say(pretty(shown), end="")
        return
    session.say(f"VM Resources for app: {app}\n")
    # flyctl parts a title into words before it puts it in capitals.
    titles = ["Name", "Count", "Kind", "CP Us", "Memory", "Regions"]
    session.say(table([_row(each) for each in shown], *titles, title="Groups"), end="")


def _document(group: str, found: list[Machine]) -> dict[str, object]:
    guest = found[0].config.get("guest") or {}
    return {
        "Process": group,
        "Count": len(found),
        "CPUKind": guest.get("cpu_kind", ""),
        "CPUs": guest.get("cpus", 0),
        "Memory": guest.get("memory_mb", 0),
        "Regions": dict(sorted(Counter(each.region for each in found).items())),
    }


def _row(shown: dict[str, object]) -> list[str]:
    *columns, regions = shown.values()
    assert isinstance(regions, dict)  # noqa: S101 - built above
    names = ",".join(f"{name}({count})" if count > 1 else name for name, count in regions.items())
    columns[-1] = f"{columns[-1]} MB"
    return [*map(str, columns), names]


COMMAND = Group(
    "scale",
    (Command("show", _show, (*OF_APP, JSON), most=0), scale_count.COMMAND),
    elsewhere=("memory", "vm"),
)
