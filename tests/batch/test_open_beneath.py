"""Nothing below a folder is read through a link, whenever the link is made."""

import os
import socket
from pathlib import Path
from typing import IO

import lms_samples as samples
import pytest

from grader.batch import archive, open_beneath
from grader.batch.collection import Entry
from grader.batch.collectors.choose import collect
from grader.batch.open_beneath import OpenFolder, Root
from grader.batch.tree import tree_of_files, tree_of_folder
from grader.errors import UnreadableSubmissionError

OWN, SECRET = b"w = 1\n", b"the secret of somebody else\n"
FILE = "anna/work/lab4.py"
PARTS = ["anna", "anna/work", "anna/work/lab4.py"]


@pytest.fixture
def top(tmp_path: Path) -> Path:
    """Make a class with one student's file, next to a folder of the same shape with a secret."""
    for folder, content in (("class", OWN), ("elsewhere", SECRET)):
        path = tmp_path / folder / FILE
        path.parent.mkdir(parents=True)
        path.write_bytes(content)
    return tmp_path


@pytest.fixture(params=["by descriptor", "by path"])
def _each_way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run a test as on Windows too, where only paths can be opened."""
    if request.param == "by path":
        monkeypatch.setattr(open_beneath, "_CAN_DESCEND", False)


def swap(top: Path, below: str) -> None:
    """Replace a file or folder of the class by a link to the one with the secret."""
    path = top / "class" / below
    path.rename(top / "before")
    path.symlink_to(top / "elsewhere" / below)


def read(folder: Path, below: str) -> bytes:
    """Read a file below a folder."""
    with Root.at(folder).file(below) as file:
        return file.read()


def reason_of(entry: Entry) -> str:
    """Return why an entry can't be read."""
    with pytest.raises(UnreadableSubmissionError) as caught:
        entry.read()
    return str(caught.value)


@pytest.mark.usefixtures("_each_way")
def test_file_is_read(top: Path) -> None:
    """A regular file is read at any depth, also below a folder that was given as a link."""
    (top / "link").symlink_to(top / "class")

    assert read(top / "class", FILE) == OWN
    assert read(top / "link", FILE) == OWN


@pytest.mark.usefixtures("_each_way")
@pytest.mark.parametrize("below", PARTS)
def test_link_in_any_part_of_the_path_is_not_followed(top: Path, below: str) -> None:
    """A link is refused as a file and as each folder on the way to it."""
    swap(top, below)

    with pytest.raises(OSError, match="is a symbolic link now"):
        read(top / "class", FILE)


@pytest.mark.usefixtures("_each_way")
@pytest.mark.parametrize(
    "below",
    ["../elsewhere/anna/work/lab4.py", "anna/../anna/work/lab4.py", "anna//work/lab4.py", "", ".",
     "..", "anna/work/lab4.py/", "anna/./work/lab4.py", "anna/work\0/lab4.py"],
)  # fmt: skip
def test_path_must_lead_downwards(top: Path, below: str) -> None:
    """A path with "..", "." or an empty part is refused, even if it would stay in the folder."""
    with pytest.raises(OSError, match="leads out of the folder"):
        read(top / "class", below)


@pytest.mark.usefixtures("_each_way")
def test_absolute_path_is_refused(top: Path) -> None:
    """An absolute path is not taken for one below the folder, nor the other way round."""
    for below in (str(top / "elsewhere" / FILE), "/lab4.py", f"/{FILE}"):
        with pytest.raises(OSError, match="leads out of the folder"):
            read(top / "class", below)


@pytest.mark.usefixtures("_each_way")
@pytest.mark.parametrize("kind", ["pipe", "socket", "folder"])
def test_only_regular_files_are_opened(top: Path, kind: str) -> None:
    """A pipe, a socket or a folder in the place of a file is refused, without waiting."""
    path = top / "class" / FILE
    path.unlink()
    with socket.socket(socket.AF_UNIX) as bound:
        if kind == "pipe":
            os.mkfifo(path)
        elif kind == "folder":
            path.mkdir()
        else:
            before = Path.cwd()
            os.chdir(path.parent)  # as the path may be too long for the address of a socket
            bound.bind(path.name)
            os.chdir(before)

        with pytest.raises(OSError, match="is not a regular file"):
            read(top / "class", FILE)


