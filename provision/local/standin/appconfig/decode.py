"""From a document to a configuration with Go's types, in Go's words where it does not fit."""

from __future__ import annotations

from provision.local.standin.appconfig import durations
from provision.local.standin.appconfig.casts import DecodeError
from provision.local.standin.appconfig.schema import EMBEDDED, OF_FLY_GO, STRUCTS
from provision.local.world.hints import Any

_SCALARS = {"string": str, "bool": bool, "int": int, "float64": float, "uint32": int}
_AUTOSTOP: dict[str, bool | str] = {"off": False, "stop": True, "suspend": "suspend"}
_PERSISTENCE = ("", "never", "restart", "always")
_LARGEST = 1 << 32


def decode(document: dict[str, Any]) -> dict[str, Any]:
    """
    Return *document* as flyctl would write it again: known keys only, in order, without zeros.

    Raises:
        DecodeError: A value has the wrong type; of several, the first in the order of their names.
    """
    decoder = _Decoder()
    decoded: dict[str, Any] = decoder.struct("Config", document, "", ())
    if decoder.first:
        raise DecodeError(decoder.first)
    return decoded


class _Decoder:
    def __init__(self) -> None:
        self.first = ""

    def struct(self, name: str, value: Any, parent: str, path: tuple[str, ...]) -> Any:
        """*value* as the struct *name* of Go, its keys in whatever case; unknown ones are left."""
        if not isinstance(value, dict):
            self._mismatch(value, _go_type(name), parent, path)
            return {}
        keys = {key.lower(): key for key in STRUCTS[name]}
        found: dict[str, Any] = {}
        for given in sorted(value):
            key = keys.get(given.lower())
            if key is not None and value[given] is not None:
                kind, inner = STRUCTS[name][key], EMBEDDED.get((name, key))
                where = (*path, inner, key) if inner else (*path, key)
                found[key] = self.value(kind, value[given], name, where)
        return _written(name, found)

    def value(self, kind: str, value: Any, struct: str, path: tuple[str, ...]) -> Any:
        """*value* as a *kind* of Go; `first` tells of the first that is something else."""
        kind = kind.strip("*!")
        if kind in STRUCTS:
            return self.struct(kind, value, struct, path)
        if kind.startswith("[]"):
            return self._list(kind, value, struct, path)
        if kind.startswith("map["):
            return self._map(kind, value, struct, path)
        if kind in _SCALARS:
            return self._scalar(kind, value, struct, path)
        if kind == "persistence":
            return self._persistence(value, struct, path)
        return _duration(value) if kind == "duration" else _autostop(value)

    def _list(self, kind: str, value: Any, struct: str, path: tuple[str, ...]) -> Any:
        if not isinstance(value, list):
            self._mismatch(value, _go_type(kind), struct, path)
            return []
        return [self.value(kind[2:], item, struct, path) for item in value]

    def _map(self, kind: str, value: Any, struct: str, path: tuple[str, ...]) -> Any:
        if not isinstance(value, dict):
            self._mismatch(value, _go_type(kind), struct, path)
            return {}
        item = kind.removeprefix("map[string]")
        if item == "interface {}":
            return {key: value[key] for key in sorted(value)}
        return {key: self.value(item, value[key], struct, path) for key in sorted(value)}

    def _scalar(self, kind: str, value: Any, struct: str, path: tuple[str, ...]) -> Any:
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if kind == "float64" and isinstance(value, int) and not isinstance(value, bool):
            return value
        fits = kind != "uint32" or value in range(_LARGEST)
        if type(value) is not _SCALARS[kind] or not fits:
            self._mismatch(value, kind, struct, path)
            return _SCALARS[kind]()
        return value

    def _persistence(self, value: Any, struct: str, path: tuple[str, ...]) -> str:
        if isinstance(value, str):
            if value not in (*_PERSISTENCE, "none"):
                raise DecodeError(f'invalid persist_rootfs string value "{value}"')
            return value.replace("none", "")
        if isinstance(value, int) and not isinstance(value, bool):
            if not 0 <= value < len(_PERSISTENCE):
                raise DecodeError(f"invalid persist_rootfs int value {value}")
            return _PERSISTENCE[value]
        self._mismatch(value, "string", struct, path)
        return ""

    def _mismatch(self, value: Any, kind: str, struct: str, path: tuple[str, ...]) -> None:
        where = f" into Go struct field {struct}.{'.'.join(path)}" if path else " into Go value"
        shown = _json_kind(value)
        if shown == "number" and kind in {"int", "uint32"}:
            shown = f"number {value}"
        text = f"json: cannot unmarshal {shown}{where} of type {kind}"
        self.first = self.first or text


def _written(name: str, found: dict[str, Any]) -> dict[str, Any]:
    written: dict[str, Any] = {}
    for key, kind in STRUCTS[name].items():
        if key in found and (kind.startswith("*") or kind.endswith("!") or found[key]):
            written[key] = found[key]
        elif kind.endswith("!"):
            written[key] = _zero(kind.rstrip("!"))
    return written


def _zero(kind: str) -> Any:
    return _written(kind, {}) if kind in STRUCTS else _SCALARS[kind]()


def _duration(value: Any) -> str:
    if isinstance(value, str):
        try:
            return durations.show(durations.parse(value))
        except ValueError as error:
            raise DecodeError(str(error)) from None
    if isinstance(value, int | float) and not isinstance(value, bool):
        return durations.show(int(value))
    raise DecodeError(f"unknown type for duration: {value!r}")


def _autostop(value: Any) -> bool | str:
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        if value in _AUTOSTOP:
            return _AUTOSTOP[value]
        raise DecodeError(f'invalid autostop string value "{value}"')
    raise DecodeError("autostop value is not a valid bool or string")


def _json_kind(value: Any) -> str:
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int | float):
        return "number"
    if isinstance(value, str):
        return "string"
    return "array" if isinstance(value, list) else "object"


def _go_type(kind: str) -> str:
    for prefix in ("[]", "map[string]", "*"):
        if kind.startswith(prefix):
            return prefix + _go_type(kind.removeprefix(prefix))
    package = "fly" if kind in OF_FLY_GO else "appconfig"
    return f"{package}.{kind}" if kind in STRUCTS else kind
