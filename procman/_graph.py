"""What each job of a run still waits for, and which services are still held."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Collection, Sequence
from typing import Any

from procman.job import Edge, Job, Need, ServiceJob
from procman.outcome import Outcome

HOLDING = (Edge.STARTED, Edge.READY)
"""Who needs as much of a service needs it to run on."""


def services_in(jobs: Collection[Job[Any]]) -> frozenset[str]:
    """The names of those among *jobs* that are services."""
    return frozenset(job.name for job in jobs if isinstance(job, ServiceJob))


def edge_of(need: Need, services: Collection[str]) -> Edge:
    """What *need* asks for, the usual spelled out."""
    if need.edge is not None:
        return need.edge
    return Edge.READY if need.name in services else Edge.SUCCEEDED


class Graph:
    """
    The needs of the *jobs* of one run that are not met yet.

    Attributes:
        startable: The jobs whose needs are all met, in the order in which they came to be.
    """

    def __init__(self, jobs: Collection[Job[Any]]) -> None:
        self.startable: deque[Job[Any]] = deque()
        self._unmet: dict[str, int] = {}
        self._waiting: dict[str, list[tuple[Edge, Job[Any]]]] = defaultdict(list)
        self._held_by: dict[str, list[ServiceJob]] = defaultdict(list)
        self._users: dict[str, list[Job[Any]]] = defaultdict(list)
        self._holds: dict[str, int] = {}
        services = {job.name: job for job in jobs if isinstance(job, ServiceJob)}
        for job in jobs:
            self._unmet[job.name] = len(job.needs)
            if not job.needs:
                self.startable.append(job)
            for need in job.needs:
                edge = edge_of(need, services)
                self._waiting[need.name].append((edge, job))
                if edge in HOLDING and (service := services.get(need.name)) is not None:
                    self._hold(service, job)

    def _hold(self, service: ServiceJob, user: Job[Any]) -> None:
        self._users[service.name].append(user)
        self._held_by[user.name].append(service)
        self._holds[service.name] = self._holds.get(service.name, 0) + 1

    def users(self, service: Job[Any]) -> Sequence[Job[Any]]:
        """Those that need *service* to run."""
        return self._users.get(service.name, ())

    def reached(self, job: Job[Any], edge: Edge) -> bool:
        """*job* has come to *edge*, and goes on; whether somebody waited for that."""
        waiting = self._waiting.get(job.name)
        if waiting is None:
            return False
        met = [other for wanted, other in waiting if wanted is edge]
        if met:
            self._waiting[job.name] = [pair for pair in waiting if pair[0] is not edge]
            for other in met:
                self._meet(other)
        return bool(met)

    def ended(self, job: Job[Any], outcome: Outcome) -> Sequence[Job[Any]]:
        """*job* has ended so; the jobs that can never start now."""
        doomed = []
        for edge, other in self._waiting.pop(job.name, ()):
            if edge is Edge.FINISHED or (edge is Edge.SUCCEEDED and outcome is Outcome.SUCCEEDED):
                self._meet(other)
            else:
                doomed.append(other)
        return doomed

    def released(self, job: Job[Any]) -> Sequence[ServiceJob]:
        """The services that nobody holds now that *job* has ended."""
        held = self._held_by.pop(job.name, None)
        if held is None:
            return ()
        for service in held:
            self._holds[service.name] -= 1
        return [service for service in held if self._holds[service.name] == 0]

    def _meet(self, job: Job[Any]) -> None:
        self._unmet[job.name] -= 1
        if self._unmet[job.name] == 0:
            self.startable.append(job)
