"""``fly secrets``: encrypted environment variables of an app."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from procman import Secret, Step, nothing
from provision.errors import PreconditionFailed
from provision.fly.client import Fly
from provision.fly.models import SecretStatus

LONGEST_LINE = 65535
"""
Bytes that flyctl reads, of a line it imports or of a value on stdin. It drops a longer line
and all that follow, and exits with 0.
"""


CONFIG_DIR = "fly-config-dir"
"""The resource of steps that write into flyctl's folder, which it does without a lock."""


class SecretNotEncodable(PreconditionFailed):
    """
    Raised for a value that ``fly secrets import`` would store as something else.

    Attributes:
        name: Of the secret; its value is nowhere.
    """

    def __init__(self, name: str, reason: str) -> None:
        self.name = name
        super().__init__(f"secret {name} cannot be handed to flyctl unchanged: {reason}")


def list_(fly: Fly, *, app: str) -> Step[list[SecretStatus]]:
    """
    The secrets of *app*, without their values.

    Source: flyctl internal/command/secrets/list.go
    """
    return fly.query(
        "secrets.list", "secrets", "list", "-a", app, "--json", into=list[SecretStatus]
    )


def staging(fly: Fly, values: Mapping[str, Secret], *, app: str) -> tuple[Step[None], ...]:
    """
    Set secrets of *app*; they go live with its next deploy.

    Values travel over stdin. One step at a time in a config folder: flyctl notes there,
    without a lock, which version of the secrets an app must see.

    Returns:
        One step for all that ``secrets import`` reads unchanged, and one for each other.

    Raises:
        SecretNotEncodable: flyctl would not store one of the values as it is.

    Source: flyctl internal/command/secrets/import.go, internal/appsecrets/minvers.go
    """
    return tuple(_stage(fly, {n: values[n] for n in names}, app) for names in together(values))


def together(values: Mapping[str, Secret]) -> tuple[tuple[str, ...], ...]:
    """
    The names of *values*, those together that one command sets; as `staging` has its steps.

    Raises:
        SecretNotEncodable: as `staging`.
    """
    lines = {name: encoded(name, value) for name, value in sorted(values.items())}
    imported = tuple(name for name, line in lines.items() if line is not None)
    alone = ((name,) for name, line in lines.items() if line is None)
    return (imported, *alone) if imported else tuple(alone)


def _stage(fly: Fly, values: Mapping[str, Secret], app: str) -> Step[None]:
    lines = {name: encoded(name, value) for name, value in values.items()}
    imported = [line for line in lines.values() if line is not None]
    if imported:
        return _import(fly, imported, values.values(), app)
    ((name, value),) = values.items()
    return _set(fly, name, value, app)


def _import(fly: Fly, lines: Sequence[str], values: Iterable[Secret], app: str) -> Step[None]:
    stdin = Secret("".join(f"{line}\n" for line in lines))
    args = ("secrets", "import", "--stage", "-a", app)
    command = fly.command(*args, stdin=stdin, secrets=values)
    return fly.acting("secrets.import", command, parse=nothing, resource=CONFIG_DIR)


def _set(fly: Fly, name: str, value: Secret, app: str) -> Step[None]:
    """
    Set one secret, which flyctl reads from stdin to the end, white space around it left out.

    Source: flyctl internal/command/secrets/set.go
    """
    if value.value != value.value.strip():
        raise SecretNotEncodable(name, "it has quotes, and white space around it")
    command = fly.command("secrets", "set", f"{name}=-", "--stage", "-a", app, stdin=value)
    return fly.acting("secrets.set", command, parse=nothing, resource=CONFIG_DIR)


def encoded(name: str, value: Secret) -> str | None:
    """
    The line or lines that ``secrets import`` reads as *name* and exactly *value*.

    None if there are none, but ``secrets set`` may still take it.

    Raises:
        SecretNotEncodable: it is too long for either.

    Source: flyctl internal/command/secrets/parser.go
    """
    plain = value.value
    if len(plain.encode()) + len(name) + 8 > LONGEST_LINE:
        raise SecretNotEncodable(name, "it is longer than 64 KiB")
    if '"' not in plain and "\n" not in plain:
        return f'{name}="{plain}"'
    first, *rest = plain.split("\n")
    # The parser cuts the first line at a # behind an even number of quotes, ours included.
    before, comment, _ = first.partition("#")
    is_cut = bool(comment) and before.count('"') % 2 == 1
    ends_early = any(line.endswith('"""') for line in [first, *rest][:-1])
    if is_cut or ends_early or "\r\n" in plain:
        return None
    return f'{name}="""{plain}"""'
