"""Platforms: what must hold of a manifest and its fly.toml files before anything runs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from provision.errors import InvalidInput, Refused
from provision.manifest import Environment
from provision.platform import loading
from tests.provision.platforms import FLY_TOML, HEAD, load_platform, write_platform, write_public


def problems(path: Path) -> list[str]:
    """Everything that is wrong with the platform of the manifest at *path*, without the lines."""
    with pytest.raises(InvalidInput) as caught:
        load_platform(path)
    shown = str(caught.value).replace(f"{path.parent}/", "")
    return re.sub(r"toml:\d+:", "toml:", shown).splitlines()


def test_apps_come_after_those_they_depend_on(tmp_path: Path) -> None:
    """Declared dependencies and references alike; otherwise in the manifest's order."""
    path = write_platform(
        tmp_path,
        {
            "a": 'depends_on = ["c"]',
            "b": 'env = { D = "${apps.d.flycast}" }',
            "c": "",
            "d": "",
        },
    )

    assert list(load_platform(path).apps) == ["c", "d", "a", "b"]


def test_f03_another_environment_is_refused(tmp_path: Path) -> None:
    """F03: the word on the command line and the manifest must agree."""
    path = write_platform(tmp_path)

    with pytest.raises(Refused, match=r"test\.toml describes test, not prod"):
        loading.load(path, Environment.PROD)


def test_f04_files_that_are_missing_or_outside_are_named_together(tmp_path: Path) -> None:
    """F04: per app, with the line of the manifest."""
    (tmp_path / ".git").mkdir()
    folder = tmp_path / "manifests"
    folder.mkdir()
    path = write_platform(folder, {"a": "", "b": ""})
    (tmp_path.parent / "fly.out.toml").write_text(FLY_TOML)
    text = path.read_text().replace("fly.a.toml", "gone.toml")
    path.write_text(text.replace("fly.b.toml", "../../fly.out.toml"))

    found = problems(path)

    assert found == [
        "test.toml: apps.a.config: there is no file gone.toml",
        f"test.toml: apps.b.config: ../../fly.out.toml is outside the repository {tmp_path}",
    ]


def test_f05_what_flyctl_would_refuse_is_refused(tmp_path: Path) -> None:
    """F05: unknown keys of every fly.toml, listed with their lines."""
    bad = FLY_TOML.replace("primary_region", "primary_regoin")
    path = write_platform(tmp_path, {"a": "", "b": ""}, configs={"a": bad, "b": bad})

    found = problems(path)

    assert found == [
        "fly.a.toml: primary_regoin: unknown key; did you mean 'primary_region'?",
        "fly.b.toml: primary_regoin: unknown key; did you mean 'primary_region'?",
    ]


def test_f06_a_cycle_is_printed(tmp_path: Path) -> None:
    """F06: by whatever way the apps depend on one another."""
    path = write_platform(
        tmp_path,
        {
            "a": 'depends_on = ["b"]',
            "b": 'env = { C = "${apps.c.name}" }',
            "c": 'depends_on = ["a", "z"]',
        },
    )

    found = problems(path)

    assert found == [
        (
            "test.toml: apps.a.depends_on: apps depend on one another (references count): a "
            "on b on c on a"
        ),
        "test.toml: apps.c.depends_on[1]: there is no app 'z'; known here: a, b, c",
    ]


def test_f07_two_apps_cannot_share_a_name(tmp_path: Path) -> None:
    """F07: names are unique across all of Fly."""
    path = write_platform(tmp_path, {"a": "", "b": ""})
    path.write_text(path.read_text().replace("acme-b", "acme-a"))

    assert problems(path) == [
        "test.toml: apps.a.name: 'acme-a' is the name of several apps",
        "test.toml: apps.b.name: 'acme-a' is the name of several apps",
    ]


@pytest.mark.parametrize(
    ("shared", "line"),
    [
        ("the app 'acme-web'", 'slug = "other"\nname = "x"\n[apps.w]\nname = "acme-web"'),
        ("the organization 'acme-test'", 'slug = "acme-test"'),
        ("the secret 'env:KEY'", 'slug = "other"\n[secrets.K]\nfrom = "env:KEY"'),
    ],
)
def test_f07_two_environments_share_nothing(tmp_path: Path, shared: str, line: str) -> None:
    """F07: neither organization nor app nor the source of a secret."""
    path = write_platform(tmp_path, tail='[secrets.KEY]\nfrom = "env:KEY"\n')
    (tmp_path / "prod.toml").write_text(f'environment = "prod"\n[org]\n{line}\n')

    with pytest.raises(Refused) as caught:
        load_platform(path)

    assert str(caught.value) == f"{path} and {tmp_path}/prod.toml share {shared}"


