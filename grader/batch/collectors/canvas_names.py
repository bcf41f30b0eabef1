"""Reads the names that Canvas gives files; those that can be read in two ways, by the whole class.

``name[_LATE]_userid_attachmentid_original.ext``, ``..._userid_text.html`` and ``.._link.html``. A
name may itself end in ``_12``, and a file's own name may begin with numbers: which of three
numbers in a row are meant is not in the name. All of them are chosen by students but the two ids,
so a reading counts only where the rest of the class bears it out; otherwise nobody's id is taken.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import median

from grader.batch.tree import TreeFile

# No id begins with a zero; dates do.
_NUMBER = re.compile(r"[1-9][0-9]{0,19}", re.ASCII)
_PAGE = re.compile(r"(text|link)\.html", re.IGNORECASE)
_LATE = re.compile(r"(?P<name>.*)_late", re.IGNORECASE | re.DOTALL)
_ANONYMOUS = re.compile(
    r"(?P<late>late_)?anon_(?P<user>[a-z0-9]+)"
    r"_(?:(?P<attachment>[0-9]+)_(?P<original>.+)|(?P<kind>text|link)\.html)",
    re.IGNORECASE | re.DOTALL,
)
_SMALL = 100  # numbers of teams are below it, ids are not
_ENOUGH = 3  # so many are a class, of which no one student is most
_FEW, _MOST = 0.25, 0.5  # shares of a class
_AT_LEAST = 10  # one of so many with an id of this length makes the length usual


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """What the name of one file says, if it is read in one of the ways."""

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
    """Tell whether these are of a class that is graded anonymously, and not of one named Anon."""
    return 2 * sum(_ANONYMOUS.fullmatch(file.name) is not None for file in files) > len(files)


def read_names(files: Sequence[TreeFile]) -> list[Named]:
    """Read the names of those files that have such names.

    Returns:
        One reading for each. Where ``is_certain`` is false, it is the longest that there is: what
        is before its attachment is the same in all files of one student, and in nobody else's.
    """
    if is_anonymous(files):
        return [_anonymous(file, said) for file in files
                if (said := _ANONYMOUS.fullmatch(file.name))]  # fmt: skip
    ways = [found for file in files if (found := list(_ways(file)))]
    usual = _Usual(them[0] for them in ways if len(them) == 1)
    if not usual:
        usual = _Usual(_of_all(ways))
    return list(_without_strangers([_choose(them, usual) for them in ways]))


def _anonymous(file: TreeFile, said: re.Match[str]) -> Named:
    return Named(
        file=file,
        name="anon",
        user=said["user"],
        attachment=said["attachment"] or "",
        original=said["original"] or "",
        kind=(said["kind"] or "").lower(),
        is_late=bool(said["late"]),
    )


def _ways(file: TreeFile) -> Iterator[Named]:
    """Give every way to read a name: each two numbers that follow each other can be the ids."""
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
        yield Named(
            file=file,
            name=late["name"] if late else name,
            user=number,
            attachment="" if page else following,
            original="" if page else rest,
            kind=page[1].lower() if page else "",
            is_late=late is not None,
        )


class _Usual:
    """What the ids are like in this class, told by names that leave no doubt."""

    def __init__(self, known: Iterable[Named]) -> None:
        known = list(known)
        self._lengths = Counter(len(one.user) for one in known)
        attachments = [int(one.attachment) for one in known if one.attachment]
        # What a class uploads within some weeks has numbers that are close to each other. By the
        # middle, so that a few that were misread change nothing.
        self._middle = median(attachments) if attachments else 0
        apart = median(abs(one - self._middle) for one in attachments) if attachments else 0
        self._reach = max(10 * apart, self._middle / 20)

    def __bool__(self) -> bool:
        return bool(self._lengths)

    def fits(self, one: Named) -> int:
        """Tell how many of the two ids are like those of others."""
        is_usual = self._lengths[len(one.user)] * _AT_LEAST >= self._lengths.total() > 0
        if not one.attachment:
            return 2 * is_usual
        is_close = bool(self._middle) and abs(int(one.attachment) - self._middle) <= self._reach
        return is_usual + is_close


def _choose(ways: Sequence[Named], usual: _Usual) -> Named:
    """Choose the way that fits best; the longest, and in doubt, if there is not just one."""
    if len(ways) == 1:
        return ways[0]
    marks = [usual.fits(one) for one in ways]
    best = max(marks)
    is_certain = best > 0 and marks.count(best) == 1
    one = ways[marks.index(best)] if is_certain else ways[-1]
    return replace(one, is_only_way=False, is_certain=is_certain)


def _of_all(ways: Sequence[Sequence[Named]]) -> list[Named]:
    """Read a class in which every name has several ways: all the first way, or all the second.

    Returns:
        Nothing if neither, or if both can be meant.
    """
    if not ways:
        return []
    first = [them[0] for them in ways]
    # What LATE stands before is no number of a team.
    second = [them[0] if them[0].is_late else them[1] for them in ways]
    faults, others = _share_of_faults(first), _share_of_faults(second)
    if faults > _MOST or others > _FEW:
        # One student's name may be a fault in either, but not undo what all others say.
        return first if faults <= _FEW else second if faults > _MOST and others <= _FEW else []
    users = [int(one.user) for one in first]
    are_counted = max(users) <= min(_SMALL, 2 * len(set(users)))
    if are_counted and min(int(one.user) for one in second) > _SMALL:
        return second  # red_1_4401_90001_lab4.py: teams, and no class has such small ids
    is_class = min(users) >= _SMALL and len(set(users)) >= _ENOUGH
    return first if is_class and faults <= _FEW else []


def _share_of_faults(read: Sequence[Named]) -> float:
    """Tell how much speaks against it that these are read rightly, as a share of them."""
    names: dict[str, set[str]] = {}
    for one in read:
        names.setdefault(one.user, set()).add(one.name)
    attachments = [one.attachment for one in read if one.attachment]
    doubles = len(attachments) - len(set(attachments))
    shared = sum(len(them) - 1 for them in names.values())
    different = {name for them in names.values() for name in them}
    namesakes = len(names) - len(different)
    # There are more files than people, so that theirs are the greater numbers.
    wrong = sum(int(one.user) >= int(one.attachment) for one in read if one.attachment)
    if 2 * wrong > len(attachments) or 1 < len(names) >= 2 * len(different):
        return 1.0
    return (doubles + shared + namesakes) / len(read)


def _without_strangers(read: Sequence[Named]) -> Iterator[Named]:
    """Doubt what gives one id, or one file, to two people, unless it is the only way to read it."""
    people: dict[tuple[str, str], set[str]] = {}
    sure: dict[tuple[str, str], set[str]] = {}
    for one in read:
        if one.is_certain:
            for key, who in _claims(one):
                people.setdefault(key, set()).add(who)
                if one.is_only_way:
                    sure.setdefault(key, set()).add(who)
    for one in read:
        is_shared = any(
            len(people[key]) > 1 and sure.get(key) != {who}
            for key, who in (_claims(one) if one.is_certain else ())
        )
        yield replace(one, is_certain=False) if is_shared else one


def _claims(one: Named) -> Iterator[tuple[tuple[str, str], str]]:
    """Give what only one can have, and who this is."""
    yield ("user", one.user), one.name
    if one.attachment:
        yield ("attachment", one.attachment), f"{one.name}_{one.user}"
