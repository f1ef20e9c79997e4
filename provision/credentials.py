"""The token and the values of secrets, out of the environment and into `Secret`s at once."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import field, frozen

from procman import Secret
from provision.errors import MissingCredentials, PreconditionFailed
from provision.manifest import Manifest

TOKEN_VARIABLES = ("FLY_API_TOKEN", "FLY_ACCESS_TOKEN")


@frozen
class Credentials:
    """
    What a run may not say aloud.

    Attributes:
        token: Of Fly.
        secrets: Values by the names they have on Fly.
        stand_ins: The names of those that got a stand-in value; only in a rehearsal.
    """

    token: Secret
    secrets: Mapping[str, Secret] = field(factory=dict)
    stand_ins: tuple[str, ...] = ()


def credentials(manifest: Manifest, environ: Mapping[str, str]) -> Credentials:
    """
    Everything *manifest* needs, from *environ*.

    Raises:
        MissingCredentials: some are missing or empty; all of their variables are named.
        PreconditionFailed: both variables for the token are set, and they differ.
    """
    token = _token(environ)
    values = _secrets(manifest, environ)
    missing = [
        *([" or ".join(TOKEN_VARIABLES)] if token is None else []),
        *(manifest.secrets[name].variable for name, value in values.items() if value is None),
    ]
    if token is None or missing:
        raise MissingCredentials(missing)
    return Credentials(token, {name: value for name, value in values.items() if value})


def rehearsal_credentials(manifest: Manifest, environ: Mapping[str, str]) -> Credentials:
    """What the local Fly is content with; a real token in *environ* is never touched."""
    values = _secrets(manifest, environ)
    return Credentials(
        Secret("local-fly"),
        {name: value or Secret(f"stand-in for {name}") for name, value in values.items()},
        tuple(name for name, value in values.items() if value is None),
    )


def _token(environ: Mapping[str, str]) -> Secret | None:
    found = {environ[name] for name in TOKEN_VARIABLES if environ.get(name)}
    if len(found) > 1:
        raise PreconditionFailed(
            f"{' and '.join(TOKEN_VARIABLES)} are both set, and differ", "unset one of them"
        )
    return Secret(found.pop()) if found else None


def _secrets(manifest: Manifest, environ: Mapping[str, str]) -> dict[str, Secret | None]:
    """Of every secret that an app uses; None for one that is missing or empty."""
    used = dict.fromkeys(name for app in manifest.apps.values() for name in app.secrets)
    values = {name: environ.get(manifest.secrets[name].variable) for name in used}
    return {name: Secret(value) if value else None for name, value in values.items()}
