"""What must hold of a platform before anything runs; pure, and everything at once."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter

from provision.errors import did_you_mean
from provision.fly_config.duration import Duration
from provision.fly_config.mistake import Mistake
from provision.manifest import Checks, Exposure, Manifest, ManifestApp, ManifestProbe
from provision.platform.model import PlatformApp

APP_NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
"""Names of apps: what can be a label of a host name. The service itself has the last word."""

SLUG = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?")
NETWORK_NAME = re.compile(r"[a-zA-Z][a-zA-Z0-9-]*")
SECRET_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
SECRET_SOURCE = re.compile(r"env:[A-Za-z_][A-Za-z0-9_]*")
SECRET_LIKE = re.compile(r"SECRET|PASSWORD|PASSWD|PRIVATE_KEY|API_KEY|ACCESS_KEY|TOKEN")
PATH = re.compile(r"/[!\"$-~]*")
HOST = re.compile(r"([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]([a-z0-9-]*[a-z0-9])?")
OF_FLY = (".fly.dev", ".flycast", ".internal")
STATUSES = frozenset((*range(200, 300), *range(400, 600)))
HTTPS = 443
HOST_OF_FLY = re.compile(r"([a-z0-9-]+)\.(?:flycast|internal|fly\.dev)\b")


def mistakes_of(manifest: Manifest) -> Iterator[Mistake]:
    """What in *manifest* cannot be, the fly.toml files apart."""
    yield from _defaults(manifest)
    yield from _names(manifest)
    yield from _dependencies(manifest)
    yield from _secrets(manifest)
    for key, app in manifest.apps.items():
        yield from _exposure(key, app)
        if app.probe is not None:
            yield from _probe(key, app, app.probe)
        yield from _inline_secrets(("apps", key, "env"), app.env)


def _defaults(manifest: Manifest) -> Iterator[Mistake]:
    for name in ("wait_timeout", "stable_for"):
        found: Duration = getattr(manifest.defaults, name)
        if found.nanoseconds < 0:
            yield Mistake(("defaults", name), f"{found} is no time to wait; leave out the minus")


def _names(manifest: Manifest) -> Iterator[Mistake]:
    if not SLUG.fullmatch(manifest.org.slug):
        yield Mistake(("org", "slug"), f"{manifest.org.slug!r} is no slug: a-z, 0-9 and dashes")
    if not NETWORK_NAME.fullmatch(manifest.network.name):
        yield Mistake(
            ("network", "name"),
            f"{manifest.network.name!r} is no network: a letter, then letters, digits, dashes",
        )
    if not manifest.apps:
        yield Mistake(("apps",), "there are none")
    times = Counter(app.name for app in manifest.apps.values())
    for key, app in manifest.apps.items():
        if not APP_NAME.fullmatch(app.name):
            reason = "a-z, 0-9 and dashes between them, at most 63 characters"
            yield Mistake(("apps", key, "name"), f"{app.name!r} is no app name: {reason}")
        if times[app.name] > 1:
            yield Mistake(("apps", key, "name"), f"{app.name!r} is the name of several apps")


def _dependencies(manifest: Manifest) -> Iterator[Mistake]:
    known = sorted(manifest.apps)
    for key, app in manifest.apps.items():
        for number, need in enumerate(app.depends_on):
            if need not in manifest.apps:
                where = ("apps", key, "depends_on", number)
                yield Mistake(where, f"there is no app {need!r}; {did_you_mean(need, known)}")
    graph = {
        key: [need for need in app.depends_on if need in manifest.apps]
        for key, app in manifest.apps.items()
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        cycle = list(reversed(error.args[1]))
        yield Mistake(
            ("apps", cycle[0], "depends_on"),
            f"apps depend on one another (references count): {' on '.join(cycle)}",
        )


def _secrets(manifest: Manifest) -> Iterator[Mistake]:
    for name, secret in manifest.secrets.items():
        if not SECRET_NAME.fullmatch(name):
            yield Mistake(("secrets", name), "is no secret name: letters, digits, underscores")
        if not SECRET_SOURCE.fullmatch(secret.from_):
            yield Mistake(
                ("secrets", name, "from"),
                "must be env:NAME, a variable of the environment; a value never stands here",
            )
    for key, app in manifest.apps.items():
        for number, name in enumerate(app.secrets):
            if name not in manifest.secrets:
                where = ("apps", key, "secrets", number)
                yield Mistake(where, f"has no source; add [secrets.{name}] with from = 'env:…'")


def _exposure(key: str, app: ManifestApp) -> Iterator[Mistake]:
    where = ("apps", key, "exposure")
    if app.exposure is Exposure.PUBLIC and not app.public_ips:
        yield Mistake(where, "public needs public_ips, e.g. ['v6', 'shared_v4']")
    if app.exposure is not Exposure.PUBLIC and app.public_ips:
        yield Mistake(("apps", key, "public_ips"), "goes only with exposure = 'public'")
    if app.exposure is Exposure.NONE and app.flycast_from:
        yield Mistake(("apps", key, "flycast_from"), "does not go with exposure = 'none'")


def _probe(key: str, app: ManifestApp, probe: ManifestProbe) -> Iterator[Mistake]:
    where = ("apps", key, "probe")
    if app.exposure is not Exposure.PUBLIC:
        yield Mistake(where, "goes only with exposure = 'public': it is asked over the internet")
    if not PATH.fullmatch(probe.path):
        reason = "a slash, then no blanks and no '#'; https and the host are not said"
        yield Mistake((*where, "path"), f"{probe.path!r} is no path: {reason}")
    if probe.host is not None and not HOST.fullmatch(probe.host):
        reason = "a name with dots between a-z, 0-9 and dashes, and nothing else"
        yield Mistake((*where, "host"), f"{probe.host!r} is no host: {reason}")
    elif probe.host is not None and probe.host.endswith(OF_FLY):
        message = f"names a host of Fly's; {app.hostname} is asked if it is left out"
        yield Mistake((*where, "host"), message)
    if probe.status not in STATUSES:
        yield Mistake(
            (*where, "status"),
            f"{probe.status} is none that can end it: 200 to 299, or 400 to 599; redirects are "
            "followed",
        )
    if probe.timeout.nanoseconds <= 0:
        yield Mistake((*where, "timeout"), f"{probe.timeout} is no time to answer in")


def mistakes_of_config(app: PlatformApp) -> Iterator[Mistake]:
    """What in the fly.toml of *app* cannot be, beyond what flyctl itself would refuse."""
    yield from _inline_secrets(("env",), app.config.env)


def misfits(app: PlatformApp) -> Iterator[Mistake]:
    """Where the manifest says of *app* what its fly.toml contradicts; paths in the manifest."""
    where = ("apps", app.key)
    declared, groups = app.declared.machines, app.groups
    for group in sorted({*declared, *groups}):
        if group not in groups:
            hint = did_you_mean(group, groups)
            yield Mistake((*where, "machines", group), f"no such process group; {hint}")
        elif group not in declared:
            yield Mistake((*where, "machines"), f"says nothing of process group {group!r}")
    mounted = [mount.source for mount in app.config.mounts]
    for volume in app.declared.volumes:
        if volume not in mounted:
            hint = did_you_mean(volume, mounted) if mounted else "it mounts none"
            yield Mistake((*where, "volumes", volume), f"{app.config.path.name}: {hint}")
    if app.region is not None and app.config.primary_region != app.region:
        found = app.config.primary_region or "none"
        yield Mistake(
            (*where, "config"),
            f"its primary_region is {found}, that of the manifest {app.region} (defaults.region)",
        )
    if app.declared.exposure is not Exposure.NONE and not app.config.all_services:
        yield Mistake(
            (*where, "exposure"),
            f"{app.declared.exposure.value!r} needs a service in {app.config.path.name}",
        )
    if app.declared.checks is Checks.REQUIRED and not (app.has_checks or app.declared.probe):
        message = f"'required' needs a check in {app.config.path.name}, or a probe"
        yield Mistake((*where, "checks"), message)
    if app.declared.probe is not None and not _takes_https(app):
        message = f"needs a service on port {HTTPS} with the handler tls in {app.config.path.name}"
        yield Mistake((*where, "probe"), message)


def _takes_https(app: PlatformApp) -> bool:
    return any(
        "tls" in port.handlers and any(r.start <= HTTPS <= r.end for r in port.ranges)
        for service in app.config.all_services
        for port in service.ports
    )


def foreign_names(app: PlatformApp, own: frozenset[str]) -> Iterator[Mistake]:
    """Variables of *app* that name apps outside its manifest; paths in the manifest."""
    allowed = own | frozenset(app.declared.allow_foreign)
    for name, value in {**app.config.env, **app.declared.env}.items():
        for stranger in HOST_OF_FLY.findall(value):
            if stranger not in allowed:
                line = f"env = {{ {name} = {value.replace(stranger, '${apps.….name}')!r} }}"
                yield Mistake(
                    ("apps", app.key, "env"),
                    f"{name} names {stranger!r}, which is no app of this manifest: set {line}, "
                    f"or allow it with allow_foreign = [{stranger!r}]",
                )


def _inline_secrets(where: tuple[str, ...], env: Mapping[str, str]) -> Iterator[Mistake]:
    for name in env:
        if SECRET_LIKE.search(name.upper()):
            yield Mistake((*where, name), "looks like a secret: declare it under secrets instead")
