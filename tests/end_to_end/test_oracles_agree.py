"""Reports do not depend on where it is known from what is right.

A sample of what tests/benchmarks/compare_oracles.py compares.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from oracle_reports import differences, find_submissions, grade_path

from grader.authoring.record import record
from grader.checks.assignment import load_assignment
from grader.oracle.live import LiveOracle
from grader.oracle.store import RecordingStore
from grader.pipeline import Grader
from grader.report.model import Report
from grader.seeds import Seeds

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.slow

SAMPLE = (
    "right_plain.py",
    "right_classroom_globals.ipynb",
    "right_closures.py",
    "wrong_gradient_piles_up.py",
    "wrong_cross_entropy_nan_at_zero.py",
    "hostile_exit_in_functions.py",
    "hostile_state.py",
    "hostile_forged_frames.py",
    "hostile_steals_lent.py",
)

# Small inputs come first: mse is wrong there, so that nobody asks for more; the other one is right.
TROUBLE = """
import os, sys, time

def mse(y_hat, y):
    if len(y_hat) > 4:
        TROUBLE
    return ((y_hat - y) ** 2).sum()

def sigmoid(z):
    return 1 / (1 + (-z).exp())

def predict_proba(x, w):
    if len(x) > 4:
        TROUBLE
    return sigmoid(x @ w)
"""
TROUBLES = {
    "hangs": "while True: pass",
    "sleeps": "time.sleep(1000)",
    "crashes": "import ctypes; ctypes.string_at(0)",
    "exits": "os._exit(0)",
    "eats memory": "kept = [bytearray(1 << 27) for _ in range(1000)]",
    "forges": "os.write(3, b'\\0' * 64)",
    "answers twice": "os.write(3, b'\\0\\0\\0\\1\\x80')",
}

SEEDS = Seeds("compare", is_class=True)

Compare = Callable[..., list[str]]


@pytest.fixture(scope="module")
def compare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Compare]:
    """Return a function that grades live, and twice from a recording, and lists differences."""
    assignment = load_assignment()
    store = RecordingStore(tmp_path_factory.mktemp("recordings"))
    with Grader(assignment, seeds=SEEDS, store=store) as maker:
        maker.grade_data(b"", name="a.py")
        maker.record_last()
    with (
        Grader(assignment, seeds=SEEDS) as live,
        Grader(assignment, seeds=SEEDS, store=store) as recorded,
    ):

        def run(grade: Callable[[Grader], Report], *, is_one_by_one: bool = False) -> list[str]:
            live._resources.passed.cache_clear()
            with pytest.MonkeyPatch.context() as patch:
                if is_one_by_one:
                    patch.setattr(LiveOracle, "foreseen", lambda _self, _name: ())
                right = grade(live)
            return [one for _ in range(2) for one in differences(right, grade(recorded))]

        yield run


@pytest.mark.parametrize("name", SAMPLE)
def test_samples_have_the_same_report(compare: Compare, name: str) -> None:
    """Nothing but timing depends on the oracle."""
    path = ROOT / "tests" / "submissions" / name

    assert compare(lambda grader: grader.grade(path)) == []


@pytest.mark.parametrize("trouble", TROUBLES)
def test_trouble_in_what_is_sent_ahead_costs_the_same(compare: Compare, trouble: str) -> None:
    """Whatever the later questions about a function do, each unit has the points it has live."""
    source = TROUBLE.replace("TROUBLE", TROUBLES[trouble]).encode()

    def grade(grader: Grader) -> Report:
        return grader.grade_data(source, name="trouble.py")

    found = compare(grade, is_one_by_one=True)
    different = [one for one in found if "/score" in one or "/status" in one]
    assert different == []


@pytest.mark.parametrize("name", ["two_files", "notebook_of_cells"])
def test_examples_have_the_same_reports(name: str, tmp_path: Path) -> None:
    """Also where a hand-in has several files, or is a notebook that is loaded anew."""
    assignment = load_assignment(ROOT / "docs" / "examples" / name)
    store = RecordingStore(tmp_path)
    record(assignment, SEEDS.all(assignment.info), jobs=1, store=store)
    paths = find_submissions(ROOT / "tests" / "examples" / name)
    with (
        Grader(assignment, seeds=SEEDS) as live,
        Grader(assignment, seeds=SEEDS, store=store) as recorded,
    ):
        for path in paths[::3]:
            right = grade_path(live, path)
            for _ in range(2):
                assert differences(right, grade_path(recorded, path)) == [], path.name
