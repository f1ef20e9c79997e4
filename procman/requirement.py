"""A program that a workflow needs on this machine, and which versions of it will do."""

from __future__ import annotations

import re
from typing import Self

from attrs import frozen

VERSION = r"\d+(?:\.\d+)+|\b\d+\b"
"""The first number with a dot in it, or that stands alone."""


@frozen
class Requirement:
    """
    A program, and which versions of it will do.

    Attributes:
        program: Looked up on ``PATH`` unless it has a slash.
        versions: A range after PEP 440, e.g. ``>=0.3,<0.5``; any version if empty, and then it
            is not asked.
        ask: The arguments that have it print its version, whatever its exit code.
        pattern: A regular expression; what it finds first is the version, its first group if
            it has one. stdout is searched before stderr.
        timeout: Seconds it may take to print it.

    Raises:
        ValueError: *versions* is no such range.
        re.error: *pattern* is no regular expression.
    """

    program: str
    versions: str = ""
    ask: tuple[str, ...] = ("--version",)
    pattern: str = VERSION
    timeout: float = 10.0

    def __attrs_post_init__(self) -> None:
        re.compile(self.pattern)
        if self.versions:
            self.accepts("0")

    @classmethod
    def parsed(cls, text: str) -> Self:
        """
        The requirement in *text*, e.g. ``fly>=0.3``, ``psql`` or ``/opt/bin/node >=20,<23``.

        Raises:
            ValueError: it is none.
        """
        found = re.fullmatch(r"\s*([^\s<>=!~,]+)\s*([<>=!~].*)?", text)
        if found is None:
            raise ValueError(f"not a program with a range of versions: {text!r}")
        return cls(found[1], (found[2] or "").strip())

    def version_in(self, printed: str) -> str | None:
        """The version in what it printed; None if there is none."""
        found = re.search(self.pattern, printed)
        if found is None:
            return None
        return found[1] if found.re.groups else found[0]

    def accepts(self, version: str) -> bool:
        """
        Whether *version* will do; a pre-release is a version like any other.

        Raises:
            ValueError: it is no version.
        """
        # Loaded by who requires something, not by `import procman`.
        from packaging.specifiers import SpecifierSet  # noqa: PLC0415
        from packaging.version import Version  # noqa: PLC0415

        return SpecifierSet(self.versions).contains(Version(version), prereleases=True)

    def __str__(self) -> str:
        return f"{self.program}{self.versions}"
