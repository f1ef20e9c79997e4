"""Every refusal by its name, from what a real flyctl printed."""

from __future__ import annotations

from pathlib import Path

import pytest

from procman import (
    REDACTED,
    CommandFailed,
    Event,
    Journal,
    Limit,
    LimitName,
    Output,
    Redactor,
    Secret,
    StepTimedOut,
)
from procman.events import AttemptEnded
from provision.fly import apps, errors
from provision.fly.client import Fly
from tests.provision.recordings import FOLDER, read_by, recording

STEP = apps.list_everywhere(Fly("fly", Secret("t0ken"), Path("/run/fly")))

NAMED = {
    "apps-create-bad-name": (errors.InvalidName, "Validation failed: Name is invalid, "),
    "apps-create-taken": (errors.NameTaken, "Validation failed: Name has already been taken"),
    "http-502-apps-create-after-effect": (errors.NameTaken, "Validation failed: Name has already "),
    "apps-create-unknown-org": (errors.NotFound, "organization nosuch not found"),
    "apps-create-no-org": (errors.Prompted, "org slug must be specified"),
    "apps-destroy-again": (errors.NotFound, 'Could not find App "web1"'),
    "apps-destroy-noyes": (errors.Prompted, "yes flag must be specified"),
    "badtype-toml-deploy": (errors.ConfigRefused, "App configuration is not valid"),
    "config-show-norelease": (errors.NeverReleased, "failed to grab app config"),
    "config-validate-badtype": (errors.ConfigRefused, "json: cannot unmarshal string"),
    "config-validate-garbage": (errors.ConfigRefused, "failed loading app config"),
    "config-validate-missing": (errors.ConfigRefused, "config file not found"),
    "config-validate-strict-unknown": (errors.ConfigRefused, "strict validation failed"),
    "deploy-canary-mounts": (errors.ConfigRefused, "App configuration is not valid"),
    "deploy-crash": (errors.AppCrashing, "smoke checks for c6d5000000000d failed"),
    "deploy-insufficient-capacity": (errors.NoCapacity, "error creating a new machine"),
    "deploy-payment-required": (errors.PaymentRequired, "error creating a new machine"),
    "deploy-release-command-fails": (errors.ReleaseCommandFailed, "release command failed"),
    "deploy-remove-mounts": (errors.Prompted, "yes flag must be specified"),
    "deploy-unhealthy": (errors.Unhealthy, "timeout reached waiting for health checks"),
    "drop-apps-create-after-effect": (errors.Unreachable, 'Post "http://127.0.0.1:PORT/v1/apps'),
    "drop-machine-create-after-effect": (errors.Unreachable, "error creating a new machine"),
    "empty-access-token-hides": (errors.NotAuthenticated, "no access token available"),
    "garbage-toml-deploy": (errors.ConfigRefused, "failed loading app config"),
    "http-429-flaps": (errors.RateLimited, "failed to list VMs: rate limit exceeded"),
    "http-429-graphql": (errors.RateLimited, "server returned a non-200 status code: 429"),
    "http-500-graphql-mutation": (errors.ServerTrouble, "failed creating organization: server"),
    "http-500-release-patch": (errors.ServerTrouble, "failed to set release status"),
    "http-502-apps-create-forever": (errors.Unreachable, 'Post "http://127.0.0.1:PORT/v1/apps'),
    "ips-allocate-v4-noyes": (errors.Prompted, "yes flag must be specified"),
    "ips-allocate-v6-json-flag": (errors.Misunderstood, "unknown flag: --json"),
    "ips-release-again": (errors.NotFound, "Could not find IP address"),
    "missing-toml-deploy": (errors.ConfigRefused, "config file not found"),
    "no-app-given": (None, "the config for your app is missing an app name"),
    "no-token": (errors.NotAuthenticated, "no access token available"),
    "orgs-create-no-name": (errors.Prompted, "name argument must be specified"),
    "orgs-delete-again": (errors.NotFound, "failed retrieving organization with slug acme-corp"),
    "orgs-delete-noyes": (errors.Prompted, "yes flag must be specified"),
    "orgs-show-unknown": (errors.NotFound, "failed retrieving organization with slug nosuch"),
    "scale-count-norelease": (errors.NeverReleased, "failed to grab app config"),
    "secrets-import-badline": (None, "Failed to parse secrets from stdin"),
    "secrets-import-empty": (errors.Misunderstood, "requires at least one SECRET=VALUE pair"),
    "server-gone-deploy": (errors.Unreachable, 'Get "http://127.0.0.1:PORT/v1/apps/web1"'),
    "server-gone-flaps": (errors.Unreachable, "failed to list VMs"),
    "server-gone-query": (errors.Unreachable, 'Post "http://127.0.0.1:PORT/graphql"'),
    "sigint-mid-deploy": (None, ""),
    "sigterm-mid-deploy": (None, ""),
    "status-json-unknown-app": (errors.NotFound, 'failed to get app: Could not find App "nosuch"'),
    "too-many-args": (errors.Misunderstood, "accepts at most 1 arg(s)"),
    "unknown-app-checks-list": (errors.NotFound, "failed to list active VMs: app not found"),
    "unknown-app-config-show": (errors.NotFound, "error listing active machines for nosuch"),
    "unknown-app-deploy": (errors.NotFound, "app not found"),
    "unknown-app-ips-allocate": (errors.NotFound, 'Could not find App "nosuch"'),
    "unknown-app-ips-list": (errors.NotFound, 'Could not find App "nosuch"'),
    "unknown-app-logs-no-tail": (errors.NotFound, "404 Not Found"),
    "unknown-app-machine-list": (errors.NotFound, "failed to list VMs: app not found"),
    "unknown-app-releases-json": (errors.NotFound, "failed retrieving app releases nosuch"),
    "unknown-app-scale-count": (errors.NotFound, "error listing active machines for nosuch"),
    "unknown-app-scale-show": (errors.NotFound, "failed to list VMs even after retries"),
    "unknown-app-secrets-import": (errors.NotFound, 'Could not find App "nosuch"'),
    "unknown-app-secrets-list": (errors.NotFound, "failed to list app secrets: app not found"),
    "unknown-app-volumes-list": (errors.NotFound, 'Could not find App "nosuch"'),
    "unknown-command": (errors.Misunderstood, 'unknown command "frobnicate" for "fly"'),
    "orgs-unknown-verb": (errors.Misunderstood, "unknown flag: --org"),
    "unknown-flag": (errors.Misunderstood, "unknown flag: --json"),
    "wrong-token-apps-list": (
        errors.NotAuthenticated,
        "server returned a non-200 status code: 401",
    ),
    "wrong-token-create": (errors.NotAuthenticated, "server returned a non-200 status code: 401"),
    "wrong-token-deploy": (errors.NotAuthenticated, "Authenticate: token validation error"),
    "wrong-token-machine-list": (errors.NotAuthenticated, "failed to list VMs: Authenticate"),
    "wrong-token-whoami": (errors.NotAuthenticated, "failed retrieving current user: server"),
    "http-500-machine-create": (None, "injected fault 500"),
    "http-500-machine-update": (None, "injected fault 500"),
}


