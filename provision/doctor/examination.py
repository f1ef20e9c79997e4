"""What flyctl and Fly say when they are asked; nothing is changed."""

from __future__ import annotations

from functools import partial

from attrs import frozen

from procman import Context, StepError, Workflow
from provision.credentials import is_macaroon
from provision.doctor.examined import Examined, Verdict, of_error
from provision.errors import ProvisionError
from provision.fly import auth, orgs, tokens, version
from provision.fly.client import Fly
from provision.fly.errors import NotFound
from provision.fly.models import FlyctlVersion, Identity, limit_of
from provision.flyctl import Trust, doubts
from provision.manifest import CrossNetworkReplay, Manifest, ManifestOrg
from provision.verification.replays import allowing


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
