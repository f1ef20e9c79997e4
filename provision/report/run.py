"""Makes the sections on the run as a whole."""

from __future__ import annotations

import hashlib
import platform as python
from collections.abc import Sequence
from datetime import UTC, datetime

import provision
from provision.errors import ExitCode
from provision.fly.models import FlyctlVersion, Identity
from provision.fly.version import CHECKED
from provision.perform import Performed, Phase
from provision.platform import Platform
from provision.report.invocation import Invocation
from provision.report.models import (
    SUCCEEDED,
    FlyctlSection,
    IdentitySection,
    OrgSection,
    RunSection,
    SourceSection,
    ToolSection,
)
from provision.report.moments import moment
from provision.report.paths import named

DONE = (ExitCode.CONVERGED, ExitCode.PENDING)
"""The exit codes of a run that did what it was to do."""


def run_section(
    invocation: Invocation, exit_code: int, seconds: float, phases: Sequence[Phase] = ()
) -> RunSection:
    """The section on the run itself."""
    finished = datetime.now(UTC)
    interrupted = any(phase.run.signal is not None for phase in phases)
    failed = "interrupted" if interrupted else "failed"
    return RunSection(
        id=invocation.id,
        command=invocation.command,
        environment=invocation.environment,
        status=SUCCEEDED if exit_code in DONE else failed,
        exit_code=int(exit_code),
        started_at=moment(invocation.started_at),
        finished_at=moment(finished),
        duration_ms=round(seconds * 1000),
        mode=invocation.mode,
        interrupted=interrupted,
        journals=invocation.journals,
    )


def source_section(platform: Platform) -> SourceSection:
    """The section on what was asked."""
    path = platform.loaded.path
    return SourceSection(
        manifest=named(path),
        manifest_sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
        left_out=list(platform.left_out),
    )


def tool_section(flyctl: FlyctlVersion | None = None) -> ToolSection:
    """The section on the programs; of *flyctl* only where it was asked."""
    return ToolSection(
        provision=provision.__version__,
        python=python.python_version(),
        flyctl=None if flyctl is None else _flyctl(flyctl),
    )


def _flyctl(found: FlyctlVersion) -> FlyctlSection:
    return FlyctlSection(version=found.version, environment=found.environment, checked=str(CHECKED))


def identity_section(identity: Identity | None) -> IdentitySection | None:
    """The section on whom the token belongs to; None where that was not asked."""
    return None if identity is None else IdentitySection(whoami=identity.email)


def org_section(performed: Performed) -> OrgSection | None:
    """The section on the organization; None where it was not read back."""
    found = performed.seen.org.organization if performed.seen else None
    if found is None:
        return None
    return OrgSection(slug=found.slug, name=found.name, id=found.id, viewer_role=found.viewer_role)
