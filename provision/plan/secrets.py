"""What is to be done about the secrets of an app."""

from __future__ import annotations

from collections.abc import Sequence

from provision.fly import secrets
from provision.fly.models import SecretState, SecretStatus
from provision.plan.change import Action, Change
from provision.platform import PlatformApp
from provision.session import Session


def secret_changes(
    session: Session, app: PlatformApp, existing: Sequence[SecretStatus]
) -> tuple[Change, ...]:
    """The secrets that *app* declares and lacks; what they are worth cannot be seen."""
    known = {secret.name for secret in existing}
    missing = [name for name in app.declared.secrets if name not in known]
    return _staging(session, app, missing, Action.CREATE, "declared, and not there")


def secret_refreshes(session: Session, app: PlatformApp) -> tuple[Change, ...]:
    """All secrets of *app* set again, if that was asked for."""
    names = app.declared.secrets if session.refresh_secrets else ()
    return _staging(session, app, names, Action.UPDATE, "asked to be set again")


def staged_secrets(
    session: Session, app: PlatformApp, existing: Sequence[SecretStatus]
) -> tuple[SecretStatus, ...]:
    """What Fly shows of the secrets of *app* once it has all those that it is to get."""
    known = {secret.name: secret for secret in existing}
    for name in app.declared.secrets:
        if session.refresh_secrets or name not in known:
            known[name] = SecretStatus(name, "", SecretState.STAGED)
    return tuple(known[name] for name in sorted(known))


def _staging(
    session: Session, app: PlatformApp, names: Sequence[str], action: Action, reason: str
) -> tuple[Change, ...]:
    values = {name: session.secrets[name] for name in names}
    steps = secrets.staging(session.fly, values, app=app.name)
    return tuple(
        Change(action, f"secrets of {app.name}: {', '.join(each)}", reason, step, app.key)
        for each, step in zip(secrets.together(values), steps, strict=True)
    )
