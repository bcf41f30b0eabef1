"""A hand-in of several files, as one: packed into bytes, and taken apart into code blocks.

Each file is one code block, whose label is the name of the file. A file that is missing, or that
can't be read, costs only what is in it.
"""

import hashlib
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Annotated

import msgspec

from grader.errors import UnreadableSubmissionError
from grader.observations.messages import CodeBlock, Note
from grader.report.words import join_names
from grader.submission.file_kind import refuse_other_kinds
from grader.submission.python_file import read_python
from grader.submission.source_size import check_source_size

# No Python file and no notebook begins like this.
_MARK = b"zerograd: files\0"
# So much of the beginning is enough for `is_packed`.
MARK_BYTES = len(_MARK)
_MAX_FILES = 100


class HandedIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One file of a hand-in.

    Attributes:
        name: The name under which it can be imported, such as ``model.py``.
        path: Its path as it was handed in.
        data: Its bytes.
    """

    name: str
    path: str
    data: bytes


# Refused before any object is made: a student may make such bytes up.
_Files = Annotated[list[HandedIn], msgspec.Meta(max_length=_MAX_FILES)]


class Parsed(msgspec.Struct, frozen=True):
    """A hand-in, taken apart.

    Attributes:
        sha256: The digest of all files, in their order.
        blocks: A code block for each file.
        notes: What was noticed.
        extra: How many of the last blocks were not asked for: they run only if they are imported.
    """

    sha256: str
    blocks: tuple[CodeBlock, ...]
    notes: tuple[Note, ...]
    extra: int


def pack(files: Sequence[HandedIn]) -> bytes:
    """Pack the files of a hand-in; those that are asked for come first, in their order."""
    return _MARK + msgspec.msgpack.encode(list(files))


def is_packed(data: bytes) -> bool:
    """Return whether bytes are a packed hand-in rather than the content of a file."""
    return data.startswith(_MARK)


def unpack(data: bytes) -> list[HandedIn]:
    """Return the files of a packed hand-in.

    Raises:
        UnreadableSubmissionError: The bytes were not made by `pack`.
    """
    try:
        return msgspec.msgpack.decode(memoryview(data)[len(_MARK) :], type=_Files)
    except (msgspec.DecodeError, msgspec.ValidationError, RecursionError) as error:
        raise UnreadableSubmissionError("the files of it can't be read") from error


def parse_hand_in(data: bytes, *, names: Sequence[str], max_source: int) -> Parsed:
    """Take a packed hand-in apart.

    Args:
        data: The packed files.
        names: The names of the files that are asked for.
        max_source: How many characters all of them may have together.

    Raises:
        UnreadableSubmissionError: No file that is asked for can be read, or all are too large.
    """
    files = unpack(data)
    found = {file.name: file for file in files if is_module_name(file.name)}
    problems: dict[str, str] = {}
    sources: dict[str, str] = {}
    for name in dict.fromkeys((*names, *found)):
        sources[name] = ""
        if name not in found:
            continue
        try:
            sources[name] = _read(found[name], max_source=max_source)
        except UnreadableSubmissionError as error:
            problems[name] = error.reason
        check_source_size(sum(map(len, sources.values())), limit=max_source)
    readable = [name for name in names if name in found and name not in problems]
    if not readable:
        reasons = [f"{name}: {problems[name]}" for name in names if name in problems]
        raise UnreadableSubmissionError("; ".join(reasons) or f"there is no {join_names(names)}")
    return Parsed(
        sha256=_digest(list(found.values())),
        blocks=tuple(CodeBlock(label=name, source=source) for name, source in sources.items()),
        notes=_notes(names, found, problems, sources),
        extra=sum(name not in names for name in sources),
    )


def is_module_name(name: str) -> bool:
    """Return whether a file of this name can be imported by the others."""
    return name.endswith(".py") and name.removesuffix(".py").isidentifier() and len(name) < 100  # noqa: PLR2004


def _read(file: HandedIn, *, max_source: int) -> str:
    refuse_other_kinds(file.data, name=file.name)
    check_source_size(len(file.data), limit=max_source)  # before it is decoded
    return read_python(file.data).encode("utf-8", "replace").decode()  # no lone surrogates


def _notes(
    names: Sequence[str],
    found: dict[str, HandedIn],
    problems: dict[str, str],
    sources: dict[str, str],
) -> tuple[Note, ...]:
    notes = []
    for name in names:
        if name not in found:
            notes.append(Note(block=name, text="it was not handed in"))
        elif name not in problems and not sources[name].strip():
            notes.append(
                Note(block=name, text="nothing is in it; save your work, and hand it in again")
            )
    for name, file in found.items():
        handed_in = PurePosixPath(file.path).name
        if name in problems:
            notes.append(Note(block=name, text=f"it can't be read: {problems[name]}"))
        elif handed_in != name:
            notes.append(Note(block=name, text=f"it was handed in as {handed_in}"))
    return tuple(notes)


def _digest(files: Sequence[HandedIn]) -> str:
    digest = hashlib.sha256()
    for file in files:
        for part in (file.name.encode(), file.data):
            digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()
