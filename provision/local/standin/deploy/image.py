"""The image of a deploy: found by its reference, or built from a Dockerfile."""

from __future__ import annotations

import os

from provision.local.standin.api import Api
from provision.local.standin.appconfig.config import AppConfig
from provision.local.standin.deploy.progress import warn
from provision.local.standin.failure import Failure, within
from provision.local.standin.session import Session
from provision.local.world import builds, identity, images
from provision.local.world.apps import App
from provision.local.world.images import Image
from provision.local.world.operations import Operation
from provision.local.world.organizations import show

REGISTRY = "registry.fly.io"
RECORD_FAILING = "ensure depot builder failed, please try again"
FAILING = "failed to fetch an image or build from source"
NO_DOCKERFILE = (
    "app does not have a Dockerfile or buildpacks configured. See "
    "https://fly.io/docs/reference/configuration/#the-build-section"
)
_STEP, _SHORT = 1000, 10
RESOLVE = (
    "query ($appName: String!, $imageRef: String!) { app(name: $appName) { id image(ref: "
    "$imageRef) { id digest ref compressedSize: compressedSizeFull manifest } } }"
)


def find_image(session: Session, app: App, config: AppConfig) -> Image:
    """
    Return the image to deploy.

    Raises:
        Failure: It cannot be found or built; flyctl tries everything twice.
    """
    try:
        return _attempt(session, app, config)
    except Failure:
        pass
    try:
        return _attempt(session, app, config)
    except Failure as failure:
        raise within(FAILING, failure) from None


def _attempt(session: Session, app: App, config: AppConfig) -> Image:
    session.note("==> Building image")
    slug = app.organization.slug
    session.api.uiex(
        Operation.ORGANIZATIONS_SHOW,
        f"GET /api/v1/organizations/{slug}",
        lambda: show(session.world, slug),
        app=app.name,
        failing="failed to get organization",
    )
    reference = session.flag("image") or config.section("build").get("image", "")
    if reference:
        return _resolved(session, app, reference)
    return _built(session, app, config)


def _resolved(session: Session, app: App, reference: str) -> Image:
    build = _recorded(session, app)
    session.note(f"Searching for image '{reference}' remotely...")
    try:
        found = session.api.graphql(
            Operation.IMAGES_RESOLVE,
            RESOLVE,
            lambda: images.resolve(session.world, app.name, reference),
            app=app.name,
        )
    except Failure:
        _finish(session, app, build, succeeded=False)
        raise
    _finish(session, app, build, succeeded=found is not None)
    if found is None:
        raise Failure(f'could not find image "{reference}"')
    session.note(f"image found: {found.id}")
    return found


def _built(session: Session, app: App, config: AppConfig) -> Image:
    source = _source(session, config)
    build = _begin(session.api, app, failing="failed to create build")
    label = session.flag("image-label") or f"deployment-{identity.ulid(session.world)}"
    registry = session.env.get("FLY_REGISTRY_HOST") or REGISTRY
    session.note("==> Building image with Depot")
    try:
        found = session.api.uiex(
            Operation.BUILDS_FINISH,
            "POST /api/v1/builds/finish",
            lambda: images.build(
                session.world, app.name, registry=registry, label=label, source=source
            ),
            app=app.name,
            failing="failed to build",
        )
    except Failure:
        _finish(session, app, build, succeeded=False)
        raise
    _finish(session, app, build, succeeded=True)
    session.note("--> Building image done")
    session.note(f"image: {found.ref.partition('@')[0]}")
    session.note(f"image size: {_bytes(found.size)}")
    return found


def _bytes(size: int) -> str:
    amount, units = float(size), ["B", "kB", "MB", "GB"]
    while amount >= _STEP and len(units) > 1:
        amount, units = amount / _STEP, units[1:]
    has_fraction = amount < _SHORT and units[0] != "B"
    return f"{amount:.{1 if has_fraction else 0}f} {units[0]}"


def _recorded(session: Session, app: App) -> int | None:
    """Begin the record of how an image is found; flyctl goes on without one, and says so."""
    try:
        return _begin(session.api, app, failing=RECORD_FAILING)
    except Failure as failure:
        warn(session, f"failed to create build in graphql: {failure.message}\n")
        return None


def _begin(api: Api, app: App, *, failing: str) -> int:
    return api.uiex(
        Operation.BUILDS_CREATE,
        "POST /api/v1/builds",
        lambda: builds.begin(api.world, app.name),
        app=app.name,
        failing=failing,
    )


def _finish(session: Session, app: App, build: int | None, *, succeeded: bool) -> None:
    if build is None:
        return
    try:
        session.api.uiex(
            Operation.BUILDS_FINISH,
            "POST /api/v1/builds/finish",
            lambda: builds.finish(session.world, app.name, build, succeeded=succeeded),
            app=app.name,
            failing=RECORD_FAILING,
        )
    except Failure as failure:
        warn(session, f"failed to finish build in graphql: {failure.message}\n")


def _source(session: Session, config: AppConfig) -> bytes:
    build = config.section("build")
    named = build.get("dockerfile") or session.flag("dockerfile")
    folder = os.path.dirname(config.path) if build.get("dockerfile") else ""  # noqa: PTH120
    path = os.path.join(folder, named) if named else _dockerfile()  # noqa: PTH118 - see target.py
    if path:
        try:
            with open(path, "rb") as file:  # noqa: PTH123 - as above
                return file.read()
        except OSError:
            absolute = os.path.abspath(path)  # noqa: PTH100 - as above
            raise Failure(f"dockerfile '{absolute}' not found") from None
    for key in ("builder", "builtin"):
        if build.get(key):
            return str(build[key]).encode()
    raise Failure(NO_DOCKERFILE)


def _dockerfile() -> str:
    for name in ("Dockerfile", "dockerfile"):
        if os.path.exists(name):  # noqa: PTH110 - as above
            return name
    return ""
