"""The file of the local Fly that is named on the command line."""

from __future__ import annotations

from pathlib import Path

from provision.cli.options import LOCAL_WORLD
from provision.errors import PreconditionFailed
from provision.local.world import NotAWorld, World, create_world


def open_world(path: Path) -> World:
    """
    The world at *path*, made where there is none.

    Raises:
        PreconditionFailed: the file is something else, or cannot be made.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return create_world(path)
    except NotAWorld as error:
        raise PreconditionFailed(f"{error.path}: {error.reason}", error.hint) from error
    except OSError as error:
        message = f"there can be no local Fly at {path}: {error.strerror}"
        raise PreconditionFailed(message, "give another path") from error


def refuse_missing_world(path: Path, hint: str) -> None:
    """
    Refuse a file that was named and is not there: the name may be mistyped.

    Raises:
        PreconditionFailed: there is none; *hint* says what to do.
    """
    if path != LOCAL_WORLD and not path.exists():
        raise PreconditionFailed(f"there is no local Fly at {path}", hint)
