"""Exports next to other files, and classes that only resemble exports."""

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
    """Collect from paths, as `grader batch` does."""
    return collect(list(paths), stem="lab4", out=paths[0].parent / "out", source=source)


def systems(collection: Collection) -> Counter[str]:
    """Count the entries of each system."""
    return Counter(entry.origin.system for entry in collection.entries)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a path for the folder of a class."""
    return tmp_path / "class"


@pytest.fixture
def put(folder: Path) -> Callable[..., Path]:
    """Return a function that writes files with these paths, which contain their path."""

    def run(*names: str) -> Path:
        samples.write(folder, {name: name.encode() for name in names})
        return folder

    return run


@pytest.mark.parametrize("named", [False, True])
@pytest.mark.parametrize("kind", ["", ".zip"])
@pytest.mark.parametrize("system", MAKERS)
def test_export_next_to_a_gradebook_is_collected(
    folder: Path, system: str, kind: str, *, named: bool
) -> None:
    """An export next to a gradebook is collected as if it were alone, and the table is listed."""
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
    """Exports side by side are one class, with a unique place for every submission."""
    count = len(MAKERS[system](folder / f"section a{kind}"))
    MAKERS[system](folder / f"section b{kind}")
    if system == "github-classroom":  # or two clones of each account would be parts of its work
        samples.make_github(folder / f"section b{kind}", assignment="b-")

    collection = gather(folder)

    assert systems(collection) == {system: 2 * count} or system == "github-classroom"
    places = {entry.place for entry in collection.entries}
    assert len(places) == len(collection.entries)


@pytest.mark.parametrize("top", ["", "all/"])
def test_archive_with_several_exports_is_opened(tmp_path: Path, top: str) -> None:
    """A zip that contains several exports is one class."""
    for part in "ab":
        samples.make_gradescope(tmp_path / f"{part}.zip")
    parts = {f"{top}{one}.zip": (tmp_path / f"{one}.zip").read_bytes() for one in "ab"}
    samples.write(tmp_path / "both.zip", parts)

    collection = gather(tmp_path / "both.zip")

    assert set(systems(collection)) == {"gradescope"}
    assert {one.place.split("/")[0] for one in collection.entries} == {"a.zip", "b.zip"}


def test_export_further_down_is_found(folder: Path) -> None:
    """An export is found in nested folders that contain other files too."""
    count = len(samples.make_moodle(folder / "2024" / "lab 4" / "export"))
    samples.write(folder, {"readme.txt": b"", "2024/notes.txt": b"", "2024/lab 4/grades.csv": b""})

    collection = gather(folder)

    assert systems(collection) == {"moodle": count}
    assert {one.path for one in collection.skipped} == {
        "readme.txt", "2024/notes.txt", "2024/lab 4/grades.csv",
    }  # fmt: skip


def test_work_next_to_exports_is_collected_too(folder: Path) -> None:
    """Other work next to more exports is collected as well, so nobody is lost."""
    samples.make_moodle(folder / "a")
    samples.make_moodle(folder / "b.zip")
    samples.write(folder, {"late/lab4.py": b"late"})

    collection = gather(folder)

    assert systems(collection) == {"moodle": 72, "": 1}
    assert [one.read() for one in collection.entries if one.place == "late"] == [b"late"]


def test_work_of_a_student_that_looks_like_an_export_is_one_submission(folder: Path) -> None:
    """One student's work that looks like an export stays one submission, with a hint."""
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
    """A folder for each student stays one submission, whatever export it looks like inside."""
    path = put(*(f"{name}/{inside}" for name in ("anna", "ben", "cy")), "grades.csv")

    assert {one.place for one in gather(path).entries} == {"anna", "ben", "cy"}


def test_parts_of_work_in_several_clones_stay_one_students(put: Callable[..., Path]) -> None:
    """Several clones or numbered folders in a student's folder stay one submission."""
    path = put(
        *(f"{name}/lab4-{part}/.git/HEAD" for name in ("anna", "ben") for part in "ab"),
        *(f"{name}/submission_{part}/lab4.py" for name in ("cy", "di") for part in "12"),
    )

    assert {one.place for one in gather(path).entries} == {"anna", "ben", "cy", "di"}


def test_archives_of_students_in_a_folder_stay_theirs(folder: Path) -> None:
    """Students' zips stay one submission each, whatever the names inside look like."""
    work = samples.zipped({"doejane_4100_880100_lab4.py": b"x"})
    samples.write(folder, {"anna.zip": work, "ben.zip": work, "grades.csv": b""})

    places = {one.place for one in gather(folder).entries}

    assert places == {"anna.zip", "ben.zip"}


def test_broken_metadata_of_a_student_does_not_stop_a_class(put: Callable[..., Path]) -> None:
    """Broken metadata stops the batch only if the export itself was given."""
    path = put("anna/lab4.py")
    broken = {"mallory/submission_metadata.yml": b"a: [", "mallory/submission_1/lab4.py": b""}
    samples.write(path, broken)

    assert {one.place for one in gather(path).entries} == {"anna", "mallory"}
    with pytest.raises(UsageError, match="YAML"):
        gather(path / "mallory")


def test_possible_export_in_a_folder_gets_a_hint(put: Callable[..., Path]) -> None:
    """A folder that may be a Canvas export is listed with a hint at --from canvas."""
    path = put("submissions/doe_1_12_a.py", "submissions/roe_2_13_a.py", "gradebook.csv")

    found = gather(path).skipped
    named = gather(path, source="canvas")

    assert [(one.path, "--from canvas" in one.reason) for one in found] == [
        ("submissions", True),
        ("gradebook.csv", False),
    ]
    assert [one.origin.key for one in named.entries] == ["1", "2"]


@pytest.mark.parametrize("make", [samples.make_canvas, samples.make_plain])
def test_table_that_is_given_with_an_archive_changes_nothing(
    tmp_path: Path, make: Callable[[Path], object]
) -> None:
    """A table given with a zip is skipped, and the zip is still that of a class."""
    make(tmp_path / "one.zip")
    (tmp_path / "gradebook.csv").write_text("Student,ID")

    collection = gather(tmp_path / "one.zip", tmp_path / "gradebook.csv")

    alone = gather(tmp_path / "one.zip")
    assert [one.place for one in collection.entries] == [one.place for one in alone.entries]
    assert "gradebook.csv" in {one.path for one in collection.skipped}


def test_export_of_one_is_recognised_next_to_a_file_that_can_not_be_graded(tmp_path: Path) -> None:
    """A zip with one submission is an export if nothing next to it can be graded."""
    name = "Jane Doe_1_assignsubmission_file/lab4.py"
    samples.write(tmp_path, {"one.zip": samples.zipped({name: b""}), "notes.txt": b""})

    collection = gather(tmp_path / "one.zip", tmp_path / "notes.txt")

    assert systems(collection) == {"moodle": 1, "": 1}
