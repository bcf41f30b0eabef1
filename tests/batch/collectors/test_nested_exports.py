"""Exports that lie among other things, and classes that only look as if they did."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import lms_samples as samples
import pytest

from grader.batch.collection import Collection
from grader.batch.collectors.choose import collect
from grader.errors import UsageError

MAKERS = samples.MAKERS


def gather(*paths: Path, source: str | None = None) -> Collection:
    """Collect as `grader batch` does."""
    return collect(list(paths), stem="lab4", out=paths[0].parent / "out", source=source)


def systems(collection: Collection) -> Counter[str]:
    """Count the entries of each system."""
    return Counter(entry.origin.system for entry in collection.entries)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a folder for a class."""
    return tmp_path / "class"


@pytest.fixture
def put(folder: Path) -> Callable[..., Path]:
    """Write files of these paths, which hold their own path."""

    def run(*names: str) -> Path:
        samples.write(folder, {name: name.encode() for name in names})
        return folder

    return run


@pytest.mark.parametrize("named", [False, True])
@pytest.mark.parametrize("kind", ["", ".zip"])
@pytest.mark.parametrize("system", MAKERS)
def test_export_beside_something_else_is_collected(
    folder: Path, system: str, kind: str, *, named: bool
) -> None:
    """A gradebook, with the export as a zip or unpacked; also where its system is named."""
    truth = MAKERS[system](folder / f"export{kind}")
    (folder / "grades.csv").write_text("Student,ID")

    collection = gather(folder, source=system if named else None)

    assert systems(collection) == {system: len(truth)}
    assert "grades.csv" in {one.path for one in collection.skipped}
    alone = gather(folder / f"export{kind}")
    assert [one.place for one in collection.entries] == [one.place for one in alone.entries]


@pytest.mark.parametrize("kind", ["", ".zip"])
@pytest.mark.parametrize("system", MAKERS)
def test_several_exports_side_by_side_are_one_class(folder: Path, system: str, kind: str) -> None:
    """Each has a place of its own, which says in which it was."""
    for section in "ab":
        count = len(MAKERS[system](folder / f"section {section}{kind}"))
    if system == "github-classroom":  # two clones of an account are two parts of its work
        samples.make_github(folder / f"section b{kind}", assignment="b-")

    collection = gather(folder)

    assert systems(collection) == {system: 2 * count} or system == "github-classroom"
    places = {entry.place for entry in collection.entries}
    assert len(places) == len(collection.entries)


@pytest.mark.parametrize("top", ["", "all/"])
def test_archive_with_several_exports_is_looked_into(tmp_path: Path, top: str) -> None:
    """As when all downloads were zipped together."""
    for part in "ab":
        samples.make_gradescope(tmp_path / f"{part}.zip")
    parts = {f"{top}{one}.zip": (tmp_path / f"{one}.zip").read_bytes() for one in "ab"}
    samples.write(tmp_path / "both.zip", parts)

    collection = gather(tmp_path / "both.zip")

    assert set(systems(collection)) == {"gradescope"}
    assert {one.place.split("/")[0] for one in collection.entries} == {"a.zip", "b.zip"}


def test_export_further_down_is_found(folder: Path) -> None:
    """Below folders that hold others too."""
    count = len(samples.make_moodle(folder / "2024" / "lab 4" / "export"))
    samples.write(folder, {"readme.txt": b"", "2024/notes.txt": b"", "2024/lab 4/grades.csv": b""})

    collection = gather(folder)

    assert systems(collection) == {"moodle": count}
    assert {one.path for one in collection.skipped} == {
        "readme.txt", "2024/notes.txt", "2024/lab 4/grades.csv",
    }  # fmt: skip


def test_work_beside_exports_is_collected_too(folder: Path) -> None:
    """If it is less than there are exports: nobody must be lost."""
    samples.make_moodle(folder / "a")
    samples.make_moodle(folder / "b.zip")
    samples.write(folder, {"late/lab4.py": b"late"})

    collection = gather(folder)

    assert systems(collection) == {"moodle": 72, "": 1}
    assert [one.read() for one in collection.entries if one.place == "late"] == [b"late"]


