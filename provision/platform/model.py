"""What is asked for as a whole: a manifest and the fly.toml of each of its apps."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from functools import cached_property
from itertools import chain
from pathlib import Path

from attrs import evolve, field, frozen

from provision.fly.models import App
from provision.fly_config import Autostop, FlyConfig, autostop, process_groups
from provision.fly_config.machine import machine_config
from provision.fly_config.machine_model import MachineConfig
from provision.manifest import ExpectState, Exposure, LoadedManifest, Manifest, ManifestApp

REGISTRY = "registry.fly.io"
"""Where Fly keeps the images it builds."""


@frozen(slots=False)
class PlatformApp:
    """
    One app: what the manifest says of it, and its fly.toml.

    Attributes:
        key: Its name among the apps of the manifest.
        declared: What the manifest says.
        config: What its fly.toml says.
        network: The network it lives on.
        region: Where its machines are to be; None for wherever they are.
        working_directory: What is built, if an image must be; absolute.
    """

    key: str
    declared: ManifestApp
    config: FlyConfig
    network: str
    region: str | None
    working_directory: Path

    @property
    def name(self) -> str:
        """Its name on Fly."""
        return self.declared.name

    @property
    def flycast_networks(self) -> tuple[str, ...]:
        """The networks that reach it through Flycast, each by an address of its own."""
        if self.declared.flycast_from is not None:
            return self.declared.flycast_from
        return (self.network,) if self.declared.exposure is Exposure.PRIVATE else ()

    @property
    def groups(self) -> tuple[str, ...]:
        """Its process groups."""
        return process_groups(self.config)

    @property
    def image(self) -> str | None:
        """The image it runs; None if one is built."""
        build = self.config.build
        return self.declared.image or (build.image if build and build.image else None)

    @cached_property
    def image_label(self) -> str | None:
        """
        The tag of the image that is built: named after the Dockerfile.

        By it a later run knows the image again. None if none is built.
        """
        if self.image is not None:
            return None
        digest = hashlib.sha256(self.dockerfile.read_bytes()).hexdigest()
        return f"deployment-{digest[:16]}"

    @property
    def image_in_name(self) -> str:
        """What a rehearsal releases where nobody builds: named as what Fly would build is."""
        return f"{REGISTRY}/{self.name}:{self.image_label}"

    @property
    def dockerfile(self) -> Path:
        """What its image is built from."""
        build = self.config.build
        if build is not None and build.dockerfile:
            return self.config.path.parent / build.dockerfile
        return self.working_directory / "Dockerfile"

    @property
    def strategy(self) -> str:
        """How a deploy replaces its machines."""
        deploy = self.config.deploy
        return deploy.strategy.value if deploy and deploy.strategy else "rolling"

    def found_in(self, existing: Sequence[App]) -> App | None:
        """This app among the *existing* ones, if it is there."""
        return next((each for each in existing if each.name == self.name), None)

    def may_sleep(self, group: str) -> bool:
        """Whether machines of *group* may be stopped or suspended when nobody talks to them."""
        if self.declared.expect_state is not None:
            return self.declared.expect_state is ExpectState.IDLE_OK
        return autostop(self.config, group) is not Autostop.OFF

    @property
    def has_checks(self) -> bool:
        """Whether its fly.toml declares health checks, of a service or of a machine."""
        machines = map(self.machine, self.groups)
        return any(m.checks or any(s.checks for s in m.services) for m in machines)

    def machine(self, group: str) -> MachineConfig:
        """What a machine of *group* must be like."""
        env = self.declared.env
        return machine_config(self.config, group, env=env, directory=self.working_directory)


@frozen(slots=False)
class Platform:
    """
    Everything that is asked for, loaded and found to fit together.

    Attributes:
        loaded: The manifest.
        apps: Those to act on by their names in the manifest, each after those it depends on.
        warnings: What is allowed and perhaps not meant.
        left_out: Those of the file that are not to be acted on; the manifest does not have them.
    """

    loaded: LoadedManifest
    apps: Mapping[str, PlatformApp]
    warnings: tuple[str, ...] = ()
    left_out: Mapping[str, PlatformApp] = field(factory=dict)

    @property
    def manifest(self) -> Manifest:
        """What the manifest says."""
        return self.loaded.manifest

    def app_named(self, name: str) -> PlatformApp | None:
        """The app with that name on Fly, be it left out; None for a stranger."""
        declared = chain(self.apps.values(), self.left_out.values())
        return next((app for app in declared if app.name == name), None)

    def narrowed(self, keys: Collection[str]) -> Platform:
        """With the apps of *keys*, of all those there are, and the others left out."""
        declared = {key: app for key, app in self.manifest.apps.items() if key in keys}
        manifest = evolve(self.manifest, apps=declared)
        return evolve(
            self,
            loaded=evolve(self.loaded, manifest=manifest),
            apps={key: app for key, app in self.apps.items() if key in keys},
            left_out={key: app for key, app in self.apps.items() if key not in keys},
        )
