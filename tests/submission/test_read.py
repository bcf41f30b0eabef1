"""Opening a submission: one regular file of bounded size, or a reason why it can't be graded."""

import hashlib
import json
import os
import socket
import threading
import tracemalloc
from pathlib import Path

import pytest

from grader.errors import UnreadableSubmissionError, UsageError
from grader.observations.frames import encode_frame
from grader.observations.messages import CodeBlock, Load
from grader.submission import read
from grader.submission.read import Submission, parse_submission, read_submission

CELL: dict[str, object] = {
    "cell_type": "code",
    "id": "a",
    "source": "x = 1",
    "metadata": {},
    "outputs": [],
    "execution_count": None,
}
NOTEBOOK = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [CELL]}


def _notebook(source: str) -> bytes:
    content = {**NOTEBOOK, "cells": [{**CELL, "source": source}]}
    return json.dumps(content).encode()


# --- what can be read ---------------------------------------------------------------------


def test_script_is_one_code_block_without_a_label(tmp_path: Path) -> None:
    """A script is one code block, and its digest is that of the bytes on disk."""
    path = tmp_path / "lab4.py"
    path.write_bytes(b"x = 1\r\n")

    submission = read_submission(path)

    assert submission.blocks == (CodeBlock(label="", source="x = 1\n"),)
    assert (submission.name, submission.format) == ("lab4.py", "python")
    assert submission.sha256 == hashlib.sha256(b"x = 1\r\n").hexdigest()
    assert not submission.is_notebook


def test_notebook_has_a_code_block_for_each_code_cell(tmp_path: Path) -> None:
    """A file that ends in ``.ipynb`` has a code block for each code cell."""
    path = tmp_path / "lab4.ipynb"
    path.write_bytes(_notebook("x = 1"))

    submission = read_submission(path)

    assert submission.blocks == (CodeBlock(label="cell 1", source="x = 1"),)
    assert submission.format == "notebook"
    assert submission.is_notebook


@pytest.mark.parametrize(("ending", "kind"), [(".PY", "python"), (".IpyNB", "notebook")])
def test_case_of_the_ending_does_not_matter(tmp_path: Path, ending: str, kind: str) -> None:
    """The ending of a file's name may be in capitals."""
    path = tmp_path / f"LAB4{ending}"
    path.write_bytes(_notebook("x = 1") if kind == "notebook" else b"x = 1")

    submission = read_submission(path)

    assert submission.format == kind


def test_empty_file_can_be_read(tmp_path: Path) -> None:
    """An empty file is one empty code block, and no error."""
    path = tmp_path / "lab4.py"
    path.touch()

    submission = read_submission(path)

    assert submission.blocks == (CodeBlock(label="", source=""),)
    assert [note.text for note in submission.notes] == [
        "nothing is in it; save your work, and hand the file in again"
    ]


def test_checkpoint_of_jupyter_is_noted() -> None:
    """A copy that Jupyter keeps is graded, and a note says that it may be older."""
    submission = parse_submission(_notebook("x = 1"), name="lab4-checkpoint.ipynb")

    (note,) = submission.notes
    assert note.text.endswith("in .ipynb_checkpoints: it may be older than lab4.ipynb")


@pytest.mark.parametrize("name", ["lab4.py.txt", "lab4.ipynb.json"])
def test_second_ending_is_to_be_removed(tmp_path: Path, name: str) -> None:
    """A browser or editor may have added an ending: the message says the name without it."""
    path = tmp_path / name
    path.write_bytes(b"x = 1")

    with pytest.raises(UnreadableSubmissionError, match=f"; call it {path.stem}$"):
        read_submission(path)


def test_file_name_may_contain_any_character(tmp_path: Path) -> None:
    """A file name may contain newlines, quotes, a leading dash and bytes that are not UTF-8."""
    path = tmp_path / os.fsdecode(b"-a'\n\"\xff.py")
    path.write_bytes(b"x = 1")

    submission = read_submission(path)

    assert submission.name == "-a'\n\"\\udcff.py"


