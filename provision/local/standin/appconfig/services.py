"""The services of a configuration: of which group, how public, under which address."""

from __future__ import annotations

from provision.local.standin.appconfig.casts import Document
from provision.local.standin.appconfig.config import AppConfig
from provision.local.world.hints import Any

HTTP_PORT, HTTPS_PORT, LAST_PORT = 80, 443, 65535

_KEPT = ("internal_port", "auto_stop_machines", "auto_start_machines", "min_machines_running")


def all_services(config: AppConfig) -> list[Document]:
    """Return its services; ``http_service`` is one, with the ports 80 and 443."""
    http = config.section("http_service")
    return ([_from_http(http)] if http else []) + config.tables("services")


def of_group(config: AppConfig, group: str) -> list[Document]:
    """Return the services of *group*."""
    services = all_services(config)
    return [each for each in services if config.concerns(group, each.get("processes", []))]


def needs_dedicated_address(config: AppConfig) -> bool:
    """
    Return whether a first deploy would ask for a dedicated address.

    Source: flyctl internal/appconfig/config.go
    """
    for service in config.tables("services"):
        if service.get("protocol") == "udp":
            return True
        if service.get("protocol") == "tcp" and any(map(_is_special, service.get("ports", []))):
            return True
    return False


def url(config: AppConfig) -> str:
    """Return where a browser would find the app; "" if nowhere."""
    host = f"{config.app_name}.fly.dev"
    if config.section("http_service").get("internal_port"):
        return f"https://{host}/"
    secure, plain = _browsable(config, tls=True), _browsable(config, tls=False)
    if HTTPS_PORT in secure:
        return f"https://{host}/"
    if HTTP_PORT in plain:
        return f"http://{host}/"
    if secure:
        return f"https://{host}:{min(secure)}/"
    return f"http://{host}:{min(plain)}/" if plain else ""


def _browsable(config: AppConfig, *, tls: bool) -> list[int]:
    ports = [port for service in config.tables("services") for port in service.get("ports", [])]
    return [
        port["port"]
        for port in ports
        if "port" in port and "http" in _handlers(port) and ("tls" in _handlers(port)) == tls
    ]


def _handlers(port: Document) -> list[str]:
    handlers: list[str] = port.get("handlers", [])
    return handlers


def _is_special(port: Document) -> bool:
    if not {"port", "start_port", "end_port"} & port.keys():
        return False
    first = int(port.get("port") or port.get("start_port") or 0)
    last = int(port.get("port") or port.get("end_port") or LAST_PORT)
    numbers = set(range(first, min(last, first + 2) + 1))
    if not numbers <= {HTTP_PORT, HTTPS_PORT}:
        return True
    if HTTP_PORT in numbers and _handlers(port) != ["http"]:
        return True
    return HTTPS_PORT in numbers and sorted(_handlers(port)) != ["http", "tls"]


def _from_http(http: Document) -> Document:
    options = {key: http[key] for key in ("http_options",) if key in http}
    plain: Document = {"port": HTTP_PORT, "handlers": ["http"]}
    if http.get("force_https"):
        plain["force_https"] = True
    secure: Document = {"port": HTTPS_PORT, "handlers": ["http", "tls"]}
    if "tls_options" in http:
        secure["tls_options"] = http["tls_options"]
    service: dict[str, Any] = {"protocol": "tcp"}
    service |= {key: http[key] for key in _KEPT if key in http}
    service["ports"] = [plain | options, secure | options]
    renamed = {"concurrency": "concurrency", "checks": "http_checks"}
    renamed |= {"machine_checks": "machine_checks", "processes": "processes"}
    return service | {name: http[key] for key, name in renamed.items() if key in http}
