"""What a workflow changed: its jobs say so before they do it."""

from __future__ import annotations

from attrs import frozen

from procman import REDACTED, Event, JobLogged, StepStarted
from provision.plan import Action


@frozen
class LoggedChange:
    """
    A change as it was announced.

    Attributes:
        action: To the thing.
        what: The thing, for a person: ``app acme-nfs``.
        reason: Why it was to be done.
    """

    action: Action
    what: str
    reason: str


class ChangeLog:
    """
    A hook that remembers which steps were to change something.

    Attributes:
        by_step: What each such step was to change, by its id.
    """

    def __init__(self) -> None:
        self.by_step: dict[int, LoggedChange] = {}
        self._announced: dict[str, LoggedChange] = {}

    def __call__(self, event: Event) -> None:
        """Be told of *event*: what a job announces is what its next step does."""
        match event:
            case JobLogged(job=job, fields={"action": action, "what": what, "reason": reason}):
                # A secret that is spelled like an action is not shown, and hides which it was.
                known = Action.UPDATE if REDACTED in action else Action(action)
                self._announced[job] = LoggedChange(known, what, reason)
            case StepStarted(job=job, id=id_) if job in self._announced:
                self.by_step[id_] = self._announced.pop(job)
            case _:
                pass
