"""What ends a command with an error, and how flyctl prints it."""

from __future__ import annotations

from collections.abc import Sequence

from provision.local.world.hints import TypeVar

NOT_MODELLED = 2
"""The exit code for what flyctl would do and the stand-in cannot; flyctl itself ends so too, but
only when it panics."""


class Failure(Exception):
    """
    Raised where flyctl ends with ``Error: …``.

    Attributes:
        message: The sentence after ``Error: ``.
        suggestion: A line of advice under it.
        description: More about it, above the advice.
        request_id: The id of the request that was refused, or "".
        trace_id: The id of the trace it belongs to, or "".
        status: The HTTP status of the answer; 0 where there was none.
        exit_code: 1; 0 where Fly says that nothing had changed, 2 for what is not modelled.
    """

    def __init__(
        self,
        message: str,
        *,
        suggestion: str = "",
        description: str = "",
        request_id: str = "",
        status: int = 0,
        exit_code: int = 1,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.suggestion = suggestion
        self.description = description
        self.request_id = request_id
        self.trace_id = ""
        self.status = status
        self.exit_code = exit_code

    def __str__(self) -> str:
        return self.message

    def text(self) -> str:
        """Return all of it, as it stands on stderr."""
        ids = f" (Request ID: {self.request_id})" if self.request_id else ""
        ids += f" (Trace ID: {self.trace_id})" if self.trace_id else ""
        parts = [f"Error: {self.message}{ids}\n"]
        parts += [f"{part}\n\n" for part in (self.description, self.suggestion) if part]
        return "".join(parts)


class Interrupted(BaseException):
    """Raised wherever the command is when SIGINT or SIGTERM arrives; it ends with 127."""


def together(failures: Sequence[Failure]) -> Failure:
    """Return one failure that says what all of several say; the rest of it is the first one's."""
    first = failures[0]
    first.message = "\n".join(each.message for each in failures)
    return first


Error = TypeVar("Error", bound=Failure)


def within(prefix: str, error: Error) -> Error:
    """Return *error* with *prefix* and a colon before its message."""
    error.message = f"{prefix}: {error.message}"
    return error


def not_modelled(what: str) -> Failure:
    """Return the failure of *what* flyctl does and the stand-in cannot."""
    return Failure(
        f"the local Fly does not know `{what}`, though flyctl does; run it against the real Fly",
        exit_code=NOT_MODELLED,
    )


def not_interactive(what: str) -> Failure:
    """Return the failure of a question that nobody is there to answer."""
    return Failure(f"{what} must be specified when not running interactively")
