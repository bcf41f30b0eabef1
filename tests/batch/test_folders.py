"""What counts as a submission in a folder of files or of folders."""

import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.batch.collection import Collection, Entry
from grader.batch.collectors.choose import collect as collect_from
from grader.batch.open_beneath import OpenFolder, Root
from grader.batch.tree import tree_of_folder
from grader.errors import UnreadableSubmissionError, UsageError
from grader.report.collector_name import CollectorName

SOURCE = "def mse(y_hat, y): return ((y_hat - y) ** 2).mean()\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Make an empty folder for submissions."""
    path = tmp_path / "submissions"
    path.mkdir()
    return path


@pytest.fixture
def collect(folder: Path) -> Callable[..., Collection]:
    """Return a function that collects from the folder, or from other paths."""

    def run(*paths: Path) -> Collection:
        return collect_from(
            paths or (folder,), stem="lab4", out=folder / "results", source=CollectorName.FOLDER
        )

    return run


def put(path: Path, content: str = SOURCE) -> Path:
    """Write a file, and the folders that contain it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
    return path


def by_place(collection: Collection) -> dict[str, Entry]:
    """Map each place to its entry."""
    return {entry.place: entry for entry in collection.entries}


def test_each_file_is_a_submission(folder: Path, collect: Callable[..., Collection]) -> None:
    """Each file is a submission, and its name without the ending identifies the student."""
    put(folder / "anna.py")
    put(folder / "ben.ipynb", "{}")

    found = by_place(collect())

    assert {place: entry.owners for place, entry in found.items()} == {
        "anna.py": ("anna",),
        "ben.ipynb": ("ben",),
    }
    assert found["anna.py"].read() == SOURCE.encode()


def test_each_folder_is_one_students(folder: Path, collect: Callable[..., Collection]) -> None:
    """Each folder is one student's, at whatever depth the file is in it."""
    put(folder / "anna" / "deep" / "solution.py")

    entry = by_place(collect())["anna"]

    assert (entry.owners, entry.file, entry.notes) == (("anna",), "solution.py", ())


def test_file_with_the_expected_name_is_graded(
    folder: Path, collect: Callable[..., Collection]
) -> None:
    """Of several files the one with the expected name is graded, and a note says so."""
    put(folder / "anna" / "lab4.py")
    os.utime(put(folder / "anna" / "helper.py"), (2e9, 2e9))
    put(folder / "anna" / "plot.png", "x")

    entry = by_place(collect())["anna"]

    assert entry.file == "lab4.py"
    assert entry.notes == ("lab4.py was graded, chosen from 2 files that can be graded",)


def test_of_files_with_other_names_the_newest_is_graded(
    folder: Path, collect: Callable[..., Collection]
) -> None:
    """If no file has the expected name, the newest is graded."""
    os.utime(put(folder / "anna" / "first.py"), (1e9, 1e9))
    os.utime(put(folder / "anna" / "a_second.py"), (2e9, 2e9))

    assert by_place(collect())["anna"].file == "a_second.py"


@pytest.mark.parametrize("name", ["notes.pdf", "lab4.txt", "README"])
def test_file_of_another_kind_gets_a_report(
    folder: Path, collect: Callable[..., Collection], name: str
) -> None:
    """A file that can't be graded has an entry that gives the reason, as a student handed it in."""
    put(folder / name)

    with pytest.raises(UnreadableSubmissionError, match=r"neither a \.py"):
        by_place(collect())[name].read()


def test_zip_among_files_is_opened(folder: Path, collect: Callable[..., Collection]) -> None:
    """A zip next to other files is one student's, and a file inside it is graded."""
    put(folder / "ben.py")
    with zipfile.ZipFile(folder / "anna.zip", "w") as archive:
        archive.writestr("work/lab4.py", SOURCE)

    entry = by_place(collect())["anna.zip"]

    assert (entry.file, entry.owners, entry.read()) == ("lab4.py", ("anna",), SOURCE.encode())


def test_folder_without_a_solution_gets_a_report(
    folder: Path, collect: Callable[..., Collection]
) -> None:
    """A folder without a gradable file has an entry whose reason says what is missing."""
    put(folder / "anna" / "notes.pdf")

    with pytest.raises(UnreadableSubmissionError, match=r"no \.py file"):
        by_place(collect())["anna"].read()


