"""Where the image of an app comes from."""

from __future__ import annotations

import os
from pathlib import Path

from provision.fly_config.config import FlyConfig
from provision.fly_config.sections import Build


def image(config: FlyConfig) -> str | None:
    """The image that *config* names; None where one is to be built."""
    return (config.build or Build()).image or None


def dockerfile(config: FlyConfig, directory: Path) -> Path | None:
    """
    The Dockerfile of a deploy of *config* that runs in *directory*.

    One that *config* names is looked for beside it, and need not exist; else the directory may
    have one.

    Returns:
        An absolute path; None where the image comes from somewhere else: it is named or made by
        buildpacks, the Dockerfile is a URL, or there is none.

    Source: flyctl internal/command/deploy/deploy_build.go
    """
    build = config.build or Build()
    if build.image or build.builder or build.buildpacks or _is_url(build.dockerfile):
        return None
    if build.dockerfile:
        # flyctl joins even an absolute path to the folder of the fly.toml.
        beside = f"{config.path.parent.absolute()}{os.sep}{build.dockerfile}"
        return Path(os.path.normpath(beside))
    candidates = (directory.absolute() / name for name in ("Dockerfile", "dockerfile"))
    return next((path for path in candidates if path.is_file()), None)


def _is_url(text: str) -> bool:
    return text.strip().lower().startswith(("http:", "https:"))
