"""The collector for plain files and folders, which come from no particular LMS.

Each file at the top is a submission, named after its student. Each folder at the top belongs to one
student, and one of the files in it is graded.
"""

import functools
from pathlib import PurePosixPath

from grader.batch.choose_file import Piece, choose, pieces_below, refuse, skip_archive
from grader.batch.collection import Collection, Entry
from grader.batch.gradable_files import (
    HAND_IN_ITSELF,
    is_gradable,
    is_zip,
    name_other_archive,
)
from grader.batch.tree import Tree, TreeFile


def collect(tree: Tree, *, stem: str) -> Collection:
    """Collect an entry for each file and each folder at the top."""
    entries = [
        *(_of_file(file, stem=stem) for file in tree.top_files()),
        *(_of_folder(folder, files, stem=stem) for folder, files in tree.top_folders().items()),
    ]
    entries.sort(key=lambda entry: entry.place)
    return Collection(entries=tuple(entries), skipped=tree.all_skipped())


def is_one_students(tree: Tree) -> bool:
    """Return whether the contents of an archive's only folder look like the work of one student."""
    count = sum(
        is_gradable(file.path) or is_zip(file.path) or bool(name_other_archive(file.path))
        for file in tree.files
    )
    return not tree.top_folders() and count <= 1


def _of_file(file: TreeFile, *, stem: str) -> Entry:
    if is_gradable(file.path) or not is_zip(file.path):
        read = file.read
        if not is_gradable(file.path):
            read = functools.partial(refuse, _describe_other(file))
        kind = name_other_archive(file.name)
        return Entry(
            place=file.path,
            file=file.name,
            read=read,
            owners=(_owner(file),),
            skipped=(skip_archive(file, kind),) if kind else (),
        )
    choice = choose([Piece(file=file, name=file.name)], stem=stem)
    return Entry(
        place=file.path,
        file=choice.file,
        read=choice.read,
        owners=(_owner(file),),
        notes=choice.notes,
        skipped=choice.skipped,
    )


def _describe_other(file: TreeFile) -> str:
    reason = "it is neither a .py file nor a .ipynb notebook"
    kind = name_other_archive(file.name)
    return f"{reason} but {kind}, which is not opened here; {HAND_IN_ITSELF}" if kind else reason


def _owner(file: TreeFile) -> str:
    return PurePosixPath(file.path).stem


def _of_folder(folder: str, files: list[TreeFile], *, stem: str) -> Entry:
    choice = choose(pieces_below(files, f"{folder}/"), stem=stem)
    return Entry(
        place=folder,
        file=choice.file or folder,
        read=choice.read,
        owners=(folder,),
        notes=choice.notes,
        skipped=choice.skipped,
    )
