"""Collects from what Canvas exports: one folder, and in each file's name whose it is.

``name[_LATE]_userid_attachmentid_original.ext``, where the name is "Last, First" in small letters
without anything but letters, digits and underscores; ``[LATE_]anon_id_attachmentid_original.ext``
with anonymous grading; ``..._userid_text.html`` and ``..._userid_link.html`` for what was handed in
as no file. Groups hand in under their own name, with the number of the one who did it.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from grader.batch.collection import Collection, Entry
from grader.batch.handin import NOTHING, Piece, choose, shorten
from grader.batch.tree import Tree, TreeFile
from grader.report.class_model import Origin, Skipped, Student

SYSTEM = "canvas"
_FLAGS = re.IGNORECASE | re.DOTALL
_REST = r"_(?:(?P<attachment>[0-9]+)_(?P<original>.+)|(?P<kind>text|link)\.html)"
# Lazily: what follows the first two numbers is the file's own, whatever numbers it has in it.
_NAMED = re.compile(rf"(?P<name>.*?)(?P<late>_late)?_(?P<user>[0-9]+){_REST}", _FLAGS)
_ANONYMOUS = re.compile(rf"(?P<late>late_)?(?P<name>anon)_(?P<user>[a-z0-9]+){_REST}", _FLAGS)
_UPLOADED_AGAIN = re.compile(r"(?P<title>.+)-(?P<number>[0-9]{1,9})", re.DOTALL)
_ASK = "ask for the .py file or the notebook"
_NO_FILE = {
    "text": f"it was handed in as a text entry, not as a file: {_ASK}",
    "link": f"it was handed in as a web address, not as a file: {_ASK}",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Named:
    """What the name of one file says."""

    file: TreeFile
    name: str
    user: str
    attachment: str
    original: str
    kind: str
    is_late: bool


def accept(tree: Tree) -> bool:
    """Tell whether most files here have such names."""
    files = tree.top_files()
    return 2 * sum(1 for _ in _parse(files)) > len(files)


def recognise(tree: Tree) -> bool:
    """Tell whether these are such names, of people who can be told apart, and not by chance."""
    if not accept(tree):
        return False
    files = tree.top_files()
    found = list(_parse(files))
    names: dict[str, set[str]] = {}
    for one in found:
        names.setdefault(one.user, set()).add(one.name)
    # Not hw_2024_05_anna.py, hw_2024_06_ben.py: one "user" with many files, or many of one name.
    attachments = [one.attachment for one in found if one.attachment]
    if len(set(attachments)) < len(attachments) or any(len(them) > 1 for them in names.values()):
        return False
    if _is_anonymous(files):
        return True
    different = {name for them in names.values() for name in them}
    return len(found) == 1 or (len(names) > 1 and 2 * len(different) > len(names))


def collect(tree: Tree, *, stem: str) -> Collection:
    """Collect an entry for each student, or group, whose user id Canvas gives."""
    files = tree.top_files()
    known = {one.file.path: one for one in _parse(files)}
    people: dict[str, list[_Named]] = {}
    for one in known.values():
        people.setdefault(one.user, []).append(one)
    skipped = [
        Skipped(path=file.path, reason="its name is not one that Canvas gives")
        for file in tree.files
        if file.path not in known
    ]
    is_anonymous = _is_anonymous(files)
    entries = (_entry(them, stem=stem, is_anonymous=is_anonymous) for them in people.values())
    return Collection(entries=tuple(entries), skipped=(*tree.all_skipped(), *skipped))


def _entry(them: list[_Named], *, stem: str, is_anonymous: bool) -> Entry:
    first = them[0]
    uploads = [one for one in them if not one.kind]
    newest, notes = _newest(uploads, stem=stem)
    nothing = next((_NO_FILE[one.kind] for one in them if one.kind), NOTHING)
    choice = choose(newest, stem=stem, nothing=nothing)
    return Entry(
        place=f"{first.name}_{first.user}",
        file=choice.file or first.file.name,
        read=choice.read,
        owners=() if is_anonymous else tuple(filter(None, (first.user, first.name))),
        # A name that has lost its spaces and capitals is nobody's name: it stays in the origin.
        student=Student() if is_anonymous else Student(id=first.user),
        origin=Origin(
            system=SYSTEM,
            key=first.user,
            name="" if is_anonymous else first.name,
            is_late=any(one.is_late for one in them),
        ),
        notes=(*notes, *choice.notes),
    )


def _newest(uploads: list[_Named], *, stem: str) -> tuple[list[Piece], tuple[str, ...]]:
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


def _is_anonymous(files: list[TreeFile]) -> bool:
    """Tell whether these are of a class that is graded anonymously, and not of one named Anon."""
    return 2 * sum(_ANONYMOUS.fullmatch(file.name) is not None for file in files) > len(files)


def _parse(files: list[TreeFile]) -> Iterator[_Named]:
    """Read the names of those files that have such names."""
    pattern = _ANONYMOUS if _is_anonymous(files) else _NAMED
    matches = [(file, match) for file in files if (match := pattern.fullmatch(file.name))]
    lengths = _Lengths(match for _, match in matches)
    for file, match in matches:
        said = lengths.correct(match, pattern)
        yield _Named(
            file=file,
            name=said["name"],
            user=said["user"],
            attachment=said["attachment"] or "",
            original=said["original"] or "",
            kind=(said["kind"] or "").lower(),
            is_late=bool(said["late"]),
        )


class _Lengths:
    """How long the numbers are here, to see where a name that ends in a number was cut too early.

    ``doe_12_345_67890_lab4.py`` is of user 345, not 12, where others have such numbers.
    """

    def __init__(self, matches: Iterable[re.Match[str]]) -> None:
        self._users: Counter[int] = Counter()
        self._attachments: Counter[int] = Counter()
        for match in matches:
            if match["attachment"] and not re.match(r"[0-9]+_", match["original"]):
                self._users[len(match["user"])] += 1
                self._attachments[len(match["attachment"])] += 1

    def correct(self, match: re.Match[str], pattern: re.Pattern[str]) -> re.Match[str]:
        """Give the other way to read a name, if only that one has numbers as others have."""
        if match["attachment"] is None or self._likely(match):
            return match
        start = match.end("user")
        other = pattern.fullmatch(match.string, start)
        if other is None or other["attachment"] is None or self._likely(other) < 2:  # noqa: PLR2004 - both numbers
            return match
        # Read again, with the name up to there.
        whole = re.compile(
            rf"(?P<name>.{{{start}}})(?P<late>_late)?_(?P<user>[0-9]+){_REST}", _FLAGS
        )
        return whole.fullmatch(match.string) or match

    def _likely(self, match: re.Match[str]) -> int:
        is_user = len(match["user"]) in self._users
        return is_user + (len(match["attachment"]) in self._attachments)
