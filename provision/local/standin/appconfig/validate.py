"""flyctl's verdict on a configuration."""

from __future__ import annotations

import shlex

from provision.local.standin.appconfig import durations, services, sizes
from provision.local.standin.appconfig.casts import Document
from provision.local.standin.appconfig.config import AppConfig

VALID = "\x1b[32m✓\x1b[0m Configuration is valid\n"
CROSS = "\x1b[31m✘\x1b[0m"
WARN = "\x1b[33mWARN\x1b[0m"
NOT_VALID = "App configuration is not valid"
INVALID = "invalid app configuration"
STRATEGIES = ("canary", "rolling", "immediate", "bluegreen")
POLICIES = {"always", "never", "on-failure"}
NO_PORTS = (
    "WARNING: Service must expose at least one port. Add a [[services.ports]] section to fly.toml; "
    "Check docs at https://fly.io/docs/reference/configuration/#services-ports \n "
    "Validation for _services without ports_ will hard fail after February 15, 2024."
)
_SECOND, _MINUTE = 10**9, 60 * 10**9


class Verdict:
    """
    What is to be said about a configuration.

    Attributes:
        text: All of it, as it is printed.
        is_valid: Whether it can be deployed.
    """

    def __init__(self, config: AppConfig) -> None:
        self._config = config
        self._said = f"Validating {config.path}\n"
        self._error = ""
        for judge in (
            self._build_strategies,
            self._deploy,
            self._checks,
            self._services,
            self._processes,
            self._console,
            self._mounts,
            self._restart,
            self._compression,
        ):
            judge()
        self._error = config.problem or self._error
        self.is_valid = not self._error
        self.text = self._said + (VALID if self.is_valid else f"\n   {CROSS}{self._error}\n")

    def _refuse(self, why: str) -> None:
        self._said += why
        self._error = INVALID

    def _build_strategies(self) -> None:
        found = _build_strategies(self._config.section("build"))
        if len(found) > 1:
            listed = ", ".join(found)
            self._said += f"{WARN} more than one build configuration found: [{listed}]\n"

    def _deploy(self) -> None:
        deploy = self._config.section("deploy")
        command, strategy = deploy.get("release_command", ""), deploy.get("strategy", "")
        if not _splits(command):
            self._refuse(f"Can't shell split release command: '{command}'\n")
        if strategy and strategy not in STRATEGIES:
            known = ", ".join(STRATEGIES)
            self._refuse(
                f"unsupported deployment strategy '{strategy}'; Apps v2 supports the following "
                f"strategies: {known}"
            )
        if strategy == "canary" and self._config.tables("mounts"):
            self._refuse(
                "error canary deployment strategy is not supported when using mounted volumes"
            )

    def _checks(self) -> None:
        for name, check in self._config.section("checks").items():
            if check.get("type") not in {"http", "tcp"}:
                self._refuse(
                    f"Can't process top level check '{name}': Missing or invalid check type, must "
                    "be 'http' or 'tcp'\n"
                )
            interval, timeout = check.get("interval"), check.get("timeout")
            if interval is not None and durations.parse(interval) < 2 * _SECOND:
                self._refuse(
                    f"Check '{name}' interval is too short: {interval}, minimum is 2 seconds\n"
                )
            if timeout is not None and durations.parse(timeout) > _MINUTE:
                self._refuse(
                    f"Check '{name}' timeout is too long: {timeout}, maximum is 60 seconds\n"
                )

    def _services(self) -> None:
        count = len(self._config.section("processes"))
        for service in services.all_services(self._config):
            processes = service.get("processes", [])
            if not processes and count:
                self._refuse(
                    f"Service has no processes set but app has {count} processes defined; "  # noqa: S608 - no SQL
                    "update fly.toml to set processes for each service\n"
                )
            self._known("Service", "service's", processes)
            if not service.get("ports"):
                self._said += NO_PORTS
            for kind, checks in (("TCP", "tcp_checks"), ("HTTP", "http_checks")):
                for check in service.get(checks, []):
                    self._said += _odd_durations(kind, check)

    def _known(self, who: str, whose: str, processes: list[str]) -> None:
        for name in processes:
            if name not in self._config.groups:
                self._refuse(
                    f"{who} specifies '{name}' as one of its processes, but no processes are "
                    f"defined with that name; update fly.toml [processes] to add '{name}' process "
                    f"or remove it from {whose} processes list\n"
                )

    def _processes(self) -> None:
        for name, command in self._config.section("processes").items():
            if not _splits(command):
                self._refuse(
                    f"Could not parse command for '{name}' process group; check [processes] "
                    "section: EOF found when expecting closing quote\n"
                )

    def _console(self) -> None:
        command = self._config.document.get("console_command", "")
        if not _splits(command):
            self._refuse(f"Can't shell split console command: '{command}'\n")

    def _mounts(self) -> None:
        for mount in self._config.tables("mounts"):
            for problem in _mount_problems(mount):
                self._refuse(f"mount '{mount.get('source', '')}' {problem}\n")

    def _restart(self) -> None:
        for restart in self._config.tables("restart"):
            self._known("Restart policy", "restart policy's", restart.get("processes", []))
            if restart.get("policy", "") not in POLICIES:
                self._refuse(f"invalid restart policy: {restart.get('policy', '')}\n")

    def _compression(self) -> None:
        build = self._config.section("build")
        kind, level = build.get("compression", ""), build.get("compression_level")
        if kind and kind not in {"gzip", "zstd"}:
            known = "Valid options are 'gzip', 'zstd', or leave unset."
            self._refuse(f"Invalid value '{kind}' for compression. {known}\n")
        if level is not None and not 0 <= level <= 9:  # noqa: PLR2004
            known = "Must be an integer between 0 and 9."
            self._refuse(f"Invalid value '{level}' for compression level. {known}\n")


