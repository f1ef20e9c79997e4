"""The stand-in's reading of fly.toml; the words and values were seen from flyctl."""

from __future__ import annotations

import pytest

from provision.local.standin.appconfig import durations, sizes, toml
from provision.local.standin.appconfig.config import AppConfig
from provision.local.standin.appconfig.machine import machine_config
from provision.local.standin.appconfig.services import needs_dedicated_address, url
from provision.local.standin.appconfig.strict import unrecognized
from provision.local.standin.appconfig.validate import Verdict

MISMATCH = "json: cannot unmarshal"


def _read(text: str) -> AppConfig:
    return AppConfig(toml.parse(text.encode()))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("app = 1", f"{MISMATCH} number into Go struct field Config.app of type string"),
        (
            "http_service = [1]",
            (
                f"{MISMATCH} array into Go struct field Config.http_service of type "
                "appconfig.HTTPService"
            ),
        ),
        (
            "[http_service]\ninternal_port = 80.5",
            (
                f"{MISMATCH} number 80.5 into Go struct field "
                "HTTPService.http_service.internal_port of type int"
            ),
        ),
        (
            "[http_service.checks]\npath = '/'",
            (
                f"{MISMATCH} object into Go struct field "
                "HTTPService.http_service.checks of type []*appconfig.ServiceHTTPCheck"
            ),
        ),
        (
            "[[vm]]\ncpus = 'two'",
            (f"{MISMATCH} string into Go struct field Compute.vm.MachineGuest.cpus of type int"),
        ),
        ("[[vm]]\npersist_rootfs = 'ever'", 'invalid persist_rootfs string value "ever"'),
        (
            "[http_service.http_options]\nidle_timeout = -1",
            (
                f"{MISMATCH} number -1 into Go struct "
                "field HTTPOptions.http_service.http_options.idle_timeout of type uint32"
            ),
        ),
        ("[http_service]\nauto_stop_machines = 'nap'", 'invalid autostop string value "nap"'),
        ("[deploy]\nmax_unavailable = inf", "json: unsupported value: +Inf"),
        ("kill_timeout = '5 minutes'", 'time: unknown unit " minutes" in duration "5 minutes"'),
        ("env = 'A=1'", "Do not know how to process 'env' section of type: string"),
        ("services = 80", "Error processing services: Unknown type 'int64'"),
        (
            "services = ['web']",
            (
                "Error processing services: Can not cast 'web' of type "
                "'%!t(string=web)' as map[string]any"
            ),
        ),
        ("[[services]]\nports = 80", "Error processing ports: int64"),
        ("[[services]]\nconcurrency = 'many'", "Unknown value 'many' for concurrency limits"),
        (
            "[[services]]\nconcurrency = '1,x'",
            "Can not convert '1,x': strconv.Atoi: parsing \"x\": invalid syntax",
        ),
        (
            "[[services]]\ninternal_port = 'web'",
            ("Can not convert 'web' to integer: strconv.Atoi: parsing \"web\": invalid syntax"),
        ),
        (
            "[[services]]\n[[services.http_checks]]\nheaders = 'X: 1'",
            'Error processing http_checks: Unsupported headers format: "X: 1"',
        ),
        ("[[checks]]\nport = 80", "check item name not a string"),
        ("[experimental]\ncmd = [1]", "could not cast 1 of type int64 to string on cmd"),
        ("processes = 'web'", "Unknown processes type: string"),
        ("build = []", "Build section of unknown type: []interface {}"),
        ("mounts = 'data'", "Error processing mounts: Unknown type 'string'"),
    ],
)
def test_a_value_that_does_not_fit_is_told_in_the_words_of_flyctl(text: str, problem: str) -> None:
    """Nothing of such a file is used but the app's name."""
    config = _read(f"app = 'web'\n{text}" if not text.startswith("app") else text)

    assert config.problem == problem
    assert set(config.document) <= {"app"}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("2.0", "2"),
        ("0.25", "0.25"),
        ("123456.5", "123456.5"),
        ("1234567.0", "1.234567e+06"),
        ("0.00001", "1e-05"),
        ("1e21", "1e+21"),
        ("inf", "+Inf"),
        ("true", "true"),
        ("[1, 'two', true]", "[1 two true]"),
        ("{b = 2, a = [1]}", "map[a:[1] b:2]"),
        ("2026-11-23", "2026-11-23"),
        ("07:32:00", "07:32:00"),
        ("2026-11-23T07:32:00.5", "2026-11-23T07:32:00.5"),
        ("2026-11-23T07:32:00Z", "2026-11-23 07:32:00 +0000 UTC"),
        ("2026-11-23T07:32:00.25+01:30", "2026-11-23 07:32:00.25 +0130 +0130"),
        ('"""a\r\nb"""', "a\r\nb"),
    ],
)
def test_everything_in_env_becomes_text_as_go_prints_it(value: str, text: str) -> None:
    """Whatever its type was in TOML."""
    config = _read(f"[env]\r\nA = {value}\r\n")

    assert config.document["env"] == {"A": text}


