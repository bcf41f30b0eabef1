"""Collects from what Canvas exports: one folder, and in each file's name whose it is.

``name[_LATE]_userid_attachmentid_original.ext``, where the name is "Last, First" in small letters
without anything but letters, digits and underscores; ``[LATE_]anon_id_attachmentid_original.ext``
with anonymous grading; ``..._userid_text.html`` and ``..._userid_link.html`` for what was handed in
as no file. Groups hand in under their own name, with the number of the one who did it.
"""

import re
from collections.abc import Sequence
from pathlib import PurePosixPath

from grader.batch.choose_file import NOTHING, Piece, choose, shorten
from grader.batch.collection import Collection, Entry, LmsName, LmsNumber
from grader.batch.collectors.canvas_names import Named, is_anonymous, read_names
from grader.batch.gradable_files import is_gradable
from grader.batch.tree import Tree
from grader.report.class_model import Origin, Skipped, Student
from grader.report.collector_name import CollectorName

_UPLOADED_AGAIN = re.compile(r"(?P<title>.+)-(?P<number>[0-9]{1,9})", re.DOTALL)
_ASK = "ask for the .py file or the notebook"
_NO_FILE = {
    "text": f"it was handed in as a text entry, not as a file: {_ASK}",
    "link": f"it was handed in as a web address, not as a file: {_ASK}",
}
_IN_DOUBT = (
    "the numbers in its name do not tell for certain who handed it in: see who it is by hand"
)
# How long the numbers are by which an export is known: of three people or more, of two, and of one
# or of people of one name.
_SHORT, _LONG, _LONGER, _USER_LONG = 3, 4, 5, 3
_MANY, _SOME = 3, 2
_YEAR = "(?:20[0-4][0-9]|19[0-9][0-9])"
_MONTH, _DAY, _SHORT_YEAR = "(?:0[1-9]|1[0-2])", "(?:0[1-9]|[12][0-9]|3[01])", "[1-4][0-9]"
_DATE = re.compile(
    rf"{_YEAR}(?:{_MONTH}(?:{_DAY})?)?|{_MONTH}{_DAY}|{_DAY}{_MONTH}(?:{_YEAR}|{_SHORT_YEAR})?"
    rf"|{_SHORT_YEAR}{_MONTH}{_DAY}"
)


def accept(tree: Tree) -> bool:
    """Tell whether most files here have such names."""
    files = tree.top_files()
    return 2 * len(read_names(files)) > len(files)


def recognise(tree: Tree) -> bool:
    """Tell whether these are such names, of people who can be told apart, and not by chance."""
    files = tree.top_files()
    sure = [one for one in read_names(files) if one.is_certain]
    attachments = [one.attachment for one in sure if one.attachment]
    doubles = len(attachments) - len(set(attachments))
    if 2 * len(sure) <= len(files) or 10 * doubles > len(attachments):
        return False
    are_pages = len({one.user for one in sure if one.kind}) >= _SOME
    are_many = len({one.user for one in sure}) >= _MANY
    are_ids = are_pages or _are_ids(attachments, length=_SHORT if are_many else _LONG)
    return is_anonymous(files) or (are_ids and _are_people(sure, attachments))


def resembles(tree: Tree) -> bool:
    """Tell whether it may be an export, even if it isn't recognised."""
    return len(tree.top_files()) >= _SOME and accept(tree)


def _are_ids(attachments: Sequence[str], *, length: int) -> bool:
    """Tell whether most are numbers that a system counts with; not pages, days or years."""
    found = sum(len(one) >= length for one in attachments)
    return not attachments or (
        2 * found > len(attachments) and not all(map(_DATE.fullmatch, attachments))
    )


def _are_people(sure: Sequence[Named], attachments: Sequence[str]) -> bool:
    """Tell whether these are students with their files, and not files of one name and number."""
    users = {one.user for one in sure}
    are_longer = _are_ids(attachments, length=_LONGER)
    if len(users) == 1:
        # lab_4_71234_a.py, lab_4_71235_b.py: the number of the lab, and then the students'.
        graded = sum(is_gradable(one.original) for one in sure)
        return len(sure) == 1 or (graded <= 1 and are_longer)
    names = {one.name for one in sure}
    if 2 * len(names) == len(users):
        return are_longer and min(map(len, users)) >= _USER_LONG
    return 2 * len(names) > len(users)


