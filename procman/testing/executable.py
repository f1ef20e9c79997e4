"""An executable that plays the part of a program as its script says, and remembers its calls."""

from __future__ import annotations

import os
import shlex
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from attrs import frozen

from procman.testing.program import program_of
from procman.testing.script import Expected, Script


@frozen
class Call:
    """
    A call that was made.

    Attributes:
        argv: The arguments, the program not among them.
        is_expected: Whether the script answered it.
        stdin: What it read; None if its answer does not read.
    """

    argv: tuple[str, ...]
    is_expected: bool = True
    stdin: bytes | None = None


class ScriptNotFollowed(AssertionError):
    """
    Raised when a program was called otherwise than its script says.

    Attributes:
        problems: Each call that was not expected, with what differed, and each that never came.
    """

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(problems))


class ScriptedExecutable:
    """
    An executable *name* in *folder* that does what *script* says.

    *folder* is one of the test's own; it may go first in ``PATH``. A call that is not expected
    fails with exit code 97 and says on stderr what differs.

    Attributes:
        path: The executable.
    """

    def __init__(self, folder: Path, name: str, script: Script | Iterable[Expected]) -> None:
        self._script = script if isinstance(script, Script) else Script(script)
        self._name = name
        self._folder = folder.absolute() / f".{name}"
        self._folder.mkdir(parents=True)
        self._script.save(self._folder / "script.json")
        self.path = folder.absolute() / name
        self.path.write_bytes(program_of(self._script, self._folder))
        self.path.chmod(0o755)

    @property
    def calls(self) -> tuple[Call, ...]:
        """Every call that was made so far, in order."""
        return tuple(call for _, call in self._labelled())

    def check(self) -> None:
        """
        See that it was called as its script says, to the end.

        Raises:
            ScriptNotFollowed: it was not.
        """
        problems = [*self._unexpected(), *self._never_called()]
        if problems:
            raise ScriptNotFollowed(problems)

    def _labelled(self) -> Iterator[tuple[str, Call]]:
        try:
            content = (self._folder / "calls").read_bytes()
        except FileNotFoundError:
            return
        fields = iter([os.fsdecode(field) for field in content.split(b"\0")[:-1]])
        for label in fields:
            argv = tuple(next(fields) for _ in range(int(next(fields))))
            is_expected = not label.startswith("unexpected")
            stdin = self._folder / f"stdin.{label}"
            yield label, Call(argv, is_expected, stdin.read_bytes() if stdin.exists() else None)

    def _unexpected(self) -> Iterator[str]:
        for label, call in self._labelled():
            if not call.is_expected:
                yield (self._folder / label).read_text(encoding="utf-8").rstrip("\n")

    def _never_called(self) -> Iterator[str]:
        came: Counter[int] = Counter()
        for number, place in enumerate(self._script.due):
            came[place] += (self._folder / f"claimed.{number}").exists()
        for place, call in enumerate(self._script.calls):
            if call.times is not None and came[place] < call.times:
                argv = ("…" if each is None else shlex.quote(each) for each in call.argv)
                line = " ".join([self._name, *argv])
                yield (
                    f"called {came[place]} of {call.times} times: {line}"
                    if came[place]
                    else f"never called: {line}"
                )
