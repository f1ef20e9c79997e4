"""From arguments to a request, and from what it meets to what curl prints and exits with."""

from __future__ import annotations

import sys
import time

from provision.local.world import NotAWorld, World
from provision.local.world.hints import Any
from provision.local.world.internet import DOMAIN, Met, Reply, request
from provision.local.world.later import json
from provision.local.world.record import Record

NOT_MODELLED = 2
"""What curl exits with, too, where it does not understand how it is called."""

PORT = 443
VERSION = "curl 8.0.0 (the local Fly) libcurl/8.0.0\nProtocols: https\n"
MOVED = 301

_SWITCHES = ("--disable", "--globoff", "--location", "--show-error", "--silent")
_VALUES = {
    "--max-redirs": "",
    "--max-time": "",
    "--output": "/dev/null",
    "--proto": "=https",
    "--proto-redir": "=https",
    "--write-out": "%{json}",
}
"""What takes a value, and the only one that is modelled; "" for any."""


class NotModelled(Exception):
    """Raised by `parse` for what this curl does not do."""


class Given(Record):
    """
    How it is called.

    Attributes:
        url: What is asked for; "" for the version.
        values: Those of the options that take one.
    """

    url: str
    values: dict[str, str]


class Ended(Record):
    """
    How curl ends.

    Attributes:
        exit_code: As its manual lists them.
        message: Why; "" if all is well.
        status: Of the last response; 0 for none.
        redirects: How many it followed.
    """

    exit_code: int
    message: str = ""
    status: int = 0
    redirects: int = 0


def main(world: str, hosts: str, words: list[str]) -> int:
    """
    Run the stand-in.

    Args:
        world: The path of the world file.
        hosts: Names that lead to apps besides those of Fly, ``HOST=APP`` with commas between.
        words: The arguments after the program's name.

    Returns:
        The exit code.
    """
    began = time.monotonic()
    try:
        given = parse(words)
        if not given.url:
            sys.stdout.write(VERSION)
            return 0
        with World(world) as opened:
            ended = _ask(opened, given, dict(each.split("=") for each in hosts.split(",") if each))
    except NotModelled as error:
        sys.stderr.write(f"curl: the local Fly does not model {error}\n")
        return NOT_MODELLED
    except NotAWorld as error:
        sys.stderr.write(f"curl: the local Fly's world cannot be used: {error}\n")
        return NOT_MODELLED
    sys.stdout.write(_written(given.url, ended, time.monotonic() - began))
    if ended.message:
        sys.stderr.write(f"curl: ({ended.exit_code}) {ended.message}\n")
    return ended.exit_code


def parse(words: list[str]) -> Given:
    """
    Read the arguments.

    Raises:
        NotModelled: One of them is more than probes use.
    """
    if words[:1] != ["--disable"]:
        raise NotModelled("the settings of a user: --disable must come first")
    if "--version" in words:
        return Given("", {})
    urls, values = [], {}
    rest = iter(words)
    for word in rest:
        if word in _VALUES:
            values[word] = next(rest, "")
            if _VALUES[word] not in {"", values[word]}:
                raise NotModelled(f"{word} {values[word]}")
        elif word.startswith("-") and word not in _SWITCHES:
            raise NotModelled(word)
        elif not word.startswith("-"):
            urls.append(word)
    if len(urls) != 1 or not urls[0].startswith("https://") or values.keys() != _VALUES.keys():
        raise NotModelled(" ".join(words))
    return Given(urls[0], values)


def _ask(world: World, given: Given, hosts: dict[str, str]) -> Ended:
    host = given.url.split("/")[2]
    app = hosts.get(host) or (host.removesuffix(DOMAIN) if host.endswith(DOMAIN) else "")
    if ":" in host or "@" in host:
        raise NotModelled(f"the host {host}")
    reply = request(world, app, PORT)
    if reply.met is Met.SILENCE:
        world.clock.sleep(float(given.values["--max-time"]))
    return _ended(reply, host, given.values)


def _ended(reply: Reply, host: str, values: dict[str, str]) -> Ended:
    if reply.met is Met.NO_NAME:
        return Ended(6, f"Could not resolve host: {host}")
    if reply.met is Met.REFUSED:
        return Ended(7, f"Failed to connect to {host} port {PORT} after 0 ms: Couldn't connect")
    if reply.met is Met.NO_CERTIFICATE:
        return Ended(35, f"OpenSSL SSL_connect: SSL_ERROR_SYSCALL in connection to {host}:{PORT} ")
    if reply.met is Met.SILENCE:
        waited = int(float(values["--max-time"]) * 1000)
        return Ended(28, f"Operation timed out after {waited} milliseconds with 0 bytes received")
    if reply.met is Met.LOOP:
        most = int(values["--max-redirs"])
        return Ended(47, f"Maximum ({most}) redirects followed", MOVED, most)
    return Ended(0, status=reply.status)


def _written(url: str, ended: Ended, seconds: float) -> str:
    """Return of what ``%{json}`` stands for as much as is known here, in curl's order."""
    known: dict[str, Any] = {
        "errormsg": ended.message or None,
        "exitcode": ended.exit_code,
        "http_code": ended.status,
        "num_redirects": ended.redirects,
        "response_code": ended.status,
        "time_total": round(seconds, 6),
        "url": url,
        "url_effective": url,
    }
    written: str = json.dumps(known, separators=(",", ":"))
    return written
