"""What a world holds and was asked, as lines that can be compared with its twin's."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from provision.local.world.operations import Operation

TABLES = {
    "organization": (
        "SELECT slug, name, type, paid_plan, replays_cross FROM organizations ORDER BY slug"
    ),
    "network": (
        "SELECT organizations.slug AS org, networks.name FROM networks "
        "JOIN organizations ON organizations.number = organization ORDER BY 1, 2"
    ),
    "app": (
        "SELECT apps.name, organizations.slug AS org, networks.name AS network, deployed "
        "FROM apps JOIN organizations ON organizations.number = apps.organization "
        "JOIN networks ON networks.number = network ORDER BY 1"
    ),
    "address": (
        "SELECT apps.name AS app, address, addresses.type, region, networks.name AS network "
        "FROM addresses JOIN apps ON apps.number = app "
        "LEFT JOIN networks ON networks.number = addresses.network ORDER BY addresses.number"
    ),
    "secret": (
        "SELECT apps.name AS app, secrets.name, digest FROM secrets "
        "JOIN apps ON apps.number = app ORDER BY 1, 2"
    ),
    "volume": (
        "SELECT apps.name AS app, id, volumes.name, region, size_gb, encrypted, "
        "snapshot_retention, auto_backup, machine FROM volumes "
        "JOIN apps ON apps.number = app ORDER BY 1, 3, volumes.number"
    ),
    "build": (
        "SELECT apps.name AS app, status FROM builds "
        "JOIN apps ON apps.number = app ORDER BY builds.number"
    ),
    "release": (
        "SELECT apps.name AS app, version, status, strategy, image_ref, definition FROM releases "
        "JOIN apps ON apps.number = app ORDER BY 1, 2"
    ),
    "machine": (
        "SELECT apps.name AS app, id, region, image, ends AS state, healthy, host_status, "
        "cordoned, hidden, config FROM machines JOIN apps ON apps.number = app ORDER BY id"
    ),
    "lease": "SELECT machine, owner, description FROM leases WHERE expires_at > :now",
    "event": "SELECT machine, type, status, source, exit FROM events ORDER BY machine, number",
    "log": (
        "SELECT instance, region, provider, level, message FROM logs "
        "ORDER BY instance, happens_at, id"
    ),
}
IDS = {
    "machine": (
        "SELECT machines.id, instance_id, private_ip, machines.name FROM machines "
        "JOIN apps ON apps.number = app "
        "ORDER BY apps.name, json_extract(config, '$.metadata.fly_process_group'), region, "
        "machines.number"
    ),
    "volume": (
        "SELECT volumes.id FROM volumes JOIN apps ON apps.number = app "
        "ORDER BY apps.name, volumes.name, volumes.number"
    ),
    "release": (
        "SELECT id FROM releases JOIN apps ON apps.number = app ORDER BY apps.name, version"
    ),
}
PARTS = ("instance", "6pn", "name")
"""What a machine has beside its id that another machine never has."""
NOT_COMPARED = {
    # flyctl repeats these for as long as something lasts.
    Operation.LEASES_ACQUIRE,
    Operation.LEASES_RELEASE,
    # A question in the shape of a change, and flyctl asks it or not as its agent runs.
    Operation.WIREGUARD,
}


class Names:
    """
    Names for the ids of one world: the same thing has the same name in its twin.

    An id gets its name when it is first seen, in the order of creation within an app, a process
    group and a region; what flyctl does at once it does in different ones.
    """

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._counts = dict.fromkeys(IDS, 0)

    def learn(self, world: Path) -> None:
        """Name every id in *world* that has no name yet."""
        with _opened(world) as db:
            for kind, query in IDS.items():
                for id_, *others in db.execute(query):
                    self._learn(kind, id_, others)

    def put(self, text: str) -> str:
        """Return *text* with names in place of ids."""
        # The longest first: an address may be the beginning of another.
        for id_ in sorted(self._names, key=len, reverse=True):
            text = text.replace(id_, self._names[id_])
        return text

    def _learn(self, kind: str, id_: str, others: list[str]) -> None:
        if id_ not in self._names:
            self._counts[kind] += 1
            self._names[id_] = f"<{kind} {self._counts[kind]}>"
        for part, other in zip(PARTS, others, strict=False):
            self._names.setdefault(other, self._names[id_].replace(kind, part))


def held(world: Path, *, now: int) -> list[str]:
    """
    Return all that *world* holds at *now*, a line each.

    Ids are still in it; times are not, nor is how its maker counts.
    """
    with _opened(world) as db:
        db.row_factory = sqlite3.Row
        return [
            f"{table} {json.dumps(_plain(row), sort_keys=True, ensure_ascii=False)}"
            for table, query in TABLES.items()
            for row in db.execute(query, {"now": now} if ":now" in query else {})
        ]


def asked(world: Path, *, after: int) -> list[str]:
    """Return the changes that *world* was asked for, without the first *after* requests."""
    with _opened(world) as db:
        query = "SELECT operation, app, outcome FROM requests WHERE number > ? ORDER BY number"
        rows = [(Operation(row[0]), *row[1:]) for row in db.execute(query, [after])]
    return [
        f"{operation.value} {app or '-'} {outcome}"
        for operation, app, outcome in rows
        if operation.changes() and operation not in NOT_COMPARED
    ]


def last_request(world: Path) -> int:
    """Return how many requests *world* was asked so far."""
    with _opened(world) as db:
        return int(db.execute("SELECT coalesce(max(number), 0) FROM requests").fetchone()[0])


def unsettled_until(world: Path) -> int:
    """Return when the last thing happens that is to come, in milliseconds; 0 if nothing does."""
    with _opened(world) as db:
        lives = [json.loads(row[0]) for row in db.execute("SELECT life FROM machines")]
    return max((life[-1][0] for life in lives), default=0)


@contextmanager
def _opened(world: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(world, timeout=30)) as db:
        yield db


def _plain(row: sqlite3.Row) -> dict[str, Any]:
    found = dict(row)
    for column in ("config", "definition", "exit"):
        if found.get(column):
            found[column] = json.loads(found[column])
    return found