def test_f08_another_environments_host_is_refused_with_the_line_to_add(tmp_path: Path) -> None:
    """F08: in the fly.toml or in the manifest; overriding or allowing it is enough."""
    foreign = FLY_TOML + '\n[env]\nFILES = "nfs-proto.flycast:2049"\n'
    refused = write_platform(tmp_path, configs={"web": foreign})

    with pytest.raises(Refused) as caught:
        load_platform(refused)

    assert "FILES names 'nfs-proto', which is no app of this manifest" in str(caught.value)
    assert "env = { FILES = '${apps.….name}.flycast:2049' }" in str(caught.value)
    for line in ('env = { FILES = "acme-web.flycast" }', 'allow_foreign = ["nfs-proto"]'):
        load_platform(write_platform(tmp_path, {"web": line}, configs={"web": foreign}))


def test_f09_secrets_stand_in_no_file(tmp_path: Path) -> None:
    """F09: neither under secrets nor as a variable that looks like one."""
    config = FLY_TOML + '\n[env]\nDB_PASSWORD = "hunter2"\n'
    path = write_platform(
        tmp_path,
        {"web": 'secrets = ["KEY", "OTHER"]\nenv = { API_TOKEN = "hunter3" }'},
        configs={"web": config},
        tail='[secrets.KEY]\nfrom = "hunter4"\n',
    )

    found = problems(path)

    assert found == [
        "test.toml: apps.web.secrets[1]: has no source; add [secrets.OTHER] with from = 'env:…'",
        "test.toml: apps.web.env.API_TOKEN: looks like a secret: declare it under secrets instead",
        (
            "test.toml: secrets.KEY.from: must be env:NAME, a variable of the environment; a "
            "value never stands here"
        ),
        "fly.web.toml: env.DB_PASSWORD: looks like a secret: declare it under secrets instead",
    ]


@pytest.mark.parametrize("name", ["Web", "a_b", "-a", "a-", "a" * 64, "a.b"])
def test_f10_a_name_fly_would_not_take_is_an_error_before_any_call(
    tmp_path: Path, name: str
) -> None:
    """F10: a host name's label."""
    path = write_platform(tmp_path)
    path.write_text(path.read_text().replace("acme-web", name))

    (found,) = problems(path)

    assert found.startswith(f"test.toml: apps.web.name: {name!r} is no app name: ")


def test_f12_a_machine_that_cannot_be_suspended_is_a_warning(tmp_path: Path) -> None:
    """F12: swap, or more than 2 GB, together with suspend."""
    config = FLY_TOML.replace(
        "internal_port = 8080", 'internal_port = 8080\nauto_stop_machines = "suspend"'
    )
    path = write_platform(tmp_path, configs={"web": "swap_size_mb = 512\n" + config})

    (warning,) = load_platform(path).warnings

    assert "fly.web.toml" in warning
    assert "swap" in warning


@pytest.mark.parametrize(
    ("extra", "config", "problem"),
    [
        (
            "",
            FLY_TOML.replace("8080", '8080\nprocesses = ["web"]')
            + '\n[processes]\nweb = "x"\nworker = "y"\n',
            "apps.web.machines.app: no such process group; known here: web, worker",
        ),
        (
            'public_ips = ["v6"]',
            FLY_TOML,
            "apps.web.public_ips: goes only with exposure = 'public'",
        ),
        (
            "",
            'app = "x"\nprimary_region = "syd"\n',
            "apps.web.exposure: 'private' needs a service in fly.web.toml",
        ),
    ],
)
def test_manifest_and_fly_toml_must_fit(
    tmp_path: Path, extra: str, config: str, problem: str
) -> None:
    """What one says the other must not contradict."""
    path = write_platform(tmp_path, {"web": extra}, configs={"web": config})

    assert any(line.endswith(problem) for line in problems(path))


def test_the_region_of_the_manifest_is_that_of_every_app(tmp_path: Path) -> None:
    """It is never changed for an app."""
    path = write_platform(tmp_path, head=HEAD + '\n[defaults]\nregion = "ams"\n')

    assert problems(path) == [
        (
            "test.toml: apps.web.config: its primary_region is syd, "
            "that of the manifest ams (defaults.region)"
        )
    ]


