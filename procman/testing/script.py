"""What a program is expected to be called with, and what it does then: data, kept as JSON."""

from __future__ import annotations

import enum
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from signal import Signals
from typing import Any

from attrs import Attribute, astuple, field, frozen

from procman.testing.answer import (
    SILENT,
    Act,
    Answer,
    Die,
    Exit,
    Ignore,
    LeaveBehind,
    Print,
    ReadStdin,
    Stream,
    Wait,
)

FORMAT = 1

_STREAMS = [stream.value for stream in Stream]

_KINDS: Mapping[str, Callable[..., Act | Exit | Die]] = {
    "wait": Wait,
    "read": ReadStdin,
    "ignore": Ignore,
    "leave_behind": LeaveBehind,
    "exit": Exit,
    "die": Die,
}


class Order(enum.Enum):
    """Whether calls must come as they are written."""

    KEPT = "kept"
    ANY = "any"


@frozen
class Expected:
    """
    A call that is expected; see `expect`.

    Attributes:
        argv: The arguments, the program not among them; None stands for any one argument.
        answer: What the program does.
        times: How often; None for any number of times, none included, and at any time.
    """

    argv: tuple[str | None, ...]
    answer: Answer = SILENT
    times: int | None = field(default=1, kw_only=True)

    @times.validator
    def _check_times(self, _: Attribute[int | None], times: int | None) -> None:
        if times is not None and times < 1:
            raise ValueError(f"a call is expected once or more, not {times} times")


def expect(*argv: str | None, answer: Answer = SILENT, times: int | None = 1) -> Expected:
    """
    An `Expected` call, its arguments spelled one after another.

    ``expect("list", "--json", answer=answer("[]"))``
    """
    return Expected(argv, answer, times=times)


def _expected(calls: Iterable[Expected]) -> tuple[Expected, ...]:
    return tuple(calls)


@frozen
class Script:
    """
    What a program is expected to be called with.

    Attributes:
        calls: All of them.
        order: Whether they must come in this order.
    """

    calls: tuple[Expected, ...] = field(converter=_expected)
    order: Order = Order.KEPT

    @property
    def due(self) -> tuple[int, ...]:
        """For each call that must come, in this order if it is kept, its place in `calls`."""
        return tuple(place for place, call in enumerate(self.calls) for _ in range(call.times or 0))

    def save(self, path: Path | str) -> None:
        """Write it to *path*, as JSON a person can read and change."""
        Path(path).write_text(self.to_json(), encoding="utf-8")

    @classmethod
    def load(cls, path: Path | str) -> Script:
        """
        The script in the file at *path*.

        Raises:
            OSError: it cannot be read.
            ValueError: it is no script.
        """
        try:
            return _script(json.loads(Path(path).read_text(encoding="utf-8")))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise ValueError(f"{path}: no script: {type(error).__name__}: {error}") from error

    def to_json(self) -> str:
        """As it is kept in a file: a call a line."""
        lines = (
            json.dumps({"argv": c.argv, "times": c.times, "answer": _acts(c.answer)})
            for c in self.calls
        )
        calls = ",\n".join(f"  {line}" for line in lines)
        head = f'"format": {FORMAT}, "order": {json.dumps(self.order.value)}'
        return f'{{{head}, "calls": [\n{calls}\n]}}\n'


def _acts(answer: Answer) -> list[Any]:
    return [_to_pair(act) for act in (*answer.acts, answer.end)]


def _to_pair(act: Act | Exit | Die) -> list[Any]:
    if isinstance(act, Print):
        return [act.stream.value, act.data.decode(errors="surrogateescape")]
    values = [v.name if isinstance(v, Signals) else v for v in astuple(act, recurse=False)]
    return [next(verb for verb, kind in _KINDS.items() if type(act) is kind), *values]


def _script(content: Mapping[str, Any]) -> Script:
    if content["format"] != FORMAT:
        raise ValueError(f"its format is {content['format']}, not {FORMAT}")
    calls = [
        Expected(tuple(call["argv"]), _answer(call["answer"]), times=call["times"])
        for call in content["calls"]
    ]
    return Script(calls, Order(content["order"]))


def _answer(pairs: Sequence[Sequence[Any]]) -> Answer:
    *acts, end = [_from_pair(*pair) for pair in pairs]
    if not isinstance(end, Exit | Die) or any(isinstance(act, Exit | Die) for act in acts):
        raise ValueError("an answer ends once, by exit or die, as its last act")
    return Answer(tuple(act for act in acts if not isinstance(act, Exit | Die)), end)


def _from_pair(verb: str, *values: Any) -> Act | Exit | Die:
    if verb in _STREAMS:
        (text,) = values
        return Print(text.encode(errors="surrogateescape"), Stream(verb))
    kind = _KINDS[verb]
    return kind(*(Signals[v] if isinstance(v, str) else v for v in values))
