"""The same step for many hosts, so many at once; one that fails holds nobody up."""

from __future__ import annotations

from functools import partial

import anyio

from procman import Context, OnFailure, Step, Workflow, command, text

HOSTS = [f"host{number}" for number in range(1, 21)]

# Stands for `ssh HOST uptime`.
ASK = '[ "$0" != host7 ] || { echo "$0: no route" >&2; exit 255; }; echo "$0 is up"'

fleet = Workflow("fleet", concurrency=8, on_failure=OnFailure.CONTINUE, resources={"disk": 2})


async def look(context: Context, host: str) -> str:
    """Eight hosts at once, and of what is slow on a disk two."""
    said = await context.run(Step("ask", command("sh", "-c", ASK, host), text, timeout=10))
    await context.run(Step("sync", command("true"), resource="disk"))
    return said


jobs = [fleet.job(partial(look, host=host), name=host) for host in HOSTS]


async def main() -> None:
    """Run it and print who did not answer."""
    run = await fleet.run()
    answered = [job for job in jobs if run.error(job) is None]
    print(f"{len(answered)} of {len(jobs)} answered")
    for job in jobs:
        if run.error(job) is not None:
            print(f"{job.name}: {run.job(job).steps[-1].last_lines(1)[0]}")


if __name__ == "__main__":
    anyio.run(main)