def test_old_forms_become_the_present_one() -> None:
    """They are brought up to date before anything is looked at."""
    config = _read("""
        app = "web"
        kill_timeout = 90
        [experimental]
        cmd = "run"
        metrics_port = 9091
        metrics_path = "/metrics"
        [build]
        build_target = "prod"
        [[processes]]
        name = "web"
        command = "serve"
        [mount]
        source = "data"
        destination = "/data"
        initial_size = 3
        [compute]
        memory = 512
        [services]
        internal_port = "8080"
        concurrency = "20,25"
        [services.tcp_checks]
        interval = 10000
        [services.ports]
        port = "80"
    """)

    assert config.document == {
        "app": "web",
        "kill_timeout": "1m30s",
        "experimental": {"cmd": ["run"], "attached": {"secrets": {}}},
        "build": {"build-target": "prod"},
        "processes": {"web": "serve"},
        "mounts": [{"source": "data", "destination": "/data", "initial_size": "3"}],
        "services": [
            {
                "internal_port": 8080,
                "ports": [{"port": 80}],
                "concurrency": {"type": "requests", "hard_limit": 25, "soft_limit": 20},
                "tcp_checks": [{"interval": "10s"}],
            }
        ],
        "vm": [{"memory": "512"}],
        "metrics": [{"port": 9091, "path": "/metrics"}],
    }


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            'app = "web"\n[[[ this',
            (
                'row 2 column 3\n1| app = "web"\n2| [[[ this\n'
                " |   ~ invalid character at start of key: U+005B '['"
            ),
        ),
        (
            "a = 1\n\nkey = 2\n key = 3\n\nb = 4\n",
            (
                "row 4 column 2\n1| a = 1\n2|\n3| key = 2\n"
                "4|  key = 3\n |  ~~~ key key is already defined\n5|\n6| b = 4"
            ),
        ),
        (
            "a = 99999999999999999999",
            (
                "row 1 column 5\n1| a = 99999999999999999999\n |     "
                "~~~~~~~~~~~~~~~~~~~~ decimal number is too large to fit in a 64-bit signed integer"
            ),
        ),
        (
            "\ufeffa = 1",
            ("row 1 column 1\n1| \ufeffa = 1\n | ~ invalid character at start of key: U+00EF 'ï'"),
        ),
    ],
)
def test_bad_toml_is_shown_in_its_place(text: str, told: str) -> None:
    """With three lines before and after it."""
    with pytest.raises(toml.TomlError) as refused:
        toml.parse(text.encode())

    assert str(refused.value) == told


