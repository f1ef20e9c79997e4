"""Cases B: what children print, and what is kept, told and read of it."""

from __future__ import annotations

import time
from pathlib import Path

import anyio
import pytest
from attrs import frozen

from procman import (
    Capture,
    Event,
    Output,
    OutputItem,
    Step,
    UnparsedOutput,
    json_as,
    json_lines_as,
    lines,
    replaced_text,
    run_step,
    text,
    whole,
    without_colours,
)
from tests.procman.children import is_alive, python, shell, until_exists

pytestmark = pytest.mark.anyio


async def test_p17_what_is_no_text_is_kept_exactly() -> None:
    r"""P17: invalid bytes, ``\r\n``, NUL and a missing last newline stay as they are."""
    printed = rb"caf\303\251\377\r\nnul\000here\nlast"

    output = await run_step(Step("x", shell(f"printf '{printed.decode()}'"), whole))

    assert output.stdout == b"caf\xc3\xa9\xff\r\nnul\0here\nlast"
    assert replaced_text(output) == "café\ufffd\r\nnul\0here\nlast"
    with pytest.raises(UnparsedOutput, match="not UTF-8 at byte 5"):
        await run_step(Step("x", shell(f"printf '{printed.decode()}'"), text))


async def test_lines_end_at_newlines_and_nowhere_else() -> None:
    r"""``lines`` takes off ``\n`` and ``\r\n``; a form feed or U+2028 is part of a line."""
    source = r"import sys; sys.stdout.buffer.write('a\r\nb\fc\u2028d\n\ne'.encode())"

    found = await run_step(Step("x", python(source), lines))

    assert found == ("a", "b\fc\u2028d", "", "e")


@pytest.mark.parametrize(
    ("printed", "found"),
    [(b"", ()), (b"\n", ("",)), (b"\r\n", ("",)), (b"a\n\n", ("a", "")), (b"a\r", ("a",))],
)
def test_lines_at_the_edges(printed: bytes, found: tuple[str, ...]) -> None:
    """No line, one that is empty, and one at the end that is."""
    assert lines(Output(0, printed)) == found


async def test_p19_a_grandchild_that_holds_the_pipe_does_not_hold_the_step(
    tmp_path: Path,
) -> None:
    """P19: after its drain limit the step ends, says so, and ends the grandchild."""
    pid_file = tmp_path / "pid"
    script = f"sleep 60 & echo $! > {pid_file}; echo done"

    with anyio.fail_after(5):
        output = await run_step(Step("x", shell(script), whole, capture=Capture(drain=0.1)))

    assert output.stdout == b"done\n"
    assert (output.ending.pipe_held, output.ending.left_over) == (True, 1)
    assert not is_alive(int(await until_exists(pid_file)))


async def test_p20_colours_are_kept_and_can_be_stripped() -> None:
    """P20: raw output has its escape codes."""
    output = await run_step(Step("x", shell(r"printf '\033[31mred\033[0m'"), whole))

    assert output.stdout == b"\x1b[31mred\x1b[0m"
    link = r"printf '\033]8;;http://x\033\\a\033]8;;\007\033[2K\033[1;5Hb\033Mc\033[0m'"
    assert await run_step(Step("x", shell(link), without_colours(text))) == "abc"


ESCAPES = {
    "colours": b"\x1b[1;38;5;196m\x1b[0m",
    "tput sgr0": b"\x1b(B\x1b[m",
    "cursor kept and restored": b"\x1b7\x1b8",
    "keypad": b"\x1b=\x1b>",
    "reset": b"\x1bc",
    "title, ended by BEL": b"\x1b]0;a title\x07",
    "link, ended by ST": b"\x1b]8;;http://x\x1b\\",
    "device control": b"\x1bP1$r0m\x1b\\",
    "private message": b"\x1b^hidden\x1b\\",
    "other private modes": b"\x1b[?25l\x1b[?2004h\x1b[>0c",
    "seven-bit codes": b"\x1b G",
}


