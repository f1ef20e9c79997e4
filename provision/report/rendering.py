"""A report as JSON."""

from __future__ import annotations

import json
from typing import Any

import attrs

from provision.report.models import Report


def to_json(report: Report) -> str:
    """*report* as one JSON document, keys sorted, ending in a newline."""
    return json.dumps(_plain(report), indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def _plain(value: Any) -> Any:
    if attrs.has(type(value)):
        fields = attrs.fields_dict(type(value))
        shown = {name: _plain(getattr(value, name)) for name in fields}
        # A section that was not reached is left out; null is for what was asked and not told.
        absent = {n for n, a in fields.items() if shown[n] is None and a.default is None}
        return {name: item for name, item in shown.items() if name not in absent}
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return value