def test_mentions_looks_into_every_code_block() -> None:
    """A word is found in any code block."""
    blocks = (
        CodeBlock(label="cell 1", source="x = 1"),
        CodeBlock(label="cell 2", source="plt.show()"),
    )
    submission = Submission(name="a", sha256="", format="notebook", blocks=blocks)

    mentioned = submission.mentions("pylab", "plt")

    assert mentioned
    assert not submission.mentions("numpy", "torch")


# --- paths that are not a file -------------------------------------------------------------


@pytest.mark.parametrize("name", ["lab4.py", "lab4.ipynb", "lab4.txt", "lab4", "no/lab4.py"])
def test_file_that_is_not_there_is_an_error_of_use(tmp_path: Path, name: str) -> None:
    """A file that doesn't exist is a usage error, whatever its ending."""
    path = tmp_path / name

    with pytest.raises(UsageError, match="there is no file"):
        read_submission(path)


@pytest.mark.parametrize("name", ["folder", "folder.py"])
def test_folder_is_an_error_of_use(tmp_path: Path, name: str) -> None:
    """A folder is a usage error, even if its name looks like that of a file."""
    path = tmp_path / name
    path.mkdir()

    with pytest.raises(UsageError, match="is a folder"):
        read_submission(path)


@pytest.mark.parametrize("name", ["a" * 300 + ".py", "a" * 300])
def test_name_that_is_too_long_is_an_error_of_use(tmp_path: Path, name: str) -> None:
    """A file name that is too long for the system is a usage error."""
    path = tmp_path / name

    with pytest.raises(UsageError):
        read_submission(path)


def test_file_below_a_file_is_an_error_of_use(tmp_path: Path) -> None:
    """A path below a regular file is a usage error."""
    (tmp_path / "a.py").touch()

    with pytest.raises(UsageError, match="can't open"):
        read_submission(tmp_path / "a.py" / "b.py")


@pytest.mark.parametrize("name", ["lab4.txt", "lab4.py.bak", "lab4", "lab4.html", ".py"])
def test_other_endings_are_refused(tmp_path: Path, name: str) -> None:
    """A file with another ending is refused."""
    path = tmp_path / name
    path.touch()

    with pytest.raises(
        UnreadableSubmissionError, match=r"neither a \.py file nor a \.ipynb notebook"
    ):
        read_submission(path)


def test_fifo_is_refused_at_once(tmp_path: Path) -> None:
    """A named pipe is refused without waiting for a writer."""
    path = tmp_path / "lab4.py"
    os.mkfifo(path)
    raised: list[Exception] = []

    def read_it() -> None:
        try:
            read_submission(path)
        except UnreadableSubmissionError as error:
            raised.append(error)

    reader = threading.Thread(target=read_it, daemon=True)  # a failure must not be a hang
    reader.start()
    reader.join(timeout=5)

    assert [str(error) for error in raised] == ["lab4.py is not a regular file"]


def test_socket_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A socket is refused."""
    monkeypatch.chdir(tmp_path)  # the address of a socket has to be short
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("lab4.py")

        with pytest.raises(UsageError, match="can't open"):
            read_submission(Path("lab4.py"))


@pytest.mark.parametrize("target", ["secret.txt", "folder", "nowhere"])
def test_symbolic_link_is_refused(tmp_path: Path, target: str) -> None:
    """A symbolic link is refused, and the message reveals neither target nor content."""
    (tmp_path / "secret.txt").write_text("the password", encoding="utf-8")
    (tmp_path / "folder").mkdir()
    path = tmp_path / "lab4.py"
    path.symlink_to(tmp_path / target)

    with pytest.raises(UnreadableSubmissionError, match="symbolic link") as caught:
        read_submission(path)

    assert "password" not in str(caught.value)
    assert target not in str(caught.value)


# --- too much of a file -------------------------------------------------------------------


def test_file_over_the_limit_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is too large is refused, with the advice to clear a notebook's outputs."""
    monkeypatch.setattr(read, "MAX_SUBMISSION_BYTES", 2**20)
    path = tmp_path / "lab4.ipynb"
    path.write_bytes(b" " * (2**20 + 1))

    with pytest.raises(UnreadableSubmissionError, match=r"the limit is 1 MiB.*clear the notebook"):
        read_submission(path)


