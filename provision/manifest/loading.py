"""Loads a manifest."""

from __future__ import annotations

from pathlib import Path

from attrs import field, frozen

from provision.errors import InvalidFile
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
    file = read_toml(path)
    _check_format(file)
    found = structured(file.content)
    if isinstance(found, Manifest):
        found, mistakes = resolved(found)
        if not mistakes:
            return LoadedManifest(found, file)
    else:
        mistakes = found
    problems = [file.problem(mistake.path, mistake.message) for mistake in mistakes]
    raise InvalidFile(path, sorted(problems, key=lambda problem: problem.line or 0))


def _check_format(file: TomlFile) -> None:
    """A format we do not know is said alone: whatever else looks wrong may be right in it."""
    version = file.content.get("format")
    if isinstance(version, int) and version > FORMAT:
        message = f"format {version} needs a newer provision; this one reads format {FORMAT}"
        raise InvalidFile(file.path, [file.problem(("format",), message)])
