"""The whole program against the local Fly: fresh, again, killed, and with things going wrong."""

from __future__ import annotations

import json
import random
import signal
import time
from collections import Counter
from pathlib import Path

import pytest

from provision.cli.main import main
from provision.local.world import addresses, apps, machines, organizations, volumes
from tests.provision.platforms import HEAD, write_platform
from tests.provision.rehearsals import (
    Ran,
    all_is_well,
    as_declared,
    before_deploy,
    blocks,
    provision,
    run_at,
    said,
    start,
    tell,
    world_of,
)

pytestmark = pytest.mark.long

ROOT = Path(__file__).parent.parent.parent
PLATFORM = ("test", "-f", str(ROOT / "manifests" / "test.toml"), "--local")
QUICK = ("test", "-f", "test.toml", "--local", "--settle", "1s")
SCREEN = 30
"""Lines that a person sees at once."""
SHORT_WAITS = HEAD + '\n[defaults]\nwait_timeout = "3s"\n'


def what_exists(folder: Path) -> dict[str, object]:
    """Everything in the world that must not be there twice."""
    with world_of(folder) as world:
        names = [app.name for app in apps.list_(world)]
        return {
            "orgs": Counter(org.name for org in organizations.list_(world)),
            "apps": Counter(names),
            "addresses": {
                name: Counter(a.type.value for a in addresses.list_(world, name)) for name in names
            },
            "machines": {name: len(machines.list_(world, name)) for name in names},
            "volumes": {name: len(volumes.list_(world, name)) for name in names},
        }


def exists_as_reported(folder: Path, ran: Ran) -> None:
    """Ids, addresses and the organization are those of the world."""
    with world_of(folder) as world:
        for app in ran.report["apps"].values():
            known = {machine.id for machine in machines.list_(world, app["name"])}
            assert {machine["id"] for machine in app["machines"]["have"]} == known
            reported = [*app["exposure"]["flycast"], *app["exposure"]["public_ips"]]
            assert {a["address"] for a in reported} >= {
                a.address for a in addresses.list_(world, app["name"])
            }
        assert ran.report["org"]["id"] == organizations.show(world, "acme-test").id


def says_what_it_changed_on_one_screen(text: str, ran: Ran) -> None:
    """Four apps from nothing: how they are, what was done, and where the rest is."""
    assert len(text.splitlines()) <= SCREEN
    seen, changed, _, ending = blocks(text)
    assert seen[0] == "nfs          succeeded  healthy   synced       app started"
    assert [line for line in changed if line.startswith(("org ", "auth "))] == [
        "org          created    organization Acme Test",
        "auth         created    app acme-test-auth",
        "auth         created    Flycast address of acme-test-auth for network acme-test-net",
        "auth         created    v6 address of acme-test-auth",
        "auth         created    shared_v4 address of acme-test-auth",
        "auth         created    secrets of acme-test-auth: SESSION_KEY",
        "auth         created    release of acme-test-auth",
        "auth         created    machines of acme-test-auth: app=2",
    ]
    named = list(dict.fromkeys(line.split()[0] for line in changed))
    assert named == ["org", *(line.split()[0] for line in seen)]
    journals = f".provision/journals/{ran.report['run']['id']}.*.jsonl"
    assert ending == [
        "report: out/report.json",
        f"journals: {journals}",
        "succeeded, exit code 0",
    ]
    assert len(list(ran.folder.glob(journals))) == 3


