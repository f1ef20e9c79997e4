"""The token and the values of secrets, out of the environment and into `Secret`s at once."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import field, frozen

from procman import Secret
from provision.errors import MissingCredentials, PreconditionFailed
from provision.manifest import Manifest

TOKEN_VARIABLES = ("FLY_API_TOKEN", "FLY_ACCESS_TOKEN")

LOCAL_TOKEN = Secret("local-fly")
"""The token of a rehearsal; the local Fly takes any."""


def is_macaroon(token: str) -> bool:
    """
    Whether *token* is one that says itself what it may do, by its shape.

    Source: fly-go tokens/tokens.go
    """
    parts = (part.removeprefix("FlyV1 ").strip() for part in token.split(","))
    return any(part.startswith(("fm1r_", "fm1a_", "fm2_")) for part in parts)


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


def credentials(
    manifest: Manifest, environ: Mapping[str, str], *, sets_secrets: bool
) -> Credentials:
    """
    Everything *manifest* needs, from *environ*.

    Args:
        manifest: What is asked for.
        environ: Variables by name.
        sets_secrets: Whether values of secrets are needed, besides the token.

    Raises:
        MissingCredentials: some are missing or empty; all of their variables are named.
        PreconditionFailed: both variables for the token are set, and they differ.
    """
    token = token_in(environ)
    values = _secrets(manifest, environ) if sets_secrets else {}
    missing = [
        *([" or ".join(TOKEN_VARIABLES)] if token is None else []),
        *(unset_variables(manifest, environ) if sets_secrets else ()),
    ]
    if token is None or missing:
        raise MissingCredentials(missing)
    return Credentials(token, {name: value for name, value in values.items() if value})


def rehearsal_credentials(
    manifest: Manifest, environ: Mapping[str, str], *, sets_secrets: bool
) -> Credentials:
    """What the local Fly is content with; a real token in *environ* is never touched."""
    values = _secrets(manifest, environ) if sets_secrets else {}
    return Credentials(
        LOCAL_TOKEN,
        {name: value or Secret(f"stand-in for {name}") for name, value in values.items()},
        tuple(name for name, value in values.items() if value is None),
    )


def token_in(environ: Mapping[str, str]) -> Secret | None:
    """
    The token in *environ*; None if there is none.

    Raises:
        PreconditionFailed: both variables for the token are set, and they differ.
    """
    found = {environ[name] for name in TOKEN_VARIABLES if environ.get(name)}
    if len(found) > 1:
        raise PreconditionFailed(
            f"{' and '.join(TOKEN_VARIABLES)} are both set, and differ", "unset one of them"
        )
    return Secret(found.pop()) if found else None


def unset_variables(manifest: Manifest, environ: Mapping[str, str]) -> tuple[str, ...]:
    """The variables that hold no value for a secret that an app of *manifest* uses."""
    values = _secrets(manifest, environ)
    return tuple(manifest.secrets[name].variable for name, value in values.items() if value is None)


def _secrets(manifest: Manifest, environ: Mapping[str, str]) -> dict[str, Secret | None]:
    """Of every secret that an app uses; None for one that is missing or empty."""
    used = dict.fromkeys(name for app in manifest.apps.values() for name in app.secrets)
    values = {name: environ.get(manifest.secrets[name].variable) for name in used}
    return {name: Secret(value) if value else None for name, value in values.items()}
