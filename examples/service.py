"""A web server that is waited for, watched, asked, and stopped with all it started."""

from __future__ import annotations

import sys

import anyio

from procman import (
    Command,
    Context,
    Event,
    Http,
    Liveness,
    Restart,
    RestartWhen,
    Service,
    ServiceReady,
    Step,
    Workflow,
    command,
    text,
)

ASK = "import sys, urllib.request as u; print(u.urlopen(sys.argv[1]).status)"


def serve(port: int) -> Command:
    """A server on a port that is free."""
    return command(sys.executable, "-m", "http.server", "--bind", "127.0.0.1", str(port))


web = Service(
    "web",
    serve,
    ready=Http(path="/"),
    alive=Liveness(probe=Http(path="/"), period=1),
    restart=Restart(when=RestartWhen.ON_FAILURE, limit=3),
)


async def check(context: Context) -> str:
    """Ask the server; it is there as long as the block lasts."""
    async with context.service(web) as running:
        url = f"http://127.0.0.1:{running.port}/"
        return await context.run(Step("ask", command(sys.executable, "-c", ASK, url), text))


def tell(event: Event) -> None:
    """Print when it is ready."""
    if isinstance(event, ServiceReady):
        print(f"{event.service} is ready")


async def main() -> None:
    """Run it and print what it answered."""
    workflow = Workflow("smoke-test")
    answer = workflow.job(check)
    run = await workflow.run(hooks=[tell])
    print("it answered", run.result(answer))


if __name__ == "__main__":
    anyio.run(main)
