"""What an app's variables may say of the rest of the platform: ``${apps.nfs.name}``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import attrs

from provision.errors import did_you_mean
from provision.fly_config.mistake import Mistake
from provision.manifest.models import Manifest, ManifestApp

_REFERENCE = re.compile(r"\$\{([^}]*)\}")


def resolved(manifest: Manifest) -> tuple[Manifest, tuple[Mistake, ...]]:
    """*manifest* with every reference replaced, and the references that lead nowhere."""
    platform = _platform(manifest)
    mistakes: list[Mistake] = []
    apps = {}
    for key, app in manifest.apps.items():
        known = {**platform, **_of_app("app", app)}
        env = {name: _filled(value, known) for name, value in app.env.items()}
        mistakes += _dead_ends(key, app, known)
        depends_on = _dependencies(key, app, manifest.apps)
        apps[key] = attrs.evolve(app, env=env, depends_on=depends_on)
    return attrs.evolve(manifest, apps=apps), tuple(mistakes)


def _platform(manifest: Manifest) -> dict[str, str]:
    """Everything that can be referred to; the list is closed."""
    known = {
        "environment": manifest.environment.value,
        "network.name": manifest.network.name,
        "org.name": manifest.org.name,
        "org.slug": manifest.org.slug,
    }
    for key, app in manifest.apps.items():
        known |= _of_app(f"apps.{key}", app)
    return known


def _of_app(prefix: str, app: ManifestApp) -> dict[str, str]:
    return {
        f"{prefix}.flycast": app.flycast,
        f"{prefix}.hostname": app.hostname,
        f"{prefix}.name": app.name,
    }


def _filled(value: str, known: Mapping[str, str]) -> str:
    return _REFERENCE.sub(lambda found: known.get(found[1], found[0]), value)


def _dead_ends(key: str, app: ManifestApp, known: Mapping[str, str]) -> Iterator[Mistake]:
    for name, value in app.env.items():
        for reference in _REFERENCE.findall(value):
            if reference not in known:
                message = f"${{{reference}}} refers to nothing; {did_you_mean(reference, [*known])}"
                yield Mistake(("apps", key, "env", name), message)


def _dependencies(key: str, app: ManifestApp, apps: Mapping[str, ManifestApp]) -> tuple[str, ...]:
    """What is declared, and what of *apps* its variables refer to."""
    referred = [
        reference.split(".")[1]
        for value in app.env.values()
        for reference in _REFERENCE.findall(value)
        if reference.startswith("apps.")
    ]
    others = [other for other in referred if other in apps and other != key]
    return tuple(dict.fromkeys((*app.depends_on, *others)))
