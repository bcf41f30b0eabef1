"""Reports are kept complete or not at all."""

from pathlib import Path

import pytest
from fakes import check_result, make_report

from grader.batch.store import ReportStore
from grader.errors import UsageError
from grader.report.schema import report_to_json

REPORT = report_to_json(make_report(check_result("mse/a"), key="abc")).encode()


def files(folder: Path) -> list[str]:
    """List the files in a folder, except for the lock."""
    found = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return sorted(str(path) for path in found if path.name != ".zerograd.lock")


def test_report_that_is_kept_is_found_by_its_key(tmp_path: Path) -> None:
    """A kept report is found by its id and key, and not by another key or id."""
    store = ReportStore(tmp_path / "out")

    store.keep("anna.py", REPORT, b"<p>page</p>")

    found = store.find("anna.py", "abc")
    assert found is not None
    assert found.score == 1
    assert store.find("anna.py", "other key") is None
    assert store.find("ben.py", "abc") is None
    assert files(tmp_path / "out") == ["reports/anna.py.html", "reports/anna.py.json"]


@pytest.mark.parametrize("content", [b"", b"{", REPORT[:-20], b"[]", b"null", b"\xff"])
def test_damaged_report_is_not_found(tmp_path: Path, content: bytes) -> None:
    """A report that is damaged or was changed is not found, so it is made again."""
    store = ReportStore(tmp_path)
    store.keep("anna.py", REPORT, b"page")

    (tmp_path / "reports" / "anna.py.json").write_bytes(content)

    assert store.find("anna.py", "abc") is None


def test_report_without_its_page_is_not_found(tmp_path: Path) -> None:
    """A report without its page is not found, so both are made again."""
    store = ReportStore(tmp_path)
    store.keep("anna.py", REPORT, b"page")

    (tmp_path / "reports" / "anna.py.html").unlink()

    assert store.find("anna.py", "abc") is None


def test_second_batch_is_kept_out(tmp_path: Path) -> None:
    """A second batch can't lock a folder in use, as both would overwrite each other's results."""
    first, second = ReportStore(tmp_path), ReportStore(tmp_path)

    with first.lock(), pytest.raises(UsageError, match="another batch"), second.lock():
        pass

    with second.lock():
        pass


def test_temporary_files_of_a_killed_batch_are_removed(tmp_path: Path) -> None:
    """Locking removes the temporary files of a killed batch, and no other files."""
    store = ReportStore(tmp_path)
    store.keep("anna.py", REPORT, b"page")
    for folder in (tmp_path, tmp_path / "reports"):
        (folder / ".zerograd-x3k").write_bytes(b"half")
    (tmp_path / "mine.txt").write_bytes(b"")

    with store.lock():
        pass

    assert files(tmp_path) == ["mine.txt", "reports/anna.py.html", "reports/anna.py.json"]


def test_folder_that_can_not_be_made_is_refused(tmp_path: Path) -> None:
    """A folder that can't be made, because a file has its name, is refused."""
    (tmp_path / "out").write_bytes(b"")

    with pytest.raises(UsageError, match="can't write to"):
        ReportStore(tmp_path / "out")


def test_link_in_the_place_of_a_report_is_replaced_and_not_followed(tmp_path: Path) -> None:
    """A link in the place of a report is replaced, and its target is not touched."""
    store = ReportStore(tmp_path / "out")
    target = tmp_path / "precious"
    target.write_bytes(b"precious")
    (tmp_path / "out" / "reports" / "anna.py.json").symlink_to(target)

    store.keep("anna.py", REPORT, b"page")

    assert target.read_bytes() == b"precious"
    assert store.find("anna.py", "abc") is not None
