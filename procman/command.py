"""What to run, as a value: building one runs nothing."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path
from signal import SIGTERM, Signals
from types import MappingProxyType

from attrs import Attribute, evolve, field, frozen

from procman._plain import printable
from procman.secret import REDACTED, Redactor, Secret, redactor_of


@frozen
class Stop:
    """
    How a child and all its descendants are ended.

    Attributes:
        signals: The signals sent in turn, each with the seconds the tree is given to obey.
        kill: Seconds SIGKILL is given before what is left is called unkillable.
        spares_daemons: Whether descendants that outlive the child live on when it came to its
            own end, and if we are killed: the daemon that it was to start, say.
    """

    signals: tuple[tuple[Signals, float], ...] = ((SIGTERM, 5.0),)
    kill: float = 5.0
    spares_daemons: bool = False


def _argv(parts: tuple[str | bytes | os.PathLike[str], ...]) -> tuple[str, ...]:
    return tuple(os.fsdecode(part) for part in parts)


def _env(env: Mapping[str, str | Secret | None]) -> Mapping[str, str | Secret | None]:
    return MappingProxyType(dict(env))


def _stdin(stdin: str | bytes | Secret | None) -> bytes | Secret | None:
    return stdin.encode() if isinstance(stdin, str) else stdin


def _secrets(secrets: Iterable[Secret]) -> tuple[Secret, ...]:
    return tuple(secrets)


@frozen(hash=False, repr=False)
class Command:
    """
    A program and its arguments; no shell is involved.

    Attributes:
        argv: The program, looked up on the child's ``PATH`` unless it has a slash, and its
            arguments. Bytes that are not UTF-8 are kept as surrogate escapes (`os.fsdecode`).
        env: Changes to the environment: a value sets, None removes.
        inherit_env: Whether the child starts from our own environment or from an empty one.
            Either way it also gets ``PROCMAN_CHILD``, by which its descendants are found.
        cwd: Working directory; ours if None.
        stdin: What the child reads; at once at end of file if None. A str is sent as UTF-8.
        stop: How it is ended when a limit is reached or its step is cancelled.
        pass_fds: File descriptors the child inherits besides the standard three.
        guarded: Whether it is ended, with its descendants, if we are killed by SIGKILL.
        secrets: What else it may print that must not be seen; the secrets in env and stdin are
            known by themselves.

    Raises:
        ValueError: argv is empty, or there is a NUL byte or a name that cannot be in it.
    """

    argv: tuple[str, ...] = field(converter=_argv)
    env: Mapping[str, str | Secret | None] = field(factory=dict, converter=_env, kw_only=True)
    inherit_env: bool = field(default=True, kw_only=True)
    cwd: Path | None = field(default=None, kw_only=True)
    stdin: bytes | Secret | None = field(default=None, converter=_stdin, kw_only=True)
    stop: Stop = field(default=Stop(), kw_only=True)
    pass_fds: tuple[int, ...] = field(default=(), kw_only=True)
    guarded: bool = field(default=True, kw_only=True)
    secrets: tuple[Secret, ...] = field(default=(), converter=_secrets, kw_only=True)

    @argv.validator
    def _check_argv(self, _: Attribute[tuple[str, ...]], argv: tuple[str, ...]) -> None:
        if not argv or not argv[0]:
            raise ValueError("a command needs a program")
        for part in argv:
            _refuse_nul("argv", part)

    @env.validator
    def _check_env(
        self,
        _: Attribute[Mapping[str, str | Secret | None]],
        env: Mapping[str, str | Secret | None],
    ) -> None:
        for name, value in env.items():
            if not name or "=" in name:
                raise ValueError(f"not the name of an environment variable: {name!r}")
            _refuse_nul("env", name)
            _refuse_nul(f"env {name}", value.value if isinstance(value, Secret) else value)

    @cwd.validator
    def _check_cwd(self, _: Attribute[Path | None], cwd: Path | None) -> None:
        _refuse_nul("cwd", None if cwd is None else os.fspath(cwd))

    @property
    def program(self) -> str:
        """The first of argv."""
        return self.argv[0]

    @property
    def place(self) -> str:
        """Its working directory without secrets; "" if it is ours."""
        return "" if self.cwd is None else self.redactor.clean_text(str(self.cwd))

    @cached_property
    def redactor(self) -> Redactor:
        """Knows its secrets."""
        return redactor_of((*self.env.values(), self.stdin, *self.secrets))

    def environment(self) -> dict[str, str]:
        """The whole environment of the child, without ``PROCMAN_CHILD``; secrets in clear."""
        environment = dict(os.environ) if self.inherit_env else {}
        for name, value in self.env.items():
            if value is None:
                environment.pop(name, None)
            else:
                environment[name] = value.value if isinstance(value, Secret) else value
        return environment

    def with_env(self, env: Mapping[str, str | Secret | None]) -> Command:
        """The same command with further changes to its environment."""
        return evolve(self, env={**self.env, **env})

    def with_descriptors(self, *fds: int) -> Command:
        """The same command with further file descriptors to inherit."""
        return evolve(self, pass_fds=(*self.pass_fds, *fds))

    def __repr__(self) -> str:
        where = f", cwd={self.place!r}" if self.place else ""
        return f"Command({str(self)!r}{where})"

    def __str__(self) -> str:
        """As one would type it, on one line; control characters and stray bytes escaped."""
        return self._line

    @cached_property
    def _line(self) -> str:
        # An argument at a time: quoting changes how a secret is spelled.
        clean = self.redactor.clean_text
        line = clean(" ".join(_quoted(clean(part)) for part in self.argv))
        if line.isprintable():
            return line
        return printable(line)


def command(
    *argv: str | bytes | os.PathLike[str],
    env: Mapping[str, str | Secret | None] | None = None,
    inherit_env: bool = True,
    cwd: Path | str | None = None,
    stdin: str | bytes | Secret | None = None,
    stop: Stop | None = None,
    pass_fds: tuple[int, ...] = (),
    guarded: bool = True,
    secrets: Iterable[Secret] = (),
) -> Command:
    """
    A `Command`, its program and arguments spelled one after another.

    ``command("pg_dump", "-Fc", "shop", env={"PGPASSWORD": Secret("…")})``
    """
    return Command(
        argv,
        env=env or {},
        inherit_env=inherit_env,
        cwd=None if cwd is None else Path(cwd),
        stdin=stdin,
        stop=stop or Stop(),
        pass_fds=pass_fds,
        guarded=guarded,
        secrets=secrets,
    )


def _quoted(part: str) -> str:
    # The brackets of [redacted] need no quotes to be read.
    bare = part.replace(REDACTED, "redacted")
    return part if shlex.quote(bare) == bare else shlex.quote(part)


def _refuse_nul(where: str, value: str | None) -> None:
    if value is not None and "\0" in value:
        raise ValueError(f"{where}: a NUL byte cannot be passed to a program")
