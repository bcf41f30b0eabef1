"""Finds the wrong answers that several students of a class share and that nothing names."""

from collections import Counter, defaultdict
from collections.abc import Sequence

import msgspec

from grader.batch.store import Reports
from grader.diagnosis.evidence import DIAGNOSED
from grader.discovery.cluster import Cluster, Member, find_clusters, members_of
from grader.discovery.unit_source import without_class
from grader.errors import UsageError
from grader.report.budget import cut_example
from grader.report.class_model import ClassSummary, ClusterFigures, Row
from grader.report.model import CheckResult, Example, Report, Status
from grader.report.shorten import shorten

MIN_STUDENTS = 2
# A class page has no more of them, and no longer texts of students.
MAX_CLUSTERS = 200
MAX_CODE = 4000
_MAX_MESSAGE = 300


def find_class_clusters(summary: ClassSummary, store: Reports) -> ClassSummary:
    """Return a summary with the clusters of its class.

    Args:
        summary: The summary.
        store: The reports of the class, and what is kept beside them.
    """
    rows = {row.id: row for row in summary.rows if row.id}
    members: list[Member] = []
    for id_ in rows:
        file = store.kept.find(id_)
        if file is not None:
            members.extend(members_of(id_, file))
    unknown = _count_unknown(summary, members)
    found = []
    for cluster in find_clusters(members):
        people = {_identify(rows[one.id]) for one in cluster.members}
        if len(people) >= MIN_STUDENTS:
            found.append((len(people), cluster))
    order = {one.name: place for place, one in enumerate(summary.functions)}
    found.sort(key=lambda pair: (-pair[0], order.get(pair[1].members[0].unit.name, 0)))
    figures = [
        _describe(cluster, store, students, unknown[cluster.members[0].unit.name])
        for students, cluster in found[:MAX_CLUSTERS]
    ]
    return msgspec.structs.replace(summary, clusters=tuple(figures))


def _identify(row: Row) -> object:
    """Return who handed in a row: two submissions of the same people share nothing."""
    people = tuple(sorted((one.id, one.name, one.email) for one in row.people))
    return people if any(map(any, people)) else row.id


def _count_unknown(summary: ClassSummary, members: Sequence[Member]) -> Counter[str]:
    """Count, for each unit, the submissions that fail it and whose answers are not known."""
    known: dict[str, set[str]] = defaultdict(set)
    for one in members:
        known[one.unit.name].add(one.id)
    for figures in summary.misconceptions:
        known[figures.function].update(figures.rows)
    counts: Counter[str] = Counter()
    for row in summary.rows:
        for function, cell in zip(summary.functions, row.cells, strict=False):
            is_wrong = cell.status in (*DIAGNOSED, Status.PARTIAL, Status.LIMIT)
            counts[function.name] += is_wrong and row.id not in known[function.name]
    return counts


def _describe(cluster: Cluster, store: Reports, students: int, unknown: int) -> ClusterFigures:
    """Describe a cluster by the submission with the shortest code."""
    written = [one for one in cluster.members if one.unit.code]
    shortest = min(written, key=lambda one: one.unit.length, default=cluster.members[0])
    unit = shortest.unit
    code = without_class(unit.code, unit.name)
    ids = {check.id for group in shortest.groups for check in group.checks}
    failed = _failed(store, shortest.id, ids)
    example = _smallest_example(failed)
    return ClusterFigures(
        function=unit.name,
        students=students,
        rows=tuple(one.id for one in cluster.members),
        checks=tuple(one.id for one in failed),
        message=shorten(failed[0].message, _MAX_MESSAGE) if failed else "",
        example=example,
        shortest=shortest.id,
        code=_cut_lines(code),
        is_code_cut=len(code) > MAX_CODE,
        unknown=unknown,
    )


def _cut_lines(code: str) -> str:
    """Return the first lines of a text, as many as there is room for."""
    if len(code) <= MAX_CODE:
        return code
    return code[:MAX_CODE].rpartition("\n")[0] or code[:MAX_CODE]


def _failed(store: Reports, id_: str, ids: set[str]) -> list[CheckResult]:
    try:
        report: Report = store.read(id_)
    except UsageError:
        return []
    return [
        check
        for function in report.functions
        for check in function.checks
        if check.id in ids and check.status in DIAGNOSED
    ]


def _smallest_example(checks: Sequence[CheckResult]) -> Example | None:
    examples = [one.example for one in checks if one.example is not None]
    example = min(examples, key=lambda one: len(one.code), default=None)
    return cut_example(example)
