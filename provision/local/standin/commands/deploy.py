"""`fly deploy`."""

from __future__ import annotations

import os

from provision.local.standin.appconfig import services
from provision.local.standin.appconfig.config import AppConfig
from provision.local.standin.appconfig.validate import NOT_VALID, Verdict
from provision.local.standin.commands.deploy_flags import FLAGS
from provision.local.standin.deploy.image import find_image
from provision.local.standin.deploy.plan import Plan
from provision.local.standin.deploy.progress import INFO
from provision.local.standin.deploy.run import deploy
from provision.local.standin.deploy.settings import (
    DEFAULT_LEASE_SECONDS,
    DEFAULT_WAIT_SECONDS,
    Addresses,
    Settings,
    addresses,
    from_flags,
    pairs,
)
from provision.local.standin.failure import Failure
from provision.local.standin.grammar import Command
from provision.local.standin.requests import apps
from provision.local.standin.requests.definition import remote_config
from provision.local.standin.session import Session
from provision.local.standin.target import local_config, named_app
from provision.local.world.hints import Any

SENSITIVE = ("KEY", "PRIVATE", "DATABASE_URL", "PASSWORD", "SECRET")
NOT_SENSITIVE = {"AWS_ACCESS_KEY_ID", "TIGRIS_ACCESS_KEY_ID"}
WARN = "\x1b[33mWARN\x1b[0m"


def _deploy(session: Session) -> None:
    session.api.trace_id = os.urandom(16).hex()
    if session.argument:
        _enter(session.argument)
    local = local_config(session)
    app = named_app(session, local)
    config = _verified(session, app, local)
    found = apps.get(session.api, app)
    _warn_of_secrets(session, config)
    image = find_image(session, found, config)
    if session.is_on("build-only"):
        return
    session.say(f"\nWatch your deployment at https://fly.io/apps/{app}/monitoring\n")
    settings = from_flags(session)
    _apply(config, settings)
    _check_again(session, config)
    _say_limits(session, settings)
    deploy(Plan(session, found, config, settings, image.ref))
    _say_where(session, config)
    session.quirks.after_deploy(app)


def _enter(folder: str) -> None:
    try:
        os.chdir(folder)
    except OSError as error:
        reason = (error.strerror or "").lower()
        raise Failure(f"failed changing working directory: chdir {folder}: {reason}") from None


def _verified(session: Session, app: str, local: AppConfig | None) -> AppConfig:
    session.note("==> Verifying app config")
    config = local or remote_config(session, app)
    env = pairs(session.all("env"), "failed parsing environment")
    if env:
        config.set_("env", {**config.section("env"), **env})
    if not config.problem:
        config.set_("app", app)
    verdict = Verdict(config)
    session.say(verdict.text, end="")
    if not verdict.is_valid:
        raise Failure(NOT_VALID)
    _warn_of_share(session, config.section("deploy"))
    session.note("--> Verified app config")
    return config


def _warn_of_share(session: Session, section: dict[str, Any]) -> None:
    strategy = section.get("strategy", "")
    if "max_unavailable" in section and strategy not in {"rolling", "canary"}:
        session.say(f"Warning: max-unavailable set for non-rolling strategy '{strategy}', ignoring")


def _warn_of_secrets(session: Session, config: AppConfig) -> None:
    for name in config.section("env"):
        if name not in NOT_SENSITIVE and any(each in name for each in SENSITIVE):
            session.note(
                f"{WARN} {name} may be a potentially sensitive environment variable. Consider "
                "setting it as a secret, and removing it from the [env] section: "
                "https://fly.io/docs/apps/secrets/\n"
            )


def _apply(config: AppConfig, settings: Settings) -> None:
    if settings.strategy:
        config.set_("deploy", {**config.section("deploy"), "strategy": settings.strategy})
    if settings.max_unavailable is not None:
        unavailable = {"max_unavailable": settings.max_unavailable}
        config.set_("deploy", config.section("deploy") | unavailable)
    if settings.primary_region:
        config.set_("primary_region", settings.primary_region)


def _check_again(session: Session, config: AppConfig) -> None:
    # What flags have changed may not go together; this time flyctl speaks on stderr.
    verdict = Verdict(config)
    if not verdict.is_valid:
        session.note(verdict.text, end="")
        raise Failure(NOT_VALID)


def _say_limits(session: Session, settings: Settings) -> None:
    from provision.local.standin.appconfig import durations  # noqa: PLC0415 - hardly ever needed

    wait, lease = settings.wait_seconds, settings.lease_seconds
    if (wait, lease) == (DEFAULT_WAIT_SECONDS, DEFAULT_LEASE_SECONDS):
        return
    limits = (wait, lease, (lease - 1) / 3)
    shown = [durations.show(round(limit * 10**9)) for limit in limits]
    session.say(
        f"{INFO} Using wait timeout: {shown[0]} lease timeout: {shown[1]} delay between lease "
        f"refreshes: {shown[2]}\n"
    )


def _say_where(session: Session, config: AppConfig) -> None:
    # By the flags, whatever addresses the app really has.
    wanted = addresses(session)
    url = services.url(config)
    if wanted == Addresses.PUBLIC and url:
        session.say(f"\nVisit your newly deployed app at {url}\n")
    elif wanted == Addresses.PRIVATE:
        session.say(
            "\nYour your newly deployed app is available in the organizations' private network "
            f"under http://{config.app_name}.flycast"
        )
    elif wanted == Addresses.NONE:
        session.say("\nYour app is deployed but does not have a public or private IP address")


COMMAND = Command("deploy", _deploy, FLAGS, "[WORKING_DIRECTORY]", most=1)
