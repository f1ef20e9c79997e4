"""How curl is called: one request, nobody's credentials, and what came of it as JSON."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from pathlib import Path

from attrs import field, frozen
from packaging.version import Version

from procman import Command, Output, Step, Unreadable, json_as, text
from provision.errors import PreconditionFailed

OLDEST = Version("7.75.0")
"""The first that tells in JSON how it ended."""

INSTALL = f"install curl {OLDEST} or newer with https (https://curl.se), or declare no probe"

REDIRECTS = 5
"""How many are followed."""

SPARE = 5.0
"""Seconds that curl may take beyond the limit it was given, to say that it was reached."""

ENDS = frozenset({0, 1, 6, 7, 16, 28, 35, 47, 51, 52, 55, 56, 60, 92})
"""
The exit codes that say something of who was asked; any other is a failure of curl's own.

Source: curl's manual, EXIT CODES
"""


class CurlMissing(PreconditionFailed):
    """Raised when an app has a probe and there is no curl to ask with."""

    def __init__(self, said: str) -> None:
        super().__init__(f"curl cannot be run, and an app has a probe: {said}", INSTALL)


class CurlUnfit(PreconditionFailed):
    """Raised when curl is too old, or speaks no https."""

    def __init__(self, said: str) -> None:
        super().__init__(f"curl is of no use for probes: {said}", INSTALL)


@frozen
class Answer:
    """
    What curl says of one request.

    Attributes:
        exitcode: One of `ENDS`.
        http_code: Of the last response; 0 where there was none.
        url_effective: What was asked last, after all redirects.
        time_total: Seconds it took.
        errormsg: Why it failed; None if it did not.
    """

    exitcode: int
    http_code: int
    url_effective: str
    time_total: float
    errormsg: str | None


@frozen
class Curl:
    """
    A curl.

    Attributes:
        executable: Looked up on ``PATH`` unless it has a slash.
        environment: What it gets to see; nothing is inherited. Proxies that stand in it are used.
    """

    executable: str
    environment: Mapping[str, str] = field(factory=dict)

    def version(self) -> Step[Version]:
        """
        Which curl it is.

        The step raises:
            CurlUnfit: it is too old, or speaks no https.
        """
        return Step("curl.version", self._command("--version"), _version, timeout=10)

    def get(self, url: str, *, limit: float) -> Step[Answer]:
        """
        Ask for *url* once, following redirects as long as they stay with https.

        Nothing of the user's goes along: no settings, cookies, passwords or certificates.

        Args:
            url: An https URL, taken as it is.
            limit: Seconds it may take.

        The step raises:
            CommandFailed: curl ended in a way that says nothing of who was asked.
        """
        command = self._command(
            "--silent",
            "--show-error",
            "--globoff",
            *("--proto", "=https"),
            *("--proto-redir", "=https"),
            "--location",
            *("--max-redirs", str(REDIRECTS)),
            *("--max-time", f"{limit:.1f}"),
            *("--output", "/dev/null"),
            *("--write-out", "%{json}"),
            url,
        )
        return Step("curl.get", command, _answer, ok=ENDS, timeout=limit + SPARE)

    def _command(self, *args: str) -> Command:
        # First of all: else curl reads the user's settings before it is told not to.
        argv = (self.executable, "--disable", *args)
        return Command(argv, env=self.environment, inherit_env=False)


def find_curl(path: str | None) -> str:
    """
    The curl on *path*.

    Raises:
        CurlMissing: there is none.
    """
    if found := shutil.which("curl", path=path):
        return str(Path(found).absolute())
    raise CurlMissing("no curl on PATH")


def _answer(output: Output) -> Answer:
    answer = json_as(Answer)(output)
    if answer.exitcode != output.exit_code:
        message = f"curl says exit code {answer.exitcode}, and it was {output.exit_code}"
        raise Unreadable(message)
    return answer


def _version(output: Output) -> Version:
    said = text(output)
    found = re.match(r"curl (\d+\.\d+\.\d+)", said)
    if found is None:
        raise CurlUnfit(f"it calls itself {said.partition(chr(10))[0]!r}")
    version = Version(found[1])
    if version < OLDEST:
        raise CurlUnfit(f"it is {version}, and older than {OLDEST}")
    protocols = re.search(r"^Protocols: (.*)$", said, re.MULTILINE)
    if protocols is None or "https" not in protocols[1].split():
        raise CurlUnfit(f"{version} is built without https")
    return version