def test_a_platform_is_made_verified_and_left_alone(tmp_path: Path) -> None:
    """Seen 1 and 2: four apps, told to a person; F92: a second run writes nothing, by journals."""
    for_a_person = ("--output", "text", "--report", "out/report.json")
    code, text, stderr = said(tmp_path, *PLATFORM, *for_a_person)
    report = json.loads((tmp_path / "out" / "report.json").read_text())
    first = Ran(code, report, stderr, tmp_path)
    second = provision(tmp_path, *PLATFORM)

    assert (first.exit_code, second.exit_code) == (0, 0)
    says_what_it_changed_on_one_screen(text, first)
    exists_as_reported(tmp_path, first)
    assert set(first.outcomes().values()) == {"succeeded"}
    assert {key: app["health"] for key, app in first.report["apps"].items()} == {
        "nfs": "healthy",
        "auth": "healthy",
        "computer": "healthy",
        "agent": "healthy",
    }
    assert {
        key: Counter(m["group"] for m in app["machines"]["have"])
        for key, app in first.report["apps"].items()
    } == {
        "nfs": {"app": 1},
        "auth": {"app": 2},
        "computer": {"app": 1},
        "agent": {"web": 1, "worker": 1},
    }
    assert len(first.writes()) == len(first.changed()) == 17
    assert second.report["changes"] == {"created": [], "destroyed": [], "updated": []}
    assert second.writes() == []
    assert len(second.commands()) > 20


@pytest.mark.parametrize("seed", range(3))
def test_a_killed_run_is_continued_with_nothing_twice(tmp_path: Path, seed: int) -> None:
    """Seen 3, F83: kill -9 at a random moment, and again at once."""
    path = write_platform(tmp_path, {"a": "", "b": 'depends_on = ["a"]'})
    chance = random.Random(seed)

    program = start(tmp_path, *QUICK)
    time.sleep(chance.uniform(0.3, 2.0))
    program.send_signal(signal.SIGKILL)
    again = provision(tmp_path, *QUICK)
    program.communicate()

    assert path.exists()
    assert again.exit_code == 0, again.stderr
    assert what_exists(tmp_path) == {
        "orgs": {"Dev": 1, "Acme Test": 1},
        "apps": {"acme-a": 1, "acme-b": 1},
        "addresses": {name: {"private_v6": 1} for name in ("acme-a", "acme-b")},
        "machines": {"acme-a": 1, "acme-b": 1},
        "volumes": {"acme-a": 0, "acme-b": 0},
    }


def test_what_was_done_unseen_is_gone_on_with(tmp_path: Path) -> None:
    """
    F25, F50, F98: answers that were lost; nothing is done twice for want of them.

    F49: nothing secret stays behind. flyctl's folder with its logs is gone; the rest never had it.
    """
    write_platform(tmp_path, {"web": 'secrets = ["KEY"]'}, tail='[secrets.KEY]\nfrom = "env:KEY"\n')
    for scenario in ("org-create", "app-created", "ip-allocate", "secrets-set"):
        tell(tmp_path, f"{scenario}-unseen")

    found = provision(tmp_path, *QUICK, KEY="s3cr3t-value")

    assert found.exit_code == 0, found.stderr
    assert what_exists(tmp_path) == {
        "orgs": {"Dev": 1, "Acme Test": 1},
        "apps": {"acme-web": 1},
        "addresses": {"acme-web": {"private_v6": 1}},
        "machines": {"acme-web": 1},
        "volumes": {"acme-web": 0},
    }
    left = [path for path in tmp_path.rglob("*") if path.is_file() and path.suffix != ".db"]
    assert not any(b"s3cr3t-value" in path.read_bytes() for path in left)
    assert not list((tmp_path / ".provision" / "flyctl").iterdir())


def write_apps(folder: Path, **others: str) -> None:
    """A platform of an app with a secret, and *others*."""
    write_platform(
        folder,
        {"web": 'secrets = ["KEY"]', **others},
        head=SHORT_WAITS,
        tail='[secrets.KEY]\nfrom = "env:KEY"\n',
    )


def failing(folder: Path, scenario: str) -> Ran:
    """A run of two apps, one in need of the other, while *scenario* happens to the first."""
    write_apps(folder, after='depends_on = ["web"]')
    if scenario not in BEFORE_DEPLOY:
        before_deploy(folder, "acme-web", "acme-after")
        run_at(folder, 0)
    tell(folder, scenario, app="acme-web")
    settle = "0.3s" if scenario in NEVER_SEEN else "1s"
    return provision(folder, *QUICK[:-1], settle, KEY="s3cr3t-value")


