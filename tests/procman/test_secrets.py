"""Cases P24 and P91: what must never be seen, and everything in which it could be."""

from __future__ import annotations

import base64
import json
import re
import traceback
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from attrs import evolve, frozen
from hypothesis import given
from hypothesis import strategies as st

from procman import (
    Capture,
    Command,
    CommandFailed,
    Context,
    Diagnostic,
    Event,
    Hook,
    JobLogged,
    Journal,
    LogHook,
    Output,
    OutputItem,
    Redactor,
    Run,
    Secret,
    Step,
    StepError,
    Workflow,
    command,
    json_as,
    json_lines_as,
    run_step,
    whole,
)
from procman._process.keep import Kept
from tests.procman.children import IN_TURN, python, shell

VALUES = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=6, max_size=12)


def split_at(data: bytes, points: Sequence[int]) -> list[bytes]:
    cuts = sorted({0, len(data), *(point % (len(data) + 1) for point in points)})
    return [data[a:b] for a, b in pairwise(cuts)]


def streamed(redactor: Redactor, pieces: Sequence[bytes]) -> bytes:
    stream = redactor.stream()
    return b"".join(bytes(stream.feed(memoryview(piece))) for piece in pieces) + stream.close()


def spellings(value: str) -> list[bytes]:
    raw = value.encode()
    return [
        raw,
        quote(raw, safe="").encode(),
        quote_plus(raw).encode(),
        quote(raw, safe="!'()*").encode(),
        re.sub("%..", lambda escape: escape[0].lower(), quote(raw, safe="")).encode(),
        json.dumps(value).encode()[1:-1],
        json.dumps(value, ensure_ascii=False).replace("/", r"\/").encode()[1:-1],
        re.sub("[<>&]", lambda c: f"\\u{ord(c[0]):04x}", json.dumps(value)).encode()[1:-1],
        base64.b64encode(raw),
        base64.b64encode(raw).rstrip(b"="),
        base64.urlsafe_b64encode(raw),
        base64.b64encode(b"user:" + raw),
        base64.b64encode(b"user:" + raw + b"\n"),
        base64.urlsafe_b64encode(b"x" + raw + b"y"),
    ]


@given(VALUES, st.lists(st.integers(0, 600)))
def test_p91_a_secret_is_found_in_every_spelling_at_every_split_point(
    value: str, points: list[int]
) -> None:
    """P24, P91: as it is, URL-quoted, in JSON and base64, wherever the stream was split."""
    redactor = Redactor(frozenset([Secret(value)]))
    data = b" | ".join(spellings(value))

    shown = streamed(redactor, split_at(data, points))

    assert shown == redactor.clean(data)
    # A secret such as "red" stands in what takes its place.
    bare = shown.replace(b"[redacted]", b"")
    assert not any(spelling in bare for spelling in spellings(value)[:11])
    assert shown.count(b"[redacted]") >= len(spellings(value))


@pytest.mark.parametrize(
    "value",
    [
        "hunter2",
        "pässwörd-🔑",
        'p&ss<w>o/rd\'s "q"',
        "-----BEGIN KEY-----\nMIIEvQIBADANBgkq\nhkiG9w0BAQEFAASC\n-----END KEY-----\n",
    ],
)
def test_p91_one_byte_a_piece_shows_nothing_of_it(value: str) -> None:
    """P91: UTF-8, quotes, several lines; no spelling comes through one byte at a time."""
    redactor = Redactor(frozenset([Secret(value)]))

    for spelling in spellings(value)[:11]:
        data = b"before " + spelling + b" after"
        shown = streamed(redactor, [data[i : i + 1] for i in range(len(data))])
        assert shown == b"before [redacted] after"


def test_p91_each_line_of_a_secret_is_a_secret() -> None:
    """P91: what is told line by line has no line of it; short lines are not looked for."""
    redactor = Redactor(frozenset([Secret("{\n  first-line\n}\nsecond-line\n")]))

    assert redactor.clean(b"first-line\nx {\n  second-line }") == (
        b"[redacted]\nx {\n  [redacted] }"
    )


AB = st.text("ab", min_size=1, max_size=5)


