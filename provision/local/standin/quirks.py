"""What flyctl itself may do wrong, when a world is told so."""

from __future__ import annotations

from provision.local.standin.failure import Failure
from provision.local.world import World
from provision.local.world.clock import sleep
from provision.local.world.faults import Mark, marked
from provision.local.world.hints import Any
from provision.local.world.later import json

PANIC = (
    "panic: runtime error: invalid memory address or nil pointer dereference\n"
    "[signal SIGSEGV: segmentation violation]\n\ngoroutine 1 [running]:\nmain.main()\n"
)
QUESTION = "? Do you want to continue? (y/N) "
ETERNITY_SECONDS = 3600.0
DEADLINE_EXIT_CODE = 126


class Panic(BaseException):
    """Raised where flyctl panics."""


class Quirks:
    """
    The quirks of one run.

    Args:
        world: What is told.
        app: The app that flags or environment name, if they do.
    """

    def __init__(self, world: World, app: str | None) -> None:
        self._world = world
        self._app = app
        self._reshapes = self._told(Mark.SHAPE_CHANGED) is not None

    def noise(self) -> str:
        """Return what is printed before anything else."""
        noise = self._told(Mark.STRANGE_OUTPUT)
        return "" if noise is None else f"{noise}\n"

    def before(self) -> None:
        """
        Do what happens before a command that speaks to Fly.

        Raises:
            Panic: flyctl panics.
            Failure: It runs out of time.
        """
        if self._told(Mark.CLIENT_PANICS) is not None:
            raise Panic
        if self._told(Mark.CLIENT_DEADLINE) is not None:
            raise Failure("context deadline exceeded", exit_code=DEADLINE_EXIT_CODE)

    def asks(self) -> bool:
        """Return whether flyctl asks a question first."""
        return self._told(Mark.CLIENT_PROMPTS) is not None

    def after_deploy(self, app: str) -> None:
        """
        Do what happens after a deploy of *app* is done.

        Raises:
            Failure: It fails all the same.
        """
        fault = marked(self._world, Mark.CLIENT_FAILS_AT_END, app)
        if fault is not None:
            raise Failure(fault.message)
        if marked(self._world, Mark.CLIENT_HANGS_AT_END, app) is not None:
            wait_for_ever()

    def reshaped(self, text: str) -> str:
        """Return *text*, with other keys if it is JSON and flyctl has changed its shape."""
        if not self._reshapes or not text.startswith(("{", "[")):
            return text
        try:
            document = json.loads(text)
        except ValueError:
            return text
        return json.dumps(_renamed(document), indent=4) + "\n"

    def _told(self, mark: Mark) -> str | None:
        fault = marked(self._world, mark, self._app)
        return None if fault is None else fault.message


def wait_for_ever() -> None:
    """Wait, by our clock, until somebody ends this."""
    sleep(ETERNITY_SECONDS)


def _renamed(document: Any) -> Any:
    if isinstance(document, list):
        return [_renamed(each) for each in document]
    if isinstance(document, dict):
        return {f"{key}V2": _renamed(value) for key, value in document.items()}
    return document
