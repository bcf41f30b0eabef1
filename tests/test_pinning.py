"""The line that is wrong is named where a change of it alone makes a unit right, and only there."""

import dis
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest

from grader.pinning.pin import MOST_UNITS
from grader.pinning.search import Search
from grader.pipeline import Grader
from grader.report.model import CheckResult, FunctionResult, ReportStatus, Status

pytestmark = pytest.mark.slow

Write = Callable[..., Path]

LOOP = """
import torch


def predict(x, w):
    n = len(x)
    y_hat = torch.zeros(n)
    for i in range(0, n, {step}):
        y_hat[i] = x[i, 0] * w[0] + x[i, 1] * w[1]
    return y_hat
"""
EVERY_OTHER = LOOP.format(step=2)
LINE = "predict() passes all its checks if only this line changes: line 8, for i in range(0, n, 2):"

# Each behaves otherwise once its code is not what was handed in.
_IS_CHANGED = """
import dis


def _is_changed():
    return len(list(dis.get_instructions(predict))) != LENGTH
"""
HOSTILE = {
    "hangs": "while True: pass",
    "prints": "print('x' * 1_000_000)",
    "writes": "open('mark', 'a').write('x' * 1_000_000)",
    "exits": "import os; os._exit(0)",
    "raises": "raise SystemExit(3)",
    "allocates": "bytearray(10 ** 11)",
}


def graded(warm_grader: Grader, path: Path, *, name: str = "predict") -> FunctionResult:
    """Grade one function of a submission."""
    report = warm_grader.grade(path, only=name)
    assert report.status is ReportStatus.GRADED, report.error
    return next(one for one in report.functions if one.name == name)


def failures(function: FunctionResult) -> list[CheckResult]:
    """Return the checks that failed."""
    return [one for one in function.checks if one.status is not Status.PASSED]


def pinned(function: FunctionResult) -> str:
    """Return the messages of all failures."""
    return "\n".join(one.message for one in failures(function))


def test_line_is_named_in_the_first_failure(warm_grader: Grader, write_submission: Write) -> None:
    """It is said once, below what was wrong."""
    checks = failures(graded(warm_grader, write_submission(EVERY_OTHER)))

    assert checks[0].message.endswith(f"\n({LINE})")
    assert not any("only this line" in one.message for one in checks[1:])


