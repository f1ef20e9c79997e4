"""Old and short forms of fly.toml, brought into the one form that is read on."""

from __future__ import annotations

from collections.abc import Callable

from provision.local.standin.appconfig.casts import (
    DecodeError,
    Document,
    NotTablesError,
    duration,
    go_kind,
    go_syntax,
    go_text,
    integer,
    limits,
    tables,
    texts,
)
from provision.local.world.hints import Any

_MILLISECOND, _SECOND = 10**6, 10**9
_COMMANDS = ("cmd", "entrypoint", "exec")


def patched(document: Document) -> Document:
    """
    Return *document* in the present form.

    Raises:
        DecodeError: A section has a form that never was one.

    Source: flyctl internal/appconfig/patches.go
    """
    found = dict(document)
    _replace(found, "env", _env)
    _replace(found, "services", _services)
    _replace(found, "processes", _processes)
    _experimental(found)
    _replace(found, "checks", _checks)
    _gather(found, "vm", ("compute", "computes", "vm"), "compute", "memory")
    _gather(found, "mounts", ("mount", "mounts"), "mounts", "initial_size")
    _gather(found, "metrics", ("metric", "metrics"), "mounts", "")
    _replace(found, "kill_timeout", lambda raw: duration(raw, _SECOND))
    _replace(found, "build", _build)
    return found


def _replace(found: Document, key: str, patch: Callable[[Any], Any]) -> None:
    if key not in found:
        return
    found[key] = patch(found[key])
    if found[key] == {}:
        del found[key]


def _env(raw: Any) -> Document:
    if isinstance(raw, list):
        merged: Document = {}
        for each in raw:
            merged.update(_env(each))
        return merged
    if not isinstance(raw, dict):
        raise DecodeError(f"Do not know how to process 'env' section of type: {go_kind(raw)}")
    return {key: go_text(value) for key, value in raw.items()}


def _processes(raw: Any) -> Document:
    if isinstance(raw, dict):
        return raw
    if not isinstance(raw, list):
        raise DecodeError(f"Unknown processes type: {go_kind(raw)}")
    named = [each for each in raw if isinstance(each, dict) and "name" in each]
    return {go_text(each["name"]): go_text(each.get("command", "")) for each in named}


def _services(raw: Any) -> list[Document]:
    try:
        services = [_service(service) for service in tables(raw)]
    except NotTablesError as error:
        raise DecodeError(f"Error processing services: {error}") from None
    return [service for service in services if service]


def _service(raw: Document) -> Document:
    service = dict(raw)
    _replace(service, "concurrency", _concurrency)
    _replace(service, "ports", _ports)
    for kind in ("tcp_checks", "http_checks"):
        if kind in service:
            service[kind] = _service_checks(kind, service[kind])
    _replace(service, "internal_port", integer)
    return service


def _concurrency(raw: Any) -> Document:
    if isinstance(raw, dict):
        return raw
    if not isinstance(raw, str):
        raise DecodeError(f"Unknown type for service concurrency: {go_kind(raw)}")
    return limits(raw)


def _ports(raw: Any) -> list[Document]:
    try:
        ports = tables(raw)
    except NotTablesError:
        raise DecodeError(f"Error processing ports: {go_kind(raw)}") from None
    return [each | {"port": integer(each["port"])} if "port" in each else each for each in ports]


def _service_checks(kind: str, raw: Any) -> list[Document]:
    try:
        return [_check(check) for check in tables(raw)]
    except (NotTablesError, DecodeError) as error:
        raise DecodeError(f"Error processing {kind}: {error}") from None


def _checks(raw: Any) -> Document:
    if isinstance(raw, dict):
        pairs = list(raw.items())
    elif isinstance(raw, list):
        pairs = [(_check_name(each), each) for each in raw]
    else:
        raise DecodeError(f"'checks' section of unknown type: {go_kind(raw)}")
    for _, check in pairs:
        if not isinstance(check, dict):
            raise DecodeError(f"'checks' section of unknown type: {go_kind(check)}")
    return {name: _check(check) for name, check in pairs}


def _check_name(raw: Any) -> str:
    if not isinstance(raw, dict):
        raise DecodeError(f"check item of unknown type: {go_kind(raw)}")
    name = raw.get("name")
    if not isinstance(name, str):
        raise DecodeError("check item name not a string")
    return name


def _check(raw: Document) -> Document:
    check = dict(raw)
    for key in ("interval", "timeout", "grace_period"):
        if key in check:
            check[key] = duration(check[key], _MILLISECOND)
    _replace(check, "headers", _headers)
    return check


def _headers(raw: Any) -> Document:
    if isinstance(raw, dict):
        return {name: go_text(value) for name, value in raw.items()}
    if not isinstance(raw, list):
        raise DecodeError(f"Unsupported headers format: {go_syntax(raw)}")
    for each in raw:
        if not isinstance(each, dict):
            raise DecodeError(f"Can't cast {go_syntax(each)} into map[string]any")
        if "name" not in each:
            raise DecodeError(f"Unsupported headers format {go_text(each)}")
    return {go_text(each["name"]): go_text(each.get("value", "")) for each in raw}


def _experimental(found: Document) -> None:
    if "experimental" not in found:
        return
    raw = found["experimental"]
    if not isinstance(raw, dict):
        raise DecodeError(f"Experimental section of unknown type: {go_kind(raw)}")
    commands = {name: texts(raw[name], name) for name in _COMMANDS if name in raw}
    if "kill_timeout" in raw:
        found.setdefault("kill_timeout", duration(raw["kill_timeout"], _SECOND))
    old = {"metrics_port": "port", "metrics_path": "path"}
    metrics = {name: raw[key] for key, name in old.items() if key in raw}
    if metrics:
        found.setdefault("metrics", metrics)
    found["experimental"] = raw | commands
    if not raw:
        del found["experimental"]


def _build(raw: Any) -> Document:
    if not isinstance(raw, dict):
        raise DecodeError(f"Build section of unknown type: {go_kind(raw)}")
    section = dict(raw)
    if "build_target" in section:
        section["build-target"] = section.pop("build_target")
    return section


def _gather(found: Document, key: str, names: tuple[str, ...], section: str, as_text: str) -> None:
    gathered: list[Document] = []
    for name in names:
        if name in found:
            try:
                gathered += tables(found.pop(name))
            except NotTablesError as error:
                raise DecodeError(f"Error processing {section}: {error}") from None
    said = ({as_text: go_text(table[as_text])} if as_text in table else {} for table in gathered)
    found[key] = [table | text for table, text in zip(gathered, said, strict=True)]
