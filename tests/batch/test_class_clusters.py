"""Clusters of a class: at least two students, and honest about who could not be compared."""

from collections.abc import Mapping
from pathlib import Path

import msgspec
import numpy as np
import pytest
from fakes import check_result, make_report
from kept_samples import file_of

from grader.batch.clusters import MAX_CODE, find_class_clusters
from grader.batch.store import ReportStore
from grader.discovery.kept import KeptFile
from grader.report.class_figures import ClassFigures
from grader.report.class_model import ClassSummary, Student
from grader.report.model import AssignmentInfo, Example, Status
from grader.report.outline import read_outline
from grader.report.schema import report_to_json

ONE, OTHER = np.ones(3), np.zeros(3)


@pytest.fixture
def store(tmp_path: Path) -> ReportStore:
    """Return a store."""
    return ReportStore(tmp_path)


def with_code(file: KeptFile, code: str) -> KeptFile:
    """Return the file of a submission with this code."""
    (unit,) = file.kept.units
    (group,) = unit.groups
    failed = check_result("f/a", status=Status.FAILED, points=0.0)
    group = msgspec.structs.replace(group, checks=(failed,))
    unit = msgspec.structs.replace(unit, code=code, groups=(group,))
    return msgspec.structs.replace(file, kept=msgspec.structs.replace(file.kept, units=(unit,)))


def find(
    store: ReportStore,
    answers: Mapping[str, np.ndarray | None],
    *,
    codes: Mapping[str, str] | None = None,
    people: Mapping[str, str] | None = None,
) -> ClassSummary:
    """Find the clusters of submissions that fail f and answer this; None is not known."""
    figures = ClassFigures()
    for id_, answer in answers.items():
        example = Example(code=f"print(f({id_!r}))", got="1", expected="2")
        failed = check_result("f/a", status=Status.FAILED, points=0.0)
        report = make_report(msgspec.structs.replace(failed, message="wrong", example=example))
        outline = store.keep(id_, report_to_json(report).encode(), b"page")
        if answer is not None:
            store.kept.keep(id_, with_code(file_of([answer]), (codes or {}).get(id_, id_)))
        student = Student(id=(people or {}).get(id_, id_))
        figures.add(outline, id=id_, student=student, file=f"{id_}.py")
    summary = figures.finish(
        assignment=AssignmentInfo(id="a", title="A", version="1"),
        max_score=1.0,
        function_names=("f",),
    )
    return find_class_clusters(summary, store)


def test_largest_come_first_and_one_student_is_none(store: ReportStore) -> None:
    """Clusters are sorted by students; who answers alone is in none."""
    answers = {"a": OTHER, "b": ONE, "c": ONE, "d": OTHER, "e": ONE, "f": ONE * 9}

    found = find(store, answers).clusters

    assert [(one.students, one.rows) for one in found] == [(3, ("b", "c", "e")), (2, ("a", "d"))]


def test_one_student_shares_nothing_with_himself(store: ReportStore) -> None:
    """Two submissions of the same student are not two students."""
    answers = {"a": ONE, "b": ONE}

    assert find(store, answers, people={"a": "anna", "b": "anna"}).clusters == ()


def test_shortest_code_and_its_example_are_shown(store: ReportStore) -> None:
    """The code is the shortest one, cut at the end of a line; the example is of its report."""
    long = "x = 1\n" * MAX_CODE

    found = find(store, {"a": ONE, "b": ONE, "c": ONE}, codes={"a": long, "b": "short", "c": ""})

    (cluster,) = found.clusters
    assert (cluster.shortest, cluster.code, cluster.is_code_cut) == ("b", "short", False)
    assert cluster.example is not None
    assert cluster.example.code == "print(f('b'))"
    assert (cluster.checks, cluster.message) == (("f/a",), "wrong")
    (cut,) = find(store, {"a": ONE, "b": ONE}, codes={"a": long, "b": long}).clusters
    assert cut.is_code_cut
    assert len(cut.code) <= MAX_CODE
    assert cut.code.endswith("x = 1")


def test_who_could_not_be_compared_is_counted(store: ReportStore) -> None:
    """Submissions that fail the function, and of which nothing is kept, are said to be unknown."""
    found = find(store, {"a": ONE, "b": ONE, "c": None, "d": None, "e": OTHER}).clusters

    assert [(one.students, one.unknown) for one in found] == [(2, 2)]


def test_damaged_report_costs_the_example_only(store: ReportStore) -> None:
    """If the report of a member can't be read, the cluster is listed without example."""
    summary = find(store, {"a": ONE, "b": ONE})
    for path in (store.folder / "reports").glob("*.json"):
        path.write_bytes(b"{")

    (cluster,) = find_class_clusters(summary, store).clusters

    assert (cluster.students, cluster.example, cluster.message) == (2, None, "")


def test_outline_is_read_without_what_is_kept(store: ReportStore) -> None:
    """Nothing of what is kept is in the report."""
    find(store, {"a": ONE, "b": ONE})

    data = store.read_bytes("a")

    assert b"structure" not in data
    assert read_outline(data).functions
