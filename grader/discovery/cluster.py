"""Finds the submissions that fail a unit and answer alike on all questions about it."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

import msgspec
import numpy as np

from grader.diagnosis.fingerprint import is_same
from grader.discovery.kept import KeptFile, KeptGroup, KeptUnit
from grader.discovery.split import (
    ATOL,
    ATOL_OF_SCALE,
    COMPLEX,
    LARGEST_SCALE,
    REAL,
    ROUGH,
    RTOL,
    Segment,
    has_anything,
    join,
    may_match,
    segments,
)

# Numbers that are compared at once, so that memory stays bounded.
_MOST_NUMBERS = 4_000_000
# How far apart two numbers can be that `is_same` takes for equal, seen from one of them.
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
    table, within, parts = _make_table(rows)
    left = np.ones(len(rows), dtype=bool)
    order, column = _sort(table, parts)
    values = np.empty(0) if column is None else table[order, column].astype(np.float64)
    found = []
    for first in range(len(rows)):
        if not left[first]:
            continue
        near = order
        if column is not None:
            start, end = np.searchsorted(values, _reach(table[first], parts, column))
            near = order[start:end]
        candidates = np.sort(near[left[near]])
        alike = candidates[_are_same(first, candidates, table, within, parts)]
        if not len(alike) or alike[0] != first:  # a nan is not even like itself
            alike = np.concatenate(([first], alike[alike != first]))
        left[alike] = False
        found.append([int(one) for one in alike])
    return found


def _make_table(
    rows: Sequence[tuple[KeptGroup, ...]],
) -> tuple["np.ndarray", "np.ndarray", list[Segment]]:
    """Return all numbers, a row for each, how near rough ones have to be, and their segments."""
    parts: list[Segment] = []
    start = 0
    for group in rows[0]:
        split = group.split
        for one in segments(split.structure):
            parts.append(Segment(start + one.start, one.count, one.kind))  # noqa: PERF401
        start += len(split.numbers)
    dtype = np.float64 if any(one.is_double for row in rows for one in row) else np.float32
    table = np.empty((len(rows), start), dtype=dtype)
    for place, row in enumerate(rows):
        numbers = [
            np.frombuffer(one.numbers, dtype=np.float64 if one.is_double else np.float32)
            for one in row
        ]
        np.concatenate(numbers, out=table[place], casting="same_kind")
    within = np.array([[one for group in row for one in group.within] for row in rows])
    return table, within, parts


def _sort(table: "np.ndarray", parts: Sequence[Segment]) -> tuple["np.ndarray", int | None]:
    """Return the rows sorted by the column that tells most of them apart, and that column."""
    everything = np.arange(len(table))
    columns = [
        place
        for one in parts
        if one.kind == REAL
        for place in range(one.start, one.start + one.count)
    ]
    if not columns or len(table) < 64:  # noqa: PLR2004 - a few are quick to compare anyway
        return everything, None
    sample = table[:: max(1, len(table) // 256)][:, columns].astype(np.float64)
    with np.errstate(all="ignore"):
        scale = np.maximum(np.max(np.abs(sample), axis=0), 1e-300)
        steps = np.sort(np.round(sample / scale * 200), axis=0)
    column = columns[int(np.argmax(np.count_nonzero(np.diff(steps, axis=0), axis=0)))]
    return np.argsort(table[:, column], kind="stable"), column


def _reach(row: "np.ndarray", parts: Sequence[Segment], column: int) -> tuple[float, float]:
    """Return between which two numbers that of a column has to be in a row that is the same."""
    segment = next(one for one in parts if one.start <= column < one.start + one.count)
    scale = float(np.max(np.abs(row[segment.slice])))
    own = float(row[column])
    reach = _REACH * abs(own) + _REACH_OF_SCALE * min(scale, LARGEST_SCALE) + 2 * ATOL
    return own - reach, own + reach


def _are_same(
    first: int,
    candidates: "np.ndarray",
    table: "np.ndarray",
    within: "np.ndarray",
    parts: Sequence[Segment],
) -> "np.ndarray":
    """Return which rows are the same as the first one, by the rules of `fingerprint.is_same`."""
    alike = np.ones(len(candidates), dtype=bool)
    rough = 0
    for one in parts:
        left = np.flatnonzero(alike)
        if not len(left):
            break
        own = table[first, one.slice].astype(np.float64)
        for some in np.array_split(left, 1 + len(left) * one.count // _MOST_NUMBERS):
            others = table[candidates[some], one.slice].astype(np.float64)
            if one.kind == ROUGH:
                near = np.maximum(within[first, rough], within[candidates[some], rough])
                alike[some] = np.all(np.abs(others - own) <= near[:, None], axis=1)
            elif one.kind == COMPLEX:
                alike[some] = _are_close(own.view(np.complex128), others.view(np.complex128))
            else:
                alike[some] = _are_close(own, others)
        rough += one.kind == ROUGH
    return alike


def _are_close(own: "np.ndarray", others: "np.ndarray") -> "np.ndarray":
    """Return which rows are close, as `fingerprint` says of finite numbers."""
    if not len(own):
        return np.ones(len(others), dtype=bool)
    with np.errstate(all="ignore"):
        size = np.maximum(np.abs(own), np.abs(others))
        scale = np.minimum(np.max(size, axis=1, keepdims=True), LARGEST_SCALE)
        close = np.abs(own - others) <= RTOL * size + ATOL_OF_SCALE * scale + ATOL
    alike: np.ndarray = np.all(close, axis=1)
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