WRONG = [
    # scenario, exit code, error, of what the report says
    ("name-taken", 1, "NameTaken", "Name has already been taken"),
    ("ip-lost", 1, "NotVisible", "reported as done, and not to be seen"),
    ("ip-allocated-twice", 3, "NotVerified", "expected 1 Flycast address"),
    ("deploy-fails", 1, "CommandFailed", "fly deploy"),
    ("billing-required", 5, "PaymentRequired", "We need your payment information"),
    ("insufficient-capacity", 1, "NoCapacity", "insufficient resources"),
    ("machine-created-twice", 3, "NotVerified", "machines.app: expected 1, found 2"),
    ("public-ip-appears", 3, "NotVerified", "expected no v6 address"),
    ("machine-crashes", 3, "AppCrashing", "appears to be crashing"),
    ("deploy-hangs-at-end", 7, "StepTimedOut", "timeout of 3 s reached"),
]
BEFORE_DEPLOY = {"name-taken", "ip-lost", "ip-allocated-twice"}
NEVER_SEEN = {"name-taken", "ip-lost", "machine-crashes"}
"""Whatever these wait for never comes."""
LEAVES_NOTHING = {"name-taken", "billing-required", "insufficient-capacity"}


@pytest.mark.parametrize(("scenario", "code", "error", "said"), WRONG, ids=[w[0] for w in WRONG])
def test_what_goes_wrong_with_an_app_is_told_and_mended(
    tmp_path: Path, scenario: str, code: int, error: str, said: str
) -> None:
    """
    Seen 7: the right exit code, the app named, what needs it skipped; then all is well.

    F28, F32, F38, F59, F60, F65, F95, F97, by the order of their numbers.
    """
    found = failing(tmp_path, scenario)

    assert found.exit_code == code, found.stderr
    assert found.outcomes() == {"web": "failed", "after": "skipped"}
    (shown,) = found.report["errors"]
    assert (shown["code"], shown["app"]) == (error, "web")
    assert said in shown["message"]
    assert "s3cr3t-value" not in found.stderr + str(found.report)

    if scenario in LEAVES_NOTHING:
        return
    all_is_well(tmp_path)
    write_apps(tmp_path)
    again = provision(tmp_path, *QUICK, KEY="s3cr3t-value")
    is_surplus = error == "NotVerified"
    assert again.exit_code == (3 if is_surplus else 0), again.stderr
    assert is_surplus or set(again.outcomes().values()) == {"succeeded"}


STOPS = [
    ("token-expired", 5, "TokenRefused"),
    ("server-gone", 1, "Unreachable"),
    ("rate-limited", 1, "RateLimited"),
    ("flyctl-panics", 1, "CommandFailed"),
    ("json-shape-changed", 1, "UnparsedOutput"),
    ("noise-before-json", 1, "UnparsedOutput"),
    ("slug-differs", 4, "Refused"),
    ("org-created-twice", 4, "Refused"),
]


@pytest.mark.parametrize(("scenario", "code", "error"), STOPS, ids=[s[0] for s in STOPS])
def test_what_concerns_all_stops_before_any_app(
    tmp_path: Path, scenario: str, code: int, error: str
) -> None:
    """F15, F16, F18, F24, F62, F64, F96: no app is made, and the report says why."""
    write_platform(tmp_path)
    tell(tmp_path, scenario)

    found = provision(tmp_path, *QUICK)

    assert found.exit_code == code, found.stderr
    assert [shown["code"] for shown in found.report["errors"]] == [error]
    assert not any(write.startswith("apps create") for write in found.writes())