@pytest.mark.parametrize("name", NAMED)
def test_a_refusal_has_its_name(name: str) -> None:
    """
    From the recorded stderr and exit code; what we do not recognise keeps flyctl's words.

    F102: ``config validate --strict`` says on stdout that all is valid, and is refused.
    """
    kind, said = NAMED[name]

    found = read_by(STEP, name)

    if kind is None:
        assert isinstance(found, CommandFailed)
        assert said in found.output.stderr.decode()
    else:
        assert type(found) is kind
        assert str(found).startswith(said)
        assert "Request ID" not in str(found)
        assert "query(" not in str(found)


def test_no_recorded_refusal_is_forgotten() -> None:
    """Every recording that failed by itself stands in the table."""
    failed = {
        path.stem for path in FOLDER.glob("*.json") if recording(path.stem).output.exit_code != 0
    }

    killed_by_the_recorder = {"logs-no-tail-empty", "sigkill-mid-deploy"}
    assert failed == set(NAMED) | killed_by_the_recorder


def test_words_outside_the_error_are_not_read() -> None:
    """What an app logged, or an earlier line of chatter, names no refusal."""
    stderr = b"app not found\nunauthorized\nError: something else\n"

    found = errors.refusal(Output(1, stderr=stderr))

    assert found is None


def test_f44_a_question_that_nobody_answers_is_recognised() -> None:
    """F44: by the last line that a flyctl printed before its time was up."""
    asked = Output(None, stdout=b"Looking\n? Do you want to continue? (y/N) ")
    silent = Output(None, stdout=b"Looking\n")
    limit = Limit(LimitName.TIMEOUT, 60.0)

    found = [errors.question(StepTimedOut(STEP.command, out, limit)) for out in (asked, silent)]

    assert found == ["Do you want to continue? (y/N)", None]


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("failed to list VMs: not authorized (status 403)", errors.NotAllowed),
        ("Your organization has reached its machine limit. Please contact us", errors.QuotaReached),
        ("failed to fetch: error connecting to builder: tunnel", errors.BuilderUnreachable),
        ("failed deleting: failed to run mutation() { x { y } }: no", errors.Rejected),
    ],
)
def test_refusals_that_no_recording_shows(line: str, kind: type[errors.FlyError]) -> None:
    """F20, F61, F63: worded as flyctl and Fly word them."""
    output = Output(1, stderr=f"Error: {line}\n".encode())

    assert type(errors.refusal(output)) is kind


SPELLED_LIKE_REFUSALS = [
    "o",
    "E",
    "non-200 status code: 401",
    "Could not find App",
    "app not found",
]


@pytest.mark.parametrize("token", SPELLED_LIKE_REFUSALS)
@pytest.mark.parametrize("name", ["wrong-token-apps-list", "unknown-app-volumes-list"])
def test_a_token_hides_no_refusal(tmp_path: Path, token: str, name: str) -> None:
    """A refusal is known by what was printed, and nothing shows what must not be seen."""
    told: list[Event] = []
    step = apps.list_everywhere(Fly("fly", Secret(token), Path("/run/fly")))

    found = read_by(step, name, hooks=[told.append, Journal(tmp_path / "run.jsonl")])

    kind, _ = NAMED[name]
    assert type(found) is kind
    assert isinstance(found.__cause__, CommandFailed)
    (ended,) = [event for event in told if isinstance(event, AttemptEnded)]
    assert ended.output is not None
    kept = found.__cause__.output.stderr.decode()
    cause = ended.cause.removeprefix(f"{kind.__name__}: ")
    shown = [str(found), cause, ended.output.stderr, kept]
    assert not [text for text in shown if token in text.replace(REDACTED, "")]
    written = (tmp_path / "run.jsonl").read_text()
    assert len(token) == 1 or token not in written


def test_a_secret_of_several_lines_is_not_shown_by_halves() -> None:
    """The line of a refusal that is a part of a secret is not told, however short it is."""
    secret = Secret("x\nError: app not found\ny")
    output = Output(1, stderr=f"{secret.value}\n".encode(), redactor=Redactor(frozenset([secret])))

    found = errors.refusal(output)

    assert type(found) is errors.NotFound
    assert str(found) == REDACTED
