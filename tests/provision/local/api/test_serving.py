"""`provision local serve`: what it says, whom it serves beside whom, how it ends."""

from __future__ import annotations

import http.client
import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from provision.local.api.environment import UNSET
from provision.local.api.server import listen, url_of
from provision.local.world import apps, machines

from .conftest import LIMIT_SECONDS, Answered, Served

SERVE = (sys.executable, "-m", "provision", "local", "serve")
BARE = {"PATH": os.environ["PATH"]}
BY_EVAL = """\
eval "$({serve} --env --world world.db &)"
"{python}" - <<'END'
import os, urllib.request
request = urllib.request.Request(os.environ["FLY_FLAPS_BASE_URL"] + "/v1/apps/web")
request.add_header("Authorization", "Bearer " + os.environ["FLY_API_TOKEN"])
try:
    urllib.request.build_opener(urllib.request.ProxyHandler({{}})).open(request)
except urllib.error.HTTPError as error:
    print(error.code)
END
echo "${{FLY_APP-unset}}" "$(ls "$FLY_CONFIG_DIR")"
kill "$LOCAL_FLY_PID"
"""


def _ended(
    *arguments: str, env: Mapping[str, str] = BARE, cwd: Path
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*SERVE, *arguments],
        env=env,
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=LIMIT_SECONDS,
        check=False,
    )


def test_what_it_says_points_a_flyctl_at_it_and_nowhere_else(served: Served) -> None:
    """Every base URL, a token of its own, a folder of its own, a proxy that refuses."""
    said = dict(served.environment)
    url = served.ready["url"]

    urls = {name for name, value in said.items() if value.startswith(url)}
    folder = Path(said["FLY_CONFIG_DIR"])

    assert urls == {
        "FLY_API_BASE_URL",
        "FLY_FLAPS_BASE_URL",
        "FLY_METRICS_BASE_URL",
        "FLY_STATUSPAGE_UNRESOLVED_INCIDENTS_URL",
        "FLY_SYNTHETICS_BASE_URL",
        "FLY_UIEX_BASE_URL",
    }
    assert url.startswith("http://127.0.0.1:")
    assert len(said["FLY_API_TOKEN"]) > 32
    assert "send_metrics: false" in (folder / "config.yml").read_text()
    assert folder.stat().st_mode & 0o777 == 0o700
    assert served.ready["pid"] == served.process.pid
    assert served.ready["unset"] == list(UNSET)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", int(said["HTTPS_PROXY"].rpartition(":")[2])))


def test_it_listens_on_loopback_alone() -> None:
    """On a port that is free."""
    with listen() as one, listen() as other:
        assert {each.getsockname()[0] for each in (one, other)} == {"127.0.0.1"}
        assert url_of(one) != url_of(other)


def test_a_shell_evaluates_what_it_says(tmp_path: Path) -> None:
    """And goes on while it serves; what it served with is gone after it."""
    script = BY_EVAL.format(serve=" ".join(SERVE), python=sys.executable)

    done = subprocess.run(
        ["/bin/sh", "-c", script],
        env={**BARE, "FLY_APP": "other", "TMPDIR": str(tmp_path)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=LIMIT_SECONDS,
        check=True,
    )

    assert done.stdout == "404\nunset config.yml\n"
    until = time.monotonic() + LIMIT_SECONDS
    while list(tmp_path.glob("local-fly-*")) and time.monotonic() < until:
        time.sleep(0.01)
    assert {path.name.split(".db")[0] for path in tmp_path.iterdir()} == {"world"}


@pytest.mark.parametrize("how", [(), ("--env",)], ids=["json", "shell"])
def test_a_token_that_is_given_lets_in_and_is_not_told(
    tmp_path: Path, how: tuple[str, ...]
) -> None:
    """Whoever gave it knows it, and what is written to stdout may be kept."""
    environ = {**BARE, "LOCAL_FLY_TOKEN": "s3cret-token"}
    with subprocess.Popen(
        [*SERVE, "--world", "world.db", *how], env=environ, cwd=tmp_path, stdout=subprocess.PIPE
    ) as server:
        assert server.stdout is not None
        told = (server.stdout.read() if how else server.stdout.readline()).decode()
        found = re.search(r"http://127\.0\.0\.1:(\d+)", told)
        assert found
        port = int(found[1])
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=LIMIT_SECONDS)
        connection.request("GET", "/v1/apps/web", headers={"Authorization": "FlyV1 s3cret-token"})
        status = connection.getresponse().status
        connection.close()
        server.terminate()

    assert status == 404
    assert "s3cret-token" not in told
    assert ('export FLY_API_TOKEN="$LOCAL_FLY_TOKEN"' in told) == bool(how)
    assert server.returncode == 0