def test_file_of_the_largest_size_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of exactly the largest size is read."""
    monkeypatch.setattr(read, "MAX_SUBMISSION_BYTES", 100)
    path = tmp_path / "lab4.py"
    path.write_bytes(b"#" * 100)

    submission = read_submission(path)

    assert submission.blocks[0].source == "#" * 100


def test_message_gives_the_size_of_a_sparse_file(tmp_path: Path) -> None:
    """A sparse file of a terabyte is refused with its size, and without being read."""
    path = tmp_path / "lab4.py"
    with path.open("wb") as file:
        file.truncate(2**40)

    with pytest.raises(UnreadableSubmissionError, match="is 1048576 MiB"):
        read_submission(path)


def test_message_of_a_file_at_the_limit_does_not_contradict_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that is a byte too large is not said to be as large as the limit."""
    monkeypatch.setattr("grader.submission.read.MAX_SUBMISSION_BYTES", 2**20)
    path = tmp_path / "lab4.py"
    path.write_bytes(b"#" * (2**20 + 1))

    with pytest.raises(UnreadableSubmissionError, match="is a little over 1 MiB; the limit is 1"):
        read_submission(path)


@pytest.mark.parametrize("name", ["lab4.py", "lab4.ipynb"])
def test_more_source_than_anybody_writes_is_refused(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Too much source code is refused, in a script and in a notebook."""
    monkeypatch.setattr(read, "MAX_SOURCE_BYTES", 2**20)
    source = "#" * (2**20 + 1)
    data = _notebook(source) if name.endswith(".ipynb") else source.encode()

    with pytest.raises(UnreadableSubmissionError, match="more than 1 MiB of source code"):
        parse_submission(data, name=name)


def test_script_that_is_too_long_is_not_decoded() -> None:
    """An emoji makes Python use four bytes for each character of a text."""
    data = b"#" + "\U0001f600".encode() + b"a" * (read.MAX_SOURCE_BYTES + 1)
    tracemalloc.start()
    with pytest.raises(UnreadableSubmissionError, match="of source code"):
        parse_submission(data, name="lab4.py")
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak_bytes < 1_000_000


# --- what goes on into the sandbox --------------------------------------------------------


def _load(submission: Submission) -> Load:
    return Load(
        name=submission.name,
        blocks=submission.blocks,
        is_notebook=submission.is_notebook,
        parameters={},
    )


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("lab4.ipynb", _notebook("x = '\ud800'")),
        ("lab4.py", b"# coding: unicode_escape\nx = '\\ud800'\n"),
    ],
    ids=["escaped in JSON", "by a codec"],
)
def test_lone_surrogate_in_the_source_is_refused_or_sent(name: str, data: bytes) -> None:
    """A source with a lone surrogate is refused, or changed so that it can be sent."""
    try:
        submission = parse_submission(data, name=name)
    except UnreadableSubmissionError:
        return

    assert encode_frame(_load(submission))


def test_name_that_is_not_utf_8_can_be_sent(tmp_path: Path) -> None:
    """A submission whose file name is not UTF-8 can be sent to the sandbox."""
    path = tmp_path / os.fsdecode(b"l\xf6sung.py")
    path.write_bytes(b"x = 1")
    submission = read_submission(path)

    frame = encode_frame(_load(submission))

    assert frame


def test_folder_that_cannot_be_opened_is_called_a_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Windows opens no folder, and says only that permission is denied."""
    folder = tmp_path / "lab4.py"
    folder.mkdir()

    def refuse(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(UsageError, match=r"lab4\.py is a folder; name the file in it"):
        read_submission(folder)
