"""Values of a loose type: the type that flyctl makes of them, and how Go shows them."""

from __future__ import annotations

import math
from datetime import date, datetime, time

from provision.local.standin.appconfig import durations
from provision.local.world.hints import Any

Document = dict[str, Any]
_LEAST_PLAIN, _FIRST_LARGE = -4, 6
"""The exponents of ten from which, and below which, Go shows a number without one."""


class DecodeError(Exception):
    """Raised where a value does not fit; its text is flyctl's, or Go's."""


class NotTablesError(Exception):
    """Raised where something is no table and no list of tables; its text is flyctl's."""


def go_text(value: Any) -> str:
    """Return *value* as Go's ``%v`` shows it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _float(value)
    if isinstance(value, list):
        return f"[{' '.join(map(go_text, value))}]"
    if isinstance(value, dict):
        return f"map[{' '.join(f'{key}:{go_text(value[key])}' for key in sorted(value))}]"
    if isinstance(value, datetime) and value.tzinfo:
        return _moment(value)
    return json_time(value) if isinstance(value, date | time) else str(value)


def go_syntax(value: Any) -> str:
    """Return a plain value as Go's ``%#v`` shows it."""
    import json  # noqa: PLC0415 - only for an error

    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else go_text(value)


def go_kind(value: Any) -> str:
    """Return the Go type of what a TOML file holds."""
    if isinstance(value, datetime):
        return "time.Time" if value.tzinfo else "toml.LocalDateTime"
    names = {
        bool: "bool",
        str: "string",
        int: "int64",
        float: "float64",
        list: "[]interface {}",
        date: "toml.LocalDate",
        time: "toml.LocalTime",
    }
    return names.get(type(value), "map[string]interface {}")


def json_time(value: date | time) -> str:
    """Return a date or a time as Go's JSON has it: without zeros at the end of a fraction."""
    text = value.isoformat()
    zone = "Z" if text.endswith("+00:00") else text[-6:] if getattr(value, "tzinfo", None) else ""
    plain = text[:-6] if zone else text
    return (plain.rstrip("0") if "." in plain else plain) + zone


def marshalled(value: Any) -> Any:
    """
    Return *value* as it is after a journey through JSON.

    Raises:
        DecodeError: JSON has no such number.
    """
    if isinstance(value, dict):
        return {key: marshalled(value[key]) for key in value}
    if isinstance(value, list):
        return [marshalled(each) for each in value]
    if isinstance(value, date | time):
        return json_time(value)
    if isinstance(value, float) and not math.isfinite(value):
        raise DecodeError(f"json: unsupported value: {go_text(value)}")
    return value


def tables(raw: Any) -> list[Document]:
    """
    Return the tables of *raw*: itself, or what it lists.

    Raises:
        NotTablesError: It is something else.
    """
    if isinstance(raw, dict):
        return [raw]
    if not isinstance(raw, list):
        raise NotTablesError(f"Unknown type '{go_kind(raw)}'")
    for each in raw:
        if not isinstance(each, dict):
            shown = f"Can not cast '{_verb('s', each)}' of type '{_verb('t', each)}'"
            raise NotTablesError(f"{shown} as map[string]any")
    return raw


def texts(raw: Any, name: str) -> list[str]:
    """
    Return the texts of *raw*: itself, or what it lists.

    Raises:
        DecodeError: It is something else.
    """
    if isinstance(raw, str):
        return [raw]
    wanted = "string" if isinstance(raw, list) else "[]string"
    for each in raw if isinstance(raw, list) else [raw]:
        if not isinstance(each, str):
            shown = f"could not cast {go_text(each)} of type {go_kind(each)}"
            raise DecodeError(f"{shown} to {wanted} on {name}")
    return list(raw)


def duration(raw: Any, unit: int) -> str | None:
    """Return the duration *raw*, a text or a number of *unit*; None for anything else."""
    if isinstance(raw, str):
        return raw or None
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        return durations.show(int(raw) * unit)
    return None


def integer(raw: Any) -> int:
    """
    Return the whole number that *raw* is or says.

    Raises:
        DecodeError: It is none.
    """
    if isinstance(raw, str):
        return _parsed(raw, f"Can not convert '{raw}' to integer")
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        return int(raw)
    raise DecodeError(f"Unknown type for cast: {go_kind(raw)}")


def limits(raw: str) -> Document:
    """
    Return the concurrency that the old form ``20,25`` means.

    Raises:
        DecodeError: It is not two numbers.
    """
    soft, comma, hard = raw.partition(",")
    if not comma:
        raise DecodeError(f"Unknown value '{raw}' for concurrency limits")
    problem = f"Can not convert '{raw}'"
    soft_limit, hard_limit = _parsed(soft, problem), _parsed(hard, problem)
    return {"type": "requests", "hard_limit": hard_limit, "soft_limit": soft_limit}


def _parsed(text: str, problem: str) -> int:
    digits = text[1:] if text[:1] in {"+", "-"} else text
    if not (digits.isascii() and digits.isdigit()):
        raise DecodeError(f'{problem}: strconv.Atoi: parsing "{text}": invalid syntax')
    return int(text)


def _float(value: float) -> str:
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else f"{value:+}".title()
    digits, exponent = _shortest(value)
    if _LEAST_PLAIN <= exponent < _FIRST_LARGE:
        return repr(value).removesuffix(".0")
    return f"{digits}e{exponent:+03}"


def _shortest(value: float) -> tuple[str, int]:
    for precision in range(17):
        text = f"{value:.{precision}e}"
        if float(text) == value:
            break
    digits, _, exponent = text.partition("e")
    return digits, int(exponent)


def _moment(value: datetime) -> str:
    text = json_time(value).replace("T", " ")
    if text.endswith("Z"):
        return text[:-1] + " +0000 UTC"
    zone = text[-6:].replace(":", "")
    return f"{text[:-6]} {zone} {zone}"


def _verb(verb: str, value: Any) -> str:
    if (verb, type(value)) in {("s", str), ("t", bool)}:
        return go_text(value)
    return f"%!{verb}({go_kind(value)}={go_text(value)})"
