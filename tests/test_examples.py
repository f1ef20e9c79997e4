"""Examples and what the README prints: run as they stand."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from provision import environment
from tests.provision.platforms import write_platform
from tests.provision.rehearsals import environment as clean_environment

pytestmark = pytest.mark.long

ROOT = Path(__file__).parent.parent


def run(folder: Path, *args: str) -> subprocess.CompletedProcess[str]:
    """A program run to its end."""
    return subprocess.run(
        [sys.executable, *args],
        cwd=folder,
        env=clean_environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("hello", "hello .* on .*"),
        ("retries", "attempt 1: failed, again .*\nattempt 2: .*\nattempt 3: succeeded\ntry 3"),
        ("service", "web is ready\nit answered 200\n"),
        ("fan_out", "19 of 20 answered\nhost7: host7: no route\n"),
    ],
)
def test_p70_every_example_runs(tmp_path: Path, name: str, said: str) -> None:
    """P70: as a user would run it."""
    found = run(tmp_path, str(ROOT / "examples" / f"{name}.py"))

    assert found.returncode == 0, found.stderr
    assert re.search(said, found.stdout)


def test_p70_a_platform_is_rehearsed(tmp_path: Path) -> None:
    """P70: made, verified and taken down; of the platform that it takes by itself, see the CI."""
    manifest = write_platform(tmp_path)

    found = run(tmp_path, str(ROOT / "examples" / "rehearse.py"), str(manifest))

    assert found.returncode == 0, found.stderr
    assert found.stdout.count("succeeded, exit code 0") == 3


def test_p70_the_python_of_the_readme_runs_as_printed(tmp_path: Path) -> None:
    """P70: the block itself is run."""
    (block,) = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    (tmp_path / "readme.py").write_text(block)

    found = run(tmp_path, "readme.py")

    assert found.returncode == 0, found.stderr
    assert "Outcome.SUCCEEDED {'errors': 0}" in found.stdout


def test_the_manifest_of_the_readme_loads(tmp_path: Path) -> None:
    """Its twenty lines are a manifest."""
    (block,) = re.findall(r"```toml\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    (tmp_path / "test.toml").write_text(block.replace("../examples", f"{ROOT}/examples"))

    found = run(tmp_path, "-m", "provision", "test", "-f", "test.toml", "--dry-run")

    assert found.returncode == 0, found.stderr


def test_the_page_on_the_environment_is_what_the_program_says() -> None:
    """One registry, printed and written down."""
    page = (ROOT / "docs" / "environment.md").read_text()

    assert page.endswith(f"\n\n{environment.table()}\n")


def test_every_variable_the_program_reads_is_registered() -> None:
    """No module looks into the environment for a name that is not in the registry."""
    registered = {variable.name for variable in environment.VARIABLES}
    pattern = re.compile(r"""environ(?:\.get\(|\[)["']([A-Za-z_]+)["']|envvar=["']([A-Z_]+)["']""")

    read = {
        found
        for path in (ROOT / "provision").rglob("*.py")
        if "local" not in path.relative_to(ROOT).parts
        for names in pattern.findall(path.read_text())
        for found in names
        if found
    }

    assert read
    assert read <= registered
