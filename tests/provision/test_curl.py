"""The curl that is called: with what, and that the one of the local Fly ends as a real one does."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from attrs import evolve
from packaging.version import Version

from procman import CommandFailed, Step, UnparsedOutput, json_as, run_step
from procman.output import Output
from provision.curl import ENDS, Answer, Curl, CurlUnfit
from provision.local.launcher import write_curl
from provision.local.world import faults
from tests.provision.platforms import write_public
from tests.provision.rehearsals import as_declared, world_of

CURL = shutil.which("curl")
URL = "https://acme-web.fly.dev/healthz"

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("anyio_backend", ["asyncio"])]


def scripted(folder: Path, lines: str) -> Curl:
    """A curl that does what *lines* of a shell say."""
    path = folder / "scripted"
    path.write_text(f"#!/bin/sh\n{lines}\n")
    path.chmod(0o755)
    return Curl(str(path), {"PATH": "/usr/bin:/bin"})


async def test_nothing_of_the_user_goes_along() -> None:
    """No settings, no redirect away from https, no environment but what was given."""
    command = Curl("curl", {"HTTPS_PROXY": "http://proxy.example.net"}).get(URL, limit=3).command

    assert command.argv[:2] == ("curl", "--disable")
    assert command.argv[-1] == URL
    assert not command.inherit_env
    assert dict(command.env) == {"HTTPS_PROXY": "http://proxy.example.net"}
    words = " ".join(command.argv)
    assert "--proto =https --proto-redir =https --location --max-redirs 5 --max-time 3.0" in words
    assert not {"--user", "--netrc", "--cookie", "--header", "--cert", "--insecure"} & {
        *command.argv
    }


@pytest.mark.parametrize(
    ("said", "complaint"),
    [
        ("curl 7.74.0 (x) libcurl\nProtocols: http https", "it is 7.74.0, and older than 7.75.0"),
        ("curl 8.5.0 (x) libcurl\nProtocols: file http", "8.5.0 is built without https"),
        ("cURL for me", "it calls itself 'cURL for me'"),
        ("curl 8.5.0 (x) libcurl\nProtocols: file http https", ""),
    ],
)
async def test_a_curl_that_will_not_do_is_told(tmp_path: Path, said: str, complaint: str) -> None:
    """By its version, and by what it speaks."""
    curl = scripted(tmp_path, f"cat <<'END'\n{said}\nEND")
    if not complaint:
        assert await run_step(curl.version()) == Version("8.5.0")
        return
    with pytest.raises(CurlUnfit, match=complaint):
        await run_step(curl.version())


CONTRADICTION = json.dumps(
    {"exitcode": 0, "http_code": 200, "url_effective": URL, "time_total": 1, "errormsg": None}
)


@pytest.mark.parametrize(
    ("lines", "error"),
    [
        ("echo >&2 'curl: (43) Bad argument'; exit 43", CommandFailed),
        ("""printf '{"exitcode":6,"http_code":0}'; exit 6""", UnparsedOutput),
        (f"printf '{CONTRADICTION}'; exit 7", UnparsedOutput),
    ],
    ids=["unknown", "short", "contradiction"],
)
async def test_what_is_not_understood_is_an_error(
    tmp_path: Path, lines: str, error: type[Exception]
) -> None:
    """An exit code nobody knows, JSON of another shape, and one that says something else."""
    with pytest.raises(error):
        await run_step(scripted(tmp_path, lines).get(URL, limit=1))


# The stand-in, beside a real one on loopback


class Site(BaseHTTPRequestHandler):
    """Answers as its paths say."""

    def do_GET(self) -> None:
        """Answer."""
        word = self.path.strip("/")
        if word == "loop":
            self.send_response(301)
            self.send_header("Location", self.path)
        else:
            self.send_response(int(word))
        self.end_headers()

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Be quiet."""


@contextmanager
def site() -> Iterator[int]:
    """A server on loopback; its port."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def silence() -> Iterator[int]:
    """A port where nobody answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def ended(step: Step[Answer], *, plain: bool = False) -> tuple[int, Answer]:
    """The exit code of its command, and what that says in JSON; with *plain*, over http."""
    argv = [word.replace("=https", "=http") if plain else word for word in step.command.argv]
    done = subprocess.run(argv, env={}, capture_output=True, check=False)
    output = Output(done.returncode, done.stdout, done.stderr)
    return done.returncode, json_as(Answer)(output)


ALIKE: Sequence[tuple[str, str]] = [
    ("", "http://127.0.0.1:{site}/200"),
    ("app-answers-503", "http://127.0.0.1:{site}/503"),
    ("redirect-loop", "http://127.0.0.1:{site}/loop"),
    ("dns-not-ready", f"https://{'a' * 64}.invalid/"),
    ("tls-pending", "https://127.0.0.1:{site}/200"),
    ("app-never-answers", "https://127.0.0.1:{silence}/"),
    ("no-service", "https://127.0.0.1:1/"),
]
"""What happens in the world, and what does to the real one."""


@pytest.mark.skipif(CURL is None, reason="needs a real curl on the PATH")
async def test_the_stand_in_ends_as_a_real_curl_does(tmp_path: Path) -> None:
    """The same exit code, and the same in every field that is read, times and words apart."""
    write_public(tmp_path, 'path = "/healthz"')
    as_declared(tmp_path)
    real = Curl(str(CURL))
    with world_of(tmp_path) as world, site() as busy, silence() as silent:
        world.clock.run_at(0)
        standin = Curl(str(write_curl(Path(world.path), tmp_path)))
        for scenario, where in ALIKE:
            faults.clear(world)
            if scenario == "no-service":
                world.execute("UPDATE machines SET config = '{}'")
            elif scenario:
                faults.tell(world, scenario)
            url = where.format(site=busy, silence=silent)

            limit = 0.1 if scenario == "app-never-answers" else 20

            code, mine = ended(standin.get(URL, limit=limit))
            their_code, theirs = ended(real.get(url, limit=limit), plain=url.startswith("http:"))

            assert code in ENDS
            assert (scenario, code, told(mine)) == (scenario, their_code, told(theirs))
            assert (mine.url_effective, theirs.url_effective) == (URL, url)
            assert (mine.errormsg is None) == (theirs.errormsg is None) == (code == 0)


def told(answer: Answer) -> Answer:
    """*answer* without what depends on where, when and in which words."""
    return evolve(answer, url_effective="", time_total=0.0, errormsg=None)
