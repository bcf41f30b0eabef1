"""Chooses what is graded among the files of a form: one file, or several packed together."""

import io
from collections.abc import Sequence
from dataclasses import dataclass

from grader.batch.choose_file import choose, pieces_below
from grader.batch.gradable_files import AskedFor, is_gradable, is_zip
from grader.batch.tree import TreeFile
from grader.errors import UnreadableSubmissionError, UsageError
from grader.report.words import join_names
from grader.service.web.file_names import clean_name
from grader.service.web.uploads import Upload, UploadedFile


@dataclass(frozen=True, slots=True)
class ChosenFile:
    """What is handed in: its name, and its bytes; several files are packed into these."""

    name: str
    data: bytes


def choose_hand_in(upload: Upload, asked: AskedFor) -> ChosenFile:
    """Choose what is handed in.

    Args:
        upload: The form: files, or a text in the field ``pasted``.
        asked: What the assignment asks for.

    Raises:
        UsageError: There is nothing that can be graded, or it is not clear what is meant; the
            student can put that right at once, so nothing is kept.
    """
    files = [file for file in upload.files if file.name or file.size_bytes]
    pasted = upload.fields.get("pasted", "")
    if files and pasted.strip():
        raise UsageError("There is a file, and a text that was pasted: hand in one of them.")
    if not files:
        return _paste(pasted, asked)
    empty = [clean_name(file.name) for file in files if not file.size_bytes]
    if len(empty) == len(files):
        raise UsageError(f"Nothing is in {join_names(empty)}. Save your work, then hand it in.")
    if not asked.files:
        _expect_one(files)
    try:
        choice = choose(pieces_below(map(_as_tree_file, files), ""), stem=asked)
        data = choice.read()
    except UnreadableSubmissionError as error:
        raise UsageError(_sentence(error.reason)) from error
    return ChosenFile(clean_name(choice.file), data)


def _paste(text: str, asked: AskedFor) -> ChosenFile:
    if not text.strip():
        raise UsageError("There is nothing to hand in: choose a file, or paste your code.")
    if len(asked.files) > 1:
        raise UsageError(f"This assignment asks for files: {join_names(asked.files)}.")
    # Browsers end the lines of a form like those of a mail.
    source = text.replace("\r\n", "\n").encode("utf-8", "replace")
    return ChosenFile(asked.files[0] if asked.files else f"{asked}.py", source)


def _expect_one(files: Sequence[UploadedFile]) -> None:
    """Refuse to guess which file is meant."""
    names = [clean_name(file.name) for file in files]
    gradable = [name for name in names if is_gradable(name) or is_zip(name)]
    if len(gradable) > 1:
        raise UsageError(
            f"This assignment asks for one file, and these are {len(gradable)}:"
            f" {join_names(gradable)}. Choose the one that is to be graded."
        )


def _as_tree_file(file: UploadedFile) -> TreeFile:
    def open_stream() -> io.BytesIO:
        file.stream.seek(0)
        return io.BytesIO(file.stream.read())

    return TreeFile(
        path=clean_name(file.name),
        size_bytes=file.size_bytes,
        modified_s=0.0,
        open_stream=open_stream,
    )


def _sentence(reason: str) -> str:
    return f"This can't be graded: {reason}. Nothing was kept."