@pytest.mark.parametrize("escapes", ESCAPES.values(), ids=ESCAPES)
def test_p20_every_kind_of_escape_is_stripped_and_nothing_else(escapes: bytes) -> None:
    """P20: as ECMA-48 and xterm have them; what is between them stays, other bytes too."""
    output = Output(0, b"[a]" + escapes + b"{\xc3\xa9;b}" + escapes + b"\\\n")

    assert without_colours(text)(output) == "[a]{é;b}\\"


def test_p20_what_is_no_whole_escape_stays() -> None:
    """P20: nothing is guessed where a code breaks off."""
    output = Output(0, b"a\x1b[3")

    assert without_colours(text)(output) == "a\x1b[3"


@frozen
class Machine:
    id: str
    cpus: int = 1


@frozen
class App:
    name: str
    machines: list[Machine]
    load: float = 0.0


async def test_p21_json_becomes_a_value() -> None:
    """P21: by cattrs; keys that are not asked for are passed over."""
    app = await run_step(
        Step(
            "x",
            shell("cat", stdin='{"name": "nfs", "machines": [{"id": "a", "new": 1}]}\n'),
            json_as(App),
        )
    )

    assert app == App("nfs", [Machine("a")])


@pytest.mark.parametrize(
    ("printed", "reason"),
    [
        ('{"name": 1, "machines": []}', "expected str, saw 1 @ $.name"),
        (
            '{"name": "a", "machines": [{"id": "b", "cpus": "2"}]}',
            "expected int, saw '2' @ $.machines[0].cpus",
        ),
        ('{"machines": []}', "required field missing @ $.name"),
        ('{"name": "a", "machines": {}}', "expected list, saw {} @ $.machines"),
        ('{"name": "a", "machines": [null]}', "expected dict, saw None @ $.machines[0]"),
        ('{"name": "a", "machines": [{"id": "b", "cpus": true}]}', "expected int, saw True"),
        ("[]", "expected dict, saw [] @ $"),
        ('{"name": "a", "machines": [], "load": "9"}', "expected float, saw '9' @ $.load"),
        (f'{{"name": "a", "machines": [], "load": {"9" * 400}}}', "beyond any @ $.load"),
    ],
)
async def test_p21_a_field_that_does_not_fit_is_named(printed: str, reason: str) -> None:
    """P21: its path is in the error; no value is turned into another type."""
    with pytest.raises(UnparsedOutput) as caught:
        await run_step(Step("x", shell("cat", stdin=printed), json_as(App)))

    assert reason in caught.value.reason


@pytest.mark.parametrize(
    ("printed", "reason"),
    [
        ("", "empty where JSON was expected"),
        ("\n", "empty where JSON was expected"),
        (
            "New here? Pay up.\n{}",
            "not JSON at line 1, column 1: Expecting value; saw New here? Pay up.\\n{}",
        ),
        ("{}\ntrailing", "not JSON at line 2, column 1: Extra data; saw trailing"),
        ("{}{}", "not JSON at line 1, column 3: Extra data; saw {}"),
        ('{"name": "a', "not JSON at line 1, column 10: Unterminated string"),
        ("[1,", "not JSON at line 1, column 4: Expecting value; saw the end"),
        ('{"name": NaN}', "not JSON: NaN is no JSON value"),
        ("-Infinity", "not JSON: -Infinity is no JSON value"),
        ("1e999", "not JSON: 1e999 is beyond any float"),
        ("9" * 5000, "not to be read: Exceeds the limit"),
        ("[" * 100_000, "not to be read: maximum recursion depth exceeded"),
        ("\ufeff{}", "not JSON at line 1, column 1: Unexpected UTF-8 BOM"),
        ("{'name': 1}", "not JSON at line 1, column 2: Expecting property name"),
        ("{} // comment", "not JSON at line 1, column 4: Extra data; saw // comment"),
    ],
)
async def test_p22_what_is_not_one_json_document_is_shown(printed: str, reason: str) -> None:
    """P22: what was seen and where; nothing is searched for or repaired."""
    with pytest.raises(UnparsedOutput) as caught:
        await run_step(Step("x", shell("cat", stdin=printed or None), json_as(App)))

    assert caught.value.reason.startswith(reason)


async def test_a_stream_that_was_cut_is_never_parsed() -> None:
    """A parser refuses half a document rather than reading what is left of it."""
    step = Step("x", shell("echo 123456789"), text, capture=Capture(keep=4))

    with pytest.raises(UnparsedOutput, match="too long: 6 bytes were not kept"):
        await run_step(step)