def test_without_an_image_there_must_be_a_dockerfile(tmp_path: Path) -> None:
    """What cannot be built is known before anything runs."""
    path = write_platform(tmp_path)
    path.write_text(path.read_text().replace('image = "registry.example.net/acme/web:1"\n', ""))

    assert problems(path) == [
        "test.toml: apps.web.config: no image is declared and there is no Dockerfile"
    ]

    (tmp_path / "Dockerfile").write_text("FROM scratch\n")
    app = load_platform(path).apps["web"]
    assert app.image is None
    assert app.image_label == "deployment-e9a8a1a4d2ab3c96"[:11] + app.image_label[11:]  # type: ignore[index]


def test_the_personal_organization_is_never_touched(tmp_path: Path) -> None:
    """Rule 4: whatever the manifest says."""
    path = write_platform(tmp_path, head=HEAD.replace("acme-test", "personal"))

    with pytest.raises(Refused, match="personal"):
        load_platform(path)


def test_f43_what_costs_money_must_be_allowed(tmp_path: Path) -> None:
    """F43: refused before flyctl could ask."""
    path = write_platform(tmp_path, {"web": 'public_ips = ["v4"]'})
    path.write_text(path.read_text().replace('"private"', '"public"'))

    with pytest.raises(Refused, match="a v4 address costs money each month: acme-web"):
        load_platform(path)
    loading.load(path, Environment.TEST, allow_paid=True)


def test_f72_what_must_be_proven_needs_a_proof(tmp_path: Path) -> None:
    """F72: a check of its fly.toml, or a probe; told before anything runs."""
    path = write_platform(tmp_path, {"web": 'checks = "required"'})

    assert problems(path) == [
        "test.toml: apps.web.checks: 'required' needs a check in fly.web.toml, or a probe"
    ]
    check = '\n[checks.alive]\ntype = "tcp"\nport = 8080\ninterval = "15s"\ntimeout = "2s"\n'
    (tmp_path / "fly.web.toml").write_text(FLY_TOML + check)
    assert load_platform(path).apps["web"].has_checks


def test_no_time_is_less_than_none(tmp_path: Path) -> None:
    """Both lengths of time are told at once."""
    head = HEAD + '\n[defaults]\nwait_timeout = "-1m"\nstable_for = "-1s"\n'

    assert problems(write_platform(tmp_path, head=head)) == [
        "test.toml: defaults.wait_timeout: -1m0s is no time to wait; leave out the minus",
        "test.toml: defaults.stable_for: -1s is no time to wait; leave out the minus",
    ]


@pytest.mark.parametrize(
    ("probe", "complaints"),
    [
        ('path = "/healthz?deep=1"', []),
        ('path = "/", host = "auth.example.com", status = 404', []),
        ('path = "https://acme-web.fly.dev/"', ["path: 'https://acme-web.fly.dev/' is no path"]),
        ('path = "//"', []),
        ('path = "/a b"', ["path: '/a b' is no path"]),
        ('path = "/#top"', ["path: '/#top' is no path"]),
        (
            'path = "/", host = "me:secret@example.com"',
            ["host: 'me:secret@example.com' is no host"],
        ),
        ('path = "/", host = "example.com:8443"', ["host: 'example.com:8443' is no host"]),
        ('path = "/", host = "acme-prod-web.fly.dev"', ["host: names a host of Fly's"]),
        ('path = "/", status = 302', ["status: 302 is none that can end it"]),
        ('path = "", timeout = "0s"', ["path: is empty", "timeout: 0s is no time to answer in"]),
    ],
)
def test_f78_what_no_probe_can_be(tmp_path: Path, probe: str, complaints: list[str]) -> None:
    """F78: only https, only a host that is the app's or is named, and never a user's name."""
    path = write_public(tmp_path, probe)
    if not complaints:
        assert load_platform(path).apps["web"].declared.probe is not None
        return

    found = problems(path)

    assert len(found) == len(complaints)
    for line, complaint in zip(found, complaints, strict=True):
        assert line.startswith(f"test.toml: apps.web.probe.{complaint}")


def test_f78_what_nobody_can_ask_has_no_probe(tmp_path: Path) -> None:
    """F78: an app that the internet does not reach, or not by https."""
    path = write_platform(tmp_path, {"web": 'probe = { path = "/" }'})

    assert [line.partition("probe: ")[2] for line in problems(path)] == [
        "goes only with exposure = 'public': it is asked over the internet",
        "needs a service on port 443 with the handler tls in fly.web.toml",
    ]
