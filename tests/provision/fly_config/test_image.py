"""Where the image of an app comes from."""

from __future__ import annotations

from pathlib import Path

import pytest

from provision.fly_config import FlyConfig, dockerfile, image, load


@pytest.fixture
def work(tmp_path: Path) -> Path:
    """A folder to deploy from, with a Dockerfile; the fly.toml lies in another one."""
    (tmp_path / "config").mkdir()
    work = tmp_path / "work"
    work.mkdir()
    (work / "Dockerfile").write_text("FROM scratch\n")
    return work


def loaded(work: Path, build: str) -> FlyConfig:
    path = work.parent / "config" / "fly.nfs.toml"
    path.write_text(f"app = 'nfs'\n[build]\n{build}\n")
    return load(path)


@pytest.mark.parametrize(
    ("build", "found"),
    [
        ("", "work/Dockerfile"),
        ("dockerfile = 'Dockerfile.nfs'", "config/Dockerfile.nfs"),
        ("dockerfile = '../docker/./nfs'", "docker/nfs"),
        ("dockerfile = '/nfs'", "config/nfs"),
        ("builtin = 'node'", "work/Dockerfile"),
    ],
)
def test_a_named_dockerfile_lies_beside_the_fly_toml(work: Path, build: str, found: str) -> None:
    """Without a name, that of the folder the deploy runs in is taken."""
    assert dockerfile(loaded(work, build), work) == work.parent / found


@pytest.mark.parametrize(
    "build",
    [
        "image = 'registry.example.net/nfs:1'",
        "builder = 'paketobuildpacks/builder'",
        "buildpacks = ['nodejs']",
        "dockerfile = 'https://example.net/Dockerfile'",
        "dockerfile = ' HTTP:broken'",
    ],
)
def test_other_sources_need_no_dockerfile(work: Path, build: str) -> None:
    """An image, buildpacks or a URL come before the Dockerfile of the folder."""
    assert dockerfile(loaded(work, build), work) is None


def test_a_dockerfile_may_be_written_small(work: Path) -> None:
    """flyctl looks for both spellings, and finds nothing where there is neither."""
    config = loaded(work, "")
    (work / "Dockerfile").unlink()

    before = dockerfile(config, work)
    (work / "dockerfile").touch()
    after = dockerfile(config, work)

    assert (before, after) == (None, work / "dockerfile")


@pytest.mark.parametrize(
    ("build", "expected"),
    [("image = 'nfs:1'", "nfs:1"), ("image = ''", None), ("", None)],
)
def test_an_image_is_named_or_built(work: Path, build: str, expected: str | None) -> None:
    """None is where one is to be built."""
    assert image(loaded(work, build)) == expected
