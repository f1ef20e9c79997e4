"""The project's chores: `nox -s ok` is what must pass, `nox -l` lists the rest."""

from __future__ import annotations

import nox

nox.needs_version = ">=2025.5.1"
nox.options.sessions = ["ok"]
nox.options.default_venv_backend = "uv|virtualenv"
nox.options.reuse_existing_virtualenvs = True
nox.options.error_on_external_run = True


ALL = ".[local,otel]"
"""What the tests test and mypy reads: the packages, their extras included."""


def run_check(session: nox.Session) -> None:
    session.run("mypy")
    # Left to itself it takes a .venv beside the sources for the environment to check with.
    session.run("basedpyright", "--pythonpath", f"{session.bin}/python")


def run_test(session: nox.Session) -> None:
    # More workers than cores: half of the time a test waits for children.
    session.run("pytest", "-n", "5", "--dist", "worksteal", *session.posargs)


def run_fmt(session: nox.Session) -> None:
    session.run("ruff", "format", "--check", ".")


def run_lint(session: nox.Session) -> None:
    session.run("ruff", "check", ".")
    session.run("lint-imports")


@nox.session
def ok(session: nox.Session) -> None:
    """Check, test, fmt, lint: in that order, stopping at the first that fails."""
    session.install("--group", "check", "--group", "lint", ALL)
    for chore in (run_check, run_test, run_fmt, run_lint):
        chore(session)


@nox.session(default=False)
def check(session: nox.Session) -> None:
    """Check types, strictly."""
    session.install("--group", "check", ALL)
    run_check(session)


@nox.session(default=False, python=["3.11", "3.12", "3.13"])
def test(session: nox.Session) -> None:
    """Run the tests against the installed packages."""
    session.install("--group", "tests", ALL)
    run_test(session)


@nox.session(default=False)
def fmt(session: nox.Session) -> None:
    """Check the formatting."""
    session.install("--group", "lint")
    run_fmt(session)


@nox.session(default=False)
def lint(session: nox.Session) -> None:
    """Check the style and the import layers."""
    session.install("--group", "lint", ".")
    run_lint(session)


@nox.session(default=False)
def coverage(session: nox.Session) -> None:
    """Say what the tests reach, branches included."""
    session.install("--group", "tests", ALL)
    session.run("coverage", "erase")
    session.run("coverage", "run", "-m", "pytest", *session.posargs)
    session.run("coverage", "combine")
    session.run("coverage", "report")


@nox.session(default=False)
def benchmarks(session: nox.Session) -> None:
    """Measure beside the peers; `nox -s benchmarks -- --write` writes docs/performance.md."""
    session.install("--group", "benchmarks", ".")
    session.run("python", "-m", "benchmarks", *session.posargs)


@nox.session(default=False)
def soak(session: nox.Session) -> None:
    """Run 10,000 steps that end in every way, on both backends; nothing may be left."""
    session.install("--group", "tests", ALL)
    session.run("python", "-m", "tests.procman.soak", *session.posargs)