def test_f68_what_does_not_need_a_failed_app_goes_on_if_it_may(tmp_path: Path) -> None:
    """F68: on_failure decides."""
    found = {}
    for policy in ("stop", "continue-independent"):
        folder = tmp_path / policy
        folder.mkdir()
        path = write_platform(
            folder,
            {"web": "", "aside": 'depends_on = ["first"]', "first": ""},
            head=SHORT_WAITS + f'on_failure = "{policy}"\n',
        )
        path.write_text(path.read_text().replace("app = 1", "app = 0"))
        before_deploy(folder, "acme-aside", "acme-first")
        with world_of(folder) as world:
            other = organizations.create(world, "Production")
            apps.create(world, "acme-web", organization=other.slug)
        found[policy] = provision(folder, *QUICK).outcomes()

    assert found["stop"]["aside"] == "skipped"
    assert found["continue-independent"] == {
        "web": "failed",
        "first": "succeeded",
        "aside": "succeeded",
    }


def test_f37_what_is_not_seen_at_once_is_waited_for(tmp_path: Path) -> None:
    """F37: and not made a second time."""
    write_platform(tmp_path)
    tell(tmp_path, "listing-delayed")
    run_at(tmp_path, 8)

    found = provision(tmp_path, "test", "-f", "test.toml", "--local", "--settle", "10s")

    assert found.exit_code == 0, found.stderr
    assert Counter(write.split()[0] for write in found.writes())["apps"] == 1


def test_an_app_of_another_organization_is_never_touched(tmp_path: Path) -> None:
    """F34: refused before any write to it."""
    write_platform(tmp_path)
    with world_of(tmp_path) as world:
        other = organizations.create(world, "Production")
        apps.create(world, "acme-web", organization=other.slug)

    found = provision(tmp_path, *QUICK)

    assert found.exit_code == 4
    assert found.report["errors"][0]["message"] == (
        "app acme-web belongs to production, not to acme-test"
    )
    assert found.writes() == ["orgs create 'Acme Test' --json"]


def test_an_app_on_another_network_is_refused(tmp_path: Path) -> None:
    """F35: a network is for good."""
    write_platform(tmp_path)
    with world_of(tmp_path) as world:
        org = organizations.create(world, "Acme Test")
        apps.create(world, "acme-web", organization=org.slug, network="elsewhere")

    found = provision(tmp_path, *QUICK)

    assert found.exit_code == 4
    assert "is on network elsewhere, not on acme-net" in found.report["errors"][0]["message"]
    assert found.writes() == []


def test_f26_a_name_of_several_organizations_is_not_guessed_at(tmp_path: Path) -> None:
    """F26: a slug must be written down."""
    write_platform(tmp_path)
    with world_of(tmp_path) as world:
        for name in ("Other", "Other"):
            organizations.create(world, name)
        world.execute("UPDATE organizations SET name = 'Acme Test' WHERE name = 'Other'")

    found = provision(tmp_path, *QUICK)

    assert found.exit_code == 4
    assert "several organizations are called 'Acme Test'" in found.report["errors"][0]["message"]


def test_f23_a_missing_organization_is_not_made_where_it_may_not_be(tmp_path: Path) -> None:
    """F23: create = false stops."""
    write_platform(tmp_path, head=HEAD.replace("create = true", "create = false"))

    found = provision(tmp_path, *QUICK)

    assert (found.exit_code, found.writes()) == (5, [])


def test_a_changed_declaration_is_deployed_and_nothing_else(tmp_path: Path) -> None:
    """What differs is put right: a variable, an image, a count."""
    apps_ = {"variable": 'env = { A = "1" }', "image": "", "count": "", "aside": ""}
    path = write_platform(tmp_path, apps_)
    as_declared(tmp_path)
    text = path.read_text().replace('A = "1"', 'A = "2"').replace("acme/image:1", "acme/image:2")
    others, table, count = text.partition("[apps.count]")
    path.write_text(others + table + count.replace("app = 1", "app = 2", 1))

    found = provision(tmp_path, *QUICK)

    assert found.exit_code == 0, found.stderr
    assert sorted(
        (c["app"], c["step"]) for kind in found.report["changes"].values() for c in kind
    ) == [
        ("count", "fly.scale.count"),
        ("image", "fly.deploy"),
        ("variable", "fly.deploy"),
    ]


