"""Two steps at once, and a third that needs them both."""

from __future__ import annotations

import anyio

from procman import Context, Step, Workflow, command, text

hello = Workflow("hello")


async def name(context: Context) -> str:
    """Who runs this."""
    return await context.run(Step("whoami", command("id", "-un"), text))


async def place(context: Context) -> str:
    """Where it runs."""
    return await context.run(Step("uname", command("uname", "-s"), text))


async def greet(context: Context) -> str:
    """Put both together."""
    return f"hello {context.result(who)} on {context.result(where)}"


who = hello.job(name)
where = hello.job(place)
greeting = hello.job(greet, needs=[who, where])


async def main() -> None:
    """Run it and print what came out."""
    run = await hello.run()
    print(run.result(greeting))


if __name__ == "__main__":
    anyio.run(main)
