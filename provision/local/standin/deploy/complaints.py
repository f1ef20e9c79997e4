"""What flyctl says of machines that do not come up."""

from __future__ import annotations

from provision.local.standin.failure import Failure
from provision.local.standin.session import Session
from provision.local.standin.table import ruled

STATE_TIMEOUT = "timeout reached waiting for machine's state to change"
NEVER_STARTED = """\
Your machine was created, but never started or exited immediately. This could mean that your app \
is taking a long time to start,
but it could be indicative of a region issue.

Alternatively, your app may have exited immediately due to a startup failure. Check your Dockerfile
to ensure it specifies a valid start command (e.g., check that your 'CMD' or 'ENTRYPOINT' is \
correct).
You can also try running 'fly logs' to see what happened when the machine tried to start."""
UNAUTHORIZED = 401
LONGER = "increasing the timeout with the --wait-timeout flag"


def state_timeout(state: str) -> Failure:
    """Return the failure of a machine that did not reach *state* in time."""
    if state == "started":
        return Failure(
            STATE_TIMEOUT,
            description=NEVER_STARTED,
            suggestion=f"You can try deploying to a different region,\nor you can try {LONGER}",
        )
    return Failure(
        STATE_TIMEOUT,
        description=f'Your machine never reached the state "{state}".',
        suggestion=f"You can try {LONGER}",
    )


def say_no_logs(session: Session, app: str, machine: str, failure: Failure) -> str:
    """Warn that the logs of *machine* cannot be had, and return what stands in their place."""
    use = (
        f"Use `fly logs -i {machine}` or open the monitoring dashboard to see them: "
        f"https://fly.io/apps/{app}/monitoring?region=&instance={machine}"
    )
    if failure.status == UNAUTHORIZED:
        session.note(
            "Warn: not authorized to retrieve app logs (this can happen when using deploy "
            f"tokens), so we can't show you what failed. {use}"
        )
        return "<not authorized to retrieve logs>"
    session.note(f"Warn: got an error retrieving the logs so we can't show you what failed. {use}")
    return f"<error fetching logs, try `fly logs -i {machine}>"


def say_unreachable(session: Session, ports: set[int], commands: list[list[str]]) -> None:
    """Warn that nothing listens on *ports*; *commands* are what listens elsewhere."""
    note = session.note
    note(
        "\nWARNING The app is not listening on the expected address and will not be reachable "
        "by fly-proxy."
    )
    note(
        "You can fix this by configuring your app to listen on the following addresses:",
    )
    for port in sorted(ports):
        note(f"  - 0.0.0.0:{port}")
    note("Found these processes inside the machine with open listening sockets:")
    note(ruled(commands, "Process", "Addresses"))