def test_verify_changes_nothing_and_finds_what_was_changed(tmp_path: Path) -> None:
    """Exit 3, and the finding says what was expected and what is there."""
    path = write_platform(tmp_path, {"web": 'env = { A = "1" }'})
    as_declared(tmp_path)
    path.write_text(path.read_text().replace('A = "1"', 'A = "2"'))

    found = provision(tmp_path, "verify", *QUICK)

    assert (found.exit_code, found.writes()) == (3, [])
    (finding,) = found.report["findings"]
    assert (finding["code"], finding["expected"], finding["observed"]) == (
        "machine-config",
        "'2'",
        "'1'",
    )
    assert found.report["apps"]["web"]["sync"] == "out_of_sync"


def test_destroy_takes_everything_back(tmp_path: Path) -> None:
    """Seen 9, F87: the organization is gone; a second time there is nothing to do."""
    write_platform(tmp_path, {"a": "", "b": 'depends_on = ["a"]'})
    as_declared(tmp_path)

    unconfirmed = provision(tmp_path, "destroy", *QUICK)
    found = provision(tmp_path, "destroy", *QUICK, "--yes")
    again = provision(tmp_path, "destroy", *QUICK, "--yes")

    assert (unconfirmed.exit_code, unconfirmed.writes()) == (4, [])
    assert found.exit_code == 0
    assert found.writes() == [
        "apps destroy acme-b --yes",
        "apps destroy acme-a --yes",
        "orgs delete acme-test --yes",
    ]
    assert (again.exit_code, again.writes()) == (0, [])


def test_f88_an_organization_with_other_apps_is_kept(tmp_path: Path) -> None:
    """F88: they are listed; Fly's own builders do not count."""
    write_platform(tmp_path)
    before_deploy(tmp_path, "acme-web")
    with world_of(tmp_path) as world:
        for name in ("fly-builder-x", "precious"):
            apps.create(world, name, organization="acme-test")

    found = provision(tmp_path, "destroy", *QUICK, "--yes")

    assert found.exit_code == 4
    assert "not in the manifest: precious" in found.report["errors"][0]["message"]
    assert found.writes() == ["apps destroy acme-web --yes"]


def test_f29_a_member_is_stopped_before_anything_is_destroyed(tmp_path: Path) -> None:
    """F29: only an admin may delete an organization, and its apps would be gone by then."""
    write_platform(tmp_path)
    before_deploy(tmp_path, "acme-web")
    with world_of(tmp_path) as world:
        world.execute("UPDATE organizations SET viewer_role = 'member' WHERE slug = 'acme-test'")

    found = provision(tmp_path, "destroy", *QUICK, "--yes")
    kept = provision(tmp_path, "destroy", *QUICK, "--yes", "--keep-org")

    assert (found.exit_code, found.writes()) == (5, [])
    assert "the token is of a member; nothing was destroyed" in found.report["errors"][0]["message"]
    assert "--keep-org" in found.report["errors"][0]["hint"]
    assert (kept.exit_code, kept.writes()) == (0, ["apps destroy acme-web --yes"])


