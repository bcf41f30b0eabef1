"""Grades all samples in tests/submissions, whose names say what is expected of them."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from grader.checks.assignment import load_assignment
from grader.pipeline import Grader
from grader.report.model import Report, Status
from grader.sandbox.host.limits import Limits

pytestmark = pytest.mark.slow

SUBMISSIONS = Path(__file__).resolve().parents[1] / "submissions"
FUNCTIONS = tuple(load_assignment().parameters)

RIGHT = sorted(path.name for path in SUBMISSIONS.glob("right_*"))
WRONG = sorted(path.name for path in SUBMISSIONS.glob("wrong_*"))


def _blamed(name: str) -> str:
    """Return the function that the name ``wrong_<function>_<bug>`` blames."""
    rest = name.removeprefix("wrong_")
    return max(
        (function for function in FUNCTIONS if rest.startswith(f"{function.lower()}_")), key=len
    )


def _complaints(report: Report) -> list[str]:
    return [
        f"{check.id}: {check.message}"
        for function in report.functions
        for check in function.checks
        if check.status is not Status.PASSED
    ]


def test_there_are_enough_samples() -> None:
    """There are at least 25 right samples and 40 wrong ones, and every function has a wrong one."""
    assert len(RIGHT) >= 25
    assert len(WRONG) >= 40
    assert {_blamed(name) for name in WRONG} == set(FUNCTIONS)


@pytest.mark.parametrize("name", RIGHT)
def test_right_solution_gets_full_marks(name: str, grade_sample: Callable[[str], Report]) -> None:
    """A right solution in any style gets full marks."""
    report = grade_sample(name)

    assert _complaints(report) == []
    assert (report.score, report.max_score) == (100, 100)


@pytest.mark.parametrize("name", WRONG)
def test_one_bug_costs_only_its_own_function(
    name: str, grade_sample: Callable[[str], Report]
) -> None:
    """A wrong function loses points, and every other function keeps all of its points."""
    report = grade_sample(name)

    losing = [one.name for one in report.functions if one.status is not Status.PASSED]
    assert losing == [_blamed(name)], _complaints(report)
    assert report.score is not None
    assert report.score < 100


def _cause(name: str) -> tuple[set[str], str]:
    """Read the cause that a wrong sample states: ids of misconceptions, or words of the report."""
    source = (SUBMISSIONS / name).read_text(encoding="utf-8", errors="replace")
    found = re.search(r"# cause: ([^\n\"\\]+)", source)
    assert found, f"{name} does not say what its cause is"
    if found[1].startswith("says:"):
        return set(), found[1].removeprefix("says:").strip()
    return {one.strip() for one in found[1].split("|")}, ""


def test_hints_name_the_real_cause_and_never_a_wrong_one(
    grade_sample: Callable[[str], Report], capsys: pytest.CaptureFixture[str]
) -> None:
    """At least 85 % of the wrong samples are explained rightly, and none wrongly.

    The samples were written without looking at the misconceptions.
    """
    known = {one.id for one in load_assignment().misconceptions}
    named, misnamed = [], {}
    for name in WRONG:
        ids, words = _cause(name)
        assert ids <= known, name
        failed = [
            check
            for function in grade_sample(name).functions
            for check in function.checks
            if check.status is not Status.PASSED
        ]
        reported = {check.misconception for check in failed if check.misconception is not None}
        if reported - ids:
            misnamed[name] = reported - ids
        text = "\n".join(check.message + check.hint for check in failed)
        if reported if ids else re.search(words, text):
            named.append(name)

    with capsys.disabled():
        print(f"\n{len(named)} of {len(WRONG)} bugs named, {len(misnamed)} misnamed")  # noqa: T201
        print("not named:", ", ".join(sorted(set(WRONG) - set(named))))  # noqa: T201
    assert misnamed == {}
    assert len(named) >= 0.85 * len(WRONG)


@pytest.fixture(scope="module")
def impatient_grader() -> Iterator[Grader]:
    """Return a warm grader with short limits, since hostile code often runs into them."""
    limits = Limits(function_cpu_s=2, idle_wall_s=2)
    with Grader(limits=limits) as grader:
        yield grader


HOSTILE = sorted(path.name for path in SUBMISSIONS.glob("hostile_*"))


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_submission_gains_nothing(name: str, impatient_grader: Grader) -> None:
    """An attack gains no points, doesn't hang and reads no secret.

    The sample states the score, the status, the statuses of functions or the seconds at most that
    are expected.
    """
    source = (SUBMISSIONS / name).read_text(encoding="utf-8", errors="replace")
    expected = re.findall(r"# expect: (\w+)(<=|=)([\w.]+)", source)

    report = impatient_grader.grade(SUBMISSIONS / name)

    functions = {function.name: function.status.value for function in report.functions}

    assert expected, "the file does not say what is expected of it"
    for what, relation, value in expected:
        if what == "score":
            assert report.score is not None, report.error
            assert report.score <= float(value), _complaints(report)
            assert relation == "<=" or report.score == float(value), _complaints(report)
        elif what == "status":
            assert report.status.value == value, report.error
        elif what == "max_seconds":
            assert report.timing["total_s"] <= float(value)
        elif what in functions:  # so that an attack that misses its target is noticed
            assert functions[what] == value, _complaints(report)
    assert "LEAK:" not in report.output
    assert len(msgspec.json.encode(report)) <= 1024 * 1024
    # A message may quote a line of the submission itself, which is not a secret.
    messages = re.sub(r"\n    line [^\n]*", "", "\n".join(_complaints(report)))
    assert "LEAK:" not in messages
