"""Loads a platform: its manifest, its fly.toml files, and everything that must hold of them."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

from provision.errors import InvalidFile, InvalidInput, Refused
from provision.fly_config import FlyConfig
from provision.fly_config import load as load_fly_config
from provision.fly_config.mistake import Mistake
from provision.manifest import Environment, LoadedManifest, ManifestApp, PublicIP
from provision.manifest import read as read_manifest
from provision.platform import check
from provision.platform.model import Platform, PlatformApp
from provision.toml_file import TomlFile

PERSONAL = "personal"

NAME_IT = "name the manifest with -f PATH, or run in the folder that has manifests/"


def invalid_manifest(error: InvalidFile) -> InvalidInput:
    """What is raised where a manifest alone is wrong; it says how to name another one."""
    return InvalidInput([error], "" if error.path.exists() else NAME_IT)


def load(path: Path, environment: Environment, *, allow_paid: bool = False) -> Platform:
    """
    The platform that the manifest at *path* asks for.

    Args:
        path: Of the manifest.
        environment: The word on the command line; the manifest must say the same.
        allow_paid: Whether addresses that cost money may be asked for.

    Raises:
        Refused: a safety rule forbids it.
        InvalidInput: files are wrong; every problem of every file.
    """
    try:
        loaded, mistyped = read_manifest(path)
    except InvalidFile as error:
        raise invalid_manifest(error) from error
    if not mistyped:
        _refuse_unsafe(loaded, environment, allow_paid=allow_paid)
    apps, wrong = _apps(loaded)
    mistakes = [*mistyped, *_without(mistyped, _mistakes(loaded, apps))]
    wrong += _invalid(loaded.file, mistakes)
    for app in apps:
        wrong += _invalid(app.config.file, check.mistakes_of_config(app))
    if wrong:
        raise InvalidInput(_by_file(wrong))
    _refuse_foreign(loaded, apps)
    warnings = (f"{app.config.path}: {w.message}" for app in apps for w in app.config.warnings)
    return Platform(loaded, _ordered(apps), tuple(warnings))


def _mistakes(loaded: LoadedManifest, apps: Iterable[PlatformApp]) -> Iterator[Mistake]:
    yield from check.mistakes_of(loaded.manifest)
    for app in apps:
        yield from check.misfits(app)


def _without(known: Iterable[Mistake], found: Iterable[Mistake]) -> Iterator[Mistake]:
    """Those *found* that are not about what is *known* to be mistaken already."""
    paths = {mistake.path for mistake in known}
    for mistake in found:
        if not any(mistake.path[: len(path)] == path for path in paths):
            yield mistake


def _refuse_unsafe(loaded: LoadedManifest, environment: Environment, *, allow_paid: bool) -> None:
    manifest = loaded.manifest
    if manifest.environment is not environment:
        raise Refused(
            f"{loaded.path} describes {manifest.environment.value}, not {environment.value}",
            "name the environment the manifest is for",
        )
    if manifest.org.slug == PERSONAL:
        raise Refused("a platform never lives in the personal organization")
    paid = [app.name for app in manifest.apps.values() if PublicIP.V4 in app.public_ips]
    if paid and not allow_paid:
        raise Refused(
            f"a v4 address costs money each month: {', '.join(paid)}",
            "pass --allow-paid, or declare shared_v4",
        )
    for peer, shared in _shared_with_peers(loaded):
        raise Refused(f"{loaded.path} and {peer} share {shared}", "each environment has its own")


def _shared_with_peers(loaded: LoadedManifest) -> Iterator[tuple[Path, str]]:
    """What the manifests beside this one, of other environments, claim as well."""
    own = _claims(loaded.file.content)
    for peer in sorted(loaded.path.parent.glob("*.toml")):
        content = _readable(peer)
        if content.get("environment") in (None, loaded.manifest.environment.value):
            continue
        for claim in sorted(own & _claims(content)):
            yield peer, claim


def _readable(path: Path) -> Mapping[str, Any]:
    """A peer that cannot be read claims nothing; it is complained of when it is used."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def _claims(content: Mapping[str, Any]) -> frozenset[str]:
    """What *content*, a manifest, has for itself alone."""
    return frozenset(
        (
            *(f"the organization {org['slug']!r}" for org in _with("slug", [content.get("org")])),
            *(f"the app {app['name']!r}" for app in _with("name", content.get("apps"))),
            *(f"the secret {s['from']!r}" for s in _with("from", content.get("secrets"))),
        )
    )