def test_student_who_hands_in_what_looks_like_an_export_is_one_of_a_class(folder: Path) -> None:
    """Nobody else is lost by it; it is said what it might be."""
    samples.make_moodle(folder / "mallory")
    samples.write(folder, {"anna/lab4.py": b"", "ben/lab4.py": b"", "cy.zip": b""})

    collection = gather(folder)

    assert {one.place for one in collection.entries} == {"mallory", "anna", "ben", "cy.zip"}
    assert [one.path for one in collection.skipped] == ["mallory"]


@pytest.mark.parametrize(
    "inside",
    [
        "doejane_4100_880100_lab4.py",
        "Jane Doe_1_assignsubmission_file/lab4.py",
        "submission_1/lab4.py",
        "my-lab4/.git/HEAD",
    ],
)
def test_folder_for_each_student_stays_one(put: Callable[..., Path], inside: str) -> None:
    """Whatever shape each hands in: downloaded files, numbered attempts, a clone."""
    path = put(*(f"{name}/{inside}" for name in ("anna", "ben", "cy")), "grades.csv")

    assert {one.place for one in gather(path).entries} == {"anna", "ben", "cy", "grades.csv"}


def test_parts_of_work_in_several_clones_stay_one_students(put: Callable[..., Path]) -> None:
    """And so do numbered attempts."""
    path = put(
        *(f"{name}/lab4-{part}/.git/HEAD" for name in ("anna", "ben") for part in "ab"),
        *(f"{name}/submission_{part}/lab4.py" for name in ("cy", "di") for part in "12"),
    )

    assert {one.place for one in gather(path).entries} == {"anna", "ben", "cy", "di"}


def test_archives_of_students_in_a_folder_stay_theirs(folder: Path) -> None:
    """However their work is called inside."""
    work = samples.zipped({"doejane_4100_880100_lab4.py": b"x"})
    samples.write(folder, {"anna.zip": work, "ben.zip": work, "grades.csv": b""})

    places = {one.place for one in gather(folder).entries}

    assert places == {"anna.zip", "ben.zip", "grades.csv"}


def test_broken_metadata_of_a_student_does_not_stop_a_class(put: Callable[..., Path]) -> None:
    """It is told; where it was the export that was named, that is what is wrong."""
    path = put("anna/lab4.py")
    broken = {"mallory/submission_metadata.yml": b"a: [", "mallory/submission_1/lab4.py": b""}
    samples.write(path, broken)

    assert {one.place for one in gather(path).entries} == {"anna", "mallory"}
    with pytest.raises(UsageError, match="YAML"):
        gather(path / "mallory")


def test_what_may_be_an_export_is_said_one_level_down(put: Callable[..., Path]) -> None:
    """With what to do if it is one."""
    path = put("submissions/doe_1_12_a.py", "submissions/roe_2_13_a.py", "gradebook.csv")

    found = gather(path).skipped
    named = gather(path, source="canvas")

    assert [(one.path, "--from canvas" in one.reason) for one in found] == [("submissions", True)]
    assert [one.origin.key for one in named.entries] == ["1", "2"]


@pytest.mark.parametrize("make", [samples.make_canvas, samples.make_plain])
def test_table_that_is_named_beside_an_archive_changes_nothing(
    tmp_path: Path, make: Callable[[Path], object]
) -> None:
    """It is skipped, and the archive is a class's still."""
    make(tmp_path / "one.zip")
    (tmp_path / "gradebook.csv").write_text("Student,ID")

    collection = gather(tmp_path / "one.zip", tmp_path / "gradebook.csv")

    alone = gather(tmp_path / "one.zip")
    assert [one.place for one in collection.entries] == [one.place for one in alone.entries]
    assert "gradebook.csv" in {one.path for one in collection.skipped}


def test_export_of_one_is_known_beside_what_can_not_be_graded(tmp_path: Path) -> None:
    """Among work that can be, it would be a student's own."""
    name = "Jane Doe_1_assignsubmission_file/lab4.py"
    samples.write(tmp_path, {"one.zip": samples.zipped({name: b""}), "notes.txt": b""})

    collection = gather(tmp_path / "one.zip", tmp_path / "notes.txt")

    assert systems(collection) == {"moodle": 1, "": 1}
