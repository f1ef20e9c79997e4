"""What the descendants of a child carry, by which they are found wherever they hide."""

from __future__ import annotations

import os
import sys
import time

from attrs import frozen

from procman._process.table import has_environment

if sys.platform == "linux":
    import resource

VARIABLE = "PROCMAN_CHILD"
"""In the environment a process was started with; the marks of all procmans around it."""

SIGN = f"\0{VARIABLE}=".encode()

PATIENCE = 0.02
PAUSE = 0.0001
"""Seconds for an environment that is just being set up, and between two looks at it."""

READ_SIZE = 32768
STRANGERS = 4096

TAGGED = 1 << 62
SERIAL_BITS = 26
TOKEN_BITS = 36


@frozen
class Mark:
    """
    Two signs of one child, both inherited by what it starts.

    A program may be started with a clean environment, but nobody thinks of a limit that only
    bounds real-time scheduling: 146,000 years and some more microseconds bound nothing.

    Attributes:
        name: Unique; the last part of ``PROCMAN_CHILD``, after the marks of procmans around us.
        tag: Unique; the soft ``RLIMIT_RTTIME``, on Linux. Holds one mark, the innermost.
    """

    name: str
    tag: int

    def put_on(self, pid: int) -> None:
        """Give *pid* the tag; the variable it was started with."""
        if sys.platform != "linux":
            return
        try:
            hard = resource.getrlimit(resource.RLIMIT_RTTIME)[1]
            resource.prlimit(pid, resource.RLIMIT_RTTIME, (self.tag, hard))
        except (OSError, ValueError):
            # It became another user's, or a lower hard limit was set: the variable is left.
            return

    def is_on(self, pid: int) -> bool:
        """Whether *pid* carries it in either way."""
        tag = tag_of(pid)
        if tag == self.tag:
            return True
        if tag is not None and self.rules_out(tag):
            return False
        names = _names_on(pid)
        if names and tag is not None and not any(map(marks.is_ours, names)):
            _remember_stranger(tag)
        return self.name in names

    def rules_out(self, tag: int) -> bool:
        """Whether *tag* is of another child of ours, or of a procman that no child of ours runs."""
        token = tag >> SERIAL_BITS
        return tag != self.tag and (token == self.tag >> SERIAL_BITS or token in _strangers)


_strangers: set[int] = set()
"""
The tokens in tags of procmans around us, in none of whose marks we are named.

Many of them may start many children, and each looks like one of ours: in a session of its own.
"""


def _remember_stranger(tag: int) -> None:
    if tag >= TAGGED:
        if len(_strangers) >= STRANGERS:
            _strangers.clear()
        _strangers.add(tag >> SERIAL_BITS)


def _names_on(pid: int) -> list[str]:
    """The marks in the environment it was started with."""
    environment = b"\0" + _environment(pid)
    _, sign, rest = environment.partition(SIGN)
    return rest.partition(b"\0")[0].decode(errors="replace").split(":") if sign else []


def _environment(pid: int) -> bytes:
    """Of a process that we may look into, and empty for any other."""
    deadline = time.monotonic() + PATIENCE
    try:
        while True:
            environment = _read(f"/proc/{pid}/environ")
            if environment or time.monotonic() > deadline or not has_environment(pid):
                return environment
            time.sleep(PAUSE)
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return b""


class Marks:
    """
    Those that the children of this process get; a fork of it gives others.

    Attributes:
        token: What the marks begin with by which the guardian knows whom to end.
    """

    def __init__(self) -> None:
        self._renew()
        self._serial = 0
        os.register_at_fork(after_in_child=self._renew)

    def new(self, *, is_spared: bool = False) -> Mark:
        """One that nobody had before; one that the guardian does not look for if *is_spared*."""
        self._serial += 1
        token, tags = self._spared if is_spared else self._guarded
        tag = tags | self._serial % (1 << SERIAL_BITS)
        return Mark(f"{token}.{self._serial}", tag)

    def is_ours(self, name: str) -> bool:
        """Whether *name* is that of a mark that a child of ours got."""
        return name.startswith((f"{self.token}.", f"{self._spared[0]}."))

    def _renew(self) -> None:
        self.token, spared = _token(), _token()
        self._guarded = (self.token, tags_of(self.token))
        self._spared = (spared, tags_of(spared))


def tags_of(token: str) -> int:
    """The lowest of the tags that go with *token*."""
    number = int(token.rpartition("-")[2], 16) % (1 << TOKEN_BITS)
    return TAGGED | number << SERIAL_BITS


def _read(path: str) -> bytes:
    """All of a file of /proc, at little price: it is read of every stranger."""
    fd = os.open(path, os.O_RDONLY)
    try:
        pieces = [os.read(fd, READ_SIZE)]
        while len(pieces[-1]) == READ_SIZE:
            pieces.append(os.read(fd, READ_SIZE))
        return b"".join(pieces)
    finally:
        os.close(fd)


def _token() -> str:
    return f"{os.getpid()}-{os.urandom(6).hex()}"


if sys.platform == "linux":

    def tag_of(pid: int) -> int | None:
        """What *pid* was tagged with, by whomever; one system call."""
        try:
            return resource.prlimit(pid, resource.RLIMIT_RTTIME)[0]
        except OSError:
            return None

else:

    def tag_of(pid: int) -> int | None:
        """Nothing is tagged on this system."""
        del pid
        return None


marks = Marks()
