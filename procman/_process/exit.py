"""A file descriptor that tells when a child ended."""

from __future__ import annotations

import os
import sys
import threading

if sys.platform == "linux":

    def exit_descriptor(pid: int) -> int:
        """Readable once the child *pid* ended; it is not reaped."""
        try:
            return os.pidfd_open(pid)
        except ProcessLookupError:
            # Somebody else reaped it already, the kernel itself where SIGCHLD is ignored.
            return _readable_at_once()

    def _readable_at_once() -> int:
        readable, writable = os.pipe()
        os.close(writable)
        return readable

else:

    def exit_descriptor(pid: int) -> int:
        """Readable once the child *pid* ended; it is not reaped."""
        readable, writable = os.pipe()

        def wait() -> None:
            os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
            os.close(writable)

        threading.Thread(target=wait, name=f"procman-wait-{pid}", daemon=True).start()
        return readable
