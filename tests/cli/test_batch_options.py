"""The options of ``grader batch`` that need no grading to be tried."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from grader.cli.batch import batch
from grader.report.collector_name import CollectorName
from grader.report.csv_dialect import CsvDialect


@pytest.mark.parametrize("name", ["canvas", "folder", "github-classroom", "gradescope", "moodle"])
def test_every_documented_collector_can_be_named(name: str, tmp_path: Path) -> None:
    """``--from`` takes the names that the documents use; here nothing is found."""
    folder = tmp_path / "export"
    folder.mkdir()

    done = CliRunner().invoke(
        batch, [str(folder), "--out", str(tmp_path / "out"), "--from", name, "--quiet"]
    )

    assert "is not one of" not in done.output
    assert f"no {name} export" in done.output or "found no submissions" in done.output
    assert done.exit_code == 2
    assert not (tmp_path / "out" / "summary.json").exists()


def test_help_lists_the_dialects() -> None:
    """The help shows the dialects as they are typed."""
    shown = CliRunner().invoke(batch, ["--help"], terminal_width=200).output

    assert f"--csv-dialect [{'|'.join(CsvDialect)}]" in shown


def test_help_lists_the_names_of_the_collectors() -> None:
    """The help shows the names as they are typed."""
    shown = CliRunner().invoke(batch, ["--help"], terminal_width=200).output

    assert "|".join(CollectorName) in shown