def test_text_that_is_not_utf_8_is_no_toml() -> None:
    """Its place is told as well."""
    with pytest.raises(toml.TomlError, match="row 2 column 6") as refused:
        toml.parse(b'a = 1\nb = "\xfc"\n')

    assert str(refused.value).endswith("~ invalid UTF-8 character in basic string")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[deploy]\nstrategy = 'best'", "unsupported deployment strategy 'best'"),
        ("[deploy]\nstrategy = 'canary'\n[mounts]\nsource = 'data'", "canary deployment strategy"),
        ('[deploy]\nrelease_command = "it\'s"', "Can't shell split release command: 'it's'"),
        ("[checks.alive]\nport = 80", "Missing or invalid check type"),
        ("[checks.alive]\ntype = 'tcp'\ninterval = '1s'", "interval is too short: 1s"),
        ("[checks.alive]\ntype = 'tcp'\ntimeout = '2m'", "timeout is too long: 2m0s"),
        ("[processes]\na = 'x'\n[[services]]\ninternal_port = 1", "Service has no processes set"),
        ("[processes]\na = 'x'\n[[services]]\nprocesses = ['b']", "Service specifies 'b'"),
        ('[processes]\na = "it\'s"', "Could not parse command for 'a' process group"),
        ("[mounts]\nsource = 'data'\ninitial_size = '10 gigs'", "invalid suffix: 'gigs'"),
        ("[mounts]\nsource = 'data'\ninitial_size = '500mb'", "smaller than 1GB"),
        ("[mounts]\nsource = 'data'\nsnapshot_retention = 90", "between 1 and 60 days"),
        ("[mounts]\nsource = 'data'\nauto_extend_size_threshold = 80", "all defined or none"),
        ("[[restart]]\npolicy = 'maybe'", "invalid restart policy: maybe"),
        ("[build]\ncompression = 'brotli'", "Invalid value 'brotli' for compression."),
        ("[build]\ncompression_level = 12", "Invalid value '12' for compression level."),
    ],
)
def test_a_configuration_that_cannot_be_deployed_is_not_valid(text: str, said: str) -> None:
    """What is wrong is said before the cross."""
    verdict = Verdict(_read(f"app = 'web'\n{text}"))

    before, cross, _ = verdict.text.partition("✘")
    assert (said in before, cross, verdict.is_valid) == (True, "✘", False)


def test_what_is_only_odd_is_warned_of() -> None:
    """The configuration is valid all the same."""
    odd = "[[services]]\n[[services.tcp_checks]]\ninterval = '500ms'\n[build]\nimage = 'a'\n"
    verdict = Verdict(_read(f"app = 'web'\n{odd}dockerfile = 'b'"))

    assert verdict.is_valid
    assert 'found: [the "a" docker image, the "b" dockerfile]' in verdict.text
    assert "less than 1 second (500ms)" in verdict.text
    assert "Service must expose at least one port" in verdict.text


def test_strict_looks_for_keys_that_nobody_knows() -> None:
    """Not in lists that are made anew while they are read, such as services."""
    config = _read("""
        ports = 1
        [http_service]
        prot = 1
        [[http_service.checks]]
        pth = "/"
        [[services]]
        nonsense = 1
        [env]
        anything = "goes"
    """)

    found = unrecognized(config.raw or {})

    assert found == ["ports", "http_service.prot", "http_service.checks[0].pth"]


def test_a_machine_is_configured_for_its_group() -> None:
    """Only with what concerns the group, and everything in the order of flyctl."""
    config = _read("""
        app = "web"
        primary_region = "ams"
        kill_signal = "SIGTERM"
        kill_timeout = "10s"
        swap_size_mb = 256
        [env]
        LEVEL = "info"
        [processes]
        web = "serve --port 8080"
        job = "work"
        [http_service]
        internal_port = 8080
        force_https = true
        auto_stop_machines = "suspend"
        processes = ["web"]
        [[http_service.checks]]
        path = "/up"
        interval = "10s"
        [mounts]
        source = "data"
        destination = "/data"
        processes = ["job"]
        [[vm]]
        size = "shared-cpu-2x"
        memory = "1gb"
        processes = ["web"]
        [[restart]]
        policy = "on-failure"
        retries = 3
        processes = ["job"]
    """)

    web = machine_config(config, "web", version="1.2", files=[], before={})
    job = machine_config(config, "job", version="1.2", files=[], before={})

    init = {"swap_size_mb": 256}
    metadata = {"fly_flyctl_version": "1.2", "fly_platform_version": "v2"}
    stop = {"timeout": "10s", "signal": "SIGTERM"}
    env = {"FLY_PROCESS_GROUP": "web", "LEVEL": "info", "PRIMARY_REGION": "ams"}
    check = {"type": "http", "interval": "10s", "path": "/up"}
    assert web == {
        "env": env,
        "init": init | {"cmd": ["serve", "--port", "8080"]},
        "guest": {"cpu_kind": "shared", "cpus": 2, "memory_mb": 1024},
        "metadata": metadata | {"fly_process_group": "web"},
        "services": [
            {
                "protocol": "tcp",
                "internal_port": 8080,
                "autostop": "suspend",
                "ports": [
                    {"port": 80, "handlers": ["http"], "force_https": True},
                    {"port": 443, "handlers": ["http", "tls"]},
                ],
                "checks": [check],
                "force_instance_key": None,
            }
        ],
        "stop_config": stop,
    }
    assert job == {
        "env": env | {"FLY_PROCESS_GROUP": "job"},
        "init": init | {"cmd": ["work"]},
        "metadata": metadata | {"fly_process_group": "job"},
        "mounts": [{"path": "/data", "name": "data"}],
        "restart": {"policy": "on-failure", "max_retries": 3},
        "stop_config": stop,
    }


