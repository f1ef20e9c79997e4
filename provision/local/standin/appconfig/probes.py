"""Services and checks as machines are given them."""

from __future__ import annotations

from provision.local.standin.appconfig.casts import Document
from provision.local.standin.appconfig.config import AppConfig

_CHECK_KEYS = (
    "type",
    "interval",
    "timeout",
    "grace_period",
    "method",
    "path",
    "protocol",
    "tls_skip_verify",
    "tls_server_name",
)


def service(found: Document) -> Document:
    """Return a service."""
    keys = {
        "protocol": "protocol",
        "internal_port": "internal_port",
        "autostop": "auto_stop_machines",
        "autostart": "auto_start_machines",
        "min_machines_running": "min_machines_running",
        "ports": "ports",
    }
    made = {name: found[key] for name, key in keys.items() if key in found}
    checks = [{"type": "tcp"} | each for each in found.get("tcp_checks", [])]
    checks += [{"type": "http"} | each for each in found.get("http_checks", [])]
    if checks:
        made["checks"] = [_check(each) for each in checks]
    if "concurrency" in found:
        made["concurrency"] = found["concurrency"]
    return made | {"force_instance_key": None}


def _check(check: Document) -> Document:
    made = {key: check[key] for key in _CHECK_KEYS if key in check}
    headers = check.get("headers", {})
    listed = [{"name": name, "values": [headers[name]]} for name in sorted(headers)]
    return made | ({"headers": listed} if listed else {})


def checks(config: AppConfig, group: str) -> Document:
    """
    Return the checks of *group* that belong to no service.

    Raises:
        ValueError: One has no port.
    """
    declared = config.section("checks")
    own = {
        name: check
        for name, check in declared.items()
        if config.concerns(group, check.get("processes", []))
    }
    return {name: _top_level(config, group, name, check) for name, check in own.items()}


def _top_level(config: AppConfig, group: str, name: str, check: Document) -> Document:
    port = check.get("port")
    if port is None:
        http = config.section("http_service")
        if not http or not config.concerns(group, http.get("processes", [])):
            raise ValueError(
                f"Check '{name}' for process group '{group}' has no port set and the group has no "
                "http_service to take it from"
            )
        port = http.get("internal_port", 0)
    if check.get("method"):
        check = check | {"method": check["method"].upper()}
    return {"port": port} | _check(check)
