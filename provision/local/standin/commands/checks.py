"""`fly checks`."""

from __future__ import annotations

from provision.local.standin import shapes
from provision.local.standin.ago import ago
from provision.local.standin.gojson import pretty
from provision.local.standin.grammar import JSON, OF_APP, Command, Flag, Group
from provision.local.standin.requests import machines
from provision.local.standin.session import Session
from provision.local.standin.table import ruled
from provision.local.standin.target import app_name
from provision.local.world import machines as world_machines


def _list(session: Session) -> None:
    app = app_name(session)
    found = machines.active(session.api, app)
    checks = {each.id: world_machines.checks_of(session.world, each) for each in found}
    if session.json:
        # The filter by name only concerns the table.
        shown = {key: [shapes.check(each) for each in checks[key]] for key in sorted(checks)}
        session.say(pretty(shown), end="")
        return
    wanted, now = session.flag("check-name"), session.world.clock.now()
    rows = [
        [each.name, each.status.value, machine, ago(now, each.updated_at), each.output]
        for machine, results in sorted(checks.items())
        for each in sorted(results, key=lambda each: each.name)
        if wanted in {"", each.name}
    ]
    titles = ["Name", "Status", "Machine", "Last Updated", "Output"]
    session.say(f"Health Checks for {app}")
    session.say(ruled(rows, *titles), end="")


COMMAND = Group(
    "checks",
    (Command("list", _list, (*OF_APP, JSON, Flag("check-name", "", "string")), aliases=("ls",)),),
    flags=OF_APP,
)
