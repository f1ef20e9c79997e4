"""What is wrong with the jobs of a workflow, found before anything runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from collections.abc import Set as AbstractSet
from graphlib import CycleError, TopologicalSorter
from itertools import groupby
from typing import Any

from procman._graph import HOLDING, edge_of, services_in
from procman.job import Edge, Job

Jobs = Collection[Job[Any]]


def problems_of(jobs: Jobs) -> Sequence[str]:
    """All of them, a sentence each; cycles only if there are no others."""
    services = services_in(jobs)
    others = [*_duplicates(jobs), *_never_met(jobs, services), *_idle(jobs, services)]
    if others or not _may_form_cycles(jobs, services):
        return others
    return [*_cycles(jobs, services)]


def _duplicates(jobs: Jobs) -> Iterator[str]:
    if len({job.name for job in jobs}) < len(jobs):
        names = Counter(job.name for job in jobs)
        yield from (f"{n} jobs are called {name}" for name, n in names.items() if n > 1)


def _never_met(jobs: Jobs, services: Collection[str]) -> Iterator[str]:
    known = {*jobs, *(job.name for job in jobs)}
    for job in jobs:
        for need in job.needs:
            if need.job not in known:
                yield f"job {job.name} needs {need.name}, which is no job of this workflow"
            elif need.edge is Edge.READY and need.name not in services:
                yield f"job {job.name} needs {need.name} to be ready, but only services are"


def _idle(jobs: Jobs, services: AbstractSet[str]) -> Iterator[str]:
    held = {need.name for job in jobs for need in job.needs if edge_of(need, services) in HOLDING}
    yield from (f"nothing needs service {name} to run" for name in sorted(services - held))


def _may_form_cycles(jobs: Jobs, services: Collection[str]) -> bool:
    """Not if all need what was added before them, and no end of what runs as long as others."""
    before: set[str] = set()
    for job in jobs:
        for need in job.needs:
            if need.name not in before:
                return True
            if need.name in services and edge_of(need, services) not in HOLDING:
                return True
        before.add(job.name)
    return False


def _cycles(jobs: Jobs, services: Collection[str]) -> Iterator[str]:
    needs = {job: [(need.name, edge_of(need, services)) for need in job.needs] for job in jobs}
    of_note = {name for pairs in needs.values() for name, edge in pairs if edge in HOLDING}
    # The end of a job is a node by its name; its beginning is another where it is of note.
    sorter: TopologicalSorter[str | tuple[str]] = TopologicalSorter()
    for job, pairs in needs.items():
        before = [(name,) if edge in HOLDING else name for name, edge in pairs]
        if job.name in of_note:
            sorter.add((job.name,), *before)
            before = [(job.name,)]
        sorter.add(job.name, *before)
        for name, edge in pairs:
            if edge in HOLDING and name in services:
                # A service ends after those that hold it.
                sorter.add(name, job.name)
    try:
        sorter.prepare()
    except CycleError as error:
        yield "jobs need one another: " + " needs ".join(_names(error.args[1]))


def _names(cycle: Sequence[str | tuple[str]]) -> Sequence[str]:
    # graphlib names each node before the one that needs it.
    nodes = (node if isinstance(node, str) else node[0] for node in reversed(cycle))
    names = [name for name, _ in groupby(nodes)]
    return names if len(names) > 1 else names * 2
