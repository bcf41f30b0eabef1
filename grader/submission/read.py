"""Opens a submission safely, and splits it into code blocks."""

import errno
import hashlib
import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from grader.errors import UnreadableSubmissionError, UsageError
from grader.observations.messages import CodeBlock, Note
from grader.submission.file_kind import describe_copy, refuse_other_kinds
from grader.submission.source_size import check_source_size
from grader.system.opening import open_to_read

MAX_SUBMISSION_BYTES = 64 * 1024 * 1024
MAX_SOURCE_BYTES = 4 * 1024 * 1024
_ENDINGS = (".py", ".ipynb")
_EMPTY = "nothing is in it; save your work, and hand the file in again"


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """A submission as read.

    Attributes:
        name: The name of the file, without its folder.
        sha256: The digest of the file's bytes, in hexadecimal.
        format: ``python`` or ``notebook``.
        blocks: Its code blocks, in order.
        notes: What was noticed while reading it.
        text_cells: What the text cells of a notebook define, which never runs.
        modules: The module of each code block, if it consists of several files; empty if all blocks
            are one module.
        extra: How many of the last modules were not asked for: they run only if they are imported.
        notebook: The bytes of a notebook, of which a person marks some cells; empty for a script.
    """

    name: str
    sha256: str
    format: str
    blocks: tuple[CodeBlock, ...]
    notes: tuple[Note, ...] = ()
    text_cells: tuple[CodeBlock, ...] = ()
    modules: tuple[str, ...] = ()
    extra: int = 0
    notebook: bytes = field(default=b"", repr=False)

    @property
    def is_notebook(self) -> bool:
        """Whether the code blocks are the cells of a notebook."""
        return self.format == "notebook"

    def mentions(self, *words: str) -> bool:
        """Return whether any of the words appears anywhere in the source."""
        return any(word in block.source for block in self.blocks for word in words)


def read_submission(path: Path) -> Submission:
    """Read a submission from disk.

    Raises:
        UsageError: The path doesn't exist or is not a file.
        UnreadableSubmissionError: The file can't be graded.
    """
    data = read_bytes(path)
    return parse_submission(data, name=path.name)


def parse_submission(data: bytes, *, name: str, files: Sequence[str] = ()) -> Submission:
    """Split the bytes of a submission into code blocks; the ending of its name gives the format.

    Args:
        data: The bytes of the file.
        name: The name of the file.
        files: The names of all files that are asked for, if these may be several.

    Raises:
        UnreadableSubmissionError: The bytes are not valid in this format, or the source is too
            large.
    """
    name = name.encode("utf-8", "backslashreplace").decode()  # a file name may be any bytes
    if files:
        from grader.submission.hand_in import is_packed

        if is_packed(data):
            return _parse_several(data, name=name, files=files)
    is_notebook = name.lower().endswith(".ipynb")
    refuse_other_kinds(data, name=name)
    notes: tuple[Note, ...] = ()
    text_cells: tuple[CodeBlock, ...] = ()
    if is_notebook:
        from grader.submission.notebook import read_notebook
        from grader.submission.text_cells import TextCells

        texts = TextCells()
        blocks, notes = read_notebook(data, name=name, max_source=MAX_SOURCE_BYTES, texts=texts)
        text_cells = tuple(texts.blocks)
    else:
        from grader.submission.python_file import read_python

        check_source_size(len(data), limit=MAX_SOURCE_BYTES)  # before it is decoded
        source = read_python(data).encode("utf-8", "replace").decode()  # no lone surrogates
        blocks = (CodeBlock(label="", source=source),)
        if not source.strip():
            notes = (Note(block="", text=_EMPTY),)
    copied = describe_copy(name)
    if copied:
        notes = (Note(block="", text=copied), *notes)
    check_source_size(sum(len(block.source) for block in blocks), limit=MAX_SOURCE_BYTES)
    return Submission(
        name=name,
        sha256=hashlib.sha256(data).hexdigest(),
        format="notebook" if is_notebook else "python",
        blocks=blocks,
        notes=notes,
        text_cells=text_cells,
        notebook=data if is_notebook else b"",
    )


def _parse_several(data: bytes, *, name: str, files: Sequence[str]) -> Submission:
    from grader.submission.hand_in import parse_hand_in

    parsed = parse_hand_in(data, names=files, max_source=MAX_SOURCE_BYTES)
    return Submission(
        name=name,
        sha256=parsed.sha256,
        format="python",
        blocks=parsed.blocks,
        notes=parsed.notes,
        modules=tuple(block.label.removesuffix(".py") for block in parsed.blocks),
        extra=parsed.extra,
    )


def read_bytes(path: Path) -> bytes:
    """Read a regular file of bounded size. It is opened only once, and links are not followed.

    Raises:
        UsageError: The path doesn't exist, can't be opened, or is a folder.
        UnreadableSubmissionError: The file has another ending, is a link or not a regular file, or
            is too large.
    """
    if path.suffix.lower() not in _ENDINGS and os.path.isfile(path):  # noqa: PTH113 - never raises
        # Browsers and editors add endings: lab4.py.txt, lab4.ipynb.json.
        has_two = path.stem.lower().endswith(_ENDINGS)
        remedy = f"; call it {path.stem}" if has_two else ""
        raise UnreadableSubmissionError(
            f"{path.name} is neither a .py file nor a .ipynb notebook{remedy}"
        )
    try:
        descriptor = open_to_read(path, follow_links=False)
    except FileNotFoundError as error:
        raise UsageError(f"there is no file {path}") from error
    except OSError as error:
        if os.path.isdir(path) and not os.path.islink(path):  # noqa: PTH112, PTH114 - as above
            raise UsageError(_a_folder(path)) from error  # Windows can't open one
        if error.errno == errno.ELOOP and os.path.lexists(path):
            raise UnreadableSubmissionError(
                f"{path.name} is a symbolic link; hand in the file itself"
            ) from error
        raise UsageError(f"can't open {path}: {error.strerror}") from error
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        os.close(descriptor)
        if stat.S_ISDIR(status.st_mode):
            raise UsageError(_a_folder(path))
        raise UnreadableSubmissionError(f"{path.name} is not a regular file")
    with os.fdopen(descriptor, "rb") as file:
        data = file.read(MAX_SUBMISSION_BYTES + 1)
    if len(data) > MAX_SUBMISSION_BYTES:
        size_mib = max(status.st_size, len(data)) // 2**20
        limit_mib = MAX_SUBMISSION_BYTES // 2**20
        size = f"{size_mib} MiB" if size_mib > limit_mib else f"a little over {limit_mib} MiB"
        raise UnreadableSubmissionError(
            f"{path.name} is {size}; the limit is {limit_mib} MiB"
            " (clear the notebook's outputs before handing it in)"
        )
    return data


def _a_folder(path: Path) -> str:
    return f"{path} is a folder; name the file in it to grade"
