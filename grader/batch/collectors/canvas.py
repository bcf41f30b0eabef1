"""The collector for Canvas exports: a flat folder whose file names identify the students.

- ``name[_LATE]_userid_attachmentid_original.ext``, where the name is "Last, First" in lower case,
  reduced to letters, digits and underscores
- ``[LATE_]anon_id_attachmentid_original.ext`` with anonymous grading
- ``..._userid_text.html`` and ``..._userid_link.html`` for what was not handed in as a file

Groups hand in under the name of the group, with the user id of the member who uploaded the file.
"""

import re
from collections.abc import Sequence
from pathlib import PurePosixPath

from grader.batch.choose_file import NOTHING, Piece, choose, shorten
from grader.batch.collection import Collection, Entry, LmsName, LmsNumber
from grader.batch.collectors.canvas_names import CanvasName, is_anonymous, read_names
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
_IN_DOUBT = "the numbers in its name do not identify the student with certainty; find out by hand"
# The digits that the ids must have for an export to be recognised: with three people or more, with
# two, and with one person or people who share a name; the last is for user ids.
_SHORT, _LONG, _LONGER, _USER_LONG = 3, 4, 5, 3
_MANY, _SOME = 3, 2
_YEAR = "(?:20[0-4][0-9]|19[0-9][0-9])"
_MONTH, _DAY, _SHORT_YEAR = "(?:0[1-9]|1[0-2])", "(?:0[1-9]|[12][0-9]|3[01])", "[1-4][0-9]"
_DATE = re.compile(
    rf"{_YEAR}(?:{_MONTH}(?:{_DAY})?)?|{_MONTH}{_DAY}|{_DAY}{_MONTH}(?:{_YEAR}|{_SHORT_YEAR})?"
    rf"|{_SHORT_YEAR}{_MONTH}{_DAY}"
)


def accept(tree: Tree) -> bool:
    """Return whether most files have names in this form."""
    files = tree.top_files()
    return 2 * len(read_names(files)) > len(files)


def recognise(tree: Tree) -> bool:
    """Return whether the names are in this form, of different people, and beyond coincidence."""
    files = tree.top_files()
    certain = [one for one in read_names(files) if one.is_certain]
    attachments = [one.attachment for one in certain if one.attachment]
    doubles = len(attachments) - len(set(attachments))
    if 2 * len(certain) <= len(files) or 10 * doubles > len(attachments):
        return False
    are_pages = len({one.user for one in certain if one.kind}) >= _SOME
    are_many = len({one.user for one in certain}) >= _MANY
    are_ids = are_pages or _are_ids(attachments, length=_SHORT if are_many else _LONG)
    return is_anonymous(files) or (are_ids and _are_people(certain, attachments))


def resembles(tree: Tree) -> bool:
    """Return whether a tree may be an export even if it is not recognised as one."""
    return len(tree.top_files()) >= _SOME and accept(tree)


def _are_ids(attachments: Sequence[str], *, length: int) -> bool:
    """Return whether most are long enough for an LMS's ids, and not all can be dates."""
    found = sum(len(one) >= length for one in attachments)
    return not attachments or (
        2 * found > len(attachments) and not all(map(_DATE.fullmatch, attachments))
    )


def _are_people(certain: Sequence[CanvasName], attachments: Sequence[str]) -> bool:
    """Return whether the names are of different students, and don't just begin alike."""
    users = {one.user for one in certain}
    are_longer = _are_ids(attachments, length=_LONGER)
    if len(users) == 1:
        # In lab_4_71234_a.py and lab_4_71235_b.py, 4 is the number of the lab, not a user id.
        gradable = sum(is_gradable(one.original) for one in certain)
        return len(certain) == 1 or (gradable <= 1 and are_longer)
    names = {one.name for one in certain}
    if 2 * len(names) == len(users):
        return are_longer and min(map(len, users)) >= _USER_LONG
    return 2 * len(names) > len(users)


def collect(tree: Tree, *, stem: str) -> Collection:
    """Collect an entry for each student or group, which Canvas identifies by a user id."""
    files = tree.top_files()
    found = read_names(files)
    people: dict[tuple[str, str, bool], list[CanvasName]] = {}
    for one in found:
        people.setdefault((one.name, one.user, one.is_certain), []).append(one)
    known = {one.file.path for one in found}
    skipped = [
        Skipped(path=file.path, reason="its name is not in the form that Canvas uses")
        for file in tree.files
        if file.path not in known
    ]
    numbers = frozenset(one.user for one in found if one.is_certain)
    is_hidden = is_anonymous(files)
    entries = (
        _entry(own, _owners(own[0], numbers, is_hidden=is_hidden), stem=stem)
        for own in people.values()
    )
    return Collection(entries=tuple(entries), skipped=(*tree.all_skipped(), *skipped))


def _owners(one: CanvasName, numbers: frozenset[str], *, is_hidden: bool) -> tuple[str, ...]:
    """Return what identifies the student; nothing if in doubt, so that no other one is matched."""
    if is_hidden or not one.is_certain:
        return ()
    return tuple(filter(None, (LmsNumber(one.user, numbers), LmsName(one.name))))


def _entry(own: list[CanvasName], owners: tuple[str, ...], *, stem: str) -> Entry:
    """Make the entry of a student from the names of their files."""
    first = own[0]
    uploads = [one for one in own if not one.kind]
    newest, notes = _newest(uploads, stem=stem)
    nothing = next((_NO_FILE[one.kind] for one in own if one.kind), NOTHING)
    choice = choose(newest, stem=stem, nothing=nothing)
    place = f"{first.name}_{first.user}"
    if not first.is_certain:
        notes = (_IN_DOUBT, *notes)
    return Entry(
        place=place,
        file=choice.file or first.file.name,
        read=choice.read,
        owners=owners,
        # A name without its spaces and capitals is not fit to be shown: only the origin has it.
        student=Student(id=first.user) if owners else Student(),
        origin=Origin(
            system=CollectorName.CANVAS,
            key=first.user if first.is_certain else "",
            name=_lms_name(first, place, is_hidden=not owners),
            is_late=any(one.is_late for one in own),
        ),
        notes=(*notes, *choice.notes),
        skipped=choice.skipped,
    )


def _lms_name(one: CanvasName, place: str, *, is_hidden: bool) -> str:
    if not one.is_certain:
        return place  # it is not a name, so an export can't match it with anybody's row
    return "" if is_hidden else one.name


def _newest(uploads: list[CanvasName], *, stem: str) -> tuple[list[Piece], tuple[str, ...]]:
    """Keep the last version of each file that was uploaded again (``lab4-1.py``, ``lab4-2.py``).

    Returns:
        The files that were kept, and a note for each that has earlier versions.
    """
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
            notes.append(
                f"{shorten(last.name)} is the newest of {len(pieces)} uploads with the same name"
            )
    # The number at the end counts versions of one file; it does not compare different files.
    return [_without_number(piece) for piece in kept], tuple(notes)


def _without_number(piece: Piece) -> Piece:
    return Piece(file=piece.file, name=piece.name, title=piece.title, age=piece.age[1:])


def _title(name: str, *, stem: str) -> tuple[str, int]:
    """Split a file name without its ending from the number that Canvas adds to later uploads.

    Returns:
        The name as the student gave it, and the number; 0 if there is none.
    """
    match = _UPLOADED_AGAIN.fullmatch(name)
    if match is None or name.casefold() == stem.casefold():
        return name, 0
    return match["title"], int(match["number"])