def test_it_changes_no_points(
    warm_grader: Grader, write_submission: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without it, the report is the same but for the line."""
    path = write_submission(EVERY_OTHER)
    function = graded(warm_grader, path)
    monkeypatch.setattr("grader.pipeline.pin_lines", lambda *_: {})
    other = graded(warm_grader, path)

    assert (function.score, function.status) == (other.score, other.status)
    assert [one.status for one in function.checks] == [one.status for one in other.checks]
    assert pinned(function).replace(f"\n({LINE})", "") == pinned(other)


def test_report_is_the_same_each_time(warm_grader: Grader, write_submission: Write) -> None:
    """Alone, and by a grader that has graded something else before."""
    path = write_submission(EVERY_OTHER)
    first = graded(warm_grader, path)
    with Grader() as fresh:
        other = graded(fresh, path)

    assert first == other


def test_cell_of_a_notebook_is_named(warm_grader: Grader, tmp_path: Path) -> None:
    """Lines are counted as the student sees them."""
    notebook = nbformat.v4.new_notebook()  # type: ignore[no-untyped-call]
    head, _, code = EVERY_OTHER.partition("\n\n\n")
    notebook.cells = [
        nbformat.v4.new_code_cell(one.strip())  # type: ignore[no-untyped-call]
        for one in (head, code)
    ]
    path = tmp_path / "submission.ipynb"
    path.write_text(nbformat.writes(notebook))  # type: ignore[no-untyped-call]

    text = pinned(graded(warm_grader, path))

    assert "if only this line changes: line 4 of cell 2, for i in range(0, n, 2):" in text


def test_line_of_a_helper_is_named(warm_grader: Grader, write_submission: Write) -> None:
    """The student's own helper is no unit, so nobody else says that it is wrong."""
    source = (
        "import torch\n\n\ndef _rows(x):\n    return range(0, len(x), 2)\n\n\n"
        "def predict(x, w):\n    y_hat = torch.zeros(len(x))\n    for i in _rows(x):\n"
        "        y_hat[i] = x[i] @ w\n    return y_hat\n"
    )

    text = pinned(graded(warm_grader, write_submission(source)))

    assert "line 5, return range(0, len(x), 2)" in text


def test_nothing_is_said_of_two_mistakes(warm_grader: Grader, write_submission: Write) -> None:
    """No single change makes it right."""
    source = EVERY_OTHER.replace("x[i, 1] * w[1]", "x[i, 1] * w[1] * 3 + 1")

    assert "only" not in pinned(graded(warm_grader, write_submission(source)))


def test_nothing_is_said_beside_a_misconception(
    warm_grader: Grader, write_submission: Write
) -> None:
    """It says where and why."""
    source = "def mse(y_hat, y):\n    return ((y_hat - y) ** 2).sum()\n"
    function = graded(warm_grader, write_submission(source), name="mse")

    assert failures(function)[0].misconception
    assert "only this line" not in pinned(function)


def test_nothing_is_tried_of_a_right_submission(
    warm_grader: Grader, write_submission: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It costs no child."""
    monkeypatch.setattr(Search, "pin", lambda *_: pytest.fail("it was tried"))

    function = graded(warm_grader, write_submission(LOOP.format(step=1)))

    assert function.score == function.max_score


def test_what_passes_once_has_to_pass_again(
    warm_grader: Grader, write_submission: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With other inputs, in another child."""
    monkeypatch.setattr(Search, "_confirm", lambda *_: {})

    assert "only" not in pinned(graded(warm_grader, write_submission(EVERY_OTHER)))


@pytest.mark.parametrize("deed", HOSTILE)
def test_code_that_notices_an_edit_hurts_nobody(
    warm_grader: Grader, write_submission: Write, deed: str
) -> None:
    """It ends its own children, and the next submission is graded as ever."""
    body = f"    if _is_changed():\n        {HOSTILE[deed]}\n    return x @ w + 1\n"
    source = f"def predict(x, w):\n{body}"
    space: dict[str, object] = {}
    exec(source, space)  # noqa: S102 - code of this test
    length = len(list(dis.get_instructions(space["predict"])))  # type: ignore[arg-type]
    hostile = _IS_CHANGED.replace("LENGTH", str(length)) + source

    report = warm_grader.grade(write_submission(hostile), only="predict")

    assert report.status is ReportStatus.GRADED, report.error
    assert report.score == 0
    assert "x" * 100 not in report.output
    right = graded(warm_grader, write_submission(LOOP.format(step=1), "right.py"))
    assert right.score == right.max_score


def test_long_submission_is_not_tried(
    warm_grader: Grader, write_submission: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To parse it once more would take as long as to grade it."""
    monkeypatch.setattr(Search, "pin", lambda *_: pytest.fail("it was tried"))

    graded(warm_grader, write_submission(EVERY_OTHER + "# a comment\n" * 10_000))


def test_units_are_bounded(
    warm_grader: Grader, write_submission: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a submission in which everything is wrong, the first few are tried."""
    tried: list[tuple[str, ...]] = []

    def pin(_: Search, names: tuple[str, ...]) -> dict[str, str]:
        tried.append(names)
        return {}

    monkeypatch.setattr(Search, "pin", pin)
    names = ("predict", "mse", "sigmoid", "cross_entropy", "minibatches", "gradient", "train")
    source = "\n".join(f"def {name}(*a):\n    return a[0] * 0 - 5\n" for name in names)

    warm_grader.grade(write_submission(source))

    assert len(tried[0]) <= MOST_UNITS
