"""Faults told to a world from outside: what goes wrong, with which operation, how often."""

from __future__ import annotations

from enum import StrEnum

from provision.local.world.operations import Operation
from provision.local.world.record import Record
from provision.local.world.store import World


class Kind(StrEnum):
    """What a fault does to an operation."""

    REFUSE = "refuse"
    """Nothing happens, and the answer is an error."""
    REFUSE_AFTER = "refuse-after"
    """It happens, and the answer is an error all the same."""
    DROP = "drop"
    """Nothing happens, and the connection closes without an answer."""
    DROP_AFTER = "drop-after"
    """It happens, and the connection closes without an answer."""
    SLOW = "slow"
    """It happens, after a while."""
    HANG = "hang"
    """Nothing happens for a while, then the connection closes."""
    UNREACHABLE = "unreachable"
    """Nobody listens."""
    MARK = "mark"
    """The operation is done differently, as the rules that look for the mark say."""


class Mark(StrEnum):
    """What the world does differently while it is told to; the rules look these up."""

    MACHINE_CRASHES = "machine crashes"
    MACHINE_OOM = "machine runs out of memory"
    MACHINE_UNHEALTHY = "machine unhealthy"
    MACHINE_DIES_LATER = "machine dies later"
    MACHINE_STAYS = "machine stays in a state"
    MACHINE_LISTENS_ELSEWHERE = "machine listens elsewhere"
    HOST_UNREACHABLE = "host unreachable"
    ONE_MACHINE_MORE = "one machine more"
    ONE_MACHINE_LESS = "one machine less"
    RELEASE_COMMAND_FAILS = "release command fails"
    DEPLOY_LIES = "deploy lies"
    ADDRESS_LOST = "address lost"
    ADDRESS_TWICE = "address twice"
    PUBLIC_ADDRESS_APPEARS = "public address appears"
    SLUG_DIFFERS = "slug differs"
    REPLAYS_CROSS = "replays cross"
    SECRET_LOST = "secret lost"  # noqa: S105 - the name of a fault
    CONFIG_CHANGED = "config changed"
    LISTING_DELAYED = "listing delayed"
    LOGS_EMPTY = "logs empty"
    LOGS_HUGE = "logs huge"
    BUILD_FAILS = "build fails"
    STRANGE_OUTPUT = "strange output"
    SHAPE_CHANGED = "shape changed"
    NAME_NOT_RESOLVED = "name not resolved"
    NO_CERTIFICATE = "no certificate"
    ANSWERS_WITH = "answers with a status"
    REDIRECTS_FOR_EVER = "redirects for ever"
    NEVER_ANSWERS = "never answers"
    CLIENT_PANICS = "client panics"
    CLIENT_DEADLINE = "client deadline"
    CLIENT_HANGS_AT_END = "client hangs at its end"
    CLIENT_FAILS_AT_END = "client fails at its end"
    CLIENT_VERSION = "client version"
    CLIENT_PROMPTS = "client prompts"


class Fault(Record):
    """
    A fault.

    Attributes:
        operation: An `Operation`, ``noun.*``, ``*`` (all), ``changes`` (all that change something);
            for a mark, the `Mark`.
        kind: What happens.
        status: The HTTP status of an error answer.
        message: Its message; for a mark, what the mark is about (a state, for example).
        code: Its machine-readable code.
        seconds: How long, where it is about time.
        skip: How many matching operations pass before it strikes.
        times: How often it strikes; None for always.
        app: The only app it concerns; None for all.
        scenario: The scenario it belongs to, or "".
    """

    operation: str
    kind: Kind = Kind.REFUSE
    status: int = 500
    message: str = ""
    code: str = ""
    seconds: float = 0.0
    skip: int = 0
    times: int | None = None
    app: str | None = None
    scenario: str = ""


class ConnectionLost(Exception):
    """Raised by `door.enter` where the connection closes without an answer."""


class Unreachable(Exception):
    """Raised by `door.enter` where nobody listens."""


_COLUMNS = ", ".join(Fault._fields)


def inject(world: World, *faults: Fault) -> None:
    """Tell the world *faults*; they hold until they are used up, for every process."""
    with world.transaction():
        for fault in faults:
            world.insert("faults", **fault._asdict())


def tell(
    world: World,
    scenario: str,
    *,
    app: str | None = None,
    times: int | None = None,
    skip: int | None = None,
) -> None:
    """
    Tell the world a scenario by its name.

    Args:
        world: The world.
        scenario: A name from `scenarios.SCENARIOS`.
        app: Only for this app.
        times: How often it strikes, where that is not what the scenario says.
        skip: How many matching operations pass before it strikes.

    Raises:
        UnknownScenario: There is no such scenario; names the nearest.
    """
    from provision.local.world.scenarios import named  # noqa: PLC0415 - a stand-in does not need the table

    inject(
        world,
        *(
            fault._replace(
                scenario=scenario,
                app=app,
                times=fault.times if times is None else times,
                skip=fault.skip if skip is None else skip,
            )
            for fault in named(scenario).faults
        ),
    )


def clear(world: World) -> None:
    """Take every fault back."""
    world.execute("DELETE FROM faults")


def list_(world: World) -> tuple[Fault, ...]:
    """Return the faults that can still strike."""
    sql = f"SELECT {_COLUMNS} FROM faults ORDER BY number"  # noqa: S608 - our own names
    return tuple(_fault(row) for row in world.rows(sql))


def strike(world: World, operation: Operation, app: str | None) -> Fault | None:
    """Return the fault that strikes *operation* now, and count it; None if all is well."""
    noun = operation.value.partition(".")[0]
    patterns = [operation.value, f"{noun}.*", "*", "changes" if operation.changes() else "*"]
    return _strike(world, patterns, app, mark=False)


def marked(world: World, mark: Mark, app: str | None = None) -> Fault | None:
    """Return the fault that tells *mark*, and count it; None if nothing does."""
    return _strike(world, [mark.value], app, mark=True)


def _strike(world: World, patterns: list[str], app: str | None, *, mark: bool) -> Fault | None:
    if not world.value("SELECT EXISTS (SELECT 1 FROM faults)"):
        return None
    sql = (
        f"SELECT number, {_COLUMNS} FROM faults"  # noqa: S608 - our own names
        " WHERE (kind = 'mark') = ? AND (app IS NULL OR app = ?) ORDER BY number"
    )
    with world.transaction():
        for number, *columns in world.rows(sql, mark, app):
            fault = _fault(columns)
            if fault.operation in patterns and _counted(world, number, fault):
                return fault
    return None


def _counted(world: World, number: int, fault: Fault) -> bool:
    if fault.skip:
        world.execute("UPDATE faults SET skip = skip - 1 WHERE number = ?", number)
        return False
    if fault.times is not None:
        world.execute("UPDATE faults SET times = times - 1 WHERE number = ?", number)
        world.execute("DELETE FROM faults WHERE times <= 0")
    return True


def _fault(row: list[object]) -> Fault:
    fault = Fault(*row)  # type: ignore[arg-type]  # the columns are the fields, in their order
    return fault._replace(kind=Kind(fault.kind))
