"""Reading a configuration file, and the configuration as a value."""

from __future__ import annotations

from provision.local.standin.appconfig.casts import DecodeError, Document, marshalled
from provision.local.standin.appconfig.decode import decode
from provision.local.standin.appconfig.patches import patched
from provision.local.standin.failure import Failure
from provision.local.world.hints import Any

UNSET_PATH = "--config path unset--"
APP_GROUP = "app"


class AppConfig:
    """
    A configuration.

    Attributes:
        path: Where it was read from, or `UNSET_PATH`.
        document: What it says, as flyctl would write it again; empty where it says nothing usable.
        problem: Why it is not usable; "" if it is.
        raw: What it says after old forms were brought up to date; None if that was not possible.
    """

    def __init__(self, document: Document, path: str = UNSET_PATH) -> None:
        self.path = path
        self.problem = ""
        self.raw: Document | None = None
        self.document: Document = {}
        try:
            self.raw = patched(document)
            self.document = decode(marshalled(self.raw))
        except DecodeError as error:
            self.problem = str(error)
            app = document.get("app")
            self.document = {"app": app} if isinstance(app, str) else {}

    @property
    def app_name(self) -> str:
        """The app it names, or ""."""
        return str(self.document.get("app", ""))

    @property
    def primary_region(self) -> str:
        """The region of the first machine, or ""."""
        return str(self.document.get("primary_region", ""))

    @property
    def strategy(self) -> str:
        """How a deploy replaces machines."""
        return str(self.section("deploy").get("strategy") or "rolling")

    def section(self, name: str) -> Document:
        """Return the table *name*; an empty one if there is none."""
        section: Document = self.document.get(name) or {}
        return section

    def tables(self, name: str) -> list[Document]:
        """Return the list of tables *name*; an empty one if there is none."""
        tables: list[Document] = self.document.get(name) or []
        return tables

    def set_(self, name: str, value: Any) -> None:
        """Set the top-level key *name*, in its place among the others."""
        self.document = decode(self.document | {name: value})

    @property
    def groups(self) -> list[str]:
        """The names of its process groups, sorted; ``app`` if it names none."""
        return sorted(self.section("processes")) or [APP_GROUP]

    @property
    def default_group(self) -> str:
        """The group of everything that names none."""
        return APP_GROUP if APP_GROUP in self.groups else self.groups[0]

    def concerns(self, group: str, processes: list[str]) -> bool:
        """Return whether something for *processes* is for *group*."""
        if not processes:
            return group == self.default_group
        return group in processes

    def of_group(self, name: str, group: str) -> list[Document]:
        """Return the tables *name* that concern *group*."""
        tables = self.tables(name)
        return [each for each in tables if self.concerns(group, each.get("processes", []))]


def load(path: str) -> AppConfig:
    """
    Return the configuration in the file *path*; its type is told by its name.

    Raises:
        Failure: It cannot be read, or is no TOML.
    """
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - pathlib costs a stand-in 5 ms
            content = file.read()
    except IsADirectoryError:
        raise _unreadable(path, f"read {path}: is a directory") from None
    except OSError as error:
        raise _unreadable(path, f"open {path}: {(error.strerror or '').lower()}") from None
    if path.endswith(".yaml"):
        raise _unreadable(path, "the local Fly does not read YAML")
    return AppConfig(_json(path, content) if path.endswith(".json") else _toml(path, content), path)


def _toml(path: str, content: bytes) -> Document:
    from provision.local.standin.appconfig import toml  # noqa: PLC0415 - JSON does not need it

    try:
        return toml.parse(content)
    except toml.TomlError as error:
        raise _unreadable(path, str(error)) from None


def _json(path: str, content: bytes) -> Document:
    import json  # noqa: PLC0415 - it is loaded already, by the world

    try:
        document = json.loads(content)
    except ValueError as error:
        raise _unreadable(path, str(error)) from None
    if not isinstance(document, dict):
        raise _unreadable(path, "json: cannot unmarshal into Go value of type map[string]any")
    return document


def _unreadable(path: str, why: str) -> Failure:
    return Failure(f"failed loading app config from {path}: {why}")
