"""``provision doctor``: what there is to work with, and what is wrong with it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import anyio
from attrs import evolve

from procman import Secret, StepError, run_step
from provision import doctor
from provision.cli.calling import calling, curl_of, executable_of
from provision.cli.invoking import invocation_of
from provision.cli.options import Calling, manifest_of
from provision.cli.publishing import reported
from provision.credentials import LOCAL_TOKEN, token_in
from provision.curl import Curl
from provision.doctor import Answers, Examined, Patient, Verdict
from provision.environment import passed_on
from provision.errors import ProvisionError
from provision.manifest import Environment, Manifest
from provision.platform import loading
from provision.report import Report, report_of_examination


def examine(options: Calling, environment: Environment | None, path: Path | None) -> int:
    """
    Look at everything a run needs.

    Args:
        options: What was said on the command line.
        environment: Whose manifest and organization are looked at as well; None for none.
        path: The manifest; None for the usual one.
    """
    invocation = invocation_of("doctor", environment, options, ())

    def make(seconds: Callable[[], float]) -> Report:
        manifest, about_manifest = _manifest(environment, path)
        about_us = (doctor.machine(), doctor.extra(is_needed=options.drives_flyctl_locally))
        about_token = _credentials(options, manifest)
        answers = _asked(options, manifest)
        about_all = (*about_us, *about_manifest, *about_token, *_curl(options, manifest))
        examined = (*about_all, *answers.examined)
        return report_of_examination(invocation, evolve(answers, examined=examined), seconds())

    return reported(invocation, options, make)


def _manifest(
    environment: Environment | None, path: Path | None
) -> tuple[Manifest | None, tuple[Examined, ...]]:
    if environment is None:
        return None, ()
    path = path or manifest_of(environment)
    try:
        found = loading.load(path, environment, allow_paid=True).manifest
    except ProvisionError as error:
        return None, (doctor.of_error("manifest", error),)
    return found, (Examined("manifest", Verdict.GOOD, str(path)),)


def _credentials(options: Calling, manifest: Manifest | None) -> tuple[Examined, ...]:
    """The local Fly needs none."""
    if options.local is not None:
        return ()
    about_secrets = () if manifest is None else (doctor.secrets(manifest, os.environ),)
    return (doctor.token(os.environ), *about_secrets)


def _curl(options: Calling, manifest: Manifest | None) -> tuple[Examined, ...]:
    """What apps are probed with, if any is."""
    try:
        executable = None if manifest is None else curl_of(options, manifest)
        if executable is None:
            return ()
        curl = Curl(executable, passed_on(os.environ))
        return (doctor.curl(curl, anyio.run(run_step, curl.version())),)
    except (ProvisionError, StepError) as error:
        return (doctor.of_error("curl", error),)


def _asked(options: Calling, manifest: Manifest | None) -> Answers:
    """What flyctl says, and what Fly says through it."""
    try:
        executable = executable_of(options)
        return _told(options, manifest, executable)
    except ProvisionError as error:
        return Answers((doctor.of_error("flyctl", error),))


def _told(options: Calling, manifest: Manifest | None, executable: str) -> Answers:
    token = LOCAL_TOKEN if options.local is not None else _token()

    async def main() -> Answers:
        with tempfile.TemporaryDirectory(prefix="provision-") as folder:
            path = Path(folder) / "flyctl"
            async with calling(options, executable, token or Secret(""), path) as fly:
                has_token = token is not None
                patient = Patient(fly, options.trust, manifest, has_token=has_token)
                return await _examined(patient)

    return anyio.run(main)


def _token() -> Secret | None:
    """None as well for two that differ, of which `doctor.token` tells."""
    try:
        return token_in(os.environ)
    except ProvisionError:
        return None


async def _examined(patient: Patient) -> Answers:
    workflow = doctor.examination(patient)
    (job,) = workflow.jobs
    run = await workflow.run()
    if run.signal is not None:
        raise KeyboardInterrupt
    if (error := run.error(job)) is not None:
        raise error
    answers: Answers = run.result(job)
    return evolve(answers, examined=(*answers.examined, doctor.containment(run)))
