"""Folders and files that Moodle names."""

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
    """Collect files of these paths, which hold their own path."""

    def run(*names: str) -> Collection:
        samples.write(tmp_path / "export.zip", {name: name.encode() for name in names})
        return collect([tmp_path / "export.zip"], stem="lab4", out=tmp_path / "out")

    return run


def test_file_counts_and_not_the_text_beside_it(gather: Callable[..., Collection]) -> None:
    """Both are of one student."""
    (entry,) = gather(
        "Jane Doe_12_assignsubmission_onlinetext/onlinetext.html",
        "Jane Doe_12_assignsubmission_file/lab4.py",
    ).entries

    assert (entry.place, entry.file, entry.origin.key) == ("Jane Doe_12", "lab4.py", "12")
    assert entry.read() == b"Jane Doe_12_assignsubmission_file/lab4.py"


def test_text_alone_is_answered(gather: Callable[..., Collection]) -> None:
    """As what it is."""
    (entry,) = gather("Jane Doe_12_assignsubmission_onlinetext_/onlinetext.html").entries

    with pytest.raises(UnreadableSubmissionError, match="as online text, not as a file"):
        entry.read()


def test_two_of_one_name_are_two(gather: Callable[..., Collection]) -> None:
    """By their numbers."""
    entries = gather(
        "Jane Doe_12_assignsubmission_file/lab4.py",
        "Jane Doe_13_assignsubmission_file/lab4.py",
        "Ann Xu_14_assignsubmission_file/lab4.py",
    ).entries

    assert sorted(entry.origin.key for entry in entries) == ["12", "13", "14"]
    assert {entry.student.name for entry in entries} == {"Jane Doe", "Ann Xu"}


@pytest.mark.parametrize("word", ["Participant", "Teilnehmer in"])
def test_blind_marking_says_nobody(gather: Callable[..., Collection], word: str) -> None:
    """In any language; and no number is taken for a student's id."""
    entries = gather(*(f"{word}_{key}_assignsubmission_file_lab4.py" for key in (12, 13))).entries

    for entry in entries:
        assert (entry.owners, entry.student.name, entry.origin.name) == ((), "", "")


def test_team_without_a_number_is_collected(gather: Callable[..., Collection]) -> None:
    """Those in no group are one that has none."""
    entries = gather(
        "Default group_assignsubmission_file/lab4.py", "A_5_assignsubmission_file/lab4.py"
    ).entries

    assert {(entry.origin.name, entry.origin.key) for entry in entries} == {
        ("Default group", ""),
        ("A", "5"),
    }


def test_user_name_before_the_name_is_told_from_it(gather: Callable[..., Collection]) -> None:
    """As some forks write."""
    (entry,) = gather("jdoe_Jane Doe_12_assignsubmission_file_lab4.py").entries

    assert (entry.owners, entry.student.name) == (("jdoe", "Jane Doe"), "Jane Doe")


def test_what_moodle_has_not_named_is_skipped(gather: Callable[..., Collection]) -> None:
    """And said."""
    collection = gather("notes.txt", "old/lab4.py", "A_5_assignsubmission_file/lab4.py")

    assert len(collection.entries) == 1
    assert [one.path for one in collection.skipped] == ["notes.txt", "old/lab4.py"]


def test_number_is_never_an_id_on_the_roster(gather: Callable[..., Collection]) -> None:
    """Neither the one that Moodle gives nor one that is in a name."""
    (entry,) = gather("Jane Doe 13_12_assignsubmission_file/lab4.py").entries
    twelve, thirteen = Student(id="12", name="Ben Moe"), Student(id="13", name="Al Poe")

    assert make_roster([twelve, thirteen]).find(*entry.owners) is None
    jane = Student(id="13", name="Jane Doe")
    assert make_roster([twelve, jane]).find(*entry.owners) == jane
