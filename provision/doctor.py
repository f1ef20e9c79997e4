"""Looks at everything a run needs, and tells all that is wrong with it; nothing is changed."""

from __future__ import annotations

import enum
import platform
from collections.abc import Mapping
from functools import partial
from importlib.util import find_spec

from attrs import frozen
from packaging.version import Version

from procman import Containment, Context, Run, StepError, Workflow
from provision.credentials import TOKEN_VARIABLES, is_macaroon, token_in, unset_variables
from provision.curl import OLDEST, Curl
from provision.errors import ExitCode, ProvisionError
from provision.fly import auth, orgs, tokens, version
from provision.fly.client import Fly
from provision.fly.errors import NotFound
from provision.fly.models import FlyctlVersion, Identity, limit_of
from provision.flyctl import Trust, doubts
from provision.manifest import CrossNetworkReplay, Manifest, ManifestOrg
from provision.verification.replays import allowing

EXTRA = ("graphql", "starlette", "uvicorn")
"""What the extra ``local`` brings."""

INSTALL_EXTRA = "pip install 'fly-provision[local]'"


class Verdict(enum.Enum):
    """What there is to say of a thing."""

    GOOD = "good"
    BAD = "bad"
    UNKNOWN = "unknown"
    """It could not be looked at, because of something else that is bad."""


@frozen
class Examined:
    """
    A thing that was looked at.

    Attributes:
        found: What there is, in words; never the value of a token.
        hint: What to do about it; "" if nothing.
    """

    name: str
    verdict: Verdict
    found: str
    hint: str = ""


@frozen
class Patient:
    """
    What flyctl is asked about.

    Attributes:
        fly: How to call flyctl.
        trust: Which flyctl may be used.
        manifest: Of the environment that is looked at as well; None for none.
        has_token: Whether Fly can be asked anything.
    """

    fly: Fly
    trust: Trust
    manifest: Manifest | None = None
    has_token: bool = True


@frozen
class Answers:
    """
    What flyctl and Fly said.

    Attributes:
        flyctl: None where it did not tell its version.
        identity: None where the token is not good.
    """

    examined: tuple[Examined, ...]
    flyctl: FlyctlVersion | None = None
    identity: Identity | None = None


def exit_code(examined: tuple[Examined, ...]) -> ExitCode:
    """What the program exits with."""
    is_bad = any(each.verdict is Verdict.BAD for each in examined)
    return ExitCode.PRECONDITION if is_bad else ExitCode.CONVERGED


def of_error(name: str, error: Exception) -> Examined:
    """A thing that is bad because of *error*."""
    return Examined(name, Verdict.BAD, str(error), getattr(error, "hint", ""))


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


def examination(patient: Patient) -> Workflow:
    """One job, ``doctor``, whose result is `Answers`."""
    workflow = Workflow("doctor")
    workflow.job(partial(_look, patient=patient), name="doctor")
    return workflow


async def _look(context: Context, patient: Patient) -> Answers:
    try:
        flyctl = await context.run(version.show(patient.fly))
    except (ProvisionError, StepError) as error:
        return Answers((of_error("flyctl", error), *_not_asked(patient, "flyctl does not run")))
    called = _called(patient, flyctl)
    if not patient.has_token:
        return Answers((called, *_not_asked(patient, "there is no token")), flyctl)
    try:
        identity = await context.run(auth.whoami(patient.fly))
    except (ProvisionError, StepError) as error:
        unasked = _not_asked(patient, "the token is not good")[1:]
        return Answers((called, of_error("whoami", error), *unasked), flyctl)
    rights = await _rights(context, patient.fly)
    known = (called, Examined("whoami", Verdict.GOOD, identity.email), *rights)
    if patient.manifest is None:
        return Answers(known, flyctl, identity)
    access = await _access(context, patient.fly, patient.manifest.org)
    replays = await _replays(context, patient.fly, patient.manifest)
    return Answers((*known, access, *replays), flyctl, identity)


def _not_asked(patient: Patient, why: str) -> list[Examined]:
    names = ["whoami"] if patient.manifest is None else ["whoami", "organization"]
    return [Examined(name, Verdict.UNKNOWN, f"not asked: {why}") for name in names]


def _called(patient: Patient, flyctl: FlyctlVersion) -> Examined:
    where = f"{flyctl.version} ({flyctl.environment}) at {patient.fly.executable}"
    allowed = None if patient.manifest is None else patient.manifest.tool.flyctl
    try:
        found = doubts(flyctl, allowed, patient.trust)
    except ProvisionError as error:
        return Examined("flyctl", Verdict.BAD, f"{where}: {error}", error.hint)
    said = "; ".join(found) or f"provision was checked with {version.CHECKED}"
    return Examined("flyctl", Verdict.GOOD, f"{where}; {said}")


async def _rights(context: Context, fly: Fly) -> list[Examined]:
    """What the token says it may do, if it is one that says so."""
    if not is_macaroon(fly.token.value):
        return []
    try:
        limit = limit_of(await context.run(tokens.debug(fly)))
    except (ProvisionError, StepError) as error:
        return [of_error("rights", error)]
    if limit:
        hint = "enough to verify at most; to change anything: fly tokens create org"
        return [Examined("rights", Verdict.BAD, f"the token {limit}", hint)]
    return [Examined("rights", Verdict.GOOD, "the token names no limit that is known here")]


async def _access(context: Context, fly: Fly, org: ManifestOrg) -> Examined:
    """Whether the token sees the organization, and as what."""
    try:
        names = await context.run(orgs.list_(fly))
        if org.slug in names:
            found = await context.run(orgs.show(fly, org.slug))
            role = found.viewer_role or "unknown"
            return Examined("organization", Verdict.GOOD, f"{org.slug}, as {role}")
    except (ProvisionError, StepError) as error:
        return of_error("organization", error)
    seen = f"the token sees {len(names)} organizations, {org.slug} not among them"
    if org.create:
        return Examined("organization", Verdict.GOOD, f"{seen}; a run would create it")
    hint = "use a token that sees it, or say create = true under [org] in the manifest"
    return Examined("organization", Verdict.BAD, seen, hint)


async def _replays(context: Context, fly: Fly, manifest: Manifest) -> list[Examined]:
    """Whether replays across networks are allowed, if they are to be."""
    if manifest.network.cross_network_replay is not CrossNetworkReplay.REQUIRED:
        return []
    slug = manifest.org.slug
    try:
        setting = await context.run(orgs.replays(fly, slug))
    except NotFound:
        return [Examined("replays", Verdict.UNKNOWN, f"the token sees no organization {slug}")]
    except (ProvisionError, StepError) as error:
        return [of_error("replays", error)]
    if setting.allow_all_cross_network_replays:
        return [Examined("replays", Verdict.GOOD, "allowed across networks")]
    hint = f"an admin may allow them: {allowing(slug)}"
    return [Examined("replays", Verdict.BAD, "not allowed across networks", hint)]


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
