"""The sections on the run as a whole, and on the organization."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen

SUCCEEDED = "succeeded"
"""The status of a run that did what it was to do: of one that only looks, whatever it saw."""


@frozen(kw_only=True)
class RunSection:
    """
    The run itself.

    Attributes:
        status: ``succeeded``, ``failed`` or ``interrupted``.
        started_at: UTC, RFC 3339; as are all moments.
        duration_ms: By the monotonic clock.
        mode: ``live``, ``rehearsal`` or ``dry-run``.
        journals: Files with every event, a line each; one for each workflow.
    """

    id: str
    command: str
    environment: str
    status: str
    exit_code: int
    started_at: str
    finished_at: str
    duration_ms: int
    mode: str
    interrupted: bool
    journals: Sequence[str] = ()


@frozen(kw_only=True)
class FlyctlSection:
    """
    The flyctl that was called.

    Attributes:
        environment: ``production`` for a release.
        checked: The releases that provision was checked with.
    """

    version: str
    environment: str
    checked: str


@frozen(kw_only=True)
class ToolSection:
    """What made this report; flyctl is missing where it was not asked."""

    provision: str
    python: str
    flyctl: FlyctlSection | None = None


@frozen(kw_only=True)
class SourceSection:
    """
    What was asked: the manifest and its fingerprint.

    Attributes:
        manifest: From the folder the program ran in if it is in there, else from the root.
        manifest_sha256: Of the file.
        left_out: Its apps that were not to be acted on, so that nothing is said of them here.
    """

    manifest: str
    manifest_sha256: str
    left_out: Sequence[str] = ()


@frozen(kw_only=True)
class IdentitySection:
    """As whom Fly knows the token."""

    whoami: str


@frozen(kw_only=True)
class OrgSection:
    """The organization as it was read back."""

    slug: str
    name: str
    id: str
    viewer_role: str | None


@frozen(kw_only=True)
class NetworkSection:
    """The private network of the apps."""

    name: str


@frozen(kw_only=True)
class SummarySection:
    """The run in five numbers."""

    apps: int
    healthy: int
    failed: int
    skipped: int
    changed: int
