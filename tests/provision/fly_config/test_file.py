"""Loading a fly.<name>.toml."""

from __future__ import annotations

from pathlib import Path

import attrs
import pytest
import tomli_w
from hypothesis import given
from hypothesis import strategies as st

from provision.errors import InvalidFile, Problem
from provision.fly_config import Definition, FlyConfig, load
from provision.fly_config.check import HTTPCheck
from provision.fly_config.sections import Compute, Mount
from provision.fly_config.service import HTTPService, Service

CORPUS = Path(__file__).parent / "corpus"


def written(folder: Path, text: str) -> Path:
    path = folder / "fly.nfs.toml"
    path.write_text(f'app = "nfs"\n{text}')
    return path


def loaded(folder: Path, text: str) -> FlyConfig:
    return load(written(folder, text))


def problems(path: Path) -> tuple[Problem, ...]:
    with pytest.raises(InvalidFile) as caught:
        load(path)
    return caught.value.problems


def test_all_problems_are_told_at_once() -> None:
    """F05: each with its line and the nearest valid key, also behind a value of the wrong type."""
    path = CORPUS / "refused" / "several-problems.toml"

    assert problems(path) == (
        Problem("primary_regoin", 2, "unknown key; did you mean 'primary_region'?"),
        Problem(
            "kill_timeout",
            3,
            "'soon' is not a duration; write a number and a unit, as in '15s'",
        ),
        Problem(
            "deploy.strategy",
            6,
            "'yolo' is unknown; known here: bluegreen, canary, immediate, rolling",
        ),
        Problem("http_service.internal_port", 9, "expected a whole number, not '8080'"),
        Problem("http_service.force_htps", 10, "unknown key; did you mean 'force_https'?"),
        Problem("mounts.initial_size", 15, "must be at least 1gb"),
    )


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('[[vm]]\ncpus = "2"\n', Problem("vm[0].cpus", 3, "expected a whole number, not '2'")),
        (
            "[compute]\ncpus = true\n",
            Problem("compute.cpus", 3, "expected a whole number, not true"),
        ),
        ("[mount]\nsource = 1\n", Problem("mount.source", 3, "expected text, not 1")),
        ("[build]\nbuild-target = 1\n", Problem("build.build-target", 3, "expected text, not 1")),
        (
            "[restart]\npolicy = 'always'\n",
            Problem("restart", 2, "expected a list of tables, as [[...]] makes it, not a table"),
        ),
        ("[[restart]]\nretries = 2\n", Problem("restart[0].policy", 2, "is required")),
        (
            "[env]\nA = 99999999999999999999\n",
            Problem("env.A", 3, "99999999999999999999 is too large a number for flyctl"),
        ),
    ],
)
def test_a_problem_is_told_where_the_file_has_it(
    tmp_path: Path, text: str, problem: Problem
) -> None:
    """The path is that of the file, however old its spelling."""
    assert problems(written(tmp_path, text)) == (problem,)


def test_a_mistyped_section_of_processes_hides_no_other_problem(tmp_path: Path) -> None:
    """That the groups cannot be read makes no group names wrong, but other mistakes are told."""
    path = written(
        tmp_path, "processes = 1\nswap_size_mb = ''\n[http_service]\nprocesses = ['web']"
    )

    assert problems(path) == (
        Problem("processes", 2, "expected a table, not 1"),
        Problem("swap_size_mb", 3, "expected a whole number, not ''"),
    )


def test_a_key_in_capitals_is_judged_like_the_key_it_stands_for(tmp_path: Path) -> None:
    """flyctl's JSON reader finds it, its strict validation does not know it."""
    path = written(tmp_path, "SWAP_SIZE_MB = '512'\n[[restart]]\nPolicy = 1\n")

    assert problems(path) == (
        Problem("SWAP_SIZE_MB", 2, "expected a whole number, not '512'"),
        Problem("SWAP_SIZE_MB", 2, "unknown key; did you mean 'swap_size_mb'?"),
        Problem("restart[0].Policy", 4, "expected one of always, never, on-failure, not 1"),
        Problem("restart[0].Policy", 4, "unknown key; did you mean 'policy'?"),
    )


def test_an_app_named_elsewhere_need_not_stand_in_the_file(tmp_path: Path) -> None:
    """One file serves several environments: `--app` names the app, and so may the caller."""
    path = tmp_path / "fly.nfs.toml"
    path.write_text('primary_region = "ams"\n')

    config = load(path, app="acme-nfs-test")

    assert (config.app, config.primary_region) == ("", "ams")
    assert problems(path) == (Problem("app", None, "is required; it names the app to deploy to"),)