def expected(values: set[str], data: bytes) -> bytes:
    """By brute force: what occurrences cover, those that overlap as one, is replaced."""
    spans = sorted(
        (i, i + len(value))
        for value in values
        for i in range(len(data))
        if data.startswith(value.encode(), i)
    )
    shown, at = b"", 0
    for start, end in spans:
        if start >= at:
            shown += data[at:start] + b"[redacted]"
        at = max(at, end)
    return shown + data[at:]


@given(st.sets(AB, min_size=1, max_size=4), st.text("abc", max_size=40), st.lists(st.integers()))
def test_p91_secrets_may_overlap_hold_each_other_and_be_short(
    values: set[str], printed: str, points: list[int]
) -> None:
    """P91: a prefix of another, two that overlap, one character: all they cover is replaced."""
    redactor = Redactor(frozenset(map(Secret, values)))
    data = printed.encode()

    assert redactor.clean(data) == expected(values, data)
    assert streamed(redactor, split_at(data, points)) == expected(values, data)


def test_text_without_secrets_is_not_touched() -> None:
    """Nothing is held back that cannot be the beginning of a secret."""
    stream = Redactor(frozenset([Secret("hunter2")])).stream()

    shown = [stream.feed(piece) for piece in (b"he hunts h", b"unt", b"er1 hunter", b"2!")]

    assert shown == [b"he hunts ", b"", b"hunter1 ", b"[redacted]!"]
    assert Redactor(frozenset([Secret("")])).clean(b"as it is") == b"as it is"


@given(st.integers(0, 60), st.integers(8, 40))
def test_p91_no_half_of_a_secret_is_left_where_output_was_cut(place: int, keep: int) -> None:
    """P91: neither the half before what was not kept nor the half after it."""
    data = b"." * place + b"0123456789" + b"." * (120 - place)
    kept = Kept(keep)
    kept.feed(memoryview(data))
    content, cut = kept.content()
    redactor = Redactor(frozenset([Secret("0123456789")]))

    clean = Output(0, content, stdout_cut=cut, redactor=redactor).redacted().stdout

    notice = b"\n[... %d bytes cut ...]\n" % cut
    assert set(clean.replace(b"[redacted]", b"").replace(notice, b"")) <= {ord(".")}
    assert clean.count(notice) == 1


SECRET = "hunter2/sw0rdf1sh+pa=ss"  # noqa: S105 - it is only a test's
"""Spelled otherwise in a URL, in JSON and in base64."""


def parts_in(text: str) -> set[str]:
    """What stands in *text* of the secret: six characters in a row, in any of its spellings."""
    alone, among_others = spellings(SECRET)[:11], spellings(SECRET)[11:]
    parts = [s.decode() for s in (*alone, *(s[8:-4] for s in among_others))]
    sixes = {part[i : i + 6] for part in parts for i in range(len(part) - 5)}
    return {six for six in sixes if six in text}


class Everything:
    """All that a run tells anybody who is not handed its secrets."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self._folder = folder
        self._capsys = capsys
        self.events: list[Event] = []
        self.spill = Capture(spill=folder / "spill", tee=True, merged=True)
        folder.mkdir(exist_ok=True)

    async def of(self, step: Step[Any]) -> str:
        """Of a run of *step*, its error with it."""
        workflow = Workflow("w")
        job = workflow.job(lambda context: context.run(step), name="job")
        journal = self._folder / "journal"
        hooks: list[Hook] = [self.events.append, LogHook(), Journal(journal)]
        run = await workflow.run(hooks=hooks)
        error = run.error(job)
        files = [file.read_text() for file in self._folder.rglob("*") if file.is_file()]
        shown = self._capsys.readouterr()
        told = [repr(self.events), repr(run), repr(Run.from_journal(journal)), *files]
        return "\n".join((*told, shown.out, shown.err, *_all_of(error)))


def _all_of(error: BaseException | None) -> list[str]:
    """What an error shows, and those it came of, also where a traceback would not."""
    if error is None:
        return []
    told = [str(error), repr(error), repr(error.args), repr(getattr(error, "__notes__", None))]
    told += traceback.format_exception(error)
    outputs = [arg for arg in error.args if isinstance(arg, Output)]
    if isinstance(error, StepError):
        told.append(repr(error.diagnostics))
        outputs += [error.output] if error.output else []
    for output in outputs:
        told += [repr(output.stdout), repr(output.stderr), repr(output.merged)]
        told.append(repr(output.last_lines(99)))
    return told + _all_of(error.__cause__) + _all_of(error.__context__)


# Prints all its arguments on both streams, a byte a write.
ECHO = """
    import os, sys
    for byte in " ".join(sys.argv[1:-1]).encode() + b"\\n":
        os.write(1, bytes([byte]))
        os.write(2, bytes([byte]))
    {then}
