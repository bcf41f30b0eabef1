"""The collector for Moodle exports, with a folder for each student or all files in one folder.

- ``Full Name_123456_assignsubmission_file/any/depth.py``; before Moodle 3.1, the folder's name ends
  in another ``_``
- ``..._assignsubmission_onlinetext/onlinetext.html`` for online text
- in a flat export, the file's name follows after one more ``_`` instead of the ``/``

The number is that of the participant in the grading worksheet, not a student id. A team has its
name and number instead. With blind marking, everybody is called "Participant", or its translation
in the language of the site.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from grader.batch.choose_file import NOTHING, Piece, choose
from grader.batch.collection import Collection, Entry, LmsName
from grader.batch.tree import Tree, TreeFile
from grader.report.class_model import Origin, Skipped, Student
from grader.report.collector_name import CollectorName

_NAME = re.compile(
    r"(?P<owner>(?P<name>.*?)(?:_(?P<number>[0-9]+))?)_assignsubmission_(?P<kind>[a-z]+)(?:_(?P<rest>.*))?",
    re.DOTALL,
)
_BLIND = "participant"
_ONLINE_TEXT = "onlinetext"
_NO_FILE = "it was handed in as online text, not as a file: ask for the .py file or the notebook"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """A file, or an empty folder, with its owner.

    Attributes:
        owner: The name and the number together, as they begin the name of a folder or file.
        name: The name of the student or team.
        number: The number in the grading worksheet; empty if there is none.
        kind: The kind of submission, ``file`` or ``onlinetext``.
        piece: The file; None for an empty folder.
    """

    owner: str
    name: str
    number: str
    kind: str
    piece: Piece | None


def recognise(tree: Tree) -> bool:
    """Return whether any file or folder at the top has a name in this form."""
    names = [*tree.top_folders(), *(file.path for file in tree.top_files())]
    return any(_NAME.fullmatch(name) for name in names)


def collect(tree: Tree, *, stem: str) -> Collection:
    """Collect an entry for each student or team; its key is the number in the worksheet."""
    owners: dict[str, list[_Part]] = {}
    used: set[str] = set()
    for part in _parts(tree):
        owners.setdefault(part.owner, []).append(part)
        if part.piece is not None:
            used.add(part.piece.file.path)
    skipped = [
        Skipped(path=file.path, reason="its name is not in the form that Moodle uses")
        for file in tree.files
        if file.path not in used
    ]
    names = {owner: parts[0].name for owner, parts in owners.items()}
    # A name that the whole class has identifies nobody.
    is_blind = len(names) > 1 and len(set(names.values())) == 1
    entries = (
        _entry(parts, stem=stem, is_blind=is_blind or parts[0].name.casefold() == _BLIND)
        for parts in owners.values()
    )
    return Collection(entries=tuple(entries), skipped=(*tree.all_skipped(), *skipped))


def _entry(parts: list[_Part], *, stem: str, is_blind: bool) -> Entry:
    first = parts[0]
    pieces = [part.piece for part in parts if part.piece and part.kind != _ONLINE_TEXT]
    has_text = any(part.kind == _ONLINE_TEXT for part in parts)
    choice = choose(pieces, stem=stem, nothing=_NO_FILE if has_text else NOTHING)
    # Some versions and forks of Moodle put the user name first.
    username, _, name = ("", "", "") if is_blind else first.name.rpartition("_")
    return Entry(
        place=first.owner,
        file=choice.file or ("onlinetext.html" if has_text else first.owner),
        read=choice.read,
        owners=tuple(filter(None, (username, LmsName(name)))),
        student=Student(name=name),
        origin=Origin(system=CollectorName.MOODLE, key=first.number, name=name),
        notes=choice.notes,
        skipped=choice.skipped,
    )


def _parts(tree: Tree) -> Iterator[_Part]:
    for file in tree.top_files():
        match = _NAME.fullmatch(file.path)
        if match is not None:
            yield _part(match, file, match["rest"] or file.path)
    for folder, files in tree.top_folders().items():
        match = _NAME.fullmatch(folder)
        if match is not None:
            for file in files:
                yield _part(match, file, file.path.removeprefix(f"{folder}/"))
            if not files:
                yield _part(match, None, "")


def _part(match: re.Match[str], file: TreeFile | None, name: str) -> _Part:
    return _Part(
        owner=match["owner"],
        name=match["name"],
        number=match["number"] or "",
        kind=match["kind"],
        piece=None if file is None else Piece(file=file, name=name),
    )
