"""Folders and files of Moodle exports."""

from collections.abc import Callable
from pathlib import Path

import lms_samples as samples
import pytest

from grader.batch.collection import Collection
from grader.batch.collectors.choose import collect
from grader.batch.roster import make_roster
from grader.errors import UnreadableSubmissionError
from grader.report.class_model import Student


@pytest.fixture
def gather(tmp_path: Path) -> Callable[..., Collection]:
    """Return a function that collects a zip of files with these paths, which contain their path."""

    def run(*names: str) -> Collection:
        samples.write(tmp_path / "export.zip", {name: name.encode() for name in names})
        return collect([tmp_path / "export.zip"], stem="lab4", out=tmp_path / "out")

    return run


def test_file_counts_and_not_the_online_text(gather: Callable[..., Collection]) -> None:
    """If a student handed in a file and online text, the file is graded."""
    (entry,) = gather(
        "Jane Doe_12_assignsubmission_onlinetext/onlinetext.html",
        "Jane Doe_12_assignsubmission_file/lab4.py",
    ).entries

    assert (entry.place, entry.file, entry.origin.key) == ("Jane Doe_12", "lab4.py", "12")
    assert entry.read() == b"Jane Doe_12_assignsubmission_file/lab4.py"


def test_online_text_alone_gets_a_report(gather: Callable[..., Collection]) -> None:
    """Online text without a file has an entry whose reason says that it is not a file."""
    (entry,) = gather("Jane Doe_12_assignsubmission_onlinetext_/onlinetext.html").entries

    with pytest.raises(UnreadableSubmissionError, match="as online text, not as a file"):
        entry.read()


def test_students_with_the_same_name_stay_two(gather: Callable[..., Collection]) -> None:
    """Two students with the same name have separate entries, by their numbers."""
    entries = gather(
        "Jane Doe_12_assignsubmission_file/lab4.py",
        "Jane Doe_13_assignsubmission_file/lab4.py",
        "Ann Xu_14_assignsubmission_file/lab4.py",
    ).entries

    assert sorted(entry.origin.key for entry in entries) == ["12", "13", "14"]
    assert {entry.student.name for entry in entries} == {"Jane Doe", "Ann Xu"}


@pytest.mark.parametrize("word", ["Participant", "Teilnehmer in"])
def test_blind_marking_names_nobody(gather: Callable[..., Collection], word: str) -> None:
    """With blind marking in any language, entries have no owners and no names."""
    entries = gather(*(f"{word}_{key}_assignsubmission_file_lab4.py" for key in (12, 13))).entries

    for entry in entries:
        assert (entry.owners, entry.student.name, entry.origin.name) == ((), "", "")


def test_team_without_a_number_is_collected(gather: Callable[..., Collection]) -> None:
    """Students without a group are collected as the default group, which has no number."""
    entries = gather(
        "Default group_assignsubmission_file/lab4.py", "A_5_assignsubmission_file/lab4.py"
    ).entries

    assert {(entry.origin.name, entry.origin.key) for entry in entries} == {
        ("Default group", ""),
        ("A", "5"),
    }


def test_user_name_before_the_name_is_split_off(gather: Callable[..., Collection]) -> None:
    """A user name before the student's name becomes an owner."""
    (entry,) = gather("jdoe_Jane Doe_12_assignsubmission_file_lab4.py").entries

    assert (entry.owners, entry.student.name) == (("jdoe", "Jane Doe"), "Jane Doe")


def test_file_that_moodle_has_not_named_is_skipped(gather: Callable[..., Collection]) -> None:
    """A file whose name is not in Moodle's form is skipped and listed."""
    collection = gather("notes.txt", "old/lab4.py", "A_5_assignsubmission_file/lab4.py")

    assert len(collection.entries) == 1
    assert [one.path for one in collection.skipped] == ["notes.txt", "old/lab4.py"]


def test_number_is_never_an_id_on_the_roster(gather: Callable[..., Collection]) -> None:
    """Neither Moodle's number nor one in a name is looked up as an id on the roster."""
    (entry,) = gather("Jane Doe 13_12_assignsubmission_file/lab4.py").entries
    twelve, thirteen = Student(id="12", name="Ben Moe"), Student(id="13", name="Al Poe")

    assert make_roster([twelve, thirteen]).find(*entry.owners) is None
    jane = Student(id="13", name="Jane Doe")
    assert make_roster([twelve, jane]).find(*entry.owners) == jane