async def test_p23_json_lines_are_told_while_the_child_runs(tmp_path: Path) -> None:
    """P23: one event a line as it comes; all of them are the result."""
    gate = tmp_path / "gate"
    wait = f"while [ ! -e {gate} ]; do sleep 0.01; done"
    script = f'echo \'{{"id": "a"}}\'; {wait}; echo \'{{"id": "b"}}\''
    items: list[object] = []

    def open_gate(event: Event) -> None:
        if isinstance(event, OutputItem):
            items.append((event.number, event.value))
            gate.touch()

    step = Step("x", shell(script), json_lines_as(Machine), json_lines=True, timeout=20)
    found = await run_step(step, hooks=[open_gate])

    assert items == [(1, {"id": "a"}), (2, {"id": "b"})]
    assert found == (Machine("a"), Machine("b"))


async def test_p23_a_broken_line_is_named_and_ends_the_child() -> None:
    """P23: at once, not when the child has had its time."""
    script = "echo '{}'; echo '{oops'; sleep 60"

    with anyio.fail_after(10), pytest.raises(UnparsedOutput) as caught:
        await run_step(Step("x", shell(script), json_lines=True))

    assert caught.value.reason.startswith("not JSON at line 2, column 2: ")
    assert caught.value.reason.endswith("saw {oops")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("", "empty where JSON was expected at line 2; saw "),
        ("NaN", "not JSON at line 2: NaN is no JSON value; saw NaN"),
        ("{} {}", "not JSON at line 2, column 4: Extra data; saw {} {}"),
        ("[" * 60_000, "not to be read at line 2: maximum recursion depth exceeded"),
        ("[" + "1," * 50_000 + "1]", f"too long at line 2; saw [{'1,' * 39}1…"),
    ],
)
async def test_p23_what_is_no_json_line_is_refused_both_ways(line: str, reason: str) -> None:
    """P23: as it comes, and by the parser of all of them; never repaired."""
    printed = f"{{}}\n{line}\n{{}}\n"

    with pytest.raises(UnparsedOutput) as caught:
        await run_step(Step("x", shell("cat", stdin=printed), json_lines=True))

    assert caught.value.reason.startswith(reason)
    if not reason.startswith("too long"):
        with pytest.raises(UnparsedOutput) as caught:
            await run_step(Step("x", shell("cat", stdin=printed), json_lines_as(dict[str, int])))
        assert caught.value.reason.startswith(reason.partition(";")[0])


async def test_p23_a_broken_last_line_is_not_lost_to_a_slow_hook() -> None:
    """P23, P25: all is read that the child left, however late, and though the drain is short."""

    def slow(event: Event) -> None:
        if isinstance(event, OutputItem) and event.number % 2_000 == 0:
            time.sleep(0.02)

    source = "for i in range(20_000): print(i)\nprint('oops')"
    step = Step("x", python(source), json_lines=True, capture=Capture(drain=0.01))

    with pytest.raises(UnparsedOutput, match="line 20001"):
        await run_step(step, hooks=[slow])


async def test_p23_a_last_line_without_its_end_is_read_too() -> None:
    """P23: and is refused if it is half a line."""
    items: list[Event] = []

    def keep(event: Event) -> None:
        if isinstance(event, OutputItem):
            items.append(event)

    await run_step(Step("x", shell("printf '1\\n2'"), json_lines=True), hooks=[keep])
    with pytest.raises(UnparsedOutput, match="not JSON at line 2, column 2"):
        await run_step(Step("x", shell("printf '1\\n{'"), json_lines=True))

    assert [(item.number, item.value) for item in items if isinstance(item, OutputItem)] == [
        (1, 1),
        (2, 2),
    ]


async def test_p23_a_line_that_does_not_fit_is_named() -> None:
    """P23: by the parser, with the path in the line."""
    step = Step("x", shell('echo \'{"id": "a"}\'; echo \'{"id": 1}\''), json_lines_as(Machine))

    with pytest.raises(UnparsedOutput, match=r"line 2: expected str, saw 1 @ \$\.id"):
        await run_step(step)
