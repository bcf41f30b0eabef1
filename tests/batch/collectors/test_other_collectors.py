"""Clones of GitHub Classroom, and regular expressions."""

from collections.abc import Callable
from pathlib import Path

import lms_samples as samples
import pytest

from grader.batch.collection import Collection, Entry
from grader.batch.collectors.choose import collect
from grader.batch.roster import make_roster
from grader.errors import UsageError
from grader.report.class_model import Student


@pytest.fixture
def gather(tmp_path: Path) -> Callable[..., Collection]:
    """Collect files of these paths, which hold their own path, from a folder."""

    def run(*names: str, **options: str) -> Collection:
        samples.write(tmp_path / "class", {name: name.encode() for name in names})
        return collect([tmp_path / "class"], stem="lab4", out=tmp_path / "out", **options)

    return run


def by_key(collection: Collection) -> dict[str, Entry]:
    """Look entries up by their key."""
    return {entry.origin.key: entry for entry in collection.entries}


def test_account_is_what_follows_the_assignment(gather: Callable[..., Collection]) -> None:
    """Also one with dashes in it, and one that begins as another."""
    names = ("anna", "anna-b", "ben-o-brien")
    files = [f"cs-lab-4-{name}/{file}" for name in names for file in (".git/HEAD", "lab4.py")]

    found = by_key(gather(*files))

    assert sorted(found) == sorted(names)
    assert found["anna-b"].owners[0] == "anna-b"
    assert found["anna-b"].place == "cs-lab-4-anna-b"


def test_one_clone_alone_may_be_of_any_account(gather: Callable[..., Collection]) -> None:
    """Which of them, the roster says."""
    (entry,) = gather("cs-lab4-ben-o/.git/HEAD", "cs-lab4-ben-o/lab4.py").entries

    assert entry.origin.key == "cs-lab4-ben-o"
    assert entry.owners == ("cs-lab4-ben-o", "o", "ben-o", "lab4-ben-o")


def test_what_git_keeps_is_not_graded(gather: Callable[..., Collection]) -> None:
    """It may hold anything."""
    found = by_key(
        gather("l-a/.git/lab4.py", "l-a/src/solution.py", "l-b/.git/lab4.py", "l-b/README.md")
    )

    assert found["a"].file == "solution.py"
    assert found["b"].file == "README.md"


def test_folders_without_clones_are_folders_unless_named(gather: Callable[..., Collection]) -> None:
    """Names that begin alike are too little."""
    files = ("lab4-anna/lab4.py", "lab4-ben/lab4.py")

    assert {one.origin.system for one in gather(*files).entries} == {""}
    assert sorted(by_key(gather(*files, source="github-classroom"))) == ["anna", "ben"]


@pytest.mark.parametrize("template", ["lab-4", "lab"])
def test_template_beside_the_clones_is_no_students(
    gather: Callable[..., Collection], template: str
) -> None:
    """And the accounts are what follows its name."""
    names = (template, f"{template}-anna", f"{template}-anna-b")
    collection = gather(*(f"{name}/{file}" for name in names for file in (".git/HEAD", "x.py")))

    assert sorted(by_key(collection)) == ["anna", "anna-b"]
    assert [one.path for one in collection.skipped] == [template]


def test_nobody_is_lost_for_a_template_where_there_are_but_two(
    gather: Callable[..., Collection],
) -> None:
    """They may be of ann and of ann-lee."""
    found = by_key(gather("lab-4-ann/.git/HEAD", "lab-4-ann-lee/.git/HEAD"))

    assert sorted(found) == ["lab-4-ann", "lab-4-ann-lee"]


def test_number_in_the_assignments_name_is_nobodys_id(gather: Callable[..., Collection]) -> None:
    """Only one in the account can be."""
    entry = by_key(gather("lab-4-anna/.git/HEAD", "lab-4-b-7/.git/HEAD"))
    four, seven = Student(id="4", name="X Y"), Student(id="7", name="Ben")
    roster = make_roster([four, seven])

    assert roster.find(*entry["anna"].owners) is None
    assert roster.find(*entry["b-7"].owners) == seven


def test_pattern_says_all_that_it_can(gather: Callable[..., Collection]) -> None:
    """By the names that nbgrader has for it."""
    pattern = (
        r".*/(?P<student_id>\d+)-(?P<first_name>\w+)-(?P<last_name>\w+)-(?P<email>[^-]+)"
        r"-(?P<timestamp>[\d.]+)/(?P<file_id>\w+)"
    )
    collection = gather("in/7-Jane-Doe-j@x.edu-2024.1/lab4.py", "in/readme.txt", pattern=pattern)

    (entry,) = collection.entries
    assert (entry.student.id, entry.student.name, entry.student.email) == (
        "7", "Jane Doe", "j@x.edu",
    )  # fmt: skip
    assert (entry.file, entry.origin.submitted_at) == ("lab4.py", "2024.1")
    assert [one.path for one in collection.skipped] == ["in/readme.txt"]


def test_newest_by_the_time_in_the_name_counts(gather: Callable[..., Collection]) -> None:
    """As numbers, not as letters; all files of that time together."""
    (entry,) = gather(
        "7_t9_lab4.py", "7_t10_helper.py", "7_t10_my_lab4.py", "7_t2_lab4.py",
        pattern=r"(?P<student_id>\d+)_t(?P<timestamp>\d+)_(?P<file_id>.*)",
    ).entries  # fmt: skip

    assert entry.file == "my_lab4.py"
    assert entry.notes == (
        "my_lab4.py is of the newest of 4 files, 10",
        "my_lab4.py was graded, of 2 files that could be",
    )


def test_pattern_that_finds_nobody_is_refused(gather: Callable[..., Collection]) -> None:
    """It is a slip in the pattern, and not a class of nobody."""
    with pytest.raises(UsageError, match="no file whose path matches"):
        gather("anna.py", pattern=r"(?P<student_id>\d+)")