def _with(key: str, tables: Any) -> Iterator[Mapping[str, Any]]:
    """Those of *tables*, whatever they are, that have *key*."""
    values = tables.values() if isinstance(tables, dict) else tables or ()
    return (table for table in values if isinstance(table, dict) and key in table)


def _apps(loaded: LoadedManifest) -> tuple[list[PlatformApp], list[InvalidFile]]:
    apps: list[PlatformApp] = []
    invalid: list[InvalidFile] = []
    for key, declared in loaded.manifest.apps.items():
        try:
            config = _config(loaded, key, declared)
        except InvalidFile as error:
            invalid.append(error)
        else:
            apps.append(_app(loaded, key, declared, config))
    for app in apps:
        invalid += _undeployable(loaded, app)
    return apps, invalid


def _config(loaded: LoadedManifest, key: str, declared: ManifestApp) -> FlyConfig:
    path = loaded.path.parent / declared.config
    where = ("apps", key, "config")
    if not path.is_file():
        problem = loaded.file.problem(where, f"there is no file {path}")
        raise InvalidFile(loaded.path, [problem])
    root = _repository(loaded.path)
    if root is not None and not path.resolve().is_relative_to(root):
        problem = loaded.file.problem(where, f"{path} is outside the repository {root}")
        raise InvalidFile(loaded.path, [problem])
    return load_fly_config(path, app=declared.name)


def _repository(path: Path) -> Path | None:
    """The folder with the version control of *path*; None if there is none."""
    folders = path.resolve().parents
    return next((folder for folder in folders if (folder / ".git").exists()), None)


def _app(loaded: LoadedManifest, key: str, declared: ManifestApp, config: FlyConfig) -> PlatformApp:
    directory = config.path.parent
    if declared.working_directory is not None:
        directory = loaded.path.parent / declared.working_directory
    network, region = loaded.manifest.network.name, loaded.manifest.defaults.region
    return PlatformApp(key, declared, config, network, region, directory.resolve())


def _undeployable(loaded: LoadedManifest, app: PlatformApp) -> Iterator[InvalidFile]:
    """What flyctl would only find out in the middle of a deploy."""
    try:
        for group in app.groups:
            app.machine(group)
    except InvalidFile as error:
        yield error
    if app.image is None and not app.dockerfile.is_file():
        message = f"no image is declared and there is no {app.dockerfile}"
        problem = loaded.file.problem(("apps", app.key, "config"), message)
        yield InvalidFile(loaded.path, [problem])


def _refuse_foreign(loaded: LoadedManifest, apps: Iterable[PlatformApp]) -> None:
    own = frozenset(app.name for app in loaded.manifest.apps.values())
    mistakes = [m for app in apps for m in check.foreign_names(app, own)]
    for invalid in _invalid(loaded.file, mistakes):
        raise Refused(str(invalid), "an environment that talks to another is never an accident")


def _invalid(file: TomlFile, mistakes: Iterable[Mistake]) -> Iterator[InvalidFile]:
    problems = [file.problem(mistake.path, mistake.message) for mistake in mistakes]
    if problems:
        yield InvalidFile(file.path, problems)


def _by_file(wrong: Iterable[InvalidFile]) -> list[InvalidFile]:
    files = dict.fromkeys(error.path for error in wrong)
    return [
        InvalidFile(
            path,
            sorted(
                (p for error in wrong if error.path == path for p in error.problems),
                key=lambda problem: problem.line or 0,
            ),
        )
        for path in files
    ]


def _ordered(apps: Iterable[PlatformApp]) -> dict[str, PlatformApp]:
    """Each after those it depends on; otherwise as they stand in the manifest."""
    by_key = {app.key: app for app in apps}
    order = TopologicalSorter({key: app.declared.depends_on for key, app in by_key.items()})
    return {key: by_key[key] for key in order.static_order()}
