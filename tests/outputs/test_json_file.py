"""Writing the report as JSON: atomically, and never through a link."""

import io
import json
import math
import os
import sys
import unicodedata
from pathlib import Path

import pytest
from fakes import check_result, make_report

from grader.errors import UsageError
from grader.outputs.json_file import write_json
from grader.report.schema import report_to_json

REPORT = make_report(check_result("mse/a"), notes=("größer",))
TEXT = report_to_json(REPORT)


def names_in(folder: Path) -> list[str]:
    """Return the names of everything in a folder, hidden files included."""
    return sorted(entry.name for entry in folder.iterdir())


def test_report_is_written_to_a_file(tmp_path: Path) -> None:
    """The report is the only file that is left in the folder."""
    target = tmp_path / "report.json"

    write_json(REPORT, str(target))

    assert target.read_bytes() == TEXT.encode("utf-8")
    assert names_in(tmp_path) == ["report.json"]


def test_older_file_is_replaced(tmp_path: Path) -> None:
    """An older file is replaced as a whole; a process that has it open still reads the old one."""
    target = tmp_path / "report.json"
    target.write_text("old and longer" * 1000, encoding="utf-8")
    with target.open(encoding="utf-8") as reader:
        write_json(REPORT, str(target))

        assert reader.read(3) == "old"
    assert target.read_text(encoding="utf-8") == TEXT


def test_file_may_be_named_without_a_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bare file name is written to the current folder."""
    monkeypatch.chdir(tmp_path)

    write_json(REPORT, "report.json")

    assert names_in(tmp_path) == ["report.json"]


@pytest.mark.parametrize("umask", [0o022, 0o077, 0o000])
def test_file_has_the_permissions_of_the_umask(tmp_path: Path, umask: int) -> None:
    """The file has the permissions that the umask gives to any new file."""
    target = tmp_path / "report.json"
    before = os.umask(umask)

    try:
        write_json(REPORT, str(target))
        after = os.umask(umask)
    finally:
        os.umask(before)

    assert target.stat().st_mode & 0o777 == 0o666 & ~umask
    assert after == umask


def test_planted_link_is_replaced_and_not_followed(tmp_path: Path) -> None:
    """A symbolic link in place of the file is replaced, and its target is not changed."""
    precious = tmp_path / "precious"
    precious.write_text("keep", encoding="utf-8")
    target = tmp_path / "report.json"
    target.symlink_to(precious)

    write_json(REPORT, str(target))

    assert precious.read_text(encoding="utf-8") == "keep"
    assert not target.is_symlink()
    assert target.read_text(encoding="utf-8") == TEXT


def test_dangling_link_creates_no_file(tmp_path: Path) -> None:
    """A dangling symbolic link is replaced, and no file is created at its target."""
    target = tmp_path / "report.json"
    target.symlink_to(tmp_path / "made")

    write_json(REPORT, str(target))

    assert names_in(tmp_path) == ["report.json"]


def test_missing_folder_is_a_usage_error(tmp_path: Path) -> None:
    """A missing folder is reported and not created."""
    target = tmp_path / "no" / "report.json"

    with pytest.raises(UsageError, match=r"can't write .*report\.json: No such file"):
        write_json(REPORT, str(target))

    assert names_in(tmp_path) == []


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs a folder that root can't write")
def test_read_only_folder_is_a_usage_error() -> None:
    """A folder that can't be written is reported, even to root."""
    with pytest.raises(UsageError, match=r"can't write /proc/self/report\.json"):
        write_json(REPORT, "/proc/self/report.json")


def test_file_in_place_of_the_folder_is_a_usage_error(tmp_path: Path) -> None:
    """A file where the folder should be is reported and not changed."""
    (tmp_path / "file").write_text("keep", encoding="utf-8")

    with pytest.raises(UsageError, match="Not a directory"):
        write_json(REPORT, str(tmp_path / "file" / "report.json"))

    assert (tmp_path / "file").read_text(encoding="utf-8") == "keep"


def test_folder_in_place_of_the_file_is_a_usage_error(tmp_path: Path) -> None:
    """If the target is a folder, no temporary file is left behind."""
    (tmp_path / "report.json").mkdir()

    with pytest.raises(UsageError, match="can't write"):
        write_json(REPORT, str(tmp_path / "report.json"))

    assert names_in(tmp_path) == ["report.json"]


def test_name_that_is_too_long_is_a_usage_error(tmp_path: Path) -> None:
    """If the name is too long, no temporary file is left behind."""
    with pytest.raises(UsageError, match="File name too long"):
        write_json(REPORT, str(tmp_path / ("a" * 300)))

    assert names_in(tmp_path) == []


def test_name_of_the_maximum_length_can_be_written(tmp_path: Path) -> None:
    """The temporary file doesn't need a longer name than the report."""
    target = tmp_path / ("ä" * 127)

    write_json(REPORT, str(target))

    assert names_in(tmp_path) == [target.name]


def test_full_disk_leaves_the_older_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the disk is full, the older file is kept and no temporary file is left behind."""
    target = tmp_path / "report.json"
    target.write_text("old", encoding="utf-8")

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", fail)

    with pytest.raises(UsageError, match="No space left on device"):
        write_json(REPORT, str(target))

    assert target.read_text(encoding="utf-8") == "old"
    assert names_in(tmp_path) == ["report.json"]


def test_report_that_is_not_json_changes_nothing(tmp_path: Path) -> None:
    """A report that can't be written as JSON doesn't cost the older file."""
    target = tmp_path / "report.json"
    target.write_text("old", encoding="utf-8")

    with pytest.raises(ValueError, match="JSON"):
        write_json(make_report(score=math.nan), str(target))

    assert target.read_text(encoding="utf-8") == "old"
    assert names_in(tmp_path) == ["report.json"]


def test_dash_is_standard_output(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """``-`` writes to standard output, and not to a file of that name."""
    monkeypatch.chdir(tmp_path)

    write_json(REPORT, "-")

    assert json.loads(capsys.readouterr().out) == json.loads(TEXT)
    assert names_in(tmp_path) == []


@pytest.mark.parametrize("encoding", ["latin-1", "ascii"])
def test_json_on_standard_output_is_utf_8_whatever_the_locale(
    encoding: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Programs read the JSON, so it is UTF-8 in any locale."""
    data = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(data, encoding=encoding))

    write_json(REPORT, "-")

    assert data.getvalue().decode("utf-8") == TEXT


def test_json_cannot_control_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """Control, format and line separating characters are escapes; other letters stay readable."""
    text = "größer \u4e2d\x1b\x7f\x9b31m\u00ad\u200b\u202e\u2028\u2029\U000e0001\U0001f600\n"
    report = make_report(check_result("mse/a"), output=text)

    write_json(report, "-")

    out = capsys.readouterr().out
    assert json.loads(out)["output"] == text
    assert "größer \u4e2d" in out
    assert "\U0001f600" in out
    categories = {unicodedata.category(one) for one in out.replace("\n", "")}
    assert not categories & {"Cc", "Cf", "Zl", "Zp"}
