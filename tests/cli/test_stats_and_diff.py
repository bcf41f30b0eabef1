"""The commands ``grader stats`` and ``grader diff``: exit codes, streams, bad input."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from class_fakes import make_class
from fakes import check_result, make_report

from grader.report.model import Status
from grader.report.schema import report_to_json
from grader.report.summary_file import SUMMARY_SCHEMA_FILE, summary_to_json

Done = subprocess.CompletedProcess[str]


def run(*arguments: object, environment: dict[str, str] | None = None) -> Done:
    """Run ``grader`` as a program."""
    return subprocess.run(
        [sys.executable, "-c", "from grader.cli.grader import main; main()", *map(str, arguments)],
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=60,
        env={**os.environ, "COLUMNS": "80", "PYTHONUTF8": "1", **(environment or {})},
    )


@pytest.fixture
def batch(tmp_path: Path) -> Path:
    """A folder as a batch leaves it, without its reports."""
    folder = tmp_path / "batch"
    folder.mkdir()
    (folder / "summary.json").write_text(summary_to_json(make_class(40)), encoding="utf-8")
    return folder


def test_stats_shows_the_figures(batch: Path) -> None:
    """Stats shows the figures of a folder or of its summary.json."""
    done = run("stats", batch)

    assert (done.returncode, done.stderr) == (0, "")
    assert f"mean {make_class(40).scores.mean:.1f} of 100" in done.stdout
    assert run("stats", batch / "summary.json").stdout == done.stdout


def test_stats_as_json_have_no_rows(batch: Path) -> None:
    """The figures as JSON have no rows, and are UTF-8 in any locale."""
    done = run("stats", batch, "--json", environment={"LC_ALL": "C", "PYTHONUTF8": "0"})

    content = json.loads(done.stdout)
    assert content["scores"]["count"] == 39
    assert "rows" not in content


@pytest.mark.parametrize("command", [("stats",), ("diff", ".")])
def test_folder_without_a_batch_is_a_usage_error(command: tuple[str, ...], tmp_path: Path) -> None:
    """A folder without summary.json is a usage error that names the file."""
    done = run(*command, tmp_path)

    assert done.returncode == 2
    assert done.stdout == ""
    assert "summary.json" in done.stderr
    assert "Traceback" not in done.stderr


def test_diff_of_equal_batches_exits_with_0(batch: Path) -> None:
    """Two equal batches have no differences, and the exit status is 0."""
    done = run("diff", batch, batch)

    assert (done.returncode, done.stderr) == (0, "")
    assert "No differences in 40 submissions." in done.stdout


def test_diff_exits_with_1_if_there_are_differences(batch: Path, tmp_path: Path) -> None:
    """Differences are shown, and the exit status is 1."""
    other = tmp_path / "summary.json"
    other.write_text(summary_to_json(make_class(40, seed=2)), encoding="utf-8")

    done = run("diff", batch, other)

    assert (done.returncode, done.stderr) == (1, "")
    assert " gained " in done.stdout


def test_two_reports_are_compared(tmp_path: Path) -> None:
    """Two reports are compared, as text or as JSON, and the exit status is 1."""
    for name, status in (("old", Status.FAILED), ("new", Status.PASSED)):
        report = make_report(check_result("mse/a", status))
        (tmp_path / f"{name}.json").write_text(report_to_json(report), encoding="utf-8")

    shown = run("diff", tmp_path / "old.json", tmp_path / "new.json")
    written = run("diff", tmp_path / "old.json", tmp_path / "new.json", "--json")

    assert "+1  lab4.py  0 -> 1\n        0 -> 1  mse/a  It is right" in shown.stdout
    assert json.loads(written.stdout)["changes"][0]["points"][0]["id"] == "mse/a"
    assert (shown.returncode, written.returncode) == (1, 1)


def test_report_and_class_are_a_usage_error(batch: Path, tmp_path: Path) -> None:
    """A report and a class can't be compared."""
    report = tmp_path / "report.json"
    report.write_text(report_to_json(make_report(check_result("mse/a"))), encoding="utf-8")

    done = run("diff", report, batch)

    assert done.returncode == 2
    assert "can't compare the report of one submission with a class" in done.stderr


def test_schema_of_the_summary_is_printed() -> None:
    """`schema --summary` prints the schema of summary.json."""
    done = run("schema", "--summary")

    assert done.stdout == SUMMARY_SCHEMA_FILE.read_text(encoding="utf-8")