def test_a_port_that_is_taken_is_told(served: Served, tmp_path: Path) -> None:
    """In a sentence, with what to do."""
    port = served.host.rpartition(":")[2]

    done = _ended("--world", "world.db", "--port", port, cwd=tmp_path)

    assert (done.returncode, done.stdout) == (5, "")
    assert f"served on port {port}: Address already in use\n  hint: name another" in done.stderr


def test_a_file_that_is_no_world_is_told(tmp_path: Path) -> None:
    """And left alone."""
    (tmp_path / "notes.txt").write_text("mine")

    done = _ended("--world", "notes.txt", cwd=tmp_path)

    assert (done.returncode, done.stdout) == (5, "")
    assert "notes.txt: is not a world" in done.stderr
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_without_its_packages_it_says_what_to_install(tmp_path: Path) -> None:
    """They are an extra."""
    (tmp_path / "uvicorn.py").write_text("raise ModuleNotFoundError('gone', name='uvicorn')")

    done = _ended(cwd=tmp_path, env={**BARE, "PYTHONPATH": str(tmp_path)})

    assert done.returncode == 5
    assert "the package uvicorn is missing\n  hint: pip install 'fly-provision" in done.stderr


def test_who_waits_holds_up_nobody(served: Served, app: str) -> None:
    """Many wait for machines at once, others are answered meanwhile, and all are in the end."""
    with served.world as world:
        made = [
            machines.create(world, app, {"image": "web:1"}, region="ams", skip_launch=True)[0]
            for _ in range(2)
        ]
    paths = [f"/v1/apps/{app}/machines/{each.id}" for each in made]

    with ThreadPoolExecutor(40) as pool:
        waits = [
            pool.submit(served.ask, f"GET {path}/wait?state=started&timeout=30")
            for path in paths * 20
        ]
        shown = [served.ask(f"GET {path}").body["state"] for path in paths * 10]
        assert not any(wait.done() for wait in waits)
        for path in paths:
            served.ask(f"POST {path}/start")
        answers = [wait.result(LIMIT_SECONDS) for wait in waits]

    assert set(shown) == {"created"}
    assert {answer.status for answer in answers} == {200}


def test_a_transaction_of_another_process_only_delays_it(served: Served, app: str) -> None:
    """It waits for the world, and then goes on."""
    answers: list[Answered] = []
    asking = threading.Thread(
        target=lambda: answers.append(served.ask(f"GET /v1/apps/{app}/machines"))
    )

    with served.world as world, world.transaction():
        asking.start()
        asking.join(0.2)
        assert answers == []
    asking.join(LIMIT_SECONDS)

    assert answers == [Answered(200, [])]


def test_it_ends_while_somebody_waits(tmp_path: Path) -> None:
    """Whoever waits sees the connection end; nothing is told on stderr."""
    server = Served(tmp_path)
    try:
        with server.world as world:
            apps.create(world, "web", organization="personal")
            made, _ = machines.create(
                world, "web", {"image": "web:1"}, region="ams", skip_launch=True
            )
        path = f"/v1/apps/web/machines/{made.id}"
        with ThreadPoolExecutor(1) as pool:
            wait = pool.submit(server.ask, f"GET {path}/wait?state=started&timeout=60")
            while not wait.running():
                time.sleep(0.01)
            assert server.ask(f"GET {path}").status == 200
            server.stop()
            with pytest.raises((ConnectionError, http.client.HTTPException)):
                wait.result(LIMIT_SECONDS)
    finally:
        server.process.kill()
        server.process.communicate()
