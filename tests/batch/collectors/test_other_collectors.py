"""The collectors for clones of GitHub Classroom and for patterns."""

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
    """Return a function that collects a folder of files with these paths, which contain them."""

    def run(*names: str, **options: str) -> Collection:
        samples.write(tmp_path / "class", {name: name.encode() for name in names})
        return collect([tmp_path / "class"], stem="lab4", out=tmp_path / "out", **options)

    return run


def by_key(collection: Collection) -> dict[str, Entry]:
    """Map each key to its entry."""
    return {entry.origin.key: entry for entry in collection.entries}


def test_account_is_what_follows_the_assignment(gather: Callable[..., Collection]) -> None:
    """An account may contain dashes, and may begin with the name of another account."""
    names = ("anna", "anna-b", "ben-o-brien")
    files = [f"cs-lab-4-{name}/{file}" for name in names for file in (".git/HEAD", "lab4.py")]

    found = by_key(gather(*files))

    assert sorted(found) == sorted(names)
    assert found["anna-b"].owners[0] == "anna-b"
    assert found["anna-b"].place == "cs-lab-4-anna-b"


def test_one_clone_alone_may_be_of_any_account(gather: Callable[..., Collection]) -> None:
    """With a single clone, the account may begin after any dash, so all are owners."""
    (entry,) = gather("cs-lab4-ben-o/.git/HEAD", "cs-lab4-ben-o/lab4.py").entries

    assert entry.origin.key == "cs-lab4-ben-o"
    assert entry.owners == ("cs-lab4-ben-o", "o", "ben-o", "lab4-ben-o")


def test_files_in_git_folders_are_not_graded(gather: Callable[..., Collection]) -> None:
    """Files inside .git are never graded."""
    found = by_key(
        gather("l-a/.git/lab4.py", "l-a/src/solution.py", "l-b/.git/lab4.py", "l-b/README.md")
    )

    assert found["a"].file == "solution.py"
    assert found["b"].file == "README.md"


def test_folders_without_git_are_plain_unless_github_classroom_is_named(
    gather: Callable[..., Collection],
) -> None:
    """Folders without .git are taken for clones only with --from github-classroom."""
    files = ("lab4-anna/lab4.py", "lab4-ben/lab4.py")

    assert {one.origin.system for one in gather(*files).entries} == {""}
    assert sorted(by_key(gather(*files, source="github-classroom"))) == ["anna", "ben"]


@pytest.mark.parametrize("template", ["lab-4", "lab"])
def test_template_next_to_the_clones_is_skipped(
    gather: Callable[..., Collection], template: str
) -> None:
    """The template is skipped, and the accounts are what follows its name."""
    names = (template, f"{template}-anna", f"{template}-anna-b")
    collection = gather(*(f"{name}/{file}" for name in names for file in (".git/HEAD", "x.py")))

    assert sorted(by_key(collection)) == ["anna", "anna-b"]
    assert [one.path for one in collection.skipped] == [template]


def test_template_is_not_assumed_with_only_two_clones(
    gather: Callable[..., Collection],
) -> None:
    """Of two clones neither is taken for the template, as the accounts may be ann and ann-lee."""
    found = by_key(gather("lab-4-ann/.git/HEAD", "lab-4-ann-lee/.git/HEAD"))

    assert sorted(found) == ["lab-4-ann", "lab-4-ann-lee"]


def test_number_in_the_assignments_name_is_nobodys_id(gather: Callable[..., Collection]) -> None:
    """A number in the account may be an id, but not one in the assignment's name."""
    entry = by_key(gather("lab-4-anna/.git/HEAD", "lab-4-b-7/.git/HEAD"))
    four, seven = Student(id="4", name="X Y"), Student(id="7", name="Ben")
    roster = make_roster([four, seven])

    assert roster.find(*entry["anna"].owners) is None
    assert roster.find(*entry["b-7"].owners) == seven


def test_all_groups_of_a_pattern_are_used(gather: Callable[..., Collection]) -> None:
    """All groups of a pattern, named as in nbgrader, reach the entry."""
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


def test_newest_timestamp_counts(gather: Callable[..., Collection]) -> None:
    """Timestamps are compared as numbers, and all files of the newest one count."""
    (entry,) = gather(
        "7_t9_lab4.py", "7_t10_helper.py", "7_t10_my_lab4.py", "7_t2_lab4.py",
        pattern=r"(?P<student_id>\d+)_t(?P<timestamp>\d+)_(?P<file_id>.*)",
    ).entries  # fmt: skip

    assert entry.file == "my_lab4.py"
    assert entry.notes == (
        "my_lab4.py has the newest timestamp of 4 files, 10",
        "my_lab4.py was graded, chosen from 2 files that can be graded",
    )


def test_pattern_that_finds_nobody_is_refused(gather: Callable[..., Collection]) -> None:
    """A pattern that matches no file is refused, because it is probably a typo."""
    with pytest.raises(UsageError, match=r"no file in .* has a path that matches the pattern"):
        gather("anna.py", pattern=r"(?P<student_id>\d+)")
