"""Progress as flyctl writes it where there is no terminal: each step a line of its own."""

from __future__ import annotations

from provision.local.standin.session import Session

RUNNING, SUCCEEDED, FAILED = ">", "✔", "✖"
INFO, WARN = "\x1b[2mINFO\x1b[0m", "\x1b[33mWARN\x1b[0m"


class Line:
    """
    One of several things in progress.

    Args:
        session: Where it is written.
        index: Which one, from 0.
        total: Of how many; one alone is not numbered.
    """

    def __init__(self, session: Session, index: int = 0, total: int = 1) -> None:
        self._session = session
        width = len(str(total))
        self._number = f" [{index + 1:0{width}d}/{total}]" if total > 1 else ""
        self._mark = RUNNING

    def log(self, text: str) -> None:
        """Say *text*, with the mark that was last set."""
        self._session.say(f"{self._mark}{self._number} {text}")

    def running(self, text: str) -> None:
        """Say that *text* has begun."""
        self._mark = RUNNING
        self.log(text)

    def succeeded(self, text: str) -> None:
        """Say that *text* went well."""
        self._mark = SUCCEEDED
        self.log(text)

    def failed(self, text: str) -> None:
        """Say that *text* went wrong; only its first line."""
        self._mark = FAILED
        self.log(text.partition("\n")[0])


def warn(session: Session, text: str) -> None:
    """Say *text* as a warning; flyctl does so on stdout."""
    session.say(f"{WARN} {text}")
