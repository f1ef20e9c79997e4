"""What a program reads in the report: names that stay the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.provision.platforms import write_platform
from tests.provision.rehearsals import provision


@pytest.mark.parametrize("spelt", ["m/test.toml", "./m/../m/test.toml", "{here}/m/test.toml"])
def test_a_file_has_one_name_however_it_was_spelt(tmp_path: Path, spelt: str) -> None:
    """From the current folder, for the manifest and for what it names."""
    (tmp_path / "m").mkdir()
    path = write_platform(tmp_path / "m")
    path.write_text(path.read_text().replace('"fly.web.toml"', '"../m/./fly.web.toml"'))

    found = provision(tmp_path, "test", "-f", spelt.format(here=tmp_path), "--dry-run")

    assert found.report["source"]["manifest"] == "m/test.toml"
    assert found.report["apps"]["web"]["config"]["path"] == "m/fly.web.toml"


def test_a_file_elsewhere_is_named_from_the_root(tmp_path: Path) -> None:
    """No way out of the current folder is given: it would be another one from the next."""
    path = write_platform(tmp_path)
    (tmp_path / "work").mkdir()

    found = provision(tmp_path / "work", "test", "-f", "../test.toml", "--dry-run")

    assert found.report["source"]["manifest"] == str(path.resolve())
