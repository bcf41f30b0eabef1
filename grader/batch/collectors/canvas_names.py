"""The parser of Canvas file names, which uses the whole class where one name is ambiguous.

The forms are ``name[_LATE]_userid_attachmentid_original.ext``, ``..._userid_text.html`` and
``..._userid_link.html``. A student's name may end in ``_12`` and the original file name may begin
with numbers, so the file name alone does not say which two of three numbers in a row are the ids.
Students choose everything but the ids. So a reading is trusted only if it agrees with the rest of
the class; otherwise the file keeps its entry, but without a user id.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import median

from grader.batch.tree import TreeFile

# Ids never begin with a zero, but parts of dates do.
_NUMBER = re.compile(r"[1-9][0-9]{0,19}", re.ASCII)
_PAGE = re.compile(r"(text|link)\.html", re.IGNORECASE)
_LATE = re.compile(r"(?P<name>.*)_late", re.IGNORECASE | re.DOTALL)
_ANONYMOUS = re.compile(
    r"(?P<late>late_)?anon_(?P<user>[a-z0-9]+)"
    r"_(?:(?P<attachment>[0-9]+)_(?P<original>.+)|(?P<kind>text|link)\.html)",
    re.IGNORECASE | re.DOTALL,
)
_SMALL = 100  # numbers of teams are smaller, ids are not
_ENOUGH = 3  # with this many users, no single student is the majority
_FEW, _MOST = 0.25, 0.5  # shares of a class
_AT_LEAST = 10  # a length of ids is usual if at least one in this many has it


@dataclass(frozen=True, slots=True, kw_only=True)
class CanvasName:
    """One reading of the name of a file.

    Attributes:
        file: The file.
        name: The name of the student or the group, as Canvas writes it.
        user: The user id.
        attachment: The id of the upload; empty for a page.
        original: The name of the file as the student called it; empty for a page.
        kind: ``text`` or ``link`` for a page that stands for something other than a file.
        is_late: Whether Canvas marked it as late.
        is_only_way: Whether the name has no other reading.
        is_certain: Whether ``name`` and ``user`` can be trusted.
    """

    file: TreeFile
    name: str
    user: str
    attachment: str = ""
    original: str = ""
    kind: str = ""
    is_late: bool = False
    is_only_way: bool = True
    is_certain: bool = True


def is_anonymous(files: Sequence[TreeFile]) -> bool:
    """Return whether a class is graded anonymously, and not just a student is called Anon."""
    return 2 * sum(_ANONYMOUS.fullmatch(file.name) is not None for file in files) > len(files)


def read_names(files: Sequence[TreeFile]) -> list[CanvasName]:
    """Read the names of the files, leaving out those that are not in a form of Canvas.

    Returns:
        One reading for each file. If ``is_certain`` is false, it is the reading with the longest
        name: everything before its attachment id is the same in all files of the student, and
        differs from everybody else's.
    """
    if is_anonymous(files):
        return [_anonymous(file, match) for file in files
                if (match := _ANONYMOUS.fullmatch(file.name))]  # fmt: skip
    files_readings = [found for file in files if (found := list(_readings(file)))]
    usual = _UsualIds(readings[0] for readings in files_readings if len(readings) == 1)
    if not usual:
        usual = _UsualIds(_read_alike(files_readings))
    return list(_doubt_shared([_choose(readings, usual) for readings in files_readings]))


def _anonymous(file: TreeFile, match: re.Match[str]) -> CanvasName:
    return CanvasName(
        file=file,
        name="anon",
        user=match["user"],
        attachment=match["attachment"] or "",
        original=match["original"] or "",
        kind=(match["kind"] or "").lower(),
        is_late=bool(match["late"]),
    )


def _readings(file: TreeFile) -> Iterator[CanvasName]:
    """Yield every reading of a name: any two adjacent numbers can be the ids."""
    parts = file.name.split("_")
    for place in range(1, len(parts) - 1):
        number, following = parts[place], parts[place + 1]
        if not _NUMBER.fullmatch(number):
            continue
        rest = "_".join(parts[place + 2 :])
        page = _PAGE.fullmatch(following) if place + 2 == len(parts) else None
        if page is None and not (rest and _NUMBER.fullmatch(following)):
            continue
        name = "_".join(parts[:place])
        late = _LATE.fullmatch(name)
        yield CanvasName(
            file=file,
            name=late["name"] if late else name,
            user=number,
            attachment="" if page else following,
            original="" if page else rest,
            kind=page[1].lower() if page else "",
            is_late=late is not None,
        )


class _UsualIds:
    """What the ids of this class look like, judged by names that are not ambiguous.

    It is false if there are no such names.
    """

    def __init__(self, known: Iterable[CanvasName]) -> None:
        known = list(known)
        self._lengths = Counter(len(one.user) for one in known)
        attachments = [int(one.attachment) for one in known if one.attachment]
        # What a class uploads within a few weeks has ids that are close to each other. Medians are
        # not affected by a few misread names.
        self._middle = median(attachments) if attachments else 0
        deviation = median(abs(one - self._middle) for one in attachments) if attachments else 0
        self._reach = max(10 * deviation, self._middle / 20)

    def __bool__(self) -> bool:
        return bool(self._lengths)

    def count_usual(self, one: CanvasName) -> int:
        """Return how many of the two ids look like those of the class; a page counts as 0 or 2."""
        is_usual = self._lengths[len(one.user)] * _AT_LEAST >= self._lengths.total() > 0
        if not one.attachment:
            return 2 * is_usual
        is_close = bool(self._middle) and abs(int(one.attachment) - self._middle) <= self._reach
        return is_usual + is_close


def _choose(readings: Sequence[CanvasName], usual: _UsualIds) -> CanvasName:
    """Return the reading that fits the class best; if several do, the longest, as uncertain."""
    if len(readings) == 1:
        return readings[0]
    counts = [usual.count_usual(one) for one in readings]
    best = max(counts)
    is_certain = best > 0 and counts.count(best) == 1
    one = readings[counts.index(best)] if is_certain else readings[-1]
    return replace(one, is_only_way=False, is_certain=is_certain)


def _read_alike(files_readings: Sequence[Sequence[CanvasName]]) -> list[CanvasName]:
    """Read a class in which every name is ambiguous: all in the first way, or all in the second.

    Returns:
        The readings; an empty list if neither way is plausible, or if both are.
    """
    if not files_readings:
        return []
    first = [readings[0] for readings in files_readings]
    # A number after LATE is the user id, never the number of a team.
    second = [readings[0] if readings[0].is_late else readings[1] for readings in files_readings]
    first_faults, second_faults = _share_of_faults(first), _share_of_faults(second)
    if first_faults > _MOST or second_faults > _FEW:
        # A single student's name can be a fault in either way, and must not outweigh the others.
        if first_faults <= _FEW:
            return first
        return second if first_faults > _MOST and second_faults <= _FEW else []
    users = [int(one.user) for one in first]
    are_counted = max(users) <= min(_SMALL, 2 * len(set(users)))
    if are_counted and min(int(one.user) for one in second) > _SMALL:
        return second  # red_1_4401_90001_lab4.py: these are teams, as user ids are not so small
    is_class = min(users) >= _SMALL and len(set(users)) >= _ENOUGH
    return first if is_class and first_faults <= _FEW else []


def _share_of_faults(read: Sequence[CanvasName]) -> float:
    """Return how much contradicts a way of reading a class, as a share of its names."""
    names: dict[str, set[str]] = {}
    for one in read:
        names.setdefault(one.user, set()).add(one.name)
    attachments = [one.attachment for one in read if one.attachment]
    doubles = len(attachments) - len(set(attachments))
    shared = sum(len(own) - 1 for own in names.values())
    different = {name for own in names.values() for name in own}
    namesakes = len(names) - len(different)
    # An LMS has more files than users, so attachment ids are greater than user ids.
    wrong = sum(int(one.user) >= int(one.attachment) for one in read if one.attachment)
    if 2 * wrong > len(attachments) or 1 < len(names) >= 2 * len(different):
        return 1.0
    return (doubles + shared + namesakes) / len(read)


def _doubt_shared(read: Sequence[CanvasName]) -> Iterator[CanvasName]:
    """Mark names as uncertain that give one id to two people, unless they have only one reading."""
    people: dict[tuple[str, str], set[str]] = {}
    unambiguous: dict[tuple[str, str], set[str]] = {}
    for one in read:
        if one.is_certain:
            for key, person in _claims(one):
                people.setdefault(key, set()).add(person)
                if one.is_only_way:
                    unambiguous.setdefault(key, set()).add(person)
    for one in read:
        is_shared = any(
            len(people[key]) > 1 and unambiguous.get(key) != {person}
            for key, person in (_claims(one) if one.is_certain else ())
        )
        yield replace(one, is_certain=False) if is_shared else one


def _claims(one: CanvasName) -> Iterator[tuple[tuple[str, str], str]]:
    """Yield each id that only one person can have, and this person."""
    yield ("user", one.user), one.name
    if one.attachment:
        yield ("attachment", one.attachment), f"{one.name}_{one.user}"
