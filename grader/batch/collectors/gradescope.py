"""The collector for Gradescope exports: a folder for each submission, and a file of metadata.

An export contains ``assignment_1_export/submission_2/...`` and, next to these folders,
``submission_metadata.yml``. That file lists everybody who handed in a submission, with name,
student id and e-mail address.
"""

import re

from grader.batch.choose_file import NOTHING, Piece, choose, pieces_below
from grader.batch.collection import Collection, Entry
from grader.batch.collectors.gradescope_metadata import SubmissionInfo, read_metadata
from grader.batch.tree import Tree, TreeFile
from grader.report.class_model import Origin, Skipped, Student
from grader.report.collector_name import CollectorName

METADATA = "submission_metadata.yml"
_FOLDER = re.compile(r"submission_([0-9]+)")
_MISSING = "the metadata lists this submission, but its files are not in the export"


def accept(tree: Tree) -> bool:
    """Return whether there is a metadata file, or a folder with the name of a submission."""
    return any(file.path == METADATA for file in tree.files) or any(
        map(_FOLDER.fullmatch, tree.top_folders())
    )


def recognise(tree: Tree) -> bool:
    """Return whether there is a metadata file, or all folders have names of submissions."""
    return accept(tree) and (
        any(file.path == METADATA for file in tree.files)
        or all(map(_FOLDER.fullmatch, tree.top_folders()))
    )


def collect(tree: Tree, *, stem: str) -> Collection:
    """Collect an entry for each submission, with everybody who handed it in.

    Raises:
        UsageError: the metadata can't be read.
    """
    metadata = next((file for file in tree.files if file.path == METADATA), None)
    folders, files = tree.top_folders(), {file.path: file for file in tree.top_files()}
    known: dict[str, SubmissionInfo] = {}
    if metadata is not None:
        known = read_metadata(metadata, submissions=len(folders) + len(files))
    entries, skipped = [], []
    for folder, inside in folders.items():
        pieces = pieces_below(inside, f"{folder}/")
        if folder in known or _FOLDER.fullmatch(folder):
            entries.append(_entry(folder, pieces, known.get(folder), stem=stem))
        else:
            skipped += [_skip(one) for one in inside]
    for path, file in files.items():
        if path in known:
            entries.append(_entry(path, [Piece(file=file, name=path)], known[path], stem=stem))
        elif file is not metadata:
            skipped.append(_skip(file))
    entries += [
        _entry(name, [], info, stem=stem, nothing=_MISSING)
        for name, info in known.items()
        if name not in folders and name not in files
    ]
    entries.sort(key=lambda entry: entry.place)
    return Collection(entries=tuple(entries), skipped=(*tree.all_skipped(), *skipped))


def _skip(file: TreeFile) -> Skipped:
    return Skipped(path=file.path, reason="it does not belong to a submission of the export")


def _entry(
    name: str,
    pieces: list[Piece],
    info: SubmissionInfo | None,
    *,
    stem: str,
    nothing: str = NOTHING,
) -> Entry:
    """Make the entry of a submission.

    Args:
        name: The name of its folder, or of its file at the top.
        pieces: Its files.
        info: What the metadata says about it, if anything.
        stem: The name of the file that students start from, without its ending.
        nothing: The reason to give if there are no files.
    """
    people = info.submitters if info is not None else ()
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
            submitted_at=info.created_at if info is not None else "",
        ),
        notes=(*notes, *choice.notes),
        skipped=choice.skipped,
    )
