"""Requests about secrets."""

from __future__ import annotations

from collections.abc import Mapping

from provision.local.standin.api import Api
from provision.local.world import secrets
from provision.local.world.operations import Operation
from provision.local.world.secrets import AppSecret


def list_(api: Api, app: str) -> tuple[AppSecret, ...]:
    """Return the secrets of *app*, by name."""
    return api.flaps(
        Operation.SECRETS_LIST,
        f"GET /v1/apps/{app}/secrets",
        lambda: secrets.list_(api.world, app),
        app=app,
        failing="failed to list app secrets",
    )


def set_(api: Api, app: str, values: Mapping[str, str | None]) -> int:
    """Set secrets of *app*, None takes one away; return the new version."""
    return api.flaps(
        Operation.SECRETS_SET,
        f"POST /v1/apps/{app}/secrets",
        lambda: secrets.set_(api.world, app, values),
        app=app,
        failing="update secrets: failed to update app secrets",
    )
