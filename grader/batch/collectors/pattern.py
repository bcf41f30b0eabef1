"""The collector for file names that match a regular expression, as in nbgrader's ``zip_collect``.

The expression is matched from the beginning of each file's path. Its named group ``student_id``
identifies the student. The groups ``file_id``, ``first_name``, ``last_name``, ``email`` and
``timestamp`` are optional.
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
    """Compile a pattern, and check that it identifies the student.

    Raises:
        UsageError: it is not a regular expression, or has no group ``student_id``.
    """
    try:
        compiled = re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        raise UsageError(f"the pattern {pattern} is not a regular expression: {error}") from error
    if _ID not in compiled.groupindex:
        raise UsageError(
            f"the pattern {pattern} needs a group (?P<{_ID}>...), which identifies the student;"
            f" it may also have the groups {', '.join(_GROUPS[1:])}"
        )
    return compiled


def matches(tree: Tree, pattern: re.Pattern[str]) -> bool:
    """Return whether the path of any file matches."""
    return any(pattern.match(file.path) for file in tree.files)


def collect_by(tree: Tree, pattern: re.Pattern[str], *, stem: str) -> Collection:
    """Collect an entry for each student id that the pattern finds."""
    students: dict[str, list[tuple[TreeFile, dict[str, str]]]] = {}
    skipped: list[Skipped] = []
    for file in tree.files:
        match = pattern.match(file.path)
        groups = match.groupdict(default="") if match else {}
        if groups.get(_ID):
            students.setdefault(groups[_ID], []).append((file, groups))
        else:
            skipped.append(Skipped(path=file.path, reason="its path does not match the pattern"))
    entries = (_entry(id_, found, stem=stem) for id_, found in students.items())
    return Collection(entries=tuple(entries), skipped=(*tree.all_skipped(), *skipped))


def _entry(id_: str, found: list[tuple[TreeFile, dict[str, str]]], *, stem: str) -> Entry:
    """Make the entry of a student from the files that are theirs, each with its groups."""
    newest = max(_age(groups) for _, groups in found)
    kept = [(file, groups) for file, groups in found if _age(groups) == newest]
    known = {key: value for _, groups in kept for key, value in groups.items() if value}
    choice = choose([_piece(file, groups) for file, groups in kept], stem=stem)
    notes = choice.notes
    if len(kept) < len(found):
        note = (
            f"{shorten(choice.file)} has the newest timestamp of {len(found)} files,"
            f" {known['timestamp']}"
        )
        notes = (note, *notes)
    name = " ".join(filter(None, (known.get("first_name"), known.get("last_name"))))
    student = Student(id=id_, name=name, email=known.get("email", ""))
    return Entry(
        place=id_,
        file=choice.file or kept[0][0].name,
        read=choice.read,
        owners=tuple(filter(None, (id_, student.email, name))),
        student=student,
        origin=Origin(
            system=CollectorName.PATTERN,
            key=id_,
            name=name,
            submitted_at=known.get("timestamp", ""),
        ),
        notes=notes,
        skipped=choice.skipped,
    )


def _piece(file: TreeFile, groups: dict[str, str]) -> Piece:
    """Return a file as a piece, named by its ``file_id``, which may lack the ending."""
    name, ending = groups.get("file_id") or file.name, PurePosixPath(file.path).suffix
    if not name.lower().endswith(ending.lower()):
        name += ending
    return Piece(file=file, name=name)


def _age(groups: dict[str, str]) -> tuple[int, ...]:
    """Return the numbers in a timestamp, for comparing it with others.

    That orders every format that has the largest unit first, such as ISO 8601.
    """
    return tuple(
        int(number[:_MAX_DIGITS]) for number in re.findall(r"\d+", groups.get("timestamp", ""))
    )
