"""The collector for the clones of a GitHub Classroom: a folder ``assignment-username`` for each.

The contents of ``.git`` are never read, because a clone may contain anything there.
"""

import itertools

from grader.batch.choose_file import choose, pieces_below
from grader.batch.collection import Account, Collection, Entry
from grader.batch.tree import Tree, TreeFile
from grader.report.class_model import Origin, Skipped, Student
from grader.report.collector_name import CollectorName

_DEEPER = 2  # the number of "/" in the path of a .git folder that is one level further down
_FEWEST = 2
_IS_TEMPLATE = (
    "the names of all other clones begin with its name, so it is the template, not a submission"
)


def accept(tree: Tree) -> bool:
    """Return whether there are clones, or folders that may be clones without their ``.git``."""
    if _clones(tree):
        return True
    are_deeper = any(path.count("/") == _DEEPER and path.endswith("/.git") for path in tree.junk)
    return not are_deeper and bool(_prefix(list(tree.top_folders())))


def recognise(tree: Tree) -> bool:
    """Return whether most folders are clones, and their names begin alike."""
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
        Skipped(path=file.path, reason="it is not in the clone of a student")
        for file in tree.top_files()
    ]
    if template:
        skipped.append(Skipped(path=template, reason=_IS_TEMPLATE))
    return Collection(entries=tuple(entries), skipped=(*tree.all_skipped(), *skipped))


def _template(folders: list[str]) -> str:
    """Return the template from which the others were made: all other names begin with its name.

    With two folders this is uncertain, since the second account may just begin like the first one.

    Returns:
        The name of its folder; empty if there is no template.
    """
    first = min(folders, default="")
    return first if len(folders) > _FEWEST and _begin_with(first, folders) else ""


def _begin_with(first: str, folders: list[str]) -> bool:
    """Return whether the names of all other folders begin with the name of one, and a dash."""
    return all(one == first or one.startswith(f"{first}-") for one in folders)


def _clones(tree: Tree) -> list[str]:
    """List the folders at the top that have a ``.git``."""
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
        skipped=choice.skipped,
    )


def _prefix(folders: list[str]) -> str:
    """Return the part up to a dash with which all names begin: the name of the assignment.

    Returns:
        The part, with the dash. It is empty if it can't be known, because there is only one name,
        or there are two of which the first may be the template.
    """
    first, last = min(folders, default=""), max(folders, default="")
    if first == last or (len(folders) == _FEWEST and _begin_with(first, folders)):
        return ""
    # A common beginning of the first and the last name in order is common to all names.
    alike = itertools.takewhile(lambda pair: pair[0] == pair[1], zip(first, last, strict=False))
    common = "".join(letter for letter, _ in alike)
    return common[: common.rfind("-") + 1]


def _owners(folder: str, prefix: str) -> tuple[str, ...]:
    """List what the account may be, the most likely first.

    It is what follows the name of the assignment, if that is known. But if all accounts begin alike
    too, or there is only one clone, the account may begin after any dash.
    """
    known = folder.removeprefix(prefix)
    places = [place + 1 for place, letter in enumerate(folder) if letter == "-"]
    guesses = [folder[place:] for place in places if place < len(prefix) or not prefix]
    accounts = [Account(one) for one in (*guesses[::-1], folder)]
    # A number in what is certainly the account may be an id, but not one in the assignment's name.
    return tuple(dict.fromkeys(filter(None, (known if prefix else Account(known), *accounts))))
