"""What is to be seen without asking Fly: Python, packages, the token, curl, and containment."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from importlib.util import find_spec

from packaging.version import Version

from procman import Containment, Run
from provision.credentials import TOKEN_VARIABLES, is_macaroon, token_in, unset_variables
from provision.curl import OLDEST, Curl
from provision.doctor.examined import Examined, Verdict, of_error
from provision.errors import ProvisionError
from provision.manifest import Manifest

EXTRA = ("graphql", "starlette", "uvicorn")
"""What the extra ``local`` brings."""

INSTALL_EXTRA = "pip install 'fly-provision[local]'"


def machine() -> Examined:
    """Python and the operating system."""
    found = f"{platform.python_version()} on {platform.system()} {platform.machine()}"
    return Examined("python", Verdict.GOOD, found)


def missing_packages() -> list[str]:
    """Those of the extra ``local`` that are not installed."""
    return [name for name in EXTRA if find_spec(name) is None]


def extra(*, is_needed: bool) -> Examined:
    """Whether the extra ``local`` is installed: what a real flyctl needs of the local Fly."""
    missing = missing_packages()
    if not missing:
        return Examined("extra local", Verdict.GOOD, "installed")
    verdict = Verdict.BAD if is_needed else Verdict.GOOD
    found = f"not installed (no {', '.join(missing)}); only a real flyctl on the local Fly needs it"
    return Examined("extra local", verdict, found, INSTALL_EXTRA if is_needed else "")


def token(environ: Mapping[str, str]) -> Examined:
    """The token in *environ*: which variables hold it, and what kind it is by its shape."""
    try:
        found = token_in(environ)
    except ProvisionError as error:
        return of_error("token", error)
    if found is None:
        hint = f"set {TOKEN_VARIABLES[0]} to a token: fly tokens create org"
        return Examined("token", Verdict.BAD, f"none in {' or '.join(TOKEN_VARIABLES)}", hint)
    names = " and ".join(name for name in TOKEN_VARIABLES if environ.get(name))
    return Examined("token", Verdict.GOOD, f"{kind_of(found.value)} in {names}")


def secrets(manifest: Manifest, environ: Mapping[str, str]) -> Examined:
    """Whether the variables that hold the secrets of *manifest* have values."""
    if unset := unset_variables(manifest, environ):
        hint = "set each of them to a value that is not empty"
        return Examined("secrets", Verdict.BAD, f"not set: {', '.join(unset)}", hint)
    return Examined("secrets", Verdict.GOOD, "all have a value")


def curl(called: Curl, version: Version) -> Examined:
    """What apps are probed with: it was asked for its *version*, which is one that will do."""
    found = f"{version} at {called.executable}; {OLDEST} or newer will do"
    return Examined("curl", Verdict.GOOD, found)


def kind_of(token: str) -> str:
    """
    What kind of *token* it is, as far as its shape tells.

    Source: fly-go tokens/tokens.go
    """
    if is_macaroon(token):
        return "a macaroon (of an organization, an app, or to read: its shape does not tell)"
    parts = [part.removeprefix("FlyV1 ").strip() for part in token.split(",")]
    if any(part.startswith("fo1_") for part in parts):
        return "a person's token"
    return "an opaque token"


def containment(run: Run) -> Examined:
    """What becomes of children like those of *run* should the program be killed."""
    attempts = [a for job in run.jobs for step in job.steps for a in step.attempts]
    found = {a.output.containment for a in attempts if a.output is not None}
    if not found:
        return Examined("containment", Verdict.UNKNOWN, "no child was started")
    if found == {Containment.NONE.value}:
        return Examined("containment", Verdict.GOOD, "none: children outlive a run that is killed")
    return Examined(
        "containment", Verdict.GOOD, f"{', '.join(sorted(found))}: no child outlives a run"
    )
