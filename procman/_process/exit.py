"""A file descriptor that tells when a child ended."""

from __future__ import annotations

import os
import sys
import threading

if sys.platform == "linux":

    def exit_descriptor(pid: int) -> int:
        """Readable once the child *pid* ended; it is not reaped."""
        return os.pidfd_open(pid)

else:

    def exit_descriptor(pid: int) -> int:
        """Readable once the child *pid* ended; it is not reaped."""
        readable, writable = os.pipe()

        def wait() -> None:
            os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
            os.close(writable)

        threading.Thread(target=wait, name=f"procman-wait-{pid}", daemon=True).start()
        return readable
