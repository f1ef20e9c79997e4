"""What flyctl accepts although it will hardly do what its author meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from provision.errors import Problem
from provision.fly_config import load

SERVICE = "[[services]]\nprotocol = 'tcp'\ninternal_port = 80\nports = [{ port = 80 }]\n"


@pytest.mark.parametrize(
    ("text", "warning"),
    [
        (
            "[http_service]\nforce_https = true",
            Problem("http_service.internal_port", 2, "is not said; the proxy cannot reach the app"),
        ),
        (
            "[http_service]\ninternal_port = 80800",
            Problem("http_service.internal_port", 3, "80800 is no port"),
        ),
        (
            "[[services]]\nprotocol = 'tcp'\ninternal_port = 80",
            Problem("services[0].ports", 2, "there are none; nobody can reach the service"),
        ),
        (
            "[[services]]\ninternal_port = 80\nports = [{ port = 80 }]",
            Problem("services[0].protocol", 2, "'' is no protocol Fly knows; choose tcp or udp"),
        ),
        (
            "[[services]]\nprotocol = 'tcp'\ninternal_port = 80\nports = [{ port = 70000 }]",
            Problem("services[0].ports[0]", 5, "70000 is no range of ports"),
        ),
        (
            (
                "[[services]]\nprotocol = 'tcp'\ninternal_port = 80\n"
                "[[services.ports]]\nstart_port = 9\nend_port = 8"
            ),
            Problem("services[0].ports[0]", 5, "9-8 is no range of ports"),
        ),
        (
            f"{SERVICE}tcp_checks = [{{ interval = 500 }}]",
            Problem("services[0].tcp_checks[0].interval", 6, "500ms is raised to 1s"),
        ),
        (
            f"{SERVICE}http_checks = [{{ grace_period = '2m' }}]",
            Problem("services[0].http_checks[0].grace_period", 6, "2m0s is lowered to 1m"),
        ),
        (
            "[http_service]\ninternal_port = 80\n[[http_service.checks]]\ninterval = 15000",
            Problem(
                "http_service.checks[0].interval",
                5,
                "15µs is raised to 1s; "
                "flyctl counts a bare number here in nanoseconds, so write a unit",
            ),
        ),
        (
            "[deploy]\nwait_timeout = 600",
            Problem(
                "deploy.wait_timeout",
                3,
                "is only 600ns; flyctl counts a bare number here in nanoseconds, so write a unit",
            ),
        ),
        (
            "[mounts]\nsource = 'data'\nprocesses = ['wbe']",
            Problem("mounts.processes[0]", 4, "no process group is called 'wbe'; known here: app"),
        ),
        (
            "[checks.a]\ntype = 'tcp'\nport = 1\nprocesses = ['web']",
            Problem(
                "checks.a.processes[0]", 5, "no process group is called 'web'; known here: app"
            ),
        ),
        (
            "[processes]\na = 'x'\nb = 'y'\n[[files]]\nguest_path = '/f'\nprocesses = ['a']",
            Problem(
                "files[0].processes",
                7,
                "flyctl copies the file to the machines of every group all the same",
            ),
        ),
        (
            "[[mounts]]\nsource = 'a'\n[[mounts]]\nsource = 'b'",
            Problem(
                "mounts",
                2,
                "group 'app' has several; a machine gets a volume only for the first",
            ),
        ),
        (
            "[[metrics]]\nport = 1\n[[metrics]]\nport = 2",
            Problem("metrics", 2, "group 'app' has several; only the first counts"),
        ),
        (
            "[[restart]]\npolicy = 'never'\n[[restart]]\npolicy = 'always'",
            Problem("restart", 2, "group 'app' has several; only the last counts"),
        ),
        (
            "[build]\nimage = 'nfs:1'\ndockerfile = 'Dockerfile'",
            Problem("build", 2, "names more than one way to an image: image, a Dockerfile"),
        ),
        (
            (
                "swap_size_mb = 512\n[http_service]\ninternal_port = 80\n"
                "auto_stop_machines = 'suspend'"
            ),
            Problem(
                "swap_size_mb",
                2,
                "machines of app stop instead of being suspended: they swap",
            ),
        ),
        (
            (
                "[http_service]\ninternal_port = 80\nauto_stop_machines = 'suspend'\n"
                "[vm]\nmemory = '4gb'"
            ),
            Problem(
                "vm",
                5,
                "machines of app stop instead of being suspended: "
                "they have more than 2048mb of memory",
            ),
        ),
    ],
)
def test_a_warning_says_what_will_happen_instead(
    tmp_path: Path, text: str, warning: Problem
) -> None:
    """F12 and its like: accepted, deployed, and not what was meant."""
    path = tmp_path / "fly.nfs.toml"
    path.write_text(f"app = 'nfs'\n{text}\n")

    assert load(path).warnings == (warning,)


@pytest.mark.parametrize(
    "text",
    [
        "[http_service]\ninternal_port = 80\nauto_stop_machines = 'suspend'\n[vm]\nmemory = '2gb'",
        "swap_size_mb = 512\n[http_service]\ninternal_port = 80\nauto_stop_machines = 'stop'",
        f"{SERVICE}http_checks = [{{ interval = '1s', timeout = '1m', grace_period = '0s' }}]",
        "[deploy]\nwait_timeout = '10m'\nrelease_command_timeout = 60000000000",
        "[[files]]\nguest_path = '/f'\nprocesses = ['app']",
        (
            "[processes]\na = 'x'\nb = 'y'\n[[mounts]]\nsource = 'a'\nprocesses = ['a']\n"
            "[[mounts]]\nsource = 'b'\nprocesses = ['b']"
        ),
        "[vm]\nsize = 'no-such-size'",
    ],
)
def test_what_is_well_said_gets_no_warning(tmp_path: Path, text: str) -> None:
    """A warning that is always there would not be read."""
    path = tmp_path / "fly.nfs.toml"
    path.write_text(f"app = 'nfs'\n{text}\n")

    assert load(path).warnings == ()