"""


def echoing(then: str = "") -> Command:
    """A child that prints its secret in every spelling."""
    # In its arguments, too, where it should never be.
    argv = [spelling.decode() for spelling in spellings(SECRET)]
    return python(ECHO.format(then=then), *argv, SECRET, env={"S": Secret(SECRET)})


def refuse(output: Output) -> None:
    """A parser of one's own that quotes what it saw, in an error of its own."""
    raise LookupError(output.stdout.decode()) from ValueError(output.stderr)


def explain(error: CommandFailed) -> Exception:
    """Says in other words what was printed."""
    return LookupError(error.output.stderr.decode())


LEAKS: dict[str, Step[Any]] = {
    "success": Step("x", echoing()),
    "failure": Step("x", echoing("sys.exit(1)")),
    "death": Step("x", echoing("os.kill(os.getpid(), 9)")),
    "explained": Step("x", echoing("sys.exit(1)"), explain=explain),
    "timeout": Step("x", echoing("import time; time.sleep(60)"), timeout=0.3),
    "silence": Step("x", echoing("import time; time.sleep(60)"), quiet=0.3),
    "unread": Step("x", echoing(), json_as(str)),
    "unread lines": Step("x", echoing(), json_lines_as(str)),
    "broken line": Step("x", echoing("import time; time.sleep(60)"), json_lines=True),
    "a secret as argument": Step("x", command("false", SECRET, env={"S": Secret(SECRET)})),
    "not found": Step("x", command(f"/no/{SECRET}", env={"S": Secret(SECRET)})),
    "no folder": Step("x", command("true", cwd=f"/no/{SECRET}", secrets=[Secret(SECRET)])),
    "from stdin": Step("x", shell("cat >&2; exit 1", stdin=Secret(SECRET))),
    "told otherwise": Step("x", shell(f"echo '{SECRET}'; exit 1", secrets=[Secret(SECRET)])),
    "by a diagnostic": Step(
        "x",
        shell("exit 1", env={"S": Secret(SECRET)}),
        diagnose=[Step("look", shell(f"echo '{SECRET}'; exit 1"))],
    ),
    "by a running diagnostic": Step(
        "x",
        shell("exec sleep 60", env={"S": Secret(SECRET)}),
        timeout=0.1,
        diagnose=[
            Diagnostic(
                lambda pid: Step("look", shell(f"tr '\\0' '\\n' < /proc/{pid}/environ"), live=True),
                while_running=True,
            )
        ],
    ),
}


