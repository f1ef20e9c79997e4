"""Keeps the secrets of a run out of its events."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import evolve

from procman.events import Event, JobLogged, OutputItem, RunEnded, RunStarted
from procman.secret import REDACTED, KnownSecrets, Redactor

T = TypeVar("T", bound=Event)

IN_WORDS = ("cause", "command")
"""The fields of events that quote what others said: errors, programs, whoever runs a workflow."""


def discreet(event: Event, known: Mapping[str, KnownSecrets]) -> Event:
    """*event* without the secrets that are *known* of its job; an end of a run without any."""
    if isinstance(event, (RunStarted, RunEnded)):
        for each in known.values():
            event = _without(event, each)
        return event
    own = known.get(event.job)
    return event if own is None else _without(event, own)


def _without(event: T, known: KnownSecrets) -> T:
    return _discreet(event, known.redactor) if known.redactor.spellings else event


def _discreet(event: T, redactor: Redactor) -> T:
    # In lines and outputs there are no secrets any more.
    match event:
        case OutputItem():
            return evolve(event, value=_clean(event.value, redactor))
        case JobLogged():
            fields = _clean(dict(event.fields), redactor)
            return evolve(event, message=redactor.clean_text(event.message), fields=fields)
    said = {name: getattr(event, name, "") for name in IN_WORDS}
    changes: dict[str, Any] = {
        name: redactor.clean_text(text) for name, text in said.items() if text
    }
    return evolve(event, **changes) if changes else event


def _clean(value: Any, redactor: Redactor) -> Any:
    """A JSON value, with its keys."""
    match value:
        case str():
            return redactor.clean_text(value)
        case int() | float():
            is_secret = redactor.clean_text(str(value)) != str(value)
            return REDACTED if is_secret else value
        case list():
            return [_clean(each, redactor) for each in value]
        case dict():
            return {_clean(key, redactor): _clean(each, redactor) for key, each in value.items()}
        case _:
            return value
