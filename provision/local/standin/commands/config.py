"""`fly config`."""

from __future__ import annotations

from provision.local.standin.failure import Failure
from provision.local.standin.grammar import OF_APP, Command, Effect, Flag, Group
from provision.local.standin.session import Session
from provision.local.standin.target import local_config, named_app


def _show(session: Session) -> None:
    from provision.local.standin.appconfig.shown import shown  # noqa: PLC0415 - only here
    from provision.local.standin.requests.definition import remote_config  # noqa: PLC0415

    config = local_config(session)
    app = named_app(session, config)
    if not session.is_on("local"):
        config = remote_config(session, app)
    if config is None:
        raise Failure("No local fly.toml found")
    session.say(shown(config.document), end="")


def _validate(session: Session) -> None:
    from provision.local.standin.appconfig.strict import unrecognized  # noqa: PLC0415
    from provision.local.standin.appconfig.validate import NOT_VALID, Verdict  # noqa: PLC0415
    from provision.local.standin.requests.definition import remote_config  # noqa: PLC0415

    config = local_config(session)
    app = named_app(session, config)
    if config is None:
        config = remote_config(session, app)
    is_strict = session.is_on("strict")
    if is_strict and config.raw is None:
        raise Failure(f"failed to load config for strict validation: {config.problem}")
    if config.problem:
        raise Failure(config.problem)
    verdict = Verdict(config)
    session.say(verdict.text)
    unknown = unrecognized(config.raw or {}) if is_strict else []
    if unknown:
        listed = "\n".join(f"  - {each}" for each in unknown)
        session.say(f"\nStrict validation found unrecognised sections or keys:\n{listed}\n\n")
    if not verdict.is_valid:
        raise Failure(NOT_VALID)
    if unknown:
        raise Failure("strict validation failed")


COMMAND = Group(
    "config",
    (
        Command(
            "show",
            _show,
            (
                *OF_APP,
                Flag("local"),
                Flag("toml", effect=Effect.MISSING),
                Flag("yaml", effect=Effect.MISSING),
            ),
            most=0,
            aliases=("display",),
        ),
        Command("validate", _validate, (*OF_APP, Flag("strict", "s")), most=0),
    ),
    elsewhere=("env", "save"),
)
