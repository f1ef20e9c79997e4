"""Old and short forms of fly.toml, brought into the one form that is read on."""

from __future__ import annotations

from typing import Any

from provision.local.standin.appconfig import durations
from provision.local.standin.appconfig.decode import DecodeError

Document = dict[str, Any]
_MILLISECOND, _SECOND = 10**6, 10**9


def patched(document: Document) -> Document:
    """
    Return *document* in the present form.

    Raises:
        DecodeError: A section has a form that never was one.

    Source: flyctl internal/appconfig/patches.go
    """
    found = dict(document)
    for section, patch in (("env", _env), ("services", _services), ("processes", _processes)):
        if section in found:
            found[section] = patch(found[section])
    if not found.get("processes", True):
        del found["processes"]
    _experimental(found)
    if "checks" in found:
        found["checks"] = _checks(found["checks"])
    _gather(found, "vm", ("compute", "computes", "vm"), "compute", "memory")
    _gather(found, "mounts", ("mount", "mounts"), "mounts", "initial_size")
    _gather(found, "metrics", ("metric", "metrics"), "mounts", "")
    if "kill_timeout" in found:
        found["kill_timeout"] = _duration(found["kill_timeout"], _SECOND)
    _build(found)
    return found


def go_text(value: Any) -> str:
    """Return *value* as Go's ``%v`` shows it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:g}" if value != int(value) else str(int(value))
    if isinstance(value, list):
        return f"[{' '.join(map(go_text, value))}]"
    if isinstance(value, dict):
        return f"map[{' '.join(f'{key}:{go_text(value[key])}' for key in sorted(value))}]"
    return str(value)


def _env(raw: Any) -> Document:
    if isinstance(raw, list):
        merged: Document = {}
        for each in raw:
            merged.update(_env(each))
        return merged
    if not isinstance(raw, dict):
        raise DecodeError(
            f"Do not know how to process 'env' section of type: {_go_kind(raw)}",
        )
    return {key: go_text(value) for key, value in raw.items()}


def _processes(raw: Any) -> Document:
    if isinstance(raw, dict):
        return raw
    if not isinstance(raw, list):
        raise DecodeError(f"Unknown processes type: {_go_kind(raw)}")
    named = [each for each in raw if isinstance(each, dict) and "name" in each]
    return {go_text(each["name"]): go_text(each.get("command", "")) for each in named}


def _services(raw: Any) -> list[Document]:
    try:
        services = [_service(service) for service in _tables(raw)]
    except _NotTablesError as error:
        raise DecodeError(f"Error processing services: {error}") from None
    return [service for service in services if service]


def _service(raw: Document) -> Document:
    service = dict(raw)
    if "concurrency" in service:
        service["concurrency"] = _concurrency(service["concurrency"])
    if "ports" in service:
        service["ports"] = [_port(port) for port in _tables(service["ports"])]
    for kind in ("tcp_checks", "http_checks"):
        if kind in service:
            service[kind] = [_check(check) for check in _tables(service[kind])]
    if "internal_port" in service:
        service["internal_port"] = _integer(service["internal_port"])
    return service


def _concurrency(raw: Any) -> Any:
    if isinstance(raw, dict):
        return raw
    if not isinstance(raw, str):
        raise DecodeError(f"Unknown type for service concurrency: {_go_kind(raw)}")
    soft, comma, hard = raw.partition(",")
    if not comma:
        raise DecodeError(f"Unknown value '{raw}' for concurrency limits")
    limits = {"hard_limit": _integer(hard), "soft_limit": _integer(soft)}
    return {"type": "requests", **limits}


def _port(raw: Document) -> Document:
    return raw | {"port": _integer(raw["port"])} if "port" in raw else raw


def _checks(raw: Any) -> Document:
    if isinstance(raw, dict):
        pairs = list(raw.items())
    elif isinstance(raw, list):
        pairs = [(_check_name(each), each) for each in raw]
    else:
        raise DecodeError(f"'checks' section of unknown type: {_go_kind(raw)}")
    for _, check in pairs:
        if not isinstance(check, dict):
            raise DecodeError(f"'checks' section of unknown type: {_go_kind(check)}")
    return {name: _check(check) for name, check in pairs}


def _check_name(raw: Any) -> str:
    if not isinstance(raw, dict):
        raise DecodeError(f"check item of unknown type: {_go_kind(raw)}")
    name = raw.get("name")
    if not isinstance(name, str):
        raise DecodeError("check item name not a string")
    return name


def _check(raw: Document) -> Document:
    check = dict(raw)
    for key in ("interval", "timeout", "grace_period"):
        if key in check:
            check[key] = _duration(check[key], _MILLISECOND)
    if "headers" in check:
        check["headers"] = _headers(check["headers"])
    return check


def _headers(raw: Any) -> Document:
    if isinstance(raw, dict):
        return {name: go_text(value) for name, value in raw.items()}
    if not isinstance(raw, list) or not all(isinstance(each, dict) for each in raw):
        raise DecodeError(f"Unsupported headers format: {raw!r}")
    if any("name" not in each for each in raw):
        raise DecodeError(f"Unsupported headers format {raw!r}")
    return {go_text(each["name"]): go_text(each.get("value", "")) for each in raw}


def _experimental(found: Document) -> None:
    if "experimental" not in found:
        return
    raw = found["experimental"]
    if not isinstance(raw, dict):
        raise DecodeError(f"Experimental section of unknown type: {_go_kind(raw)}")
    section = dict(raw)
    for key in ("cmd", "entrypoint", "exec"):
        if isinstance(section.get(key), str):
            section[key] = [section[key]]
    if "kill_timeout" in section:
        found.setdefault("kill_timeout", _duration(section["kill_timeout"], _SECOND))
    old = {"metrics_port": "port", "metrics_path": "path"}
    metrics = {name: section[key] for key, name in old.items() if key in section}
    if metrics:
        found.setdefault("metrics", metrics)
    found["experimental"] = section
    if not section:
        del found["experimental"]


def _build(found: Document) -> None:
    if "build" not in found:
        return
    section = found["build"]
    if not isinstance(section, dict):
        raise DecodeError(f"Build section of unknown type: {_go_kind(section)}")
    if "build_target" in section:
        section = dict(section)
        section["build-target"] = section.pop("build_target")
    found["build"] = section
    if not section:
        del found["build"]


def _gather(found: Document, key: str, names: tuple[str, ...], section: str, as_text: str) -> None:
    tables: list[Document] = []
    for name in names:
        if name in found:
            try:
                tables += _tables(found.pop(name))
            except _NotTablesError as error:
                raise DecodeError(f"Error processing {section}: {error}") from None
    texts = ({as_text: go_text(table[as_text])} if as_text in table else {} for table in tables)
    found[key] = [table | text for table, text in zip(tables, texts, strict=True)]


class _NotTablesError(Exception):
    pass


def _tables(raw: Any) -> list[Document]:
    if isinstance(raw, dict):
        return [raw]
    if not isinstance(raw, list):
        raise _NotTablesError(f"Unknown type '{_go_kind(raw)}'")
    for each in raw:
        if not isinstance(each, dict):
            shown = go_text(each)
            raise _NotTablesError(f"Can not cast '{shown}' of type '{shown}' as map[string]any")
    return raw


def _duration(raw: Any, unit: int) -> Any:
    if isinstance(raw, str):
        return raw or None
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        return durations.show(int(raw) * unit)
    return None


def _integer(raw: Any) -> int:
    if isinstance(raw, str):
        try:
            return int(raw)
        except ValueError:
            problem = f'strconv.Atoi: parsing "{raw}": invalid syntax'
            raise DecodeError(f"Can not convert '{raw}' to integer: {problem}") from None
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        return int(raw)
    raise DecodeError(f"Unknown type for cast: {_go_kind(raw)}")


def _go_kind(value: Any) -> str:
    if isinstance(value, bool):
        return "bool"
    names = {str: "string", int: "int64", float: "float64", list: "[]interface {}"}
    return names.get(type(value), "map[string]interface {}")
