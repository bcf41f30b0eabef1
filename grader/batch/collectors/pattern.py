"""Collects by a regular expression with named groups, as nbgrader's zip_collect does.

It is matched from the beginning of each file's path. Its group ``student_id`` says whose a file is;
``file_id``, ``first_name``, ``last_name``, ``email`` and ``timestamp`` may say more.
"""

import re
from pathlib import PurePosixPath

from grader.batch.choose_file import Piece, choose, shorten
from grader.batch.collection import Collection, Entry
from grader.batch.tree import Tree, TreeFile
from grader.errors import UsageError
from grader.report.class_model import Origin, Skipped, Student
from grader.report.collector_name import CollectorName

_ID = "student_id"
_GROUPS = (_ID, "file_id", "first_name", "last_name", "email", "timestamp")
_MAX_DIGITS = 18


def compile_pattern(pattern: str) -> re.Pattern[str]:
    """Compile a pattern, and see that it says whose a file is.

    Raises:
        UsageError: it is no regular expression, or lacks the group.
    """
    try:
        compiled = re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        raise UsageError(f"the pattern {pattern} is no regular expression: {error}") from error
    if _ID not in compiled.groupindex:
        raise UsageError(
            f"the pattern {pattern} has no group (?P<{_ID}>...), which says whose a file is;"
            f" it may also have {', '.join(_GROUPS[1:])}"
        )
    return compiled


def matches(tree: Tree, pattern: re.Pattern[str]) -> bool:
    """Tell whether any file's path matches."""
    return any(pattern.match(file.path) for file in tree.files)


def collect_by(tree: Tree, pattern: re.Pattern[str], *, stem: str) -> Collection:
    """Collect an entry for each student id that the pattern finds."""
    students: dict[str, list[tuple[TreeFile, dict[str, str]]]] = {}
    skipped: list[Skipped] = []
    for file in tree.files:
        match = pattern.match(file.path)
        said = match.groupdict(default="") if match else {}
        if said.get(_ID):
            students.setdefault(said[_ID], []).append((file, said))
        else:
            skipped.append(Skipped(path=file.path, reason="its path does not match the pattern"))
    entries = (_entry(id_, found, stem=stem) for id_, found in students.items())
    return Collection(entries=tuple(entries), skipped=(*tree.all_skipped(), *skipped))


def _entry(id_: str, found: list[tuple[TreeFile, dict[str, str]]], *, stem: str) -> Entry:
    newest = max(_age(said) for _, said in found)
    kept = [(file, said) for file, said in found if _age(said) == newest]
    said = {key: value for _, one in kept for key, value in one.items() if value}
    choice = choose([_piece(file, one) for file, one in kept], stem=stem)
    notes = choice.notes
    if len(kept) < len(found):
        told = f"{shorten(choice.file)} is of the newest of {len(found)} files, {said['timestamp']}"
        notes = (told, *notes)
    name = " ".join(filter(None, (said.get("first_name"), said.get("last_name"))))
    student = Student(id=id_, name=name, email=said.get("email", ""))
    return Entry(
        place=id_,
        file=choice.file or kept[0][0].name,
        read=choice.read,
        owners=tuple(filter(None, (id_, student.email, name))),
        student=student,
        origin=Origin(
            system=CollectorName.PATTERN, key=id_, name=name, submitted_at=said.get("timestamp", "")
        ),
        notes=notes,
    )


def _piece(file: TreeFile, said: dict[str, str]) -> Piece:
    """Call a file by its ``file_id``, which may come without the ending."""
    name, ending = said.get("file_id") or file.name, PurePosixPath(file.path).suffix
    if not name.lower().endswith(ending.lower()):
        name += ending
    return Piece(file=file, name=name)


def _age(said: dict[str, str]) -> tuple[int, ...]:
    """Compare times by their numbers, the largest unit first, as all formats that sort have it."""
    return tuple(
        int(number[:_MAX_DIGITS]) for number in re.findall(r"\d+", said.get("timestamp", ""))
    )
