"""Manifests: what they say, and everything that can be wrong with one."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

import attrs
import pytest

from provision import manifest
from provision.errors import InvalidFile
from provision.fly_config.duration import Duration
from provision.manifest import ExpectState, Exposure, ManifestApp, ManifestProbe, PublicIP
from provision.manifest.models import Manifest
from provision.manifest.repair import bare
from provision.manifest.spelling import key

ROOT = Path(__file__).parent.parent.parent

SMALL = """\
format = 1
environment = "test"

[org]
name = "Acme Test"
slug = "acme-test"

[apps.nfs]
name = "acme-nfs"
config = "fly.nfs.toml"
exposure = "private"
machines = { app = 1 }

[apps.web]
name = "acme-web"
config = "fly.web.toml"
exposure = "public"
public_ips = ["v6"]
machines = { app = 2 }
expect_state = "idle-ok"
probe = { path = "/healthz", status = 204, timeout = "1m" }
env = { FILES = "${apps.nfs.flycast}:2049", ME = "${app.hostname}", ORG = "${org.slug}" }
"""


def written(folder: Path, text: str) -> Path:
    """A manifest with *text*."""
    path = folder / "test.toml"
    path.write_text(text, encoding="utf-8")
    return path


def problems(folder: Path, text: str) -> list[tuple[int | None, str, str]]:
    """Everything that is wrong with *text*."""
    with pytest.raises(InvalidFile) as caught:
        manifest.load(written(folder, text))
    return [(p.line, p.where, p.message) for p in caught.value.problems]


def test_a_manifest_is_read_with_its_references_resolved(tmp_path: Path) -> None:
    """References are replaced, and count as dependencies."""
    found = manifest.load(written(tmp_path, SMALL)).manifest

    assert found.apps["web"] == ManifestApp(
        name="acme-web",
        config=Path("fly.web.toml"),
        exposure=Exposure.PUBLIC,
        public_ips=(PublicIP.V6,),
        machines={"app": 2},
        expect_state=ExpectState.IDLE_OK,
        depends_on=("nfs",),
        probe=ManifestProbe(path="/healthz", status=204),
        env={"FILES": "acme-nfs.flycast:2049", "ME": "acme-web.fly.dev", "ORG": "acme-test"},
    )
    assert found.network.name == "default"
    assert found.defaults.wait_timeout == Duration.parse("10m")


def test_what_is_printed_is_the_manifest_again(tmp_path: Path) -> None:
    """`show` prints TOML that reads back to the same, everything said."""
    found = manifest.load(written(tmp_path, SMALL)).manifest

    again = manifest.load(written(tmp_path, manifest.dump(found))).manifest

    assert again == found


@pytest.mark.parametrize(
    ("before", "after", "problem"),
    [
        (
            'exposure = "private"',
            'exposre = "private"',
            (11, "apps.nfs.exposre", "unknown key; did you mean 'exposure'?"),
        ),
        ('slug = "acme-test"\n', "", (4, "org.slug", "is required")),
        (
            'public_ips = ["v6"]',
            'public_ips = ["v6", "v5"]',
            (18, "apps.web.public_ips[1]", "'v5' is unknown; known here: shared_v4, v4, v6"),
        ),
        (
            "machines = { app = 2 }",
            "machines = { app = -2 }",
            (19, "apps.web.machines.app", "expected a number from 0 on, not -2"),
        ),
        (
            "machines = { app = 2 }",
            "machines = 2",
            (19, "apps.web.machines", "expected a table, not 2"),
        ),
        (
            'name = "acme-web"',
            'name = ""',
            (15, "apps.web.name", "is empty; leave the key out instead"),
        ),
        (
            "${org.slug}",
            "${org.slag}",
            (22, "apps.web.env.ORG", "${org.slag} refers to nothing; did you mean 'org.slug'?"),
        ),
        (
            'environment = "test"',
            'environment = "test"\ntool = { flyctl = "0.4" }',
            (3, "tool.flyctl", "'0.4' is no range of versions, as '>=0.4.87,<0.5' is"),
        ),
        (
            'environment = "test"',
            'environment = "prod "',
            (2, "environment", "'prod ' is unknown; did you mean 'prod'?"),
        ),
    ],
)
def test_f02_a_mistake_has_its_path_line_and_nearest_key(
    tmp_path: Path, before: str, after: str, problem: tuple[int, str, str]
) -> None:
    """F02: the key, where it stands, and what was probably meant."""
    assert before in SMALL

    assert problem in problems(tmp_path, SMALL.replace(before, after, 1))


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    """Eight different ones, of structure and of sense."""
    text = SMALL
    for before, after in (
        ('name = "Acme Test"', "name = 1"),
        ('slug = "acme-test"', 'slug = "acme-test"\ncolour = "red"'),
        ('exposure = "private"', 'exposure = "privat"'),
        ("machines = { app = 1 }", "machines = []"),
        ("public_ips = ", "public_ip = "),
        ("${app.hostname}", "${app.host}"),
        ('path = "/healthz", status', "stauts"),
    ):
        assert before in text
        text = text.replace(before, after, 1)

    assert [(line, where) for line, where, _ in problems(tmp_path, text)] == [
        (5, "org.name"),
        (7, "org.colour"),
        (12, "apps.nfs.exposure"),
        (13, "apps.nfs.machines"),
        (19, "apps.web.public_ip"),
        (22, "apps.web.probe.stauts"),
        (22, "apps.web.probe.path"),
        (23, "apps.web.env.ME"),
    ]


def test_f93_a_newer_format_is_named_alone(tmp_path: Path) -> None:
    """F93: what else looks wrong may be right in it."""
    text = SMALL.replace("format = 1", "format = 2").replace("exposure", "openness")

    assert problems(tmp_path, text) == [
        (1, "format", "format 2 needs a newer provision; this one reads format 1")
    ]


@pytest.mark.parametrize("name", ["test", "prod"])
def test_the_manifests_of_the_project_load(name: str) -> None:
    """They are what a new user starts from."""
    found = manifest.load(ROOT / "manifests" / f"{name}.toml").manifest

    assert found.environment.value == name
    assert list(found.apps) == ["nfs", "auth", "computer", "agent"]


def keys_of(content: Any) -> set[str]:
    """Every key of a TOML table, comments' examples included."""
    if not isinstance(content, dict):
        return set()
    return set(content) | {key for item in content.values() for key in keys_of(item)}


def keys_of_models(kind: Any) -> set[str]:
    """Every key the models know."""
    hints = get_type_hints(kind)
    found = {key(attribute) for attribute in attrs.fields(kind)}
    for hint in hints.values():
        inner = bare(get_args(hint)[1] if get_origin(hint) is Mapping else hint)
        if attrs.has(inner) and inner is not Duration:
            found |= keys_of_models(inner)
    return found


def test_the_test_manifest_teaches_every_key() -> None:
    """The documentation is the schema: no key without an example, written or commented."""
    text = (ROOT / "manifests" / "test.toml").read_text()
    commented = {line[2:].partition(" = ")[0] for line in text.splitlines() if line[:2] == "# "}

    shown = keys_of(tomllib.loads(text)) | commented

    assert keys_of_models(Manifest) - shown == set()
