"""What a deploy is about: the app, its machines, the image, the release."""

from __future__ import annotations

from provision.local.standin.appconfig.casts import Document
from provision.local.standin.appconfig.config import AppConfig
from provision.local.standin.commands.version import VERSION
from provision.local.standin.deploy.settings import FILTERS, Settings, read_bytes
from provision.local.standin.requests import machines, volumes
from provision.local.standin.session import Session
from provision.local.world.apps import App
from provision.local.world.hints import Any
from provision.local.world.machine import Machine
from provision.local.world.releases import Release
from provision.local.world.volumes import Volume


class Plan:
    """
    A deploy in the making.

    Attributes:
        session: The run it belongs to.
        app: The app.
        config: Its configuration, flags included.
        settings: What the flags ask for.
        image_ref: The image; the newest release's, where machines are only restarted.
        machines: The machines that exist, as far as filters let them through.
        is_first: Whether the app was never deployed.
        spares: The volumes no machine has, by name.
        files: What is put on every machine.
        release: The release, once it is created.
    """

    release: Release

    def __init__(
        self, session: Session, app: App, config: AppConfig, settings: Settings, image_ref: str
    ) -> None:
        self.session = session
        self.app = app
        self.config = config
        self.settings = settings
        self.image_ref = image_ref
        self.files = _files(config, settings)
        found = _machines(self)
        self.is_first = not app.deployed and not found
        self.machines = _filtered(self, found)
        self.spares = _spares(self)
        if not image_ref and found:
            self.image_ref = str(found[0].config["image"])

    @property
    def api(self) -> Any:
        """The way to the world."""
        return self.session.api

    @property
    def groups(self) -> list[str]:
        """The process groups concerned, sorted."""
        only = self.settings.only.get("process-groups")
        return [name for name in self.config.groups if not only or name in only]

    def in_group(self, group: str) -> list[Machine]:
        """Return the machines of *group*."""
        return [each for each in self.machines if machines.group(each) == group]

    def take_volume(self, name: str, region: str) -> Volume | None:
        """Take a volume that no machine has; it is not offered again."""
        for volume in self.spares.get(name, []):
            if region in {"", volume.region}:
                self.spares[name].remove(volume)
                return volume
        return None

    def stamp(self, config: Document) -> Document:
        """Return the configuration of a machine with the release it belongs to."""
        metadata = {
            **(config.get("metadata") or {}),
            "fly_flyctl_version": VERSION,
            "fly_release_id": self.release.id,
            "fly_release_version": str(self.release.version),
        }
        return config | {"metadata": dict(sorted(metadata.items()))}


def _machines(plan: Plan) -> tuple[Machine, ...]:
    found = machines.of_app(plan.api, plan.app.name)
    if not found:
        machines.active(plan.api, plan.app.name)
    return found


def _filtered(plan: Plan, found: tuple[Machine, ...]) -> tuple[Machine, ...]:
    only = plan.settings.only
    if not only:
        return found
    kept = tuple(each for each in found if _lets_through(only, each))
    flags = "/".join(f"--{flag}" for flag in FILTERS if flag in only)
    filters = "filters" if len(only) > 1 else "filter"
    count = f"{len(kept)}/{len(found)} machines"
    plan.session.note(f"{flags} {filters} applied, deploying to {count}")
    return kept


def _lets_through(only: dict[str, tuple[str, ...]], machine: Machine) -> bool:
    facts = {
        "regions": machine.region,
        "exclude-regions": machine.region,
        "only-machines": machine.id,
        "exclude-machines": machine.id,
        "process-groups": machines.group(machine),
    }
    return all((facts[flag] in names) != flag.startswith("exclude") for flag, names in only.items())


def _spares(plan: Plan) -> dict[str, list[Volume]]:
    spares: dict[str, list[Volume]] = {}
    if plan.config.tables("mounts"):
        for volume in volumes.list_(plan.api, plan.app.name):
            if volume.machine is None:
                spares.setdefault(volume.name, []).append(volume)
    return spares


def _files(config: AppConfig, settings: Settings) -> list[Document]:
    from base64 import b64encode  # noqa: PLC0415 - hardly ever needed

    found: dict[str, Document] = {}
    for file in config.tables("files"):
        made: Document = {"guest_path": file.get("guest_path", "")}
        if file.get("local_path"):
            made["raw_value"] = b64encode(read_bytes(file["local_path"])).decode()
        elif file.get("secret_name"):
            made["secret_name"] = file["secret_name"]
        elif file.get("raw_value"):
            made["raw_value"] = b64encode(file["raw_value"].encode()).decode()
        found[made["guest_path"]] = made
    return list((found | {file["guest_path"]: file for file in settings.files}).values())