def _build_strategies(build: Document) -> list[str]:
    found = []
    if build.get("image"):
        found.append(f'the "{build["image"]}" docker image')
    if build.get("builder") or build.get("buildpacks"):
        found.append("a buildpack")
    if build.get("dockerfile"):
        found.append(f'the "{build["dockerfile"]}" dockerfile')
    elif build.get("build-target"):
        found.append("a dockerfile")
    if build.get("builtin"):
        found.append(f'the "{build["builtin"]}" builtin image')
    return found


def _splits(command: str) -> bool:
    try:
        shlex.split(command, comments=True)
    except ValueError:
        return False
    return True


def _odd_durations(kind: str, check: Document) -> str:
    said = ""
    words = {"interval": "an interval", "timeout": "a timeout", "grace_period": "a grace period"}
    for key, what in words.items():
        if key not in check:
            continue
        length = durations.parse(check[key])
        non_zero = "that is non-zero and " if key == "grace_period" else ""
        start = f"{WARN} Service {kind} check has {what} "
        if length < _SECOND and (key != "grace_period" or length):
            said += f"{start}{non_zero}less than 1 second ({check[key]}); "
            said += "this will be raised to 1 second\n"
        elif length > _MINUTE:
            said += f"{start}greater than 1 minute ({check[key]}); "
            said += "this will be lowered to 1 minute\n"
    return said


def _mount_problems(mount: Document) -> list[str]:
    problems = []
    gigabytes = {}
    for key in ("initial_size", "auto_extend_size_increment", "auto_extend_size_limit"):
        text = mount.get(key, "")
        try:
            gigabytes[key] = sizes.volume_gb(text or "0")
        except ValueError as error:
            problems.append(f"with {key} '{text}' will fail because of: {error}")
            continue
        if text and gigabytes[key] < 1:
            problems.append(f"has an {key} '{text}' value which is smaller than 1GB")
    retention = mount.get("snapshot_retention")
    if retention is not None and not 1 <= retention <= 60:  # noqa: PLR2004
        problems.append(
            "has a snapshot_retention value which is not between 1 and 60 days inclusive"
        )
    increment = gigabytes.get("auto_extend_size_increment", 0)
    limit = gigabytes.get("auto_extend_size_limit", 0)
    return problems + _extension_problems(mount, increment, limit)


def _extension_problems(mount: Document, increment: int, limit: int) -> list[str]:
    threshold = mount.get("auto_extend_size_threshold", 0)
    problems = []
    if not (threshold or increment or limit):
        return []
    if threshold and not increment and not limit:
        problems.append(
            "auto_extend_size_threshold, auto_extend_size_increment and auto_extend_size_limit "
            "must be all defined or none"
        )
    if not 50 <= threshold <= 99:  # noqa: PLR2004
        problems.append("auto_extend_size_threshold must be between 50 and 99")
    if not 1 <= increment <= 100:  # noqa: PLR2004
        problems.append("auto_extend_size_increment must be between 1GB and 100GB")
    if limit and not 1 <= limit <= 500:  # noqa: PLR2004
        problems.append("auto_extend_size_limit must be between 1GB and 500GB")
    return problems