def collect(tree: Tree, *, stem: str) -> Collection:
    """Collect an entry for each student, or group, whose user id Canvas gives."""
    files = tree.top_files()
    found = read_names(files)
    people: dict[tuple[str, str, bool], list[Named]] = {}
    for one in found:
        people.setdefault((one.name, one.user, one.is_certain), []).append(one)
    known = {one.file.path for one in found}
    skipped = [
        Skipped(path=file.path, reason="its name is not one that Canvas gives")
        for file in tree.files
        if file.path not in known
    ]
    numbers = frozenset(one.user for one in found if one.is_certain)
    is_hidden = is_anonymous(files)
    entries = (
        _entry(them, _owners(them[0], numbers, is_hidden=is_hidden), stem=stem)
        for them in people.values()
    )
    return Collection(entries=tuple(entries), skipped=(*tree.all_skipped(), *skipped))


def _owners(one: Named, numbers: frozenset[str], *, is_hidden: bool) -> tuple[str, ...]:
    """Give what is known of the owner; of one who is in doubt, nothing, so that nobody is taken."""
    if is_hidden or not one.is_certain:
        return ()
    return tuple(filter(None, (LmsNumber(one.user, numbers), LmsName(one.name))))


def _entry(them: list[Named], owners: tuple[str, ...], *, stem: str) -> Entry:
    first = them[0]
    uploads = [one for one in them if not one.kind]
    newest, notes = _newest(uploads, stem=stem)
    nothing = next((_NO_FILE[one.kind] for one in them if one.kind), NOTHING)
    choice = choose(newest, stem=stem, nothing=nothing)
    place = f"{first.name}_{first.user}"
    if not first.is_certain:
        notes = (_IN_DOUBT, *notes)
    return Entry(
        place=place,
        file=choice.file or first.file.name,
        read=choice.read,
        owners=owners,
        # A name that has lost its spaces and capitals is nobody's name: it stays in the origin.
        student=Student(id=first.user) if owners else Student(),
        origin=Origin(
            system=CollectorName.CANVAS,
            key=first.user if first.is_certain else "",
            name=_written(first, place, is_hidden=not owners),
            is_late=any(one.is_late for one in them),
        ),
        notes=(*notes, *choice.notes),
    )


def _written(one: Named, place: str, *, is_hidden: bool) -> str:
    if not one.is_certain:
        return place  # nobody's name, so that nobody's row is found by it
    return "" if is_hidden else one.name


def _newest(uploads: list[Named], *, stem: str) -> tuple[list[Piece], tuple[str, ...]]:
    """Keep of the files that were uploaded again, as ``lab4-1.py``, ``lab4-2.py``, the last one."""
    versions: dict[tuple[str, str], list[Piece]] = {}
    for one in uploads:
        title, number = _title(PurePosixPath(one.original).stem, stem=stem)
        age = (number, int(one.attachment))
        piece = Piece(file=one.file, name=one.original, title=title, age=age)
        ending = PurePosixPath(one.original).suffix.lower()
        versions.setdefault((title.casefold(), ending), []).append(piece)
    kept, notes = [], []
    for pieces in versions.values():
        readable = [piece for piece in pieces if not piece.file.problem] or pieces
        last = max(readable, key=lambda piece: piece.age)
        kept.append(last)
        if len(pieces) > 1:
            notes.append(f"{shorten(last.name)} is the newest of {len(pieces)} uploads of one name")
    # Between files of different names the number at the end says nothing.
    return [_without_number(piece) for piece in kept], tuple(notes)


def _without_number(piece: Piece) -> Piece:
    return Piece(file=piece.file, name=piece.name, title=piece.title, age=piece.age[1:])


def _title(name: str, *, stem: str) -> tuple[str, int]:
    """Tell a name from the number that Canvas puts behind it when it comes again."""
    match = _UPLOADED_AGAIN.fullmatch(name)
    if match is None or name.casefold() == stem.casefold():
        return name, 0
    return match["title"], int(match["number"])