def test_junk_is_skipped_and_listed(folder: Path, collect: Callable[..., Collection]) -> None:
    """Files that systems and editors leave behind are not entries; those at the top are listed."""
    for name in (".DS_Store", "Thumbs.db", "lab4.py~"):
        put(folder / name)
    put(folder / "__MACOSX" / "lab4.py")
    put(folder / "anna" / "__pycache__" / "lab4.pyc")
    put(folder / "anna" / ".ipynb_checkpoints" / "lab4-checkpoint.ipynb")
    put(folder / "anna" / "lab4.py")

    collection = collect()

    assert [entry.place for entry in collection.entries] == ["anna"]
    assert collection.entries[0].notes == ()
    assert [one.path for one in collection.skipped] == [
        ".DS_Store",
        "Thumbs.db",
        "__MACOSX",
        "lab4.py~",
    ]


def test_results_are_not_submissions(folder: Path, collect: Callable[..., Collection]) -> None:
    """A folder for results inside the folder of submissions is left out."""
    put(folder / "results" / "reports" / "x.py")
    put(folder / "anna.py")

    assert list(by_place(collect())) == ["anna.py"]


def test_links_and_pipes_get_a_report_and_are_never_followed(
    folder: Path, collect: Callable[..., Collection], tmp_path: Path
) -> None:
    """Links and pipes have entries, but are not read, since a link may lead to anything."""
    secret = put(tmp_path / "secret.py")
    (folder / "link.py").symlink_to(secret)
    (folder / "folder").symlink_to(tmp_path)
    (folder / "anna").mkdir()
    (folder / "anna" / "lab4.py").symlink_to(secret)
    os.mkfifo(folder / "pipe.py")

    found = by_place(collect())

    assert sorted(found) == ["anna", "folder", "link.py", "pipe.py"]
    for entry in found.values():
        with pytest.raises(UnreadableSubmissionError):
            entry.read()


def test_file_that_is_deleted_before_it_is_read_gets_a_report(
    folder: Path, collect: Callable[..., Collection]
) -> None:
    """A file that is deleted after collecting is unreadable, and does not end the batch."""
    path = put(folder / "anna.py")
    collection = collect()
    path.unlink()

    with pytest.raises(UnreadableSubmissionError, match="No such file"):
        collection.entries[0].read()


