"""Collects from clones of a class of GitHub Classroom: a folder ``assignment-username`` for each.

What git keeps in ``.git`` is never read: a clone may hold anything there.
"""

import itertools

from grader.batch.collection import Collection, Entry
from grader.batch.handin import choose, pieces_below
from grader.batch.tree import Tree, TreeFile
from grader.report.class_model import Origin, Skipped, Student

SYSTEM = "github-classroom"


def accept(tree: Tree) -> bool:
    """Tell whether there are clones, or folders that may be without what git keeps."""
    return bool(_clones(tree)) or bool(_prefix(list(tree.top_folders())))


def recognise(tree: Tree) -> bool:
    """Tell whether most folders here are clones, with a name that begins alike."""
    clones = _clones(tree)
    if not clones or 2 * len(clones) <= len(tree.top_folders()):
        return False
    return bool(_prefix(clones)) or (len(clones) == 1 and "-" in clones[0])


def collect(tree: Tree, *, stem: str) -> Collection:
    """Collect an entry for each clone."""
    folders = tree.top_folders()
    prefix = _prefix(_clones(tree) or list(folders))
    entries = (_entry(folder, files, prefix, stem=stem) for folder, files in folders.items())
    skipped = (
        Skipped(path=file.path, reason="it is in no clone of a student's")
        for file in tree.top_files()
    )
    return Collection(entries=tuple(entries), skipped=(*tree.all_skipped(), *skipped))


def _clones(tree: Tree) -> list[str]:
    junk = set(tree.junk)
    return [folder for folder in tree.top_folders() if f"{folder}/.git" in junk]


def _entry(folder: str, files: list[TreeFile], prefix: str, *, stem: str) -> Entry:
    username = folder.removeprefix(prefix) or folder
    choice = choose(pieces_below(files, f"{folder}/"), stem=stem)
    return Entry(
        place=folder,
        file=choice.file or folder,
        read=choice.read,
        owners=_owners(folder, prefix),
        student=Student(id=username) if folder.startswith(prefix or "/") else Student(),
        origin=Origin(system=SYSTEM, key=username, name=username),
        notes=choice.notes,
    )


def _prefix(folders: list[str]) -> str:
    """Find what all names begin with, up to a dash: the assignment. One alone tells nothing."""
    first, last = min(folders, default=""), max(folders, default="")
    if first == last:
        return ""
    # What the first and the last in order begin with, all between them begin with too.
    alike = itertools.takewhile(lambda pair: pair[0] == pair[1], zip(first, last, strict=False))
    common = "".join(letter for letter, _ in alike)
    return common[: common.rfind("-") + 1]


def _owners(folder: str, prefix: str) -> tuple[str, ...]:
    """List what the account can be: what is behind the assignment's name, where that is known.

    Where all accounts begin alike too, or there is but one clone, it may begin at any dash.
    """
    known = folder.removeprefix(prefix)
    places = [place + 1 for place, letter in enumerate(folder) if letter == "-"]
    guesses = [folder[place:] for place in places if place < len(prefix) or not prefix]
    return tuple(dict.fromkeys(filter(None, (known, *guesses[::-1], folder))))
