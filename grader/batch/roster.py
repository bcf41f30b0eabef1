"""The roster: the students of a class, and the lookup of a submission's student among them."""

import functools
import itertools
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.batch.collection import Account, LmsName, LmsNumber
from grader.batch.roster_file import Listed, read_roster_file
from grader.report.class_model import Student
from grader.report.normalize import normalize, normalize_name, normalize_unicode

# This many numbers of an LMS that are all on the roster are not there by chance.
_ENOUGH_NUMBERS = 3
_SHORTEST_WORD, _MOST_WORDS = 2, 12
# How much is tried to compose a name in an LMS of the words of another: a thousandth is enough for
# a usual name, and twelve words that all begin alike would take hours.
_MOST_LETTERS, _MOST_STEPS = 300, 20_000


@dataclass(frozen=True, slots=True)
class Roster:
    """The students of a class, and an index of what identifies them.

    Attributes:
        students: The students who are expected to hand in, in the order of the file. Others are
            found as well.
        unused: The titles of the roster's columns that were not used.
    """

    students: tuple[Student, ...]
    unused: tuple[str, ...]
    _by_word: Mapping[str, tuple[Student, ...]]
    _by_letters: Mapping[str, tuple[Student, ...]]
    _ids: Mapping[Student, frozenset[str]]
    _all_ids: frozenset[str]

    def find(self, *owners: str) -> Student | None:
        """Find the one student to whom the names of a submission's owner refer.

        A name can be, as a whole, an id, an e-mail address or its part before the @, or a student's
        name with its words in any order, with or without separators between them. Otherwise, it
        may contain an id as a separate word.

        If two of the owners refer to different students, the result is None rather than a guess: a
        number from one system may be somebody else's number in another. For the same reason, an
        `LmsNumber` or `LmsName` refers to a student only if the student's name fits the name in
        the LMS.

        Args:
            owners: What identifies the owner, the most reliable first, as in `Entry.owners`.

        Returns:
            The student, or None if there is none or it is not clear which one.
        """
        lms_name = next((owner for owner in owners if isinstance(owner, LmsName)), "")
        whole = {self._find_word(owner) for owner in owners} - {None}
        if len(whole) > 1:
            return None
        return next(filter(None, (self._find(owner, lms_name) for owner in owners)), None)

    def _find(self, owner: str, lms_name: str) -> Student | None:
        whole = self._find_whole(owner, lms_name)
        if whole is not None or isinstance(owner, (LmsNumber, Account)):
            return whole
        found = self._find_id(owner)
        return found if self._can_be(found, owner, lms_name) else None

    def _find_whole(self, owner: str, lms_name: str) -> Student | None:
        found = self._find_word(owner)
        return found if self._can_be(found, owner, lms_name) else None

    def _can_be(self, student: Student | None, owner: str, lms_name: str) -> bool:
        """Return whether a student is compatible with what the LMS says about the owner."""
        if student is None or not isinstance(owner, (LmsNumber, LmsName)):
            return True
        if isinstance(owner, LmsNumber) and normalize(owner) not in self._ids[student]:
            return False
        if lms_name and student.name:
            return fits(lms_name, student.name)
        return isinstance(owner, LmsNumber) and self._are_ids(owner.of_class)

    def _are_ids(self, numbers: frozenset[str]) -> bool:
        """Return whether the roster's ids are the numbers of an LMS: it has those of everybody."""
        return len(numbers) >= _ENOUGH_NUMBERS and _has_all_ids(self._all_ids, numbers)

    def _find_word(self, owner: str) -> Student | None:
        """Find the student whom a text as a whole identifies."""
        letters = _letters(owner)
        matches = [self._by_word.get(key, ()) for key in (normalize(owner), normalize_name(owner))]
        matches.append(self._by_letters.get(letters, ()))
        if letters == normalize(owner):
            # A single word can be the id or the address of one student and the name of another.
            matches = [tuple({student for found in matches for student in found})]
        return next((found[0] for found in matches if len(found) == 1), None)

    def _find_id(self, owner: str) -> Student | None:
        """Find the student whose id or address is a word of a text, if there is only one."""
        if normalize(owner) in self._by_letters:  # it is a whole name, not a text with an id in it
            return None
        found = {
            student
            for word in re.split(r"[^\w@.]+|_+|(?<=\D)\.|\.(?=\D)", normalize(owner))
            for student in self._by_word.get(word, ())
            if word and (word in self._ids[student] or word == normalize(student.email))
        }
        return next(iter(found)) if len(found) == 1 else None


def read_roster(path: Path) -> Roster:
    """Read a roster from a table that a school or a platform exported.

    Raises:
        UsageError: The file can't be read, is not a roster, or lists no students.
    """
    file = read_roster_file(path)
    return _make(file.people, file.unused)


def make_roster(students: Iterable[Student]) -> Roster:
    """Make a roster from its students."""
    return _make([Listed(student=one) for one in students], ())


