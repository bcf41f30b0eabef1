"""Collects from what Gradescope exports: a folder for each submission, and a file that says whose.

``assignment_1_export/submission_2/...`` and ``submission_metadata.yml`` beside the folders. Several
who handed in together are in it by name, number and address.
"""

import re

from grader.batch.choose_file import NOTHING, Piece, choose, pieces_below
from grader.batch.collection import Collection, Entry
from grader.batch.collectors.gradescope_metadata import Handed, read_metadata
from grader.batch.tree import Tree, TreeFile
from grader.report.class_model import Origin, Skipped, Student
from grader.report.collector_name import CollectorName

METADATA = "submission_metadata.yml"
_FOLDER = re.compile(r"submission_([0-9]+)")
_MISSING = "the metadata tells of this submission, but it is not in the export"


def accept(tree: Tree) -> bool:
    """Tell whether there is such a file, or a folder with such a name."""
    return any(file.path == METADATA for file in tree.files) or any(
        map(_FOLDER.fullmatch, tree.top_folders())
    )


def recognise(tree: Tree) -> bool:
    """Tell whether there is such a file, or all folders have such names."""
    return accept(tree) and (
        any(file.path == METADATA for file in tree.files)
        or all(map(_FOLDER.fullmatch, tree.top_folders()))
    )


def collect(tree: Tree, *, stem: str) -> Collection:
    """Collect an entry for each submission, with all who handed it in.

    Raises:
        UsageError: the metadata can't be read.
    """
    metadata = next((file for file in tree.files if file.path == METADATA), None)
    said: dict[str, Handed] = {} if metadata is None else read_metadata(metadata)
    folders, files = tree.top_folders(), {file.path: file for file in tree.top_files()}
    entries, skipped = [], []
    for folder, inside in folders.items():
        pieces = pieces_below(inside, f"{folder}/")
        if folder in said or _FOLDER.fullmatch(folder):
            entries.append(_entry(folder, pieces, said.get(folder), stem=stem))
        else:
            skipped += [_no_submission(one) for one in inside]
    for path, file in files.items():
        if path in said:
            entries.append(_entry(path, [Piece(file=file, name=path)], said[path], stem=stem))
        elif file is not metadata:
            skipped.append(_no_submission(file))
    entries += [
        _entry(name, [], handed, stem=stem, nothing=_MISSING)
        for name, handed in said.items()
        if name not in folders and name not in files
    ]
    entries.sort(key=lambda entry: entry.place)
    return Collection(entries=tuple(entries), skipped=(*tree.all_skipped(), *skipped))


def _no_submission(file: TreeFile) -> Skipped:
    return Skipped(path=file.path, reason="it belongs to no submission of the export")


def _entry(
    name: str, pieces: list[Piece], handed: Handed | None, *, stem: str, nothing: str = NOTHING
) -> Entry:
    people = handed.submitters if handed is not None else ()
    student = people[0] if people else Student()
    choice = choose(pieces, stem=stem, nothing=nothing)
    match = _FOLDER.fullmatch(name)
    notes = () if people else ("the export does not say who handed it in",)
    return Entry(
        place=name,
        file=choice.file or name,
        read=choice.read,
        owners=tuple(filter(None, (student.id, student.email, student.name))),
        student=student,
        members=people if len(people) > 1 else (),
        origin=Origin(
            system=CollectorName.GRADESCOPE,
            key=match[1] if match else name.removesuffix(".pdf"),
            name=", ".join(one.name for one in people if one.name),
            submitted_at=handed.created_at if handed is not None else "",
        ),
        notes=(*notes, *choice.notes),
    )
