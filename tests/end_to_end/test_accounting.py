"""What limits cost: a slow demo is paid once, a function ends alone, and load decides nothing."""

import contextlib
import json
import multiprocessing
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest

from grader.checks.assignment import load_assignment
from grader.pipeline import Grader
from grader.report.model import Report, ReportStatus, Status, Visibility
from grader.sandbox.host.account import Account
from grader.sandbox.host.forkserver import Forkserver
from grader.sandbox.host.limits import MIB, Limits
from grader.sandbox.host.load_plan import LoadPlan
from grader.sandbox.host.session import Session
from grader.sandbox.host.usage import read_memory_bytes
from grader.submission.read import Submission

pytestmark = pytest.mark.slow

# Every helper is wrong, and every function above them is right.
WRONG_HELPERS = """
import torch

def predict(x, w): return x @ w + 1

def mse(y_hat, y): return ((y_hat - y) ** 2).sum()

def gradient(x, y, w):
    v = w.detach().clone().requires_grad_()
    mse(predict(x, v), y).backward()
    return v.grad

def update(x, y, w, lr):
    w.grad = None
    loss = mse(predict(x, w), y)
    loss.backward()
    with torch.no_grad():
        w -= lr * w.grad
    return loss.item()

def train(x, y, w, lr, epochs): return [update(x, y, w, lr) for _ in range(epochs)]

def sigmoid(z): return torch.exp(z) / (1 + torch.exp(z))

def predict_proba(x, w): return sigmoid(predict(x, w))

def cross_entropy(p, y): return -(y * p.log() + (1 - y) * (1 - p).log()).sum()

def update_logistic(x, y, w, lr):
    w.grad = None
    loss = cross_entropy(predict_proba(x, w), y)
    loss.backward()
    with torch.no_grad():
        w -= lr * w.grad
    return loss.item()

def train_logistic(x, y, w, lr, epochs):
    return [update_logistic(x, y, w, lr) for _ in range(epochs)]
"""
ABOVE = ("gradient", "update", "train", "predict_proba", "update_logistic", "train_logistic")

LIMITS = Limits(load_cpu_s=2, function_cpu_s=2)


class Bench:
    """A warm grader that keeps the account of the last submission."""

    def __init__(self, warm: Grader) -> None:
        self.account: Account | None = None
        self._warm = warm
        open_account = warm._resources.open_account

        def open_and_keep(submission: Submission, seed: int, *, more_time: float = 1.0) -> Account:
            self.account = open_account(submission, seed, more_time=more_time)
            return self.account

        warm._resources.open_account = open_and_keep  # type: ignore[method-assign]

    def grade(self, source: str | list[str]) -> Report:
        """Grade a script, or a notebook that is given by its cells."""
        if isinstance(source, str):
            return self._warm.grade_data(source.encode(), name="lab4.py")
        cells = [
            {
                "cell_type": "code",
                "source": cell,
                "metadata": {},
                "outputs": [],
                "execution_count": 1,
            }
            for cell in source
        ]
        notebook = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
        return self._warm.grade_data(json.dumps(notebook).encode(), name="lab4.ipynb")


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
    """Return a warm grader with short limits."""
    with Grader(limits=LIMITS) as warm:
        yield Bench(warm)


def points(report: Report) -> dict[str, float]:
    """Return the points of each function that has some."""
    return {one.name: one.score for one in report.functions if one.score}


def is_full(report: Report, name: str) -> bool:
    """Return whether a function has all its points."""
    return any(one.name == name and one.status is Status.PASSED for one in report.functions)


SLOW = """
import time
started = time.process_time()
while time.process_time() - started < 1.5: pass
"""


def test_slow_demo_runs_once_however_many_children_are_needed(bench: Bench) -> None:
    """Each set of lent helpers has a child of its own, and none of them runs the demo again."""
    report = bench.grade(WRONG_HELPERS + SLOW)

    assert [name for name in ABOVE if not is_full(report, name)] == []
    assert report.notes == ()
    assert bench.account is not None
    assert 1.5 <= bench.account._loading_s < 2 * 1.5


@pytest.mark.parametrize(
    "demo",
    [
        "while True: pass",
        "import time; time.sleep(100)",
        "while True: pass\nwhile True: pass\nimport time; time.sleep(100)\nwhile True: pass",
    ],
    ids=["computes", "sleeps", "several"],
)
def test_endless_demo_costs_nobody_anything_and_is_named(demo: str, bench: Bench) -> None:
    """The cell and the limit are named, and the functions have their points."""
    report = bench.grade(["import torch", demo, WRONG_HELPERS])

    assert [name for name in ABOVE if not is_full(report, name)] == []
    assert report.status is ReportStatus.GRADED
    assert report.notes[0].startswith("line 1 of cell 2 was stopped (")


def test_function_that_hangs_ends_alone(bench: Bench) -> None:
    """Two endless functions leave all others their time, and what they are called by too."""
    endless = "\ndef {}(*args):\n    while True: pass\n"
    report = bench.grade(WRONG_HELPERS + endless.format("mse") + endless.format("make_data"))

    assert [name for name in ABOVE if not is_full(report, name)] == []
    hung = {one.name for one in report.functions if one.status is Status.LIMIT}
    assert hung == {"mse", "make_data"}


