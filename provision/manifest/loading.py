"""Loads a manifest."""

from __future__ import annotations

from pathlib import Path

from attrs import field, frozen

from provision.errors import InvalidFile
from provision.fly_config.mistake import Mistake
from provision.manifest.models import Manifest
from provision.manifest.references import resolved
from provision.manifest.structure import structured
from provision.toml_file import TomlFile, read_toml

FORMAT = 1


@frozen
class LoadedManifest:
    """
    A manifest and where it stands.

    Attributes:
        manifest: Its references resolved.
        file: What was read, with the lines of its keys.
    """

    manifest: Manifest
    file: TomlFile = field(repr=False)

    @property
    def path(self) -> Path:
        """The file itself."""
        return self.file.path


def load(path: Path) -> LoadedManifest:
    """
    Read the manifest at *path*, its references resolved.

    Raises:
        InvalidFile: it is no manifest; every problem at once.
    """
    loaded, mistakes = read(path)
    if mistakes:
        problems = [loaded.file.problem(mistake.path, mistake.message) for mistake in mistakes]
        raise InvalidFile(path, sorted(problems, key=lambda problem: problem.line or 0))
    return loaded


def read(path: Path) -> tuple[LoadedManifest, tuple[Mistake, ...]]:
    """
    Read the manifest at *path* and everything that is wrong with it.

    What is mistaken says something harmless in the manifest that comes back, so that the
    rest of it can be judged as well.

    Raises:
        InvalidFile: it is not TOML, or of a format we do not know.
    """
    file = read_toml(path)
    _check_format(file)
    manifest, mistyped = structured(file.content)
    manifest, dead_ends = resolved(manifest)
    return LoadedManifest(manifest, file), (*mistyped, *dead_ends)


def _check_format(file: TomlFile) -> None:
    """A format we do not know is said alone: whatever else looks wrong may be right in it."""
    version = file.content.get("format")
    if isinstance(version, int) and version > FORMAT:
        message = f"format {version} needs a newer provision; this one reads format {FORMAT}"
        raise InvalidFile(file.path, [file.problem(("format",), message)])
