"""Services in scopes, for the tests of procman."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from procman import Context, Event, Run, RunningService, Service, Workflow


async def within(
    body: Callable[[RunningService], Awaitable[None]],
    *services: Service,
    events: list[Event] | None = None,
) -> Run:
    """Run *body* while all *services* run; the inner one is given to it."""
    workflow = Workflow("w")

    async def job(context: Context) -> None:
        await nested(context, services)

    async def nested(context: Context, rest: tuple[Service, ...]) -> None:
        async with context.service(rest[0]) as running:
            if rest[1:]:
                await nested(context, rest[1:])
            else:
                await body(running)

    workflow.job(job)
    return await workflow.run(hooks=[] if events is None else [events.append])


async def nothing(_: RunningService) -> None:
    """Leave the scope at once."""


async def until_ended(running: RunningService) -> None:
    """Stay in the scope for as long as the service runs."""
    await running.ended()
