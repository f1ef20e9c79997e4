"""
The guardian: ends what a process started when that process dies by SIGKILL.

Run on its own, with the standard library alone: argv is the token that the children's marks
begin with, the file descriptor of a pipe whose other end the parent holds, and that of a file
with the pids of its children, eight bytes each. It waits for the parent's end of the pipe to
close, by whatever death, and then ends every process that is in the group or the session of
one of those children, was tagged by the parent (see ``mark.py``), carries the token in its
environment, or descends from one that does.
"""

from __future__ import annotations

import os
import resource
import signal
import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

MARK = b"PROCMAN_CHILD="
SERIAL_BITS = 26
TOKEN_BITS = 36
GRACE = 0.3
"""Seconds between SIGTERM and SIGKILL."""

PATIENCE = 5.0
"""Seconds after which what is left is left."""

LOOK_AGAIN = 0.01
CHASES = 256
QUIET_LOOKS = 5
"""Looks that must find nothing: a child may just have been on its way to be born."""


def main(token: bytes, lifeline: int, slots: int) -> None:
    """Wait for the parent's end, then clean up behind it."""
    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"):
        signal.signal(getattr(signal, name), signal.SIG_IGN)
    while os.read(lifeline, 1):
        pass
    _end_all(token, _children(slots))


def _children(slots: int) -> set[int]:
    content = os.pread(slots, os.fstat(slots).st_size, 0)
    found = {int.from_bytes(content[i : i + 8], "little") for i in range(0, len(content), 8)}
    return found - {0}


def _end_all(token: bytes, children: set[int]) -> None:
    began = time.monotonic()
    quiet = 0
    while quiet < QUIET_LOOKS and time.monotonic() - began < PATIENCE:
        signum = signal.SIGTERM if time.monotonic() - began < GRACE else signal.SIGKILL
        found = _send_to_all(signum, token, children)
        quiet = 0 if found else quiet + 1
        time.sleep(LOOK_AGAIN)


def _send_to_all(signum: signal.Signals, token: bytes, children: set[int]) -> bool:
    """Whether there was anybody; those born meanwhile included, so that none can run away."""
    if not os.path.isdir("/proc/self"):
        return _send_to_groups(signum, children)
    newest = _newest()
    everybody = [int(name) for name in os.listdir("/proc") if name.isdecimal()]
    found = _send(signum, _descendants(everybody, token, children))
    for _ in range(CHASES):
        before, newest = newest, _newest()
        if newest == before:
            break
        born = _descendants(range(before + 1, newest + 1), token, children)
        found = _send(signum, born) or found
    return found


def _newest() -> int:
    with open("/proc/loadavg", "rb") as file:
        return int(file.read().split()[-1])


def _send(signum: signal.Signals, found: dict[int, int]) -> bool:
    for pid, start in found.items():
        try:
            pidfd = os.pidfd_open(pid)
        except OSError:
            continue
        try:
            # The descriptor names one process for good: is it still the one we saw?
            now = _entry(pid)
            if now is not None and now[3] == start:
                signal.pidfd_send_signal(pidfd, signum)
        except OSError:
            pass
        finally:
            os.close(pidfd)
    return bool(found)


def _send_to_groups(signum: signal.Signals, children: set[int]) -> bool:
    found = False
    for group in children:
        try:
            os.killpg(group, signum)
        except OSError:
            continue
        found = True
    return found


def _descendants(pids: Iterable[int], token: bytes, children: set[int]) -> dict[int, int]:
    """Those of *pids* that are theirs and alive, each with its start."""
    table = {pid: entry for pid in pids if (entry := _entry(pid)) is not None}
    found = {
        pid
        for pid, (_, group, session, _) in table.items()
        if {pid, group, session} & children or _is_tagged(pid, token) or _carries(pid, token)
    }
    grown = True
    while grown:
        heirs = {pid for pid, (parent, *_) in table.items() if parent in found} - found
        found |= heirs
        grown = bool(heirs)
    return {pid: table[pid][3] for pid in found - {os.getpid()}}


def _entry(pid: int) -> tuple[int, int, int, int] | None:
    """Parent, group, session and start of a process that is not a zombie."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            stat = file.read()
    except OSError:
        return None
    state, parent, group, session, *rest = stat[stat.rindex(b")") + 2 :].split()
    if state in b"ZX":
        return None
    return int(parent), int(group), int(session), int(rest[15])


def _is_tagged(pid: int, token: bytes) -> bool:
    tags = 1 << TOKEN_BITS | int(token.rpartition(b"-")[2], 16) % (1 << TOKEN_BITS)
    try:
        return resource.prlimit(pid, resource.RLIMIT_RTTIME)[0] >> SERIAL_BITS == tags
    except OSError:
        return False


def _carries(pid: int, token: bytes) -> bool:
    try:
        with open(f"/proc/{pid}/environ", "rb") as file:
            environment = file.read()
    except OSError:
        return False
    return any(
        variable.startswith(MARK) and b":%s." % token in b":" + variable[len(MARK) :]
        for variable in environment.split(b"\0")
    )


if __name__ == "__main__":
    main(sys.argv[1].encode(), int(sys.argv[2]), int(sys.argv[3]))
