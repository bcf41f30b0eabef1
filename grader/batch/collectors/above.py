"""The recognition of a folder above the submissions, which was given instead of theirs.

Such a folder contains tables and one folder with the submissions, or the folders of several
classes. If it were collected as it is, each of these would be taken for a person. Whether a folder
is a class or one student's work can only be guessed, so nothing is collected from inside it
unasked: the message says what to give instead, and how to insist. That most folders at the top
look like classes is the condition, since no student may stop the batch of the others.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from grader.batch.gradable_files import files_of, is_gradable, is_zip, name_other_archive
from grader.batch.tree import Tree, TreeFile, inside_each
from grader.errors import UsageError
from grader.report.class_model import Skipped

_TABLES = (".csv", ".tsv", ".xls", ".xlsx", ".ods")
_IS_TABLE = "it is a table that was given along with submissions, not a submission"
_IS_RESULT = "it contains the results of an earlier batch, not a submission"
# What the folder of a batch contains.
_RESULT_FILES = {"summary.json", "gradebook.csv"}
# Folders in one student's work, rather than of students.
_PARTS = re.compile(
    r"(src|source|sources|code|lib|libs|scripts?|tests?|data|docs?|notebooks?|assets|utils|helpers"
    r"|models?|plots?|figures?|images?|backups?|old|new|final|drafts?|archive|solutions?|lab\W?\d*"
    r"|(attempt|try|version|versuch|v|part|teil|task|aufgabe|exercise|ex|week|woche|day|step)"
    r"\W?\d+|\d{1,2})",
    re.IGNORECASE,
)
_FEWEST_FOLDERS, _FEWEST_FILES = 2, 3
_MAX_DEPTH = 4
_MAX_SHOWN = 3
_MAY_BE_CLASS = (
    "it was taken for the work of one student, but may be a class of {count}; if it is, give its"
    " own path"
)


@dataclass(frozen=True, slots=True)
class _Class:
    """A folder that looks like a class.

    Attributes:
        top: The name of the folder at the top that contains it, or is it.
        path: Its path.
        people: What looks like people in it.
    """

    top: str
    path: str
    people: tuple[str, ...]


def is_table(name: str) -> bool:
    """Return whether a name is that of a table, such as a roster or a gradebook."""
    return name.lower().endswith(_TABLES)


def skip_table(path: str) -> Skipped:
    """Return the entry of a table in the list of skipped files."""
    return Skipped(path=path, reason=_IS_TABLE)


def without_tables(tree: Tree) -> tuple[Tree, tuple[Skipped, ...]]:
    """Return a tree without what is nobody's work at its top: tables, and results of batches.

    Returns:
        The rest of the tree, and what was left out.
    """
    results = set()
    if any(file.path.count("/") == 1 and file.name in _RESULT_FILES for file in tree.files):
        results = {name for name, inside in inside_each(tree).items() if _are_results(inside)}
    tables = {file.path for file in tree.top_files() if is_table(file.path)}
    if not results and not tables:
        return tree, ()

    def keep(path: str) -> bool:
        return path not in tables and path.partition("/")[0] not in results

    rest = Tree(
        files=tuple(file for file in tree.files if keep(file.path)),
        folders=tuple(filter(keep, tree.folders)),
        junk=tuple(filter(keep, tree.junk)),
        skipped=tuple(one for one in tree.skipped if keep(one.path)),
    )
    skipped = (*map(skip_table, sorted(tables)), *(_skip_result(name) for name in sorted(results)))
    return rest, skipped


def _skip_result(name: str) -> Skipped:
    return Skipped(path=name, reason=_IS_RESULT)


def _are_results(inside: Tree) -> bool:
    return {file.path for file in inside.top_files()} >= _RESULT_FILES


def check_level(tree: Tree, *, stem: str, where: str, is_folder: bool) -> list[Skipped]:
    """Check that the submissions are at the top of a tree, and not one folder further down.

    Args:
        tree: The tree, without tables.
        stem: The name of the file that students start from, without its ending.
        where: The path that the tree was made from.
        is_folder: Whether that is a folder; otherwise it is an archive.

    Returns:
        Hints at folders that may be classes.

    Raises:
        UsageError: The top has classes in it, rather than submissions.
    """
    inside = inside_each(tree)
    classes = [one for name, below in inside.items() if (one := _find_class(name, below, stem))]
    if not classes or _are_alike(classes):
        return []
    tops = {one.top for one in classes}
    others = sum(_has_work(below) for name, below in inside.items() if name not in tops)
    others += sum(map(_is_work, tree.top_files()))
    if len(classes) > others:
        raise UsageError(_describe(classes, where, is_folder=is_folder))
    return [
        Skipped(path=one.top, reason=_MAY_BE_CLASS.format(count=len(one.people)))
        for one in classes[:_MAX_SHOWN]
    ]


def _find_class(top: str, below: Tree, stem: str) -> _Class | None:
    """Find what looks like a class in a folder, or in the only folder in it that contains work."""
    path = top
    for _ in range(_MAX_DEPTH):
        files = [file for file in below.top_files() if _is_work(file)]
        folders = {name: inside for name, inside in inside_each(below).items() if _has_work(inside)}
        if files or len(folders) != 1:
            break
        ((name, below),) = folders.items()
        path = f"{path}/{name}"
    else:
        return None
    titles = [PurePosixPath(file.path).stem for file in files]
    known = {stem.casefold(), *(PurePosixPath(one).stem.casefold() for one in files_of(stem))}
    is_stem = not known.isdisjoint(map(str.casefold, titles))
    if not files and len(folders) >= _FEWEST_FOLDERS:
        people = tuple(folders)
    elif not folders and len(files) >= _FEWEST_FILES and not is_stem:
        people = tuple(titles)
    else:
        return None
    return None if any(map(_PARTS.fullmatch, people)) else _Class(top, path, people)


def _is_work(file: TreeFile) -> bool:
    return is_gradable(file.path) or is_zip(file.path) or bool(name_other_archive(file.path))


def _has_work(below: Tree) -> bool:
    return any(map(_is_work, below.files))


def _are_alike(classes: Sequence[_Class]) -> bool:
    """Return whether several folders contain the same names: the parts of each one's work."""
    times = Counter(name.casefold() for one in classes for name in set(one.people))
    shared = sum(count > 1 for count in times.values())
    return len(classes) > 1 and 2 * shared >= min(len(one.people) for one in classes)


def _describe(classes: Sequence[_Class], where: str, *, is_folder: bool) -> str:
    shown = ", ".join(f"{one.path} ({_shorten(one.people)})" for one in classes[:_MAX_SHOWN]) + (
        "" if len(classes) <= _MAX_SHOWN else f" and {len(classes) - _MAX_SHOWN} more folders"
    )
    if is_folder:
        paths = " ".join(f"{where.rstrip('/')}/{one.path}" for one in classes[:_MAX_SHOWN])
        more = " ..." if len(classes) > _MAX_SHOWN else ""
        advice = f"give {'that folder' if len(classes) == 1 else 'those folders'}: {paths}{more}"
    else:
        advice = "unpack it, and give the folder of a class"
    return (
        f"{where} seems to be the folder above the submissions, which are in {shown}; {advice}"
        " (or add --from folder, if each folder is the work of one student)"
    )


def _shorten(people: Iterable[str]) -> str:
    names = list(people)
    more = ", ..." if len(names) > _MAX_SHOWN else ""
    return f"{len(names)}: {', '.join(names[:_MAX_SHOWN])}{more}"
