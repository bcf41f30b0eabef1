"""Opens a submission safely and hands it to the reader of its format."""

import hashlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from grader.errors import UnreadableSubmissionError, UsageError
from grader.observations.messages import CodeBlock, Note

MAX_SUBMISSION_BYTES = 64 * 1024 * 1024
MAX_SOURCE_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """A submission as read: its pieces of source, and what was noticed while reading.

    ``format`` is ``python`` or ``notebook``; ``sha256`` is of the file's bytes.
    """

    name: str
    sha256: str
    format: str
    blocks: tuple[CodeBlock, ...]
    notes: tuple[Note, ...] = ()

    @property
    def is_notebook(self) -> bool:
        """Tell whether the blocks are the cells of a notebook."""
        return self.format == "notebook"

    def mentions(self, *words: str) -> bool:
        """Tell whether one of the words stands anywhere in the source."""
        return any(word in block.source for block in self.blocks for word in words)


def read_submission(path: Path) -> Submission:
    """Read a submission from disk.

    Raises:
        UsageError: there is no such file, or it isn't a file.
        UnreadableSubmissionError: it is a file, but not one that can be graded.
    """
    data = read_bytes(path)
    return parse_submission(data, name=path.name)


def parse_submission(data: bytes, *, name: str) -> Submission:
    """Take a submission's bytes apart into blocks, by the ending of its name.

    Raises:
        UnreadableSubmissionError: the bytes are no such file, or too much of one.
    """
    name = name.encode("utf-8", "backslashreplace").decode()  # names are bytes, and may be no text
    is_notebook = name.lower().endswith(".ipynb")
    if is_notebook:
        from grader.submission.notebook import read_notebook

        blocks, notes = read_notebook(data)
    else:
        from grader.submission.python_file import read_python

        source = read_python(data).encode("utf-8", "replace").decode()  # no lone surrogates
        blocks, notes = (CodeBlock(label="", source=source),), ()
    if sum(len(block.source) for block in blocks) > MAX_SOURCE_BYTES:
        raise UnreadableSubmissionError(
            f"more than {MAX_SOURCE_BYTES // 2**20} MiB of source code: this isn't a solution"
        )
    return Submission(
        name=name,
        sha256=hashlib.sha256(data).hexdigest(),
        format="notebook" if is_notebook else "python",
        blocks=blocks,
        notes=notes,
    )


def read_bytes(path: Path) -> bytes:
    """Read a regular file of bounded size, opened once; a link is not followed.

    Raises:
        UsageError: there is no such file, or it isn't a file.
        UnreadableSubmissionError: it is one that can't be graded.
    """
    if path.suffix.lower() not in (".py", ".ipynb") and os.path.isfile(path):  # noqa: PTH113 - never raises
        raise UnreadableSubmissionError(f"{path.name} is neither a .py file nor a .ipynb notebook")
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError as error:
        raise UsageError(f"there is no file {path}") from error
    except OSError as error:
        if os.path.islink(path):  # noqa: PTH114 - as above
            raise UnreadableSubmissionError(
                f"{path.name} is a symbolic link; hand in the file itself"
            ) from error
        raise UsageError(f"can't open {path}: {error.strerror}") from error
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        os.close(descriptor)
        if stat.S_ISDIR(status.st_mode):
            raise UsageError(f"{path} is a folder; name the file in it that is to be graded")
        raise UnreadableSubmissionError(f"{path.name} is not a regular file")
    with os.fdopen(descriptor, "rb") as file:
        data = file.read(MAX_SUBMISSION_BYTES + 1)
    if len(data) > MAX_SUBMISSION_BYTES:
        size_mib = max(status.st_size, len(data)) / 2**20
        raise UnreadableSubmissionError(
            f"{path.name} has {size_mib:.0f} MiB; the limit is {MAX_SUBMISSION_BYTES // 2**20} MiB"
            " (clear the notebook's outputs before handing it in)"
        )
    return data
