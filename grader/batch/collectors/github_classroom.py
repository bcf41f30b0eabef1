"""Collects from clones of a class of GitHub Classroom: a folder ``assignment-username`` for each.

What git keeps in ``.git`` is never read: a clone may hold anything there.
"""

import itertools

from grader.batch.choose_file import choose, pieces_below
from grader.batch.collection import Account, Collection, Entry
from grader.batch.tree import Tree, TreeFile
from grader.report.class_model import Origin, Skipped, Student
from grader.report.collector_name import CollectorName

_DEEPER = 2  # how many "/" are in the path of what git keeps, one level further down
_FEWEST = 2
_IS_TEMPLATE = "all others' names begin with its: it is the template, and no student's"


def accept(tree: Tree) -> bool:
    """Tell whether there are clones, or folders that may be without what git keeps."""
    if _clones(tree):
        return True
    are_deeper = any(path.count("/") == _DEEPER and path.endswith("/.git") for path in tree.junk)
    return not are_deeper and bool(_prefix(list(tree.top_folders())))


def recognise(tree: Tree) -> bool:
    """Tell whether most folders here are clones, with a name that begins alike."""
    clones = _clones(tree)
    if not clones or 2 * len(clones) <= len(tree.top_folders()):
        return False
    if len(clones) == 1:
        return "-" in clones[0]
    return bool(_prefix(clones)) or _begin_with(min(clones), clones)


def collect(tree: Tree, *, stem: str) -> Collection:
    """Collect an entry for each clone."""
    folders = tree.top_folders()
    clones = _clones(tree) or list(folders)
    template = _template(clones)
    prefix = f"{template}-" if template else _prefix(clones)
    entries = (
        _entry(folder, files, prefix, stem=stem)
        for folder, files in folders.items()
        if folder != template
    )
    skipped = [
        Skipped(path=file.path, reason="it is in no clone of a student's")
        for file in tree.top_files()
    ]
    if template:
        skipped.append(Skipped(path=template, reason=_IS_TEMPLATE))
    return Collection(entries=tuple(entries), skipped=(*tree.all_skipped(), *skipped))


def _template(folders: list[str]) -> str:
    """Find the one whose name all others have before their account: what they were made from.

    Of two, the other may be of an account that begins as this one's.
    """
    first = min(folders, default="")
    return first if len(folders) > _FEWEST and _begin_with(first, folders) else ""


def _begin_with(first: str, folders: list[str]) -> bool:
    """Tell whether all but one begin with the name of that one."""
    return all(one == first or one.startswith(f"{first}-") for one in folders)


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
        origin=Origin(system=CollectorName.GITHUB_CLASSROOM, key=username, name=username),
        notes=choice.notes,
    )


def _prefix(folders: list[str]) -> str:
    """Find what all names begin with, up to a dash: the assignment.

    One alone tells nothing, nor do two of which the first may be the template.
    """
    first, last = min(folders, default=""), max(folders, default="")
    if first == last or (len(folders) == _FEWEST and _begin_with(first, folders)):
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
    accounts = [Account(one) for one in (*guesses[::-1], folder)]
    # A number in what is surely the account may be an id; one in the assignment's name is none.
    return tuple(dict.fromkeys(filter(None, (known if prefix else Account(known), *accounts))))