def test_many_statements_are_no_accusation() -> None:
    """A file with 100,000 statements is loaded like any other."""
    # It is about the number of messages: a slow machine needs more than the usual 10 s for them.
    with Grader(limits=Limits(load_cpu_s=30)) as warm:
        source = WRONG_HELPERS + "x = 1\n" * 100_000
        report = warm.grade_data(source.encode(), name="lab4.py", only="predict_proba")

    assert report.status is ReportStatus.GRADED
    assert is_full(report, "predict_proba")


def _burn() -> None:
    while True:
        pass


def test_busy_machine_changes_no_score(bench: Bench) -> None:
    """With four times as many busy processes as processors, everything is as when alone."""
    cells = ["import torch", "for _ in range(10 ** 12): pass", WRONG_HELPERS]
    alone = bench.grade(cells)
    spawn = multiprocessing.get_context("spawn")
    busy = [spawn.Process(target=_burn, daemon=True) for _ in range(8)]
    for process in busy:
        process.start()
    try:
        crowded = bench.grade(cells)
    finally:
        for process in busy:
            process.kill()
            process.join()

    replace_in = msgspec.structs.replace
    assert replace_in(crowded, timing={}) == replace_in(alone, timing={})


@contextlib.contextmanager
def most_memory(forkserver_pid: int) -> Iterator[list[int]]:
    """Watch how much memory the children of a forkserver use together, while this is open."""
    most = [0]
    is_over = threading.Event()
    children = Path(f"/proc/{forkserver_pid}/task/{forkserver_pid}/children")

    def watch() -> None:
        while not is_over.wait(0.02):
            used = sum(read_memory_bytes(int(pid)) for pid in children.read_text().split())
            most[0] = max(most[0], used)

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield most
    finally:
        is_over.set()
        thread.join()


HOLDS = "\nHOLD = torch.ones({} * 1024 * 1024 // 4)\nopen('fill', 'wb').write(b'x' * {})\n"


def test_memory_and_disk_are_for_all_children_together() -> None:
    """A file that holds a lot in each of its children stays within the limits of one."""
    limits = Limits(memory_bytes=700 * MIB, disk_bytes=30 * MIB)
    with Grader(limits=limits) as warm:
        bench = Bench(warm)
        usual = bench.grade(WRONG_HELPERS)
        starter = warm._resources._starter
        assert isinstance(starter, Forkserver)
        process = starter._process.process
        with most_memory(process.pid) as inherited:
            bench.grade(WRONG_HELPERS)
        with most_memory(process.pid) as most:
            report = bench.grade(WRONG_HELPERS + HOLDS.format(300, 12 * MIB))

    assert points(report) == points(usual)
    assert most[0] - inherited[0] <= 700 * MIB


DIES_WHERE_IT_LIKES = """
import gc, os
is_lent = any(
    type(one).__name__ == "function" and one.__code__.co_filename == "<lent>"
    for one in gc.get_objects()
)
if is_lent: os._exit(0)
right_or_not = sigmoid
def sigmoid(z): return is_lent or right_or_not(z)  # so that it is needed, however long it takes
"""


def test_what_lent_children_leave_out_stays_with_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """Code that can read what is lent can't tell other children by where it dies while loading."""
    plans: list[LoadPlan] = []
    with Grader(limits=LIMITS) as warm:
        bench = Bench(warm)
        open_session = warm._resources.open

        def open_and_keep(
            submission: Submission,
            account: Account,
            plan: LoadPlan,
            **more: Any,  # noqa: ANN401
        ) -> contextlib.AbstractContextManager[Session]:
            plans.append(plan)
            return open_session(submission, account, plan, **more)

        monkeypatch.setattr(warm._resources, "open", open_and_keep)
        report = bench.grade(WRONG_HELPERS + DIES_WHERE_IT_LIKES)

    own, *others = plans
    assert own.left_out == set()
    assert any(plan.left_out for plan in others)  # so the attack has reached what it aims at
    assert report.notes == ()


TELLS = """
import sys

SEEN = []

def told():
    return " ".join(SEEN)

def mse(y_hat, y):
    if sys._getframe(1).f_globals is not globals():  # called by the grader itself
        SEEN.append(f"{'SE' + 'CRET'} {y_hat.tolist()} {y.tolist()}")
        print(SEEN)
        open("note", "w").write(told())
    return ((y_hat - y) ** 2).sum()

def sigmoid(z):
    raise ValueError(told())

def cross_entropy(p, y):
    raise type("Told" + told(), (Exception,), {})

def minibatches(x, y, batch_size):
    return type("Told" + told(), (), {})()

class Late(dict):
    def __iter__(self):
        return iter(["epoch"])
    def __getitem__(self, key):
        return told()

ANSWERS = Late(epoch=SEEN)
"""


def test_hidden_inputs_are_told_by_nobody() -> None:
    """A function that keeps what a hidden check asks has nobody to tell it to."""
    lab = load_assignment()
    hidden = replace(lab, visibility={**lab.visibility, "mse": Visibility.HIDDEN})
    with Grader(hidden) as warm:
        report = warm.grade_data((WRONG_HELPERS + TELLS).encode(), name="lab4.py")

    visible = [
        check
        for function in report.functions
        for check in function.checks
        if check.visibility is Visibility.VISIBLE
    ]
    assert "SECRET" not in repr(visible)
    assert "SECRET" not in report.output
    assert "SECRET" not in repr(report.notes)
    assert is_full(report, "train")
    assert not is_full(report, "mse")
