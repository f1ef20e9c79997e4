"""The configuration of an app as Fly knows it: that of its newest release."""

from __future__ import annotations

from provision.local.standin.appconfig.config import AppConfig
from provision.local.standin.failure import Failure, within
from provision.local.standin.requests import machines, releases
from provision.local.standin.session import Session

NOTHING = (
    "failed to grab app config from existing machines, error: could not create a fly.toml from "
    "any machines :-(\nNo machines configured for this app"
)


def remote_config(session: Session, app: str) -> AppConfig:
    """
    Return the configuration of *app*'s newest release.

    Raises:
        Failure: There is no such app, or it never had a release.
    """
    try:
        release = releases.current(session.api, app, releases.CURRENT_CONFIG)
    except Failure:
        # flyctl then asks for the machines, and tells what comes of that.
        release = None
    if release is None:
        try:
            machines.active(session.api, app, failing="failed to list VMs")
        except Failure as failure:
            raise within(f"error listing active machines for {app} app", failure) from None
        raise Failure(NOTHING)
    config = AppConfig(release.config)
    config.document["app"] = app
    return config