@pytest.mark.usefixtures("_each_way")
def test_device_is_not_even_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    """A device is refused before it is opened, as opening one can already have an effect."""
    opened: list[object] = []
    real = os.open

    def spy(path: str | Path, flags: int, *, dir_fd: int | None = None) -> int:
        opened.append(path)
        return real(path, flags, dir_fd=dir_fd)

    monkeypatch.setattr(os, "open", spy)

    with pytest.raises(OSError, match="is not a regular file"):
        Root.at(Path("/dev")).file("null")
    assert "null" not in opened
    assert Path("/dev/null") not in opened


def test_file_that_is_swapped_while_it_is_opened_is_not_followed(
    top: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A link made after the last look at the file, and before it is opened, is not followed."""
    real, is_first = OpenFolder.status, [True]

    def look_then_swap(self: OpenFolder, name: str) -> os.stat_result:
        status = real(self, name)
        if is_first.pop() if is_first else False:
            swap(top, FILE)
        return status

    monkeypatch.setattr(OpenFolder, "status", look_then_swap)

    with pytest.raises(OSError, match="it is a symbolic link now"):
        read(top / "class", FILE)


@pytest.mark.parametrize("below", PARTS)
def test_submission_that_became_a_link_is_not_graded(top: Path, below: str) -> None:
    """A file or folder that is swapped for a link after collecting is not read through it."""
    (entry,) = collect([top / "class"], stem="lab4", out=top / "out").entries
    swap(top, below)

    reason = reason_of(entry)

    assert "lab4.py can't be read:" in reason
    assert "symbolic link now" in reason
    assert "elsewhere" not in reason
    assert SECRET.decode().strip() not in reason


def test_given_folder_that_became_a_link_is_not_followed(top: Path) -> None:
    """The given folder may be a link when it is given, but not become one afterwards."""
    (entry,) = collect([top / "class" / "anna"], stem="lab4", out=top / "out").entries
    (named,) = tree_of_files([top / "class" / FILE]).files
    swap(top, "anna/work")

    assert "symbolic link now" in reason_of(entry)
    with pytest.raises(UnreadableSubmissionError, match="symbolic link now"):
        named.read()


@pytest.mark.parametrize("below", ["anna", "anna/work"])
def test_folder_that_becomes_a_link_during_the_walk_is_not_listed(
    top: Path, below: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder that is swapped for a link before it is listed has a row that says so."""
    (top / "class" / "ben").mkdir()
    real = OpenFolder.folder

    def swap_then_open(self: OpenFolder, name: str) -> OpenFolder:
        if name == Path(below).name and not (top / "class" / below).is_symlink():
            swap(top, below)
        return real(self, name)

    monkeypatch.setattr(OpenFolder, "folder", swap_then_open)

    anna, _ = collect([top / "class"], stem="lab4", out=top / "out").entries

    assert anna.place == "anna"
    assert reason_of(anna).endswith("is a symbolic link now")


@pytest.mark.skipif(not open_beneath._CAN_DESCEND, reason="folders can't be opened on Windows")
def test_walk_stays_in_a_folder_that_is_moved(top: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once a folder is open, what takes its place is not what is listed."""
    (top / "class" / "ben").mkdir()
    (top / "elsewhere" / "anna" / "work" / "secret.py").write_bytes(SECRET)
    real = OpenFolder.folder

    def open_then_swap(self: OpenFolder, name: str) -> OpenFolder:
        opened = real(self, name)
        if name == "work" and not (top / "class" / "anna").is_symlink():
            swap(top, "anna")
        return opened

    monkeypatch.setattr(OpenFolder, "folder", open_then_swap)

    tree = tree_of_folder(top / "class")

    assert [file.path for file in tree.files] == [FILE]


def test_archive_is_opened_once(top: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is checked and what is read of a given archive are the same open file."""
    path = top / "class.zip"
    path.write_bytes(samples.zipped({"anna/lab4.py": OWN}))
    (top / "elsewhere.zip").write_bytes(samples.zipped({"anna/lab4.py": SECRET}))
    real = archive._check_end

    def check_then_swap(file: IO[bytes], limits: archive.ArchiveLimits) -> None:
        real(file, limits)
        path.unlink()
        path.symlink_to(top / "elsewhere.zip")

    monkeypatch.setattr(archive, "_check_end", check_then_swap)

    (file,) = archive.tree_of_archive(path).files

    assert file.read() == OWN


def test_name_of_what_a_link_leads_to_is_not_shown(top: Path) -> None:
    """A given link is listed under its own name."""
    (top / "section").symlink_to(top / "elsewhere")
    (top / "other").mkdir()

    found = collect([top / "section", top / "other"], stem="lab4", out=top / "out")

    assert [entry.place for entry in found.entries] == ["section/anna"]
