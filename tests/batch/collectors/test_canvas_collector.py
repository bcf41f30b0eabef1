"""Names that Canvas gives, and those that only look so."""

from collections.abc import Callable
from pathlib import Path

import lms_samples as samples
import pytest

from grader.batch.collection import Collection, Entry
from grader.batch.collectors.choose import collect
from grader.batch.roster import make_roster
from grader.errors import UnreadableSubmissionError
from grader.report.class_model import Student


@pytest.fixture
def gather(tmp_path: Path) -> Callable[..., Collection]:
    """Collect files of these names, which hold their own name."""

    def run(*names: str, source: str | None = None) -> Collection:
        samples.write(tmp_path / "export.zip", {name: name.encode() for name in names})
        return collect([tmp_path / "export.zip"], stem="lab4", out=tmp_path / "out", source=source)

    return run


def of_doe(collection: Collection) -> Entry:
    """Find the entry of the user that the tests are about."""
    return next(entry for entry in collection.entries if entry.origin.key == "4100")


OTHERS = ("leekim_4001_880001_lab4.py", "nganh_4002_880002_lab4.py")


@pytest.mark.parametrize(
    ("name", "key", "said", "file"),
    [
        ("doejane_4100_880100_2024_12_lab.py", "4100", "doejane", "2024_12_lab.py"),
        ("doe_jane_4100_880100_lab4.py", "4100", "doe_jane", "lab4.py"),
        ("doe_12_4100_880100_lab4.py", "4100", "doe_12", "lab4.py"),
        ("doe_12_LATE_4100_880100_lab4.py", "4100", "doe_12", "lab4.py"),
        ("12345_4100_880100_lab4.py", "4100", "12345", "lab4.py"),
        ("doejane_LATE_4100_880100_late_1.py", "4100", "doejane", "late_1.py"),
        ("late_4100_880100_lab4.py", "4100", "late", "lab4.py"),
        ("doejane_late_4100_880100_lab4.py", "4100", "doejane", "lab4.py"),
        ("_4100_880100_lab4.py", "4100", "", "lab4.py"),
        ("doejane_99_880100_1234_lab.py", "99", "doejane", "1234_lab.py"),
        ("Team_4100_880100_lab4.ipynb", "4100", "Team", "lab4.ipynb"),
    ],
)
def test_name_is_taken_apart(
    gather: Callable[..., Collection], name: str, key: str, said: str, file: str
) -> None:
    """Whatever numbers and underscores are in a person's or a file's own."""
    entries = {entry.origin.key: entry for entry in gather(*OTHERS, name).entries}

    assert sorted(entries) == sorted(["4001", "4002", key])
    entry = entries[key]
    assert (entry.origin.name, entry.file, entry.student.id) == (said, file, key)
    assert entry.origin.is_late == ("LATE" in name or "_late_4" in name)
    assert entry.read() == name.encode()


def test_last_upload_of_a_name_counts(gather: Callable[..., Collection]) -> None:
    """By the number behind the name, then by the attachment's; with a note."""
    entries = gather(
        *OTHERS,
        "a_4100_880109_lab4.py",
        "a_4100_880108_lab4-1.py",
        "a_4100_880107_lab4-10.py",
        "a_4100_880106_lab4-9.py",
        "b_4101_880206_lab4.py",
        "b_4101_880207_lab4.py",
    ).entries
    found = {entry.origin.key: entry for entry in entries}

    assert found["4100"].file == "lab4-10.py"
    assert found["4100"].notes == ("lab4-10.py is the newest of 4 uploads of one name",)
    assert found["4101"].read() == b"b_4101_880207_lab4.py"


def test_number_in_the_name_that_was_asked_for_is_no_count(tmp_path: Path) -> None:
    """The lab is called lab-4."""
    names = (*OTHERS, "a_4100_880109_lab-4.py", "a_4100_880108_lab-3.py")
    samples.write(tmp_path / "x.zip", dict.fromkeys(names, b""))

    entries = collect([tmp_path / "x.zip"], stem="lab-4", out=tmp_path / "out").entries

    assert {entry.origin.key: entry.file for entry in entries}["4100"] == "lab-4.py"


def test_name_that_was_asked_for_is_preferred_also_when_it_came_again(
    gather: Callable[..., Collection],
) -> None:
    """To a newer file that is called something else."""
    entry = of_doe(
        gather(
            *OTHERS, "a_4100_880101_lab4-1.py", "a_4100_880199_helper.py", "a_4100_880200_plot.png"
        )
    )

    assert entry.file == "lab4-1.py"
    assert entry.notes == ("lab4-1.py was graded, of 2 files that could be",)


def test_last_upload_counts_of_files_of_several_names(gather: Callable[..., Collection]) -> None:
    """What stands behind the name of one says nothing about another."""
    entry = of_doe(gather(*OTHERS, "a_4100_880101_work-9.py", "a_4100_880199_final.py"))

    assert entry.file == "final.py"


def test_web_address_is_answered(gather: Callable[..., Collection]) -> None:
    """As what it is."""
    entry = of_doe(gather(*OTHERS, "doejane_4100_link.html"))

    with pytest.raises(UnreadableSubmissionError, match="as a web address, not as a file"):
        entry.read()


def test_file_of_another_name_is_skipped_and_said(gather: Callable[..., Collection]) -> None:
    """If most are as they should be."""
    collection = gather(*OTHERS, "notes.txt", "feedback/x.py")

    assert len(collection.entries) == 2
    assert [one.path for one in collection.skipped] == ["feedback/x.py", "notes.txt"]


@pytest.mark.parametrize(
    "names",
    [
        ("hw_2024_05_anna.py", "hw_2024_05_ben.py"),
        ("hw_2024_05_anna.py", "hw_2024_06_ben.py"),
        ("anna_1_05_x.py", "ben_2_05_x.py"),
        ("hw_1_10_anna.py", "hw_2_11_ben.py", "hw_3_12_cy.py"),
        ("anna_4_1_x.py", "ben_4_2_x.py", "cy_4_3_x.py"),
        ("anna.py", "ben.py", "doejane_4100_880100_lab4.py"),
    ],
)
def test_files_that_only_look_so_are_one_for_each(
    gather: Callable[..., Collection], names: tuple[str, ...]
) -> None:
    """Nobody's is taken for another's second file."""
    collection = gather(*names)

    assert sorted(entry.place for entry in collection.entries) == sorted(names)
    assert {entry.origin.system for entry in collection.entries} == {""}


def test_class_of_one_is_collected_where_it_is_named(gather: Callable[..., Collection]) -> None:
    """Its shape says too little by itself."""
    names = ("doe_4100_880100_lab4.py", "doe_4100_880101_plot.png")

    assert [one.file for one in gather(*names, source="canvas").entries] == ["lab4.py"]


def test_user_number_is_not_taken_for_another_students_id(
    gather: Callable[..., Collection],
) -> None:
    """The roster may have the numbers of another system."""
    jane = Student(id="7", name="Jane Doe")
    other = Student(id="4100", name="Somebody Else")
    entry = of_doe(gather(*OTHERS, "doejane_4100_880100_lab4.py"))

    assert make_roster([jane]).find(*entry.owners) == jane
    assert make_roster([other]).find(*entry.owners) == other
    assert make_roster([jane, other]).find(*entry.owners) is None
