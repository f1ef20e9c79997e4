"""Case P66, scripted executables: what is expected, what differs, what never came."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from signal import SIGKILL, SIGSEGV, SIGTERM

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from procman.testing import (
    Answer,
    Call,
    Expected,
    Order,
    Script,
    ScriptedExecutable,
    ScriptNotFollowed,
    answer,
    expect,
)
from procman.testing.pytest_plugin import Scripted

LIST = expect("list", "--json", answer=answer("[]\n"))


def call(
    program: str | ScriptedExecutable, *argv: str, stdin: bytes = b""
) -> subprocess.CompletedProcess[bytes]:
    path = program if isinstance(program, str) else program.path
    return subprocess.run([path, *argv], input=stdin, capture_output=True, timeout=20, check=False)


def test_p66_a_call_is_answered_as_its_script_says(scripted: Scripted) -> None:
    """P66: stdout, stderr and exit code, or a signal; the program is found on PATH."""
    scripted(
        "tool",
        [
            expect("good", answer=answer("hällo\n", delay=0.01)),
            expect("bad", answer=answer("some", "no such app\n", exit_code=3)),
            expect("killed", answer=answer("a", signal=SIGKILL)),
            expect("crashed", answer=answer(signal=SIGSEGV)),
        ],
    )

    found = [call("tool", word) for word in ("good", "bad", "killed", "crashed")]

    assert [(p.returncode, p.stdout, p.stderr) for p in found] == [
        (0, "hällo\n".encode(), b""),
        (3, b"some", b"no such app\n"),
        (-SIGKILL, b"a", b""),
        (-SIGSEGV, b"", b""),
    ]


def test_p66_an_unexpected_call_fails_and_says_what_differs(tmp_path: Path) -> None:
    """P66: in order the next call is what is compared with; later ones may still come."""
    tool = ScriptedExecutable(tmp_path, "tool", [LIST, expect("create", None, "--org", "acme")])
    call(tool, "list", "--json")

    found = call(tool, "create", "web", "--org", "acme inc")

    assert (found.returncode, found.stdout) == (97, b"")
    assert found.stderr.decode() == (
        "tool: unexpected call, not call 2 of 2\n"
        "    create\n"
        "    web\n"
        "    --org\n"
        "  - acme\n"
        "  + 'acme inc'\n"
    )
    assert call(tool, "create", "web", "--org", "acme").returncode == 0
    assert call(tool, "create").stderr.decode() == (
        "tool: unexpected call, nothing more was expected\n  + create\n"
    )


def test_p66_without_an_order_the_likeliest_call_is_what_is_compared_with(tmp_path: Path) -> None:
    """P66: any of those that have not come yet is answered."""
    script = Script([LIST, expect("show", "web"), expect("show", "db")], Order.ANY)
    tool = ScriptedExecutable(tmp_path, "tool", script)

    found = call(tool, "show", "api", "-v")
    codes = [call(tool, *words).returncode for words in (("show", "db"), ("list", "--json"))]

    assert found.stderr.decode() == (
        "tool: unexpected call, closest to\n    show\n  - web\n  + api\n  + -v\n"
    )
    assert codes == [0, 0]
    assert call(tool, "show", "db").returncode == 97


def test_p66_what_was_called_can_be_read_back(tmp_path: Path) -> None:
    """P66: whole arguments, in order; stdin where the answer reads it."""
    words = ["a b", "", "line\nbreak", "it's", "$HOME", "-n", "\udcff"]
    tool = ScriptedExecutable(
        tmp_path, "tool", [expect(*words), expect("import", answer=answer("ok").reading())]
    )

    codes = [call(tool, *words).returncode, call(tool, "import", stdin=b"K=\0v").returncode]
    call(tool, "other")

    assert codes == [0, 0]
    assert tool.calls == (
        Call(tuple(words)),
        Call(("import",), stdin=b"K=\0v"),
        Call(("other",), is_expected=False),
    )


def test_p66_a_script_must_be_followed_to_its_end(tmp_path: Path) -> None:
    """P66: calls that were not expected, that never came, or not often enough."""
    tool = ScriptedExecutable(
        tmp_path,
        "tool",
        [
            expect("poll", answer=answer("wait"), times=2),
            expect("poll", answer=answer("ready")),
            expect("delete", None),
            expect("version", times=None),
        ],
    )

    said = [call(tool, "poll").stdout]
    call(tool, "version")
    call(tool, "pull")
    with pytest.raises(ScriptNotFollowed) as caught:
        tool.check()
    said += [call(tool, "poll").stdout, call(tool, "poll").stdout]
    call(tool, "delete", "web")

    assert said == [b"wait", b"wait", b"ready"]
    assert caught.value.problems == (
        "tool: unexpected call, not call 2 of 4\n  - poll\n  + pull",
        "called 1 of 2 times: tool poll",
        "never called: tool poll",
        "never called: tool delete …",
    )


def test_p66_calls_at_the_same_time_never_share_an_answer(tmp_path: Path) -> None:
    """P66: forty at once get forty answers, in order or without one."""
    for order in Order:
        calls = [expect("next", answer=answer(str(number))) for number in range(40)]
        tool = ScriptedExecutable(tmp_path / order.value, "tool", Script(calls, order))

        with ThreadPoolExecutor(8) as pool:
            found = list(pool.map(lambda _, tool=tool: call(tool, "next").stdout, range(40)))

        assert sorted(map(int, found)) == list(range(40))
        assert len(tool.calls) == 40
        tool.check()


texts = st.text(st.characters(exclude_characters="\0", codec="utf-8"), max_size=20)
answers = st.builds(
    answer, st.binary(max_size=40), st.binary(max_size=40), exit_code=st.integers(0, 96)
)
expectations = st.builds(
    lambda argv, answer: expect(*argv, answer=answer), st.lists(texts, max_size=4), answers
)


@given(expectations)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_p66_any_argument_and_any_output_come_through(tmp_path: Path, expected: Expected) -> None:
    """P66: byte for byte, whatever a shell makes of such characters elsewhere."""
    tool = ScriptedExecutable(tmp_path / str(len([*tmp_path.iterdir()])), "tool", [expected])

    found = call(tool, *expected.argv)  # type: ignore[arg-type]

    tool.check()
    assert answer(found.stdout, found.stderr, exit_code=found.returncode) == expected.answer


def test_p66_long_output_comes_through(tmp_path: Path) -> None:
    """P66: what is longer than a shell likes to hold as a word."""
    data = bytes(range(256)) * 4096
    tool = ScriptedExecutable(tmp_path, "tool", [expect("dump", answer=answer(data))])

    assert call(tool, "dump").stdout == data


def varied() -> Sequence[Answer]:
    """Every act there is."""
    return [
        answer(b"\xff\0caf\xc3\xa9\n", "e", exit_code=2, delay=0.5).reading(),
        answer("abc\nabc\n").dripping(seed=1).ignoring(SIGTERM).leaving_behind(3),
        answer("abc").stalling(4, seed=2).dying(SIGKILL).ending_after(1, seed=5),
    ]


def test_p66_a_script_is_data(tmp_path: Path) -> None:
    """P66: what is written to a file is read back equal."""
    script = Script([expect("x", None, answer=each, times=2) for each in varied()], Order.ANY)

    script.save(tmp_path / "script.json")

    assert Script.load(tmp_path / "script.json") == script


ONE_CALL = '{"format": 1, "order": "kept", "calls": [{"argv": [], %s}]}'


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("{", "JSONDecodeError"),
        ('{"format": 2, "calls": []}', "its format is 2, not 1"),
        (ONE_CALL % '"times": 1', "'answer'"),
        (ONE_CALL % '"times": 1, "answer": [["exit", 0], ["wait", 1]]', "ends once"),
        (ONE_CALL % '"times": 1, "answer": [["explode"], ["exit", 0]]', "'explode'"),
        (ONE_CALL % '"times": 0, "answer": [["exit", 0]]', "not 0 times"),
    ],
)
def test_a_file_that_is_no_script_is_refused(tmp_path: Path, content: str, reason: str) -> None:
    """The error names the file and what is wrong with it."""
    path = tmp_path / "script.json"
    path.write_text(content)

    with pytest.raises(ValueError, match=f"script.json: no script: .*{reason}"):
        Script.load(path)
