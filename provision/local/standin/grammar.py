"""Commands and their flags, as values: what is parsed, helped with and listed as modelled."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, auto

from provision.local.world.hints import TYPE_CHECKING
from provision.local.world.record import Record

if TYPE_CHECKING:
    from provision.local.standin.session import Session

MANY = 1 << 30


class Effect(Enum):
    """What a flag does in the stand-in."""

    MODELLED = auto()
    """What it does in flyctl."""
    NONE = auto()
    """It is taken, and nothing that the local Fly shows would depend on it."""
    MISSING = auto()
    """flyctl takes it; here it is refused, because something would depend on it."""


class Flag(Record):
    """
    A flag.

    Attributes:
        name: Without dashes.
        short: Its letter, or "".
        kind: The type that flyctl's help names: ``bool``, ``string``, ``int``, ``float``,
            ``duration``, ``stringArray`` (repeat it), ``strings`` (repeat it, or use commas).
        default: Its value where it is not given, as text.
        effect: What it does here.
        aliases: Other names.
        hidden: Whether flyctl's help leaves it out.
        optional: The value it has when it stands without one; None where it needs one.
    """

    name: str
    short: str = ""
    kind: str = "bool"
    default: str = ""
    effect: Effect = Effect.MODELLED
    aliases: tuple[str, ...] = ()
    hidden: bool = False
    optional: str | None = None


class Command(Record):
    """
    A command.

    Attributes:
        name: Its last word.
        run: Does it.
        flags: Its own ones, beside the global ones.
        arguments: How they stand in the usage line, for example ``[slug]``.
        least: How many arguments it needs.
        most: How many it takes.
        as_range: Whether flyctl tells these two as a range when they do not hold.
        aliases: Other names.
        needs_token: Whether flyctl asks for a token before anything else.
        elsewhere: The names of commands below it that flyctl has and the stand-in does not.
    """

    name: str
    run: Callable[[Session], None]
    flags: tuple[Flag, ...] = ()
    arguments: str = ""
    least: int = 0
    most: int = MANY
    as_range: bool = False
    aliases: tuple[str, ...] = ()
    needs_token: bool = True
    elsewhere: tuple[str, ...] = ()


class Group(Record):
    """
    A command that only has commands.

    Attributes:
        name: Its last word.
        commands: Those the stand-in knows.
        aliases: Other names.
        elsewhere: The names of those that flyctl has and the stand-in does not.
        hidden: The same, but flyctl's help leaves them out.
        flags: Flags it takes itself.
    """

    name: str
    commands: tuple[Command | Group, ...]
    aliases: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    flags: tuple[Flag, ...] = ()


HELP = Flag("help", "h")
GLOBAL = (
    Flag("access-token", "t", "string"),
    Flag("debug", effect=Effect.NONE),
    Flag("verbose", effect=Effect.NONE),
)
JSON = Flag("json", "j")
YES = Flag("yes", "y", aliases=("auto-confirm",))
APP = Flag("app", "a", "string")
CONFIG = Flag("config", "c", "string")
ORG = Flag("org", "o", "string")
REGION = Flag("region", "r", "string")
ENV = Flag("env", "e", "stringArray")
OF_APP = (APP, CONFIG)
VM_SIZE = (
    Flag("vm-cpu-kind", "", "string", aliases=("vm-cpukind",)),
    Flag("vm-cpus", "", "int", "0", aliases=("cpus",)),
    Flag("vm-memory", "", "string", aliases=("memory",)),
    Flag("vm-max-memory", "", "string", hidden=True),
    Flag("vm-gpus", "", "int", hidden=True),
    Flag("vm-gpu-kind", "", "string", aliases=("vm-gpukind",), hidden=True),
    Flag("vm-size", "", "string"),
    Flag("host-dedication-id", "", "string"),
)