def test_a_byte_order_mark_is_named(tmp_path: Path) -> None:
    """flyctl stumbles over this invisible character, so the message says what it is."""
    path = tmp_path / "fly.nfs.toml"
    path.write_bytes(b'\xef\xbb\xbfapp = "nfs"\r\n')

    assert problems(path) == (
        Problem("", 1, "begins with a byte-order mark, which flyctl refuses; save it without"),
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (
            "[mount]\nsource = 'd'\ninitial_size = 3",
            "[[mounts]]\nsource = 'd'\ninitial_size = '3gb'",
        ),
        ("[compute]\nmemory = 512", "[[vm]]\nmemory = '512'"),
        ("[metrics]\nport = 1", "[[metrics]]\nport = 1"),
        ("kill_timeout = 5", "kill_timeout = '5s'"),
        ("kill_timeout = true", ""),
        ("[build]\nbuild_target = 'x'", "[build]\nbuild-target = 'x'"),
        ("[experimental]\ncmd = 'run'", "[experimental]\ncmd = ['run']"),
        ("[[processes]]\nname = 'web'\ncommand = 'run'", "[processes]\nweb = 'run'"),
        ("[[processes]]\nname = 'web'", "[processes]\nweb = ''"),
        ("[[env]]\nA = 1\n[[env]]\nA = 2.50\nB = true", "[env]\nA = '2.5'\nB = 'true'"),
        (
            "[services]\ninternal_port = '80'\n[services.ports]\nport = '443'",
            "[[services]]\ninternal_port = 80\n[[services.ports]]\nport = 443",
        ),
        (
            "[[services]]\nconcurrency = '20,25'",
            "[[services]]\nconcurrency = { type = 'requests', soft_limit = 20, hard_limit = 25 }",
        ),
        (
            "[services.tcp_checks]\ninterval = 10000\ntimeout = ''",
            "[[services]]\n[[services.tcp_checks]]\ninterval = '10s'",
        ),
        (
            "[services.http_checks]\nheaders = [{ name = 'A', value = 1 }, { name = 'B' }]",
            "[[services]]\n[[services.http_checks]]\nheaders = { A = '1', B = '' }",
        ),
        (
            "[checks.a]\ntype = 'tcp'\ntimeout = 2000\nheaders = []",
            "[checks.a]\ntype = 'tcp'\ntimeout = '2s'",
        ),
        (
            "[http_service]\nauto_stop_machines = true",
            "[http_service]\nauto_stop_machines = 'stop'",
        ),
        (
            "[[http_service.checks]]\ninterval = 2000000000",
            "[[http_service.checks]]\ninterval = '2s'",
        ),
        ("[[vm]]\npersist_rootfs = 3", "[[vm]]\npersist_rootfs = 'always'"),
        ("[[vm]]\npersist_rootfs = 'none'", "[[vm]]"),
        ("[deploy]\nstrategy = ''", "[deploy]"),
        ("[[services]]", ""),
    ],
)
def test_an_old_spelling_says_the_same_as_the_new_one(tmp_path: Path, old: str, new: str) -> None:
    """Every dialect that flyctl still reads ends in the same values."""
    assert loaded(tmp_path, old) == loaded(tmp_path, new)


def test_keys_that_flyctl_reads_past_are_kept_apart(tmp_path: Path) -> None:
    """In some sections flyctl's strict validation misses unknown keys; they are not lost here."""
    config = loaded(
        tmp_path,
        "[[services]]\ninternal_port = 80\nauto_stop_machine = true\n"
        "[[services.ports]]\nhandelers = ['http']\n[mounts]\nsauce = 'data'\n",
    )

    assert config.ignored == (
        Problem(
            "services[0].auto_stop_machine", 4, "unknown key; did you mean 'auto_stop_machines'?"
        ),
        Problem("services[0].ports[0].handelers", 6, "unknown key; did you mean 'handlers'?"),
        Problem("mounts.sauce", 8, "unknown key; did you mean 'source'?"),
    )


def test_a_config_finds_the_line_of_its_keys(tmp_path: Path) -> None:
    """Whoever finds something wrong later on can still say where it stands."""
    config = loaded(tmp_path, "\nswap_size_mb = 512\n")

    assert config.problem(("swap_size_mb",), "too much") == Problem("swap_size_mb", 3, "too much")
    assert config.path == tmp_path / "fly.nfs.toml"


KEYS = st.sampled_from(
    sorted(
        {
            spelling
            for kind in (Definition, HTTPService, Service, HTTPCheck, Compute, Mount)
            for key in attrs.fields_dict(kind)
            for spelling in (key, key.upper(), key.rstrip("s"))
        }
    )
)
SCALARS = (
    st.sampled_from(["", "app", "tcp", "stop", "5s", "1gb", "'", "always"])
    | st.integers()
    | st.floats()
    | st.booleans()
    | st.dates()
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=15,
)


@given(st.dictionaries(KEYS, VALUES, max_size=4))
def test_any_toml_is_either_a_config_or_has_problems(
    tmp_path_factory: pytest.TempPathFactory, content: dict[str, object]
) -> None:
    """Whatever the values, nothing but an `InvalidFile` ever comes out, and never an empty one."""
    path = tmp_path_factory.getbasetemp() / "any.toml"
    path.write_text(tomli_w.dumps(content))
    problems: tuple[Problem, ...] | None = None

    try:
        load(path)
    except InvalidFile as error:
        problems = error.problems

    assert problems != ()