def _make(people: Sequence[Listed], unused: tuple[str, ...]) -> Roster:
    ids = {
        one.student: frozenset(map(normalize, (one.student.id, *one.other_ids))) - {""}
        for one in people
    }
    listed = tuple(one.student for one in people)
    return Roster(
        students=tuple(one.student for one in people if one.is_expected),
        unused=unused,
        _by_word=_index(listed, lambda student: _words_for(student) | ids[student]),
        _by_letters=_index(listed, _letters_for),
        _ids=ids,
        _all_ids=frozenset().union(*ids.values()),
    )


def _index(
    students: Iterable[Student], words_for: Callable[[Student], set[str]]
) -> dict[str, tuple[Student, ...]]:
    """Map each word to its student, or to two of those who share it: it identifies none of them.

    Keeping more would make each lookup as slow as the class is large.
    """
    found: dict[str, tuple[Student, ...]] = {}
    for student in students:
        for word in words_for(student):
            others = found.get(word, ())
            if len(others) <= 1 and student not in others:
                found[word] = (*others, student)
    return found


@functools.lru_cache(maxsize=8)
def _has_all_ids(ids: frozenset[str], numbers: frozenset[str]) -> bool:
    """Return whether a roster has all numbers of a class; each submission asks the same."""
    return numbers <= ids


def _words_for(student: Student) -> set[str]:
    """Return every text that as a whole identifies a student."""
    words = {
        normalize(student.id),
        normalize(student.email),
        normalize(student.email.partition("@")[0]),
        normalize(student.name),
        normalize_name(student.name),
    }
    return words - {""}


def _letters_for(student: Student) -> set[str]:
    """Return the ways to write a student's name without separators, for each rotation of its words.

    A last name of several words stays together, before or after the first name. So the words are
    rotated, not shuffled. Those of a name with very many words are not.
    """
    words = re.split(r"[\s,]+", normalize(student.name))
    places = range(len(words)) if len(words) <= _MOST_WORDS else range(1)
    rotations = (words[place:] + words[:place] for place in places)
    return {_letters("".join(rotated)) for rotated in rotations} - {""}


def fits(lms_name: str, name: str) -> bool:
    """Return whether a name in an LMS, perhaps without separators, can belong to a student's name.

    ``doejonathan`` fits Jon Doe, because it contains all words of the name and they are most of
    it. ``doejon`` fits Jonathan M. Doe, because it consists of beginnings of words of the name.
    Neither fits John Doe.
    """
    whole = _bare(lms_name)
    words = tuple(filter(None, map(_bare, re.split(r"[\s,]+", name))))[:_MOST_WORDS]
    if not whole or not words:
        return not whole and not words
    return _has_all(whole, words) or (len(words) > 1 and _is_made_of(whole, words))


def _has_all(whole: str, words: tuple[str, ...]) -> bool:
    """Return whether a text contains all words, one of them at an end, and they are most of it."""
    if not whole.startswith(words) and not whole.endswith(words):
        return False
    rest = whole
    for word in sorted(words, key=len, reverse=True):
        if word not in rest:
            return False
        rest = rest.replace(word, " ", 1)
    return 2 * len("".join(words)) >= len(whole)


def _is_made_of(whole: str, words: tuple[str, ...]) -> bool:
    """Return whether a text consists of beginnings of words, in any order, one of them whole.

    If finding out takes too many steps, the answer is no: in doubt, nobody is matched.
    """
    if len(whole) > _MOST_LETTERS:
        return False
    # For each place in the text the ways to get there: which words were used, as the bits of a
    # number, and whether one of them was whole. The order of the words makes no difference.
    ways: list[set[tuple[int, bool]]] = [set() for _ in range(len(whole) + 1)]
    ways[0].add((0, False))
    steps = 0
    for place, here in enumerate(ways[:-1]):
        alike = [_count_alike(whole[place:], word) for word in words] if here else []
        for used, has_whole in here:
            for number, (word, longest) in enumerate(zip(words, alike, strict=True)):
                if used >> number & 1:
                    continue
                steps += longest + 1
                if steps > _MOST_STEPS:
                    return False
                for end in range(1, longest + 1):
                    is_whole = end == len(word) >= _SHORTEST_WORD
                    ways[place + end].add((used | 1 << number, has_whole or is_whole))
    return any(has_whole for _, has_whole in ways[-1])


def _count_alike(text: str, word: str) -> int:
    """Return how many letters two texts have in common at the beginning."""
    pairs = zip(text, word, strict=False)
    return sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], pairs))


def _bare(text: str) -> str:
    """Return only the letters of a text, without accents and other marks."""
    parts = normalize_unicode(normalize(text), "NFKD")
    return "".join(one for one in parts if unicodedata.category(one)[0] == "L")


def _letters(text: str) -> str:
    """Return the letters of a text with their marks, and its digits."""
    return "".join(one for one in normalize(text) if unicodedata.category(one)[0] in "LMN")