@pytest.mark.parametrize(
    ("ports", "dedicated"),
    [
        ("[[services.ports]]\nport = 80\nhandlers = ['http']", False),
        ("[[services.ports]]\nport = 443\nhandlers = ['tls', 'http']", False),
        ("[[services.ports]]\nport = 80", True),
        ("[[services.ports]]\nport = 5432", True),
        ("[[services.ports]]\nstart_port = 80\nend_port = 443", True),
        ("", False),
    ],
)
def test_only_plain_web_ports_do_with_a_shared_address(ports: str, *, dedicated: bool) -> None:
    """For everything else flyctl would ask for an address of the app's own."""
    config = _read(f"app = 'web'\n[[services]]\nprotocol = 'tcp'\ninternal_port = 1\n{ports}")

    assert needs_dedicated_address(config) == dedicated


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("[http_service]\ninternal_port = 8080", "https://web.fly.dev/"),
        (
            "[[services]]\n[[services.ports]]\nport = 8443\nhandlers = ['tls', 'http']",
            "https://web.fly.dev:8443/",
        ),
        ("[[services]]\n[[services.ports]]\nport = 80\nhandlers = ['http']", "http://web.fly.dev/"),
        ("[[services]]\n[[services.ports]]\nport = 5432", ""),
    ],
)
def test_an_app_has_a_url_where_a_browser_would_find_it(text: str, where: str) -> None:
    """It is told at the end of a deploy."""
    assert url(_read(f"app = 'web'\n{text}")) == where


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("90s", "1m30s"),
        ("1.5h", "1h30m0s"),
        ("100ms", "100ms"),
        ("-2s", "-2s"),
        ("0", "0s"),
        ("1h", "1h0m0s"),
        ("1500us", "1.5ms"),
    ],
)
def test_a_duration_is_shown_as_go_does(text: str, shown: str) -> None:
    """However it was written."""
    assert durations.show(durations.parse(text)) == shown


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "invalid duration"),
        ("5", "missing unit"),
        ("5x", 'unknown unit "x"'),
        ("s", "invalid duration"),
        ("1s5", "missing unit"),
    ],
)
def test_what_is_no_duration_is_refused_in_the_words_of_go(text: str, problem: str) -> None:
    """Each kind of mistake has its own."""
    with pytest.raises(ValueError, match=problem):
        durations.parse(text)


def test_memory_is_in_powers_of_1024_and_volumes_are_in_powers_of_1000() -> None:
    """A plain number is in MB, or in GB."""
    assert [sizes.memory_mb(text) for text in ("512", "1gb", "2 GiB")] == [512, 1024, 2048]
    assert [sizes.volume_gb(text) for text in ("3", "10gb", "1tb", "500mb")] == [3, 10, 1000, 0]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("big", "invalid size: 'big'"),
        ("10 gigs", "invalid suffix: 'gigs'"),
        ("-1gb", "invalid size: '-1gb'"),
        ("1.2.3gb", "strconv.ParseFloat"),
    ],
)
def test_what_is_no_size_is_refused(text: str, problem: str) -> None:
    """In the words of the library that flyctl uses."""
    with pytest.raises(ValueError, match=problem):
        sizes.volume_gb(text)
