"""Which app a command is about: by flag, by environment, or by the configuration file."""

from __future__ import annotations

import os

from provision.local.standin.failure import Failure
from provision.local.standin.session import Session
from provision.local.world.hints import TYPE_CHECKING

if TYPE_CHECKING:
    from provision.local.standin.appconfig.config import AppConfig

DEFAULT_FILES = ("fly.toml", "fly.json", "fly.yaml")
NO_APP = (
    "the config for your app is missing an app name, add an app field to the fly.toml file or "
    "specify with the -a flag"
)


def app_name(session: Session) -> str:
    """
    Return the name of the app; the file named with ``-c`` is read even where ``-a`` is given.

    Raises:
        Failure: No app is named anywhere, or the file cannot be read.
    """
    return named_app(session, local_config(session))


def name_if_any(session: Session) -> str:
    """
    Return the name of the app, or "" where none is named.

    Raises:
        Failure: The file cannot be read.
    """
    config = local_config(session)
    by_file = config.app_name if config else ""
    return session.flag("app") or session.env.get("FLY_APP", "") or by_file


def named_app(session: Session, config: AppConfig | None) -> str:
    """Return the name of the app where the file is read already."""
    name = session.flag("app") or session.env.get("FLY_APP", "")
    if not name and config is not None:
        name = config.app_name
    if not name:
        raise Failure(NO_APP)
    return name


def local_config(session: Session) -> AppConfig | None:
    """
    Return the configuration file of this folder, or the one named with ``-c``.

    Raises:
        Failure: It is named and missing, or it is no configuration at all.
    """
    path = _path(session)
    if path is None:
        return None
    from provision.local.standin.appconfig.config import load  # noqa: PLC0415 - reading TOML costs a command 15 ms

    config = load(path)
    if config.problem:
        session.note(
            f"\x1b[33mWARN\x1b[0m WARNING the config file at '{path}' is not valid: "
            f"{config.problem}"
        )
    return config


def _path(session: Session) -> str | None:
    named = session.flag("config")
    if not named:
        found = (name for name in DEFAULT_FILES if os.path.exists(name))  # noqa: PTH110 - as above
        first = next(found, None)
        return first and os.path.abspath(first)  # noqa: PTH100
    if not os.path.exists(named):  # noqa: PTH110
        also = os.path.normpath(os.path.join(named, "fly.toml"))  # noqa: PTH118
        raise Failure(f"config file not found at specified path: {named} (also tried: {also})")
    return named
