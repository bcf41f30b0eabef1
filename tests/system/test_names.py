"""Whatever students and files are called, what we write can be written on Windows too."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from report_samples import SAMPLES, class_work_of, run_export
from windows_names import why_not_on_windows

from grader.authoring.new import write_assignment
from grader.batch.report_ids import make_ids
from grader.checks.kits import is_id
from grader.errors import UsageError
from grader.exports.registry import list_formats, load_format
from grader.outputs.files import write_below
from grader.system.names import is_portable

BAD = [
    "con", "CON", "nul.py", "aux.ipynb", "com1", "LPT9.txt", "com¹", "con .py", "con.a.b", "conin$",
    "a.", "a ", "a:b", "c:", "a\\b", "..\\b", "a<b", "a?", "a*", 'a"', "a|b", "a\x1fb", "a\n", "",
    ".", "..", "/", "a/b",
]  # fmt: skip
GOOD = [
    "anna.py",
    "Zoë Müller.json",
    ".zerograd.lock",
    "console.py",
    "a.b..c",
    "com10",
    "nulls",
    "😀",
]
NAMES = [
    "con", "con.txt", "nul.py", "aux", "a:b.py", "a\\..\\b.py", "a. ", "...", "com¹.py", "Ünal?.py",
    "prn.tar.gz", "x" * 300, "lpt1", "LPT1", "?", "*", "\u202e", "a|b", "\ud800",
]  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_name_that_windows_cannot_have_is_not_portable(name: str) -> None:
    """Devices, with any ending; characters that mean something; what is dropped at the end."""
    assert not is_portable(name)
    assert {"/", "\\"} & set(name) or why_not_on_windows(name)  # several names, that is


@pytest.mark.parametrize("name", GOOD)
def test_any_other_name_is(name: str) -> None:
    """Letters of all languages are fine, and so is what only looks like a device."""
    assert is_portable(name)
    assert not why_not_on_windows(name)


@given(st.text(alphabet='conaux123.: \\<"é', max_size=9))
def test_what_is_portable_can_be_made(name: str) -> None:
    """The rule is as strict as Windows' own."""
    assert not is_portable(name) or not why_not_on_windows(name)


def test_report_ids_can_be_files() -> None:
    """Each id is the name of a report, a page and a folder, with and without an ending."""
    ids = make_ids(NAMES).values()

    for name in ids:
        for written in (name, f"{name}.json", f"{name}.html", f"{name}.msgpack"):
            assert not why_not_on_windows(written)


@given(st.lists(st.text(alphabet="conCOMaux1. \\:é", max_size=9), unique=True, max_size=6))
def test_any_report_id_can_be_a_file(places: list[str]) -> None:
    """Also where the name that is left over is one of a device."""
    for name in make_ids(places).values():
        assert not why_not_on_windows(name)
        assert not why_not_on_windows(f"{name}.json")


@pytest.mark.parametrize("name", list_formats())
def test_exports_of_a_class_can_be_files(name: str) -> None:
    """In the formats with a folder for each student, and in those with one file."""
    work = class_work_of(*list(SAMPLES.values())[:2])
    try:
        files, _ = run_export(load_format(name), work)
    except UsageError:
        return  # it fills in a file of the platform's

    assert all(not why_not_on_windows(file) for file in files)


@pytest.mark.parametrize(
    "name", ["a/nul/b.txt", "a\\..\\..\\b", "c:b", "a./b", "aux", "../b", "/b", "a//b", ""]
)
def test_nothing_is_written_under_a_name_that_windows_cannot_have(
    name: str, tmp_path: Path
) -> None:
    """There it would be a device, another name, or outside of the folder."""
    with pytest.raises(UsageError, match="can't be the name of a file"):
        write_below(tmp_path, name, b"")

    assert list(tmp_path.iterdir()) == []


def test_kits_and_assignments_are_not_called_after_devices(tmp_path: Path) -> None:
    """Writing nul.zip would write nothing, and report no error."""
    assert is_id("lab4")
    assert not is_id("nul")
    with pytest.raises(UsageError, match="Windows can't have a folder"):
        write_assignment("con", tmp_path)
