"""Writing the report as JSON: whole or not at all, and through no link."""

import io
import json
import math
import os
import sys
from pathlib import Path

import pytest
from fakes import check_result, make_report

from grader.errors import UsageError
from grader.outputs import files
from grader.outputs.json_file import write_json
from grader.report.schema import report_to_json

REPORT = make_report(check_result("mse/a"), notes=("größer",))
TEXT = report_to_json(REPORT)


def names_in(folder: Path) -> list[str]:
    """List everything in a folder, also what is hidden."""
    return sorted(entry.name for entry in folder.iterdir())


def test_report_is_written_to_a_file(tmp_path: Path) -> None:
    """And nothing else is left in its folder."""
    target = tmp_path / "report.json"

    write_json(REPORT, str(target))

    assert target.read_bytes() == TEXT.encode("utf-8")
    assert names_in(tmp_path) == ["report.json"]


def test_older_file_is_replaced(tmp_path: Path) -> None:
    """As a whole: whoever has it open reads on in the old one."""
    target = tmp_path / "report.json"
    target.write_text("old and longer" * 1000, encoding="utf-8")
    with target.open(encoding="utf-8") as reader:
        write_json(REPORT, str(target))

        assert reader.read(3) == "old"
    assert target.read_text(encoding="utf-8") == TEXT


def test_file_may_be_named_without_a_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It goes to the current one."""
    monkeypatch.chdir(tmp_path)

    write_json(REPORT, "report.json")

    assert names_in(tmp_path) == ["report.json"]


@pytest.mark.parametrize("umask", [0o022, 0o077, 0o000])
def test_file_has_the_rights_that_the_user_wants(tmp_path: Path, umask: int) -> None:
    """As if it had been written without a detour."""
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
    """What it leads to stays as it is."""
    precious = tmp_path / "precious"
    precious.write_text("keep", encoding="utf-8")
    target = tmp_path / "report.json"
    target.symlink_to(precious)

    write_json(REPORT, str(target))

    assert precious.read_text(encoding="utf-8") == "keep"
    assert not target.is_symlink()
    assert target.read_text(encoding="utf-8") == TEXT


def test_link_to_nowhere_creates_nothing_there(tmp_path: Path) -> None:
    """A dangling link would be a way to create files."""
    target = tmp_path / "report.json"
    target.symlink_to(tmp_path / "made")

    write_json(REPORT, str(target))

    assert names_in(tmp_path) == ["report.json"]


def test_folder_that_is_not_there_is_an_error_of_use(tmp_path: Path) -> None:
    """It isn't made."""
    target = tmp_path / "no" / "report.json"

    with pytest.raises(UsageError, match=r"can't write .*report\.json: No such file"):
        write_json(REPORT, str(target))

    assert names_in(tmp_path) == []


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs a folder that root can't write")
def test_folder_that_can_not_be_written_is_an_error_of_use() -> None:
    """Also for root, who may write nearly everywhere."""
    with pytest.raises(UsageError, match=r"can't write /proc/self/report\.json"):
        write_json(REPORT, "/proc/self/report.json")


def test_file_in_place_of_the_folder_is_an_error_of_use(tmp_path: Path) -> None:
    """Its content stays."""
    (tmp_path / "file").write_text("keep", encoding="utf-8")

    with pytest.raises(UsageError, match="Not a directory"):
        write_json(REPORT, str(tmp_path / "file" / "report.json"))

    assert (tmp_path / "file").read_text(encoding="utf-8") == "keep"


def test_folder_in_place_of_the_file_is_an_error_of_use(tmp_path: Path) -> None:
    """And what was written under another name is gone."""
    (tmp_path / "report.json").mkdir()

    with pytest.raises(UsageError, match="can't write"):
        write_json(REPORT, str(tmp_path / "report.json"))

    assert names_in(tmp_path) == ["report.json"]


def test_name_that_is_too_long_is_an_error_of_use(tmp_path: Path) -> None:
    """Nothing is left of the attempt."""
    with pytest.raises(UsageError, match="File name too long"):
        write_json(REPORT, str(tmp_path / ("a" * 300)))

    assert names_in(tmp_path) == []


def test_name_of_the_largest_length_can_be_written(tmp_path: Path) -> None:
    """The other name is not longer than its own."""
    target = tmp_path / ("ä" * 127)

    write_json(REPORT, str(target))

    assert names_in(tmp_path) == [target.name]


def test_disk_that_is_full_leaves_the_older_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whole or not at all."""
    target = tmp_path / "report.json"
    target.write_text("old", encoding="utf-8")

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.os, "replace", fail)

    with pytest.raises(UsageError, match="No space left on device"):
        write_json(REPORT, str(target))

    assert target.read_text(encoding="utf-8") == "old"
    assert names_in(tmp_path) == ["report.json"]


def test_report_that_is_no_json_touches_nothing(tmp_path: Path) -> None:
    """A fault of ours doesn't cost the older report."""
    target = tmp_path / "report.json"
    target.write_text("old", encoding="utf-8")

    with pytest.raises(ValueError, match="JSON"):
        write_json(make_report(score=math.nan), str(target))

    assert target.read_text(encoding="utf-8") == "old"
    assert names_in(tmp_path) == ["report.json"]


def test_dash_is_standard_output(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """And no file of that name."""
    monkeypatch.chdir(tmp_path)

    write_json(REPORT, "-")

    assert json.loads(capsys.readouterr().out) == json.loads(TEXT)
    assert names_in(tmp_path) == []


@pytest.mark.parametrize("encoding", ["latin-1", "ascii"])
def test_json_on_standard_output_is_utf_8_whatever_the_locale(
    encoding: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is for programs to read."""
    data = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(data, encoding=encoding))

    write_json(REPORT, "-")

    assert data.getvalue().decode("utf-8") == TEXT
