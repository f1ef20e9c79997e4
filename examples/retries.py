"""A step that fails twice, is tried again, and is watched by a hook of one's own."""

from __future__ import annotations

import tempfile
from pathlib import Path

import anyio

from procman import AttemptEnded, CommandFailed, Event, Retry, Step, command, run_step, text

FLAKY = 'n=$(($(cat "$0" 2>/dev/null || echo 0) + 1)); echo $n > "$0"; echo "try $n"; [ $n -ge 3 ]'


def tell(event: Event) -> None:
    """Print how each attempt ended."""
    if isinstance(event, AttemptEnded):
        again = f", again in {event.retry_in:.2f} s" if event.retry_in is not None else ""
        print(f"attempt {event.number}: {event.outcome.value}{again}")


async def main() -> None:
    """Run the step; it succeeds the third time."""
    with tempfile.TemporaryDirectory() as folder:
        step = Step(
            "flaky",
            command("sh", "-c", FLAKY, Path(folder) / "count"),
            text,
            timeout=10,
            retry=Retry(on=CommandFailed, attempts=5, delay=0.01),
            diagnose=[Step("uptime", command("uptime"))],
        )
        print(await run_step(step, hooks=[tell]))


if __name__ == "__main__":
    anyio.run(main)
