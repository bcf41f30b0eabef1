"""Finds the submissions that fail a unit and answer alike on all questions about it."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

import msgspec
import numpy as np

from grader.diagnosis.fingerprint import (
    ATOL,
    ATOL_OF_SCALE,
    LARGEST_SCALE,
    RTOL,
    is_same,
)
from grader.discovery.kept import KeptFile, KeptGroup, KeptUnit
from grader.discovery.split import (
    COMPLEX,
    REAL,
    ROUGH,
    Segment,
    has_anything,
    join,
    may_match,
    segments,
)

# Numbers that are compared at once, so that memory stays bounded.
_MOST_NUMBERS = 4_000_000
_FEW = 64  # rows that are quick to compare anyway
# How far apart two numbers can be that `is_same` takes for equal, seen from one of them.
_SAMPLE = 256  # rows by which a column is chosen
_REACH, _REACH_OF_SCALE = 1.02 * RTOL, 1.02 * ATOL_OF_SCALE


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """What a submission answered about a unit that it fails, as far as nothing is named.

    Attributes:
        id: The id of its report.
        unit: The unit.
        questions: What it was asked: only answers to the same questions are compared.
        groups: Its answers.
    """

    id: str
    unit: KeptUnit
    questions: Hashable
    groups: tuple[KeptGroup, ...]


@dataclass(frozen=True, slots=True)
class Cluster:
    """Submissions that answer alike: each as the first one does."""

    members: tuple[Member, ...]


def members_of(id_: str, file: KeptFile) -> list[Member]:
    """Return what a submission answered about the units that no misconception explains.

    Args:
        id_: The id of its report.
        file: What is kept beside it.
    """
    found = []
    for unit in file.kept.units:
        groups = tuple(
            sorted(
                (one for one in unit.groups if not one.named),
                key=lambda one: (one.is_hidden, one.asked),
            )
        )
        if groups:
            asked = tuple((one.is_hidden, one.asked) for one in groups)
            questions = (file.asked, file.kept.seed, unit.name, asked)
            found.append(Member(id=id_, unit=unit, questions=questions, groups=groups))
    return found


def find_clusters(members: Iterable[Member]) -> list[Cluster]:
    """Find the submissions that answer alike.

    Args:
        members: What submissions answered, in any order.

    Returns:
        The clusters, also those of a single submission; each with its members in their order, and
        all in the order of their first members.
    """
    buckets: dict[tuple[Hashable, Hashable], dict[Hashable, list[Member]]] = defaultdict(dict)
    order: dict[int, int] = {}
    for member in members:
        order[id(member)] = len(order)
        structure = tuple(one.structure for one in member.groups)
        exact = tuple((one.numbers, one.is_double, one.within) for one in member.groups)
        # Most are equal to the last bit.
        buckets[member.questions, structure].setdefault(exact, []).append(member)
    found: dict[Hashable, list[list[Member]]] = defaultdict(list)
    for (questions, _), alike in buckets.items():
        unique = list(alike.values())
        for places in _cluster_numbers([one[0].groups for one in unique]):
            found[questions].append([one for place in places for one in unique[place]])
    clusters = [one for some in found.values() for one in _merge(some)]
    for one in clusters:
        one.sort(key=lambda member: order[id(member)])
    clusters.sort(key=lambda one: order[id(one[0])])
    return [Cluster(tuple(one)) for one in clusters]


def _cluster_numbers(rows: Sequence[tuple[KeptGroup, ...]]) -> list[list[int]]:
    """Cluster answers of the same structure: each is the same as the first one of its cluster."""
    if len(rows) == 1:
        return [[0]]
    table = _Table(rows)
    left = np.ones(len(rows), dtype=bool)
    found = []
    for first in range(len(rows)):
        if not left[first]:
            continue
        near = table.near(first)
        candidates = np.sort(near[left[near]])
        candidates = candidates[candidates != first]
        alike = candidates[table.are_same(first, candidates)] if len(candidates) else candidates
        left[first] = left[alike] = False
        found.append([first, *map(int, alike)])
    return found


class _Table:
    """All numbers of answers of the same structure, a row for each.

    Args:
        rows: The answers.
    """

    def __init__(self, rows: Sequence[tuple[KeptGroup, ...]]) -> None:
        parts: list[Segment] = []
        start = 0
        for group in rows[0]:
            split = group.split
            parts += [
                Segment(start + one.start, one.count, one.kind) for one in segments(split.structure)
            ]
            start += len(split.numbers)
        is_double = any(one.is_double for row in rows for one in row)
        self._numbers = np.empty((len(rows), start), dtype=np.float64 if is_double else np.float32)
        for place, row in enumerate(rows):
            np.concatenate([one.array for one in row], out=self._numbers[place])
        self._within = np.array([[one for group in row for one in group.within] for row in rows])
        self._rough = [one for one in parts if one.kind == ROUGH]
        self._complex = [one for one in parts if one.kind == COMPLEX and one.count]
        real = [one for one in parts if one.kind == REAL and one.count]
        # Which columns have real numbers, and where among these each array begins.
        self._real = np.array([place for one in real for place in one.places], dtype=np.intp)
        self._counts = np.array([one.count for one in real], dtype=np.intp)
        self._starts = np.cumsum(self._counts) - self._counts
        self._order, self._values = np.arange(len(rows)), np.empty(0)
        self._column = self._choose_column()
        if self._column is not None:
            self._order = np.argsort(self._numbers[:, self._column], kind="stable")
            self._values = self._numbers[self._order, self._column].astype(np.float64)

    def _choose_column(self) -> int | None:
        """Return the column that tells most rows apart; None if there is none, or few rows."""
        if not len(self._real) or len(self._numbers) < _FEW:
            return None
        step = max(1, len(self._numbers) // _SAMPLE)
        sample = self._numbers[::step][:, self._real].astype(np.float64)
        with np.errstate(all="ignore"):
            scale = np.maximum(np.max(np.abs(sample), axis=0), 1e-300)
            steps = np.sort(np.round(sample / scale / RTOL), axis=0)
        return int(self._real[np.argmax(np.count_nonzero(np.diff(steps, axis=0), axis=0))])

    def near(self, row: int) -> "np.ndarray":
        """Return the rows that may be the same, as far as one column tells."""
        if self._column is None:
            return self._order
        reals = np.abs(self._numbers[row, self._real].astype(np.float64))
        place = int(np.searchsorted(self._real, self._column))
        scale = np.maximum.reduceat(reals, self._starts)
        own_scale = scale[np.searchsorted(self._starts, place, side="right") - 1]
        own = float(self._numbers[row, self._column])
        reach = _REACH * abs(own) + _REACH_OF_SCALE * min(own_scale, LARGEST_SCALE) + 2 * ATOL
        start, end = np.searchsorted(self._values, (own - reach, own + reach))
        return self._order[start:end]

    def are_same(self, row: int, others: "np.ndarray") -> "np.ndarray":
        """Return which other rows are the same, by the rules of `fingerprint.is_same`."""
        alike = np.ones(len(others), dtype=bool)
        pieces = 1 + len(others) * self._numbers.shape[1] // _MOST_NUMBERS
        for some in np.array_split(np.arange(len(others)), pieces):
            alike[some] = self._are_same(row, others[some])
        return alike

    def _are_same(self, row: int, others: "np.ndarray") -> "np.ndarray":
        numbers = self._numbers[others].astype(np.float64)
        own = self._numbers[row].astype(np.float64)
        alike = np.ones(len(others), dtype=bool)
        if len(self._real):
            alike &= _are_close(own[self._real], numbers[:, self._real], self._starts, self._counts)
        for one in self._complex:
            mine = np.ascontiguousarray(own[one.slice]).view(np.complex128)
            theirs = np.ascontiguousarray(numbers[:, one.slice]).view(np.complex128)
            alike &= _are_close(mine, theirs, np.zeros(1, np.intp), np.array([len(mine)]))
        for place, one in enumerate(self._rough):
            within = np.maximum(self._within[row, place], self._within[others, place])
            gap = np.abs(numbers[:, one.slice] - own[one.slice])
            alike &= np.all(gap <= within[:, None], axis=1)
        return alike


def _are_close(
    own: "np.ndarray", others: "np.ndarray", starts: "np.ndarray", counts: "np.ndarray"
) -> "np.ndarray":
    """Return which rows are close, as `fingerprint` says of the finite numbers of each array.

    Args:
        own: The numbers of one row.
        others: Those of other rows.
        starts: Where each array begins.
        counts: How many numbers each has.
    """
    with np.errstate(all="ignore"):
        size = np.maximum(np.abs(own), np.abs(others))
        scale = np.minimum(np.maximum.reduceat(size, starts, axis=1), LARGEST_SCALE)
        room = RTOL * size + ATOL_OF_SCALE * np.repeat(scale, counts, axis=1) + ATOL
        alike: np.ndarray = np.all(np.abs(own - others) <= room, axis=1)
    return alike


def _merge(clusters: list[list[Member]]) -> list[list[Member]]:
    """Merge clusters that differ only in parts that may be anything, such as an unused return.

    One that could belong to several others belongs to none of them.
    """
    open_, closed = list[list[Member]](), list[list[Member]]()
    for one in clusters:
        (open_ if any(map(_has_anything, one[0].groups)) else closed).append(one)
    if not open_ or not closed:
        return clusters
    kept = []
    for one in open_:
        fitting = [other for other in closed if _is_like(one[0], other[0])]
        if len(fitting) == 1:
            fitting[0].extend(one)
        else:
            kept.append(one)
    return [*closed, *kept]


def _has_anything(group: KeptGroup) -> bool:
    return has_anything(group.split.structure)


def _is_like(one: Member, other: Member) -> bool:
    for own, others in zip(one.groups, other.groups, strict=True):
        first, second = own.split, others.split
        decode = msgspec.msgpack.decode
        if not may_match(decode(first.structure), decode(second.structure)):
            return False
        if not is_same(join(first), join(second)):
            return False
    return True