@pytest.mark.anyio
@pytest.mark.parametrize("how", LEAKS)
async def test_p91_nothing_that_is_told_of_a_step_shows_a_secret(
    how: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """P24, P91: events, logs, journal, records, errors, notes, tracebacks, spill, tee."""
    everything = Everything(tmp_path, capsys)
    step = evolve(LEAKS[how], live=True, capture=everything.spill)

    told = await everything.of(step)

    assert "[redacted]" in told
    assert not parts_in(told)


@pytest.mark.anyio
async def test_p91_an_error_of_ones_own_is_told_without_secrets(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """P91: the error itself is its author's; what is told of it is ours."""
    everything = Everything(tmp_path, capsys)

    with pytest.raises(LookupError, match="hunter2"):
        await run_step(Step("x", echoing(), refuse), hooks=[everything.events.append])

    assert "LookupError: [redacted]" in repr(everything.events)
    assert not parts_in(repr(everything.events))


@pytest.mark.anyio
async def test_p91_a_job_may_say_what_it_likes() -> None:
    """P91: what a job logs is redacted once a child was given the secret."""
    events: list[Event] = []

    async def job(context: Context) -> None:
        await context.run(Step("x", shell("true", env={"S": Secret(SECRET)})))
        context.log(f"got {SECRET}", token=SECRET)

    workflow = Workflow("w")
    workflow.job(job)
    (await workflow.run(hooks=[events.append])).check()

    (logged,) = (event for event in events if isinstance(event, JobLogged))
    assert (logged.message, logged.fields) == ("got [redacted]", {"token": "[redacted]"})


@pytest.mark.anyio
async def test_p91_a_secret_of_one_character_spoils_its_own_output_alone() -> None:
    """P91: it is found in what its child prints; what is told of the run stays readable."""
    events: list[Event] = []
    step = Step("x", shell("echo 1 2 >&2; exit 1", env={"S": Secret("1")}), live=True)

    with pytest.raises(CommandFailed) as caught:
        await run_step(step, hooks=[events.append])

    assert caught.value.output.stderr == b"[redacted] 2\n"
    assert caught.value.cause.startswith("exit code 1 after")
    assert "lines=('[redacted] 2',)" in repr(events)
    assert "cause='exit code 1 after" in repr(events)


@pytest.mark.anyio
async def test_p91_a_secret_over_two_streams_is_found_where_they_are_one() -> None:
    """P91: at every split point, its beginning on stdout and its end on stderr."""
    value = "hunter2"
    halves = [(f"1{value[:i]}", f"2{value[i:]}|") for i in range(1, len(value))]
    child = python(IN_TURN, *sum(halves, ()), env={"S": Secret(value)})
    events: list[Event] = []

    step = Step("x", child, whole, live=True, capture=Capture(merged=True))
    output = await run_step(step, hooks=[events.append])

    assert output.merged == b"hunter2|" * 6
    assert output.redacted().merged == b"[redacted]|" * 6
    assert value not in repr(events)


@frozen
class Login:
    user: str
    pin: int


@pytest.mark.anyio
async def test_p24_parsers_and_json_lines_are_given_what_was_printed() -> None:
    """P24: a secret that is a number is read as one, and told to nobody."""
    printed = r'{"user": "hun\u0074er2", "pin": 1234}'
    events: list[Event] = []
    secrets = [Secret("hunter2"), Secret("1234")]
    child = shell(f"echo '{printed}'", secrets=secrets)

    step = Step("x", child, json_lines_as(Login), json_lines=True, live=True)
    found = await run_step(step, hooks=[events.append])

    assert found == (Login("hunter2", 1234),)
    (item,) = (event for event in events if isinstance(event, OutputItem))
    assert item.value == {"user": "[redacted]", "pin": "[redacted]"}


@pytest.mark.anyio
@pytest.mark.parametrize("before", [0, 60, 75])
async def test_p91_an_excerpt_shows_no_half_of_a_secret(before: int) -> None:
    """P91: neither where it begins within one nor where it is cut within one."""
    printed = "x" * before + SECRET * 9

    for parse in (json_as(str), json_lines_as(str)):
        child = shell(f"echo '[\"{printed}'", secrets=[Secret(SECRET)])
        with pytest.raises(StepError) as caught:
            await run_step(Step("x", child, parse))
        assert not parts_in("".join(_all_of(caught.value)))

    child = shell(f"echo '\"{printed}\"'", secrets=[Secret(SECRET)])
    with pytest.raises(StepError, match="expected int") as caught:
        await run_step(Step("x", child, json_as(int)))
    assert not parts_in("".join(_all_of(caught.value)))


def test_p91_a_command_shows_no_secret() -> None:
    """P91: not even one that stands in its arguments."""
    child = command("a", f"--token={SECRET}", quote(SECRET), env={"S": Secret(SECRET)})

    for shown in (str(child), repr(child), repr(Step("x", child))):
        assert "[redacted]" in shown
        assert not parts_in(shown)
