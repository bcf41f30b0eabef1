"""The folder above the submissions is recognised; a student's own folders are not taken for it."""

from collections.abc import Callable
from pathlib import Path

import lms_samples as samples
import pytest

from grader.batch.collection import Collection
from grader.batch.collectors.choose import collect
from grader.errors import UsageError


@pytest.fixture
def gather(tmp_path: Path) -> Callable[..., Collection]:
    """Return a function that writes files below a folder, and collects from it."""

    def run(*names: str, source: str | None = None, top: str = "course") -> Collection:
        samples.write(tmp_path / top, dict.fromkeys(names, b"x = 1\n"))
        return collect([tmp_path / top], stem="lab4", out=tmp_path / "out", source=source)

    return run


def places(collection: Collection) -> list[str]:
    """List the places of the entries."""
    return sorted(entry.place for entry in collection.entries)


_FOLDERS = tuple(f"submissions/{name}/lab4.py" for name in ("ann", "bob", "kim", "lee"))
_FILES = tuple(f"submissions/{name}.py" for name in ("ann", "bob", "kim"))
_SECTIONS = (*(f"a/{name}/lab4.py" for name in ("ann", "bob")), "b/kim/lab4.py", "b/lee/x.ipynb")


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (
            (*_FOLDERS, "roster.csv"),
            r"submissions \(4: ann, bob, kim, ...\); give that folder: .*ons ",
        ),
        (_FOLDERS, r"submissions \(4: ann"),
        ((*_FILES, "roster.csv", "grades.xlsx"), r"submissions \(3: ann, bob, kim\)"),
        ((*_FILES, "task.pdf", "roster.csv"), r"submissions \(3: ann"),
        (("s/kim.zip", "s/lee.zip", "s/ann.ipynb", "old.csv"), r"s \(3: ann, kim, lee\)"),
        (_SECTIONS, r"a \(2: ann, bob\), b \(2: kim, lee\); give those folders: .*course/a .*/b "),
        ((*_SECTIONS, "extra/lab4.py", "c.csv"), r"a \(2: ann, bob\), b"),
        (("2026/lab4/ann/a.py", "2026/lab4/bob/b.py", "2026/x.csv", "read.me"), "in 2026/lab4 "),
        (("s/kim.rar", "s/lee.7z", "s/ann.zip"), r"s \(3: ann, kim, lee\)"),
        (("out/summary.json", "out/gradebook.csv", *_FOLDERS), r"submissions \(4: ann"),
    ],
)
def test_folder_above_the_submissions_is_refused(
    gather: Callable[..., Collection], names: tuple[str, ...], said: str
) -> None:
    """The message says where the submissions are, what to give, and how to insist."""
    with pytest.raises(UsageError, match=said) as caught:
        gather(*names)

    assert "--from folder" in str(caught.value)
    assert places(gather(*names, source="folder"))


def test_folder_that_is_named_is_collected(
    gather: Callable[..., Collection], tmp_path: Path
) -> None:
    """Following the message works."""
    with pytest.raises(UsageError):
        gather(*_SECTIONS, "roster.csv")

    found = collect(
        [tmp_path / "course" / "a", tmp_path / "course" / "b"], stem="lab4", out=tmp_path / "out"
    )

    assert places(found) == ["a/ann", "a/bob", "b/kim", "b/lee"]


def test_archive_of_a_folder_above_is_to_be_unpacked(tmp_path: Path) -> None:
    """There is no path inside a zip, so the message says to unpack it."""
    path = tmp_path / "course.zip"
    path.write_bytes(samples.zipped(dict.fromkeys((*_SECTIONS, "roster.csv"), b"")))

    with pytest.raises(UsageError, match="unpack it, and give the folder of a class"):
        collect([path], stem="lab4", out=tmp_path / "out")


@pytest.mark.parametrize(
    "names",
    [
        ("kim/src/lab4.py", "kim/tests/test_lab4.py"),
        ("kim/lab4.py", "kim/helper.py", "kim/plots.py"),
        ("kim/attempt1/lab4.py", "kim/attempt 2/lab4.py", "lee/attempt1/lab4.py"),
        ("kim/task1/a.py", "kim/task2/b.py"),
        ("kim/1/a.py", "kim/2/b.py"),
        ("kim/lab4.py", "kim/old_stuff/lab4.py", "kim/more/lab4.py"),
        ("kim/mine/a.py", "kim/theirs/b.py", "lee/mine/a.py", "lee/theirs/b.py"),
        ("kim/a.py", "kim/b.py"),
        ("kim/part1.py", "kim/part2.py", "kim/part3.py"),
        ("kim/x/a.py", "kim/y/b.py", "lee.py", "ann.py"),
        (*(f"kim/{name}/lab4.py" for name in "abcdefghij"), "ann/lab4.py", "lee/lab4.py"),
    ],
)
def test_work_in_several_folders_stays_one_students(
    gather: Callable[..., Collection], names: tuple[str, ...]
) -> None:
    """What may be one student's work is; no student can stop the batch of a class."""
    assert places(gather(*names)) == sorted({name.partition("/")[0] for name in names})


def test_folder_that_may_be_a_class_gets_a_hint(gather: Callable[..., Collection]) -> None:
    """In doubt the class goes on, and the list of skipped files says what it may be."""
    (hint,) = gather(*_FOLDERS, "solution/lab4.py").skipped

    assert hint.path == "submissions"
    assert "may be a class of 4; if it is, give its own path" in hint.reason


@pytest.mark.parametrize("source", [None, "folder"])
def test_tables_and_results_are_nobody(
    gather: Callable[..., Collection], source: str | None
) -> None:
    """A roster and the results of an earlier batch are listed as skipped, next to submissions."""
    found = gather(
        "kim.py", "lee/lab4.py", "roster.csv", "List.XLSX", "old/summary.json",
        "old/gradebook.csv", "old/reports/kim.json", source=source,
    )  # fmt: skip

    assert places(found) == ["kim.py", "lee"]
    assert {one.path for one in found.skipped} == {"roster.csv", "List.XLSX", "old"}


@pytest.mark.parametrize("names", [(), ("roster.csv",), (".DS_Store", "__MACOSX/x.py")])
def test_nothing_is_an_error_that_says_what_was_looked_for(
    gather: Callable[..., Collection], tmp_path: Path, names: tuple[str, ...]
) -> None:
    """An empty class is never a success."""
    (tmp_path / "course").mkdir()
    with pytest.raises(
        UsageError, match=r"found no submissions in .*course; looked for \.py"
    ) as it:
        gather(*names)

    assert all(name.split("/")[0] in str(it.value) for name in names)


def test_nothing_but_tables_is_an_error(tmp_path: Path) -> None:
    """Tables that are given as paths are nobody either, even if there is nothing else."""
    (tmp_path / "a.csv").write_text("id\n")

    with pytest.raises(UsageError, match="found no submissions"):
        collect([tmp_path / "a.csv"], stem="lab4", out=tmp_path / "out")


def test_class_in_another_archive_is_to_be_unpacked(tmp_path: Path) -> None:
    """A RAR with the class is not taken for a person."""
    (tmp_path / "class.rar").write_bytes(b"Rar!")

    with pytest.raises(UsageError, match="is a RAR archive, which can't be opened here; unpack it"):
        collect([tmp_path / "class.rar"], stem="lab4", out=tmp_path / "out")