def test_disk_error_affects_one_file_only(
    folder: Path, collect: Callable[..., Collection], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk error makes one submission unreadable, and does not end the batch."""
    put(folder / "anna.py")

    def fail(_root: Root, _below: str) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(Root, "file", fail)

    with pytest.raises(UnreadableSubmissionError, match="can't be read: Input/output error"):
        collect().entries[0].read()


def test_odd_names_are_collected(folder: Path, collect: Callable[..., Collection]) -> None:
    """File names with newlines, emoji, invalid UTF-8 or 255 bytes are collected."""
    names = [
        b"new\nline.py",
        "😀.py".encode(),
        b"-rf.py",
        b"=1+1.py",
        b"\xff\xfe.py",
        b"a" * 252 + b".py",
    ]
    for name in names:
        put(folder / os.fsdecode(name))

    collection = collect()

    assert len(collection.entries) == len(names)
    for entry in collection.entries:
        assert entry.read() == SOURCE.encode()
        entry.place.encode("utf-8")


def test_several_folders_are_one_class(tmp_path: Path, collect: Callable[..., Collection]) -> None:
    """Files with the same name, in folders with the same name, have different places."""
    first, second = put(tmp_path / "a" / "lab" / "x.py"), put(tmp_path / "b" / "lab" / "x.py")

    collection = collect(first.parent, second.parent)

    assert len({entry.place for entry in collection.entries}) == 2


def test_file_can_be_named_by_itself(folder: Path, collect: Callable[..., Collection]) -> None:
    """Single files can be given, also several with the same name."""
    first, second = put(folder / "a" / "x.py"), put(folder / "b" / "x.py")

    assert [entry.place for entry in collect(first).entries] == ["x.py"]
    assert len({entry.place for entry in collect(first, second).entries}) == 2


def test_missing_folder_is_refused(tmp_path: Path, collect: Callable[..., Collection]) -> None:
    """A path that does not exist is refused while collecting, before anything is graded."""
    with pytest.raises(UsageError, match="no file or folder"):
        collect(tmp_path / "none")


def test_folder_with_too_many_files_costs_its_student_only(
    folder: Path, collect: Callable[..., Collection], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A student's folder with too many files has a row that says so, and the others are graded."""
    monkeypatch.setattr("grader.batch.tree._MAX_OF_ONE", 20)
    put(folder / "anna" / "lab4.py")
    for number in range(5):
        for file in range(5):
            put(folder / "ben" / f"data{number}" / f"{file}.py")
    put(folder / "cy" / "lab4.py")

    anna, ben, cy = collect().entries

    assert (anna.read(), cy.read()) == (SOURCE.encode(), SOURCE.encode())
    with pytest.raises(UnreadableSubmissionError) as caught:
        ben.read()
    assert str(caught.value) == (
        "ben can't be read: it contains more than 20 files and folders, which is the limit"
    )


def test_class_with_too_many_files_is_refused(folder: Path) -> None:
    """If there is more than can be listed, nobody is left out silently."""
    for number in range(10):
        put(folder / f"{number}" / "lab4.py")

    assert len(tree_of_folder(folder, limit=20).files) == 10
    with pytest.raises(UsageError, match="more than 19 files and folders, which is the limit"):
        tree_of_folder(folder, limit=19)


def test_limit_of_a_student_is_not_that_of_the_class(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder that contains the whole class may have more files than one student's."""
    monkeypatch.setattr("grader.batch.tree._MAX_OF_ONE", 5)
    for number in range(10):
        put(folder / "export" / "files" / f"{number}" / "lab4.py")

    assert len(tree_of_folder(folder).files) == 10


def test_folders_nested_too_deeply_have_a_row(
    folder: Path, collect: Callable[..., Collection], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Folders below the limit of the depth are not listed, and the reason names the limit."""
    monkeypatch.setattr("grader.batch.tree._MAX_DEPTH", 2)
    put(folder / "anna" / "a" / "lab4.py")
    put(folder / "ben" / "a" / "b" / "lab4.py")

    anna, ben = collect().entries

    assert anna.read() == SOURCE.encode()
    with pytest.raises(UnreadableSubmissionError, match=r"more than 2 folders deep.* the limit"):
        ben.read()


def test_folder_that_cannot_be_listed_has_a_row(
    folder: Path, collect: Callable[..., Collection], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder that can't be listed is not called empty; a part of one is noted."""
    put(folder / "anna" / "lab4.py")
    put(folder / "ben" / "lab4.py")
    put(folder / "ben" / "locked" / "lab4.py")
    real = OpenFolder.folder

    def refuse(self: OpenFolder, name: str) -> OpenFolder:
        if name in ("anna", "locked"):
            raise PermissionError(13, "Permission denied")
        return real(self, name)

    monkeypatch.setattr(OpenFolder, "folder", refuse)

    collection = collect()

    anna, ben = collection.entries
    with pytest.raises(UnreadableSubmissionError, match=r"^anna can't be read: Permission denied$"):
        anna.read()
    assert ben.read() == SOURCE.encode()
    assert ben.notes == ("the folder locked can't be read: Permission denied",)
    assert [one.path for one in collection.skipped] == ["anna", "ben/locked"]


def test_walk_takes_time_in_proportion_to_the_files(folder: Path) -> None:
    """The number of folders that are opened grows with the tree, and not with its square."""

    def count_openings(students: int) -> int:
        for number in range(students):
            put(folder / f"{students}" / f"{number}" / "a" / "b" / "lab4.py")
        with pytest.MonkeyPatch.context() as patch:
            names: list[str] = []
            real = OpenFolder.folder

            def count(self: OpenFolder, name: str) -> OpenFolder:
                names.append(name)
                return real(self, name)

            patch.setattr(OpenFolder, "folder", count)
            tree_of_folder(folder / f"{students}")
        return len(names)

    assert count_openings(80) <= 4.5 * count_openings(20)


def test_student_with_many_unreadable_files_does_not_fill_the_class_page(
    folder: Path, collect: Callable[..., Collection], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some of the links in one folder are listed, and how many more there are."""
    monkeypatch.setattr("grader.batch.tree._MAX_SKIPPED", 3)
    put(folder / "anna" / "lab4.py")
    (folder / "ben").mkdir()
    for number in range(10):
        (folder / "ben" / f"{number}.py").symlink_to("nowhere")

    found = collect().skipped

    assert [one.path for one in found] == ["ben/0.py", "ben/1.py", "ben/2.py", "ben"]
    assert found[-1].reason == "7 more files in it can't be read"
