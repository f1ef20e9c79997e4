"""``fly deploy``: a new release of an app."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from attrs import evolve, field, frozen

from procman import Output, Step, json_as
from provision.fly.client import Fly

DEPLOYS = "fly-deploy"
"""The resource of deploys: how many run at once is the workflow's to say."""


@frozen(kw_only=True)
class Deploy:
    """
    What to release.

    Attributes:
        app: Its name on Fly, whatever the fly.toml says.
        config: The fly.toml.
        working_directory: What is built, if an image must be.
        image: Image reference to run; None builds one.
        image_label: Tag of an image that is built; None leaves it to flyctl.
        env: Set on top of the fly.toml's own.
        strategy: Passed every time: what another deploy was called with stays in the
            release and would be taken up again.
        wait_timeout: Seconds for each wait for a machine.
        timeout: Seconds for all of it.
    """

    app: str
    config: Path
    working_directory: Path
    image: str | None
    image_label: str | None
    env: Mapping[str, str] = field(factory=dict)
    strategy: str
    wait_timeout: float
    timeout: float


def deploy(fly: Fly, what: Deploy) -> Step[Deployed]:
    """
    Release *what*.

    No address is allocated (``--no-public-ips``) and no second machine is made for
    availability (``--ha=false``): both are declared, and done for themselves. Success is
    no verdict: read the machines.

    Source: flyctl internal/command/deploy/deploy.go
    """
    image = () if what.image is None else ("--image", what.image)
    label = () if what.image_label is None else ("--image-label", what.image_label)
    env = [
        part for name, value in sorted(what.env.items()) for part in ("--env", f"{name}={value}")
    ]
    command = fly.command(
        *("deploy", str(what.working_directory), "-c", str(what.config), "--app", what.app),
        *(*image, *label, *env),
        *("--strategy", what.strategy, "--wait-timeout", f"{what.wait_timeout:.0f}s"),
        *("--ha=false", "--no-public-ips", "--yes", "--remote-only", "--dns-checks=false"),
        *("--deploy-retries", "0"),
    )
    return fly.acting("deploy", command, parse=deployed, timeout=what.timeout, resource=DEPLOYS)


@frozen
class Deployed:
    """
    What flyctl said of a deploy.

    Attributes:
        version: Of the release; None where it did not say: it promises nothing, and the
            releases can be read.
        is_deaf: Whether it found a machine that does not listen where its services look.
    """

    version: int | None
    is_deaf: bool = False


@frozen
class _Released:
    """The line flyctl prints with ``FLY_EMIT_RELEASE_JSON``."""

    id: str
    version: int
    image_ref: str


def deployed(output: Output) -> Deployed:
    """
    What is worth knowing among all that a deploy prints.

    Source: flyctl internal/command/deploy/machines_deploymachinesapp.go, listeners.go
    """
    return Deployed(_version(output), _DEAF in output.stdout or _DEAF in output.stderr)


_DEAF = b"The app is not listening on the expected address"


def _version(output: Output) -> int | None:
    for line in output.stdout.decode(errors="replace").splitlines():
        if line.startswith('{"id":'):
            return json_as(_Released)(evolve(output, stdout=line.encode())).version
    return None