def test_f67_one_writer_at_a_time(tmp_path: Path) -> None:
    """F67: the second run says who holds the lock, and how to wait for it."""
    write_platform(tmp_path)
    tell(tmp_path, "server-slow")
    first = start(tmp_path, *QUICK)
    lock = tmp_path / ".provision" / "local.db.lock"
    while not lock.exists() or not lock.read_text():
        assert first.poll() is None, first.communicate()
        time.sleep(0.01)

    second = provision(tmp_path, *QUICK, "--lock-wait", "0s")
    first.send_signal(signal.SIGINT)
    first.communicate()

    assert second.exit_code == 6
    holder = f"locked by provision test (process {first.pid}, since "
    assert second.report["errors"][0]["message"].startswith(holder)
    assert second.report["errors"][0]["hint"] == "wait for it to end; --lock-wait 10m does so"


@pytest.mark.parametrize(("signum", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_f80_an_interrupted_run_still_reports(
    tmp_path: Path, signum: signal.Signals, code: int
) -> None:
    """F80: the child is told, the report written, the lock let go."""
    write_platform(tmp_path)
    tell(tmp_path, "server-slow")
    run_at(tmp_path, 4)
    program = start(tmp_path, *QUICK)
    journals = tmp_path / ".provision" / "journals"
    while not (journals.exists() and any("provision" in j.name for j in journals.iterdir())):
        assert program.poll() is None, program.communicate()
        time.sleep(0.01)

    program.send_signal(signum)
    stdout, stderr = program.communicate(timeout=30)

    assert (program.returncode, '"interrupted": true' in stdout) == (code, True), stderr
    all_is_well(tmp_path)
    assert provision(tmp_path, *QUICK).exit_code == 0


def test_f94_a_rehearsal_never_sees_a_real_token(tmp_path: Path) -> None:
    """F94, F30, rule 20: it is not in the environment of any child, nor are FLY_ORG and so on."""
    write_platform(tmp_path)
    as_declared(tmp_path)

    found = provision(tmp_path, *QUICK, FLY_API_TOKEN="r3al-token", FLY_ORG="personal")

    assert found.exit_code == 0
    assert "r3al-token" not in found.stderr + str(found.report)
    assert "FLY_ORG set in the environment" in found.report["warnings"][0]["message"]


def test_f18_f47_missing_credentials_are_named_together(tmp_path: Path) -> None:
    """
    Seen 4, F18, F47: exit 5 before anything is run; a missing flyctl is told as well.

    Who only looks needs the token alone.
    """
    write_platform(tmp_path, {"web": 'secrets = ["KEY"]'}, tail='[secrets.KEY]\nfrom = "env:KEY"\n')

    found = provision(tmp_path, "test", "-f", "test.toml", KEY="", PATH=str(tmp_path))
    looked = provision(tmp_path, "drift", "test", "-f", "test.toml", KEY="", PATH=str(tmp_path))

    assert (found.exit_code, looked.exit_code) == (5, 5)
    assert looked.report["errors"][0]["message"] == (
        "missing credentials: FLY_API_TOKEN or FLY_ACCESS_TOKEN"
    )
    credentials, flyctl = found.report["errors"]
    assert credentials["message"] == "missing credentials: FLY_API_TOKEN or FLY_ACCESS_TOKEN, KEY"
    assert "install flyctl" in flyctl["hint"]


def test_f18_two_tokens_that_differ_are_refused(tmp_path: Path) -> None:
    """F18: neither is shown."""
    write_platform(tmp_path)

    found = provision(
        tmp_path, "test", "-f", "test.toml", FLY_API_TOKEN="a1b", FLY_ACCESS_TOKEN="c2d"
    )

    assert found.exit_code == 5
    assert "are both set, and differ" in found.report["errors"][0]["message"]
    assert "a1b" not in str(found.report)


def test_f13_without_flyctl_it_says_how_to_install_it(tmp_path: Path) -> None:
    """F13: told from any exit code of its own."""
    write_platform(tmp_path)

    found = provision(tmp_path, "test", "-f", "test.toml", FLY_API_TOKEN="x", PATH=str(tmp_path))

    assert found.exit_code == 5
    assert found.report["errors"][0]["code"] == "FlyctlMissing"
    assert "install flyctl" in found.report["errors"][0]["hint"]


def test_f11_a_dry_run_needs_nothing(tmp_path: Path) -> None:
    """F11: no token, no flyctl, nothing left behind; what is not known is marked."""
    write_platform(tmp_path)

    found = provision(tmp_path, "test", "-f", "test.toml", "--dry-run", PATH="/nowhere")

    assert found.exit_code == 0
    assert found.report["run"]["mode"] == "dry-run"
    shown = {step["command"]: step["when"] for step in found.report["steps"]}
    assert shown["fly orgs create 'Acme Test' --json"] == "if the organization is missing"
    assert shown["fly orgs list --json"] == "always"
    assert {step["outcome"] for step in found.report["steps"]} == {"not run"}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["fly.web.toml", "test.toml"]


def test_f31_every_command_about_an_organization_names_it(tmp_path: Path) -> None:
    """F31: flyctl would take the personal one for an organization that is not said."""
    write_platform(tmp_path)

    shown = provision(tmp_path, "test", "-f", "test.toml", "--dry-run").report["steps"]

    commands = [step["command"].split() for step in shown]
    about = {("apps", "create"), ("ips", "allocate-v6"), ("orgs", "show")}
    found = [each for each in commands if tuple(each[1:3]) in about]
    assert {tuple(each[1:3]) for each in found} == about
    assert all("acme-test" in each for each in found)


def test_f85_production_wants_its_name_typed_out(tmp_path: Path) -> None:
    """F85: --yes is never enough; nothing is run."""
    manifest = str(ROOT / "manifests" / "prod.toml")

    for args in (
        ("destroy", "prod", "--yes"),
        ("prod", "--yes"),
        ("prod", "--confirm", "acme-test"),
    ):
        found = provision(tmp_path, *args, "-f", manifest, "--local")
        assert found.exit_code == 4
        assert found.report["errors"][0]["hint"] == "say --confirm acme-prod"


@pytest.mark.parametrize(
    "args",
    [
        ["frobnicate"],
        ["test", "--frob"],
        ["staging"],
        [],
        ["test", "--lock-wait", "soon"],
        ["verify", "test", "--yes"],
        ["verify", "test", "--confirm", "acme-test"],
        ["verify", "test", "--allow-paid"],
        ["plan", "test", "--yes"],
        ["plan", "test", "--allow-paid"],
        ["drift", "test", "--settle", "1s"],
        ["doctor", "test", "--yes"],
        ["doctor", "test", "--allow-paid"],
        ["destroy", "test", "--allow-paid"],
    ],
)
def test_bad_usage_is_exit_64(capsys: pytest.CaptureFixture[str], args: list[str]) -> None:
    """Told from every other exit code, also for what means nothing to a command."""
    code = main(args)

    stdout, stderr = capsys.readouterr()
    assert (code, stdout) == (64, "")
    assert "Usage: " in stderr


def test_f82_nobody_needs_to_read_to_the_end(tmp_path: Path) -> None:
    """F82: stdout closed early, `| head`: no traceback."""
    write_platform(tmp_path)
    program = start(tmp_path, "test", "-f", "test.toml", "--dry-run")
    assert program.stdout is not None
    program.stdout.close()

    program.wait(timeout=20)

    assert program.stderr is not None
    assert "Traceback" not in program.stderr.read()
    program.stderr.close()


def test_f81_a_report_that_cannot_be_kept_is_a_warning(tmp_path: Path) -> None:
    """F81: the document is on stdout all the same."""
    write_platform(tmp_path)

    plan = ("test", "-f", "test.toml", "--dry-run")
    kept = provision(tmp_path, *plan, "--report", "tmp/report.json")
    lost = provision(tmp_path, *plan, "--report", "/proc/nowhere/report.json")

    assert (kept.exit_code, lost.exit_code) == (0, 0)
    assert (tmp_path / "tmp" / "report.json").exists()
    assert "the report is not kept" in lost.stderr
