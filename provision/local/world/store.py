"""The one SQLite file behind a world: opening it, and transactions that several processes share."""

from __future__ import annotations

import os
import sqlite3

from provision.local.world.clock import Clock, first_reading
from provision.local.world.hints import Any, Self
from provision.local.world.schema import APPLICATION_ID, TABLES, VERSION

BUSY_SECONDS = 30.0
"""How long a process waits for another one's transaction before it gives up."""

START_ANEW = "give another path, or remove the file and start anew"
"""What to do about a file that is there, and of no use."""


class NotAWorld(Exception):
    """
    Raised by `World` when its file cannot be used.

    Attributes:
        path: The file.
        reason: What is wrong with it.
        hint: What to do next.
    """

    def __init__(self, path: str, reason: str, hint: str = "give another path") -> None:
        super().__init__(path, reason, hint)
        self.path = path
        self.reason = reason
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}; {self.hint}"


class Transaction:
    """A block that is done as a whole or not at all; see `World.transaction`."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._joins_another = False

    def __enter__(self) -> None:
        self._joins_another = self._db.in_transaction
        if not self._joins_another:
            self._db.execute("BEGIN IMMEDIATE")

    def __exit__(self, raised: type[BaseException] | None, *_: object) -> None:
        if not self._joins_another:
            self._db.execute("COMMIT" if raised is None else "ROLLBACK")


class World:
    """
    An open world file.

    A `World` belongs to the thread that opened it; open one for each thread or process. Whatever
    happens to a process, the file stays consistent: all that belongs together is one transaction.

    Args:
        path: The file, made by `create_world`.

    Raises:
        NotAWorld: The file is missing, or is something else, or of another version, or in use
            for `BUSY_SECONDS`.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = os.fspath(path)
        if not os.path.exists(self.path):  # noqa: PTH110 - pathlib costs a stand-in 5 ms
            raise NotAWorld(self.path, "there is no such file")
        self._db = _open(self.path)
        self.clock = Clock(self)

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def transaction(self) -> Transaction:
        """Do everything in the block or nothing of it; a block inside a block joins it."""
        return Transaction(self._db)

    @property
    def in_transaction(self) -> bool:
        """Whether one is open here."""
        return self._db.in_transaction

    def rows(self, sql: str, *values: object) -> list[Any]:
        """Return all rows of a query."""
        return self._db.execute(sql, values).fetchall()

    def row(self, sql: str, *values: object) -> Any:
        """Return the first row of a query, or None."""
        return self._db.execute(sql, values).fetchone()

    def value(self, sql: str, *values: object) -> Any:
        """Return the first column of the first row, or None."""
        row = self.row(sql, *values)
        return None if row is None else row[0]

    def execute(self, sql: str, *values: object) -> int:
        """Change the world; return the number of rows changed."""
        return self._db.execute(sql, values).rowcount

    def insert(self, table: str, **values: object) -> int:
        """Add a row to *table*; return its number."""
        columns, marks = ", ".join(values), ", ".join("?" * len(values))
        sql = f"INSERT INTO {table} ({columns}) VALUES ({marks})"  # noqa: S608 - our own names
        return self._db.execute(sql, tuple(values.values())).lastrowid or 0

    def setting(self, name: str) -> str:
        """Return a setting."""
        return str(self.value("SELECT value FROM settings WHERE name = ?", name))

    def set_setting(self, name: str, value: str) -> None:
        """Change a setting, for every process."""
        self.execute("UPDATE settings SET value = ? WHERE name = ?", value, name)

    def count(self, name: str) -> int:
        """Return the next number of the counter *name*, starting at 1; never the same one twice."""
        sql = "INSERT INTO counters VALUES (?, 1) ON CONFLICT DO UPDATE SET value = value + 1"
        with self.transaction():
            self.execute(sql, name)
            return int(self.value("SELECT value FROM counters WHERE name = ?", name))


def create_world(path: str | os.PathLike[str]) -> World:
    """
    Open the world at *path*, making it first where there is none.

    Two processes may do this at once; both get the same world.

    Raises:
        NotAWorld: The file cannot be made, or is something else, or of another version.
    """
    path = os.fspath(path)
    if not os.path.exists(path):  # noqa: PTH110 - pathlib costs a stand-in 5 ms
        draft = f"{path}.{os.getpid()}.{os.urandom(4).hex()}"
        try:
            _make(draft)
            _publish(draft, path)
        except sqlite3.OperationalError as error:
            raise NotAWorld(path, f"cannot be made ({error})") from error
        finally:
            if os.path.exists(draft):  # noqa: PTH110 - as above
                os.unlink(draft)  # noqa: PTH108
    return World(path)


def _make(path: str) -> None:
    db = sqlite3.connect(path, isolation_level=None)
    _settle(db)
    db.execute("PRAGMA journal_mode = WAL")
    db.executescript(f"BEGIN; {TABLES} COMMIT;")
    db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    db.execute(f"PRAGMA user_version = {VERSION}")
    settings = {
        "clock": first_reading(),
        "salt": os.urandom(16).hex(),
        "token": "",
        "viewer_email": "dev@example.com",
        "viewer_hobby": "",
    }
    db.executemany("INSERT INTO settings VALUES (?, ?)", settings.items())
    now = int(settings["clock"].split()[0])
    personal = (1, "ORG000001", "personal", "dev-123", "Dev", "PERSONAL", 1, 1, "admin", now, 0)
    marks = ", ".join("?" * len(personal))
    db.execute(f"INSERT INTO organizations VALUES ({marks})", personal)  # noqa: S608 - marks only
    db.execute("INSERT INTO networks VALUES (16, 1, 'default')")
    db.close()


def _publish(draft: str, path: str) -> None:
    # A link fails where the file exists already, so the first of two makers wins.
    try:
        os.link(draft, path)
    except FileExistsError:
        return


def _settle(db: sqlite3.Connection) -> None:
    db.execute("PRAGMA foreign_keys = ON")
    db.execute("PRAGMA synchronous = OFF")  # outlives kill -9; only a power cut needs more


def _open(path: str) -> sqlite3.Connection:
    try:
        db = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
    except sqlite3.OperationalError as error:  # e.g. a folder
        raise NotAWorld(path, f"is not a world ({error})") from error
    try:
        _check(db, path)
        _settle(db)
    except sqlite3.DatabaseError as error:
        db.close()
        raise _refusal(path, error) from error
    except NotAWorld:
        db.close()
        raise
    return db


def _check(db: sqlite3.Connection, path: str) -> None:
    application = db.execute("PRAGMA application_id").fetchone()[0]
    version = db.execute("PRAGMA user_version").fetchone()[0]
    if application != APPLICATION_ID:
        raise NotAWorld(path, "is not a world", START_ANEW)
    if version != VERSION:
        reason = f"is a world of version {version}, this program reads {VERSION}"
        raise NotAWorld(path, reason, START_ANEW)


def _refusal(path: str, error: sqlite3.DatabaseError) -> NotAWorld:
    if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
        return NotAWorld(path, "is not a world", START_ANEW)
    reason = f"is in use by another process, for {BUSY_SECONDS:g} s now"
    return NotAWorld(path, reason, "wait for it to end, or give another path")
