"""Code of students that was learned can change nothing that others answer, whatever it does."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest
from class_of_files import copy_example

from grader.checks.assignment import Assignment, load_assignment
from grader.checks.programs import wrong_program
from grader.oracle.packing import unpack
from grader.oracle.recording import _KNOWN, _decompress
from grader.pipeline import Grader
from grader.report.model import Report
from grader.resources import GradingResources
from grader.sandbox.host.limits import Confinement, Limits

_DOCSTRING = '    """A known mistake in loss.\n\n    Learned: from a student\'s code.\n    """\n'

# What comes before the program, its first line, and its body.
HOSTILE = {
    "tampers": (
        "import torch\n",
        "def loss__learned_1(y_hat, y):\n",
        "    torch.Tensor.__sub__ = torch.Tensor.__add__\n"  # noqa: ISC004
        "    torch.tanh = torch.Tensor.sum = lambda *_, **__: 0\n"
        "    return y_hat - y\n",
    ),
    "tampers_when_defined": (
        "import torch\n",
        "def loss__learned_1(y_hat, y=setattr(torch.Tensor, '__sub__', torch.Tensor.__add__)):\n",
        "    return y_hat - y\n",
    ),
    "exits": ("import os\n", "def loss__learned_1(y_hat, y, z=os._exit(0)):\n", "    return 1\n"),
    "exits_when_called": ("import os\n", "def loss__learned_1(y_hat, y):\n", "    os._exit(0)\n"),
    "hangs": ("", "def loss__learned_1(y_hat, y):\n", "    while True:\n        pass\n"),
    "prints": (
        "import sys\n",
        "def loss__learned_1(y_hat, y):\n",
        "    print('x' * 100000, file=sys.stderr)\n    print('y' * 100000)\n    return y\n",
    ),
    "forges": (
        "import os\n",
        "def loss__learned_1(y_hat, y):\n",
        "    for one in range(3, 20):\n        try:\n            os.write(one, b'\\0' * 64)\n"  # noqa: ISC004
        "        except OSError:\n            pass\n    return y\n",
    ),
}


def limited(folder: Path) -> Assignment:
    """Load an assignment in which little time is lost by what hangs."""
    limits = {"function_cpu_s": 2.0}
    return dataclasses.replace(load_assignment(folder), limits=limits)


def grade(assignment: Assignment, sources: dict[str, str]) -> dict[str, Report]:
    """Grade some files, and ask for everything live."""
    found = {}
    with Grader(assignment) as grader:
        for name, source in sources.items():
            report = grader.grade_data(source.encode(), name=name, seed=7)
            found[name] = dataclasses_free(report)
    return found


def dataclasses_free(report: Report) -> Report:
    """Return a report without what differs from one run to the next."""
    import msgspec

    return msgspec.structs.replace(report, timing={})


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of an assignment."""
    return copy_example(tmp_path_factory.mktemp("hostile"))


@pytest.fixture(scope="module")
def sources(folder: Path) -> dict[str, str]:
    """Return a right file, one with a known mistake, and one with a mistake that is not known."""
    assignment = load_assignment(folder)
    known = assignment.misconceptions_of("loss")[0]
    third = "\n\ndef loss(y_hat, y):\n    return ((y_hat - y) ** 2).sum() / 7 / len(y)\n"
    return {
        "right.py": assignment.reference,
        "known.py": wrong_program(assignment, known),
        "unknown.py": assignment.reference + third,
    }


@pytest.fixture(scope="module")
def expected(folder: Path, sources: dict[str, str]) -> dict[str, Report]:
    """Return the reports without a learned misconception."""
    return grade(limited(folder), sources)


@pytest.fixture(params=HOSTILE)
def hostile(folder: Path, request: pytest.FixtureRequest) -> Iterator[Assignment]:
    """Return the assignment with a learned misconception that does something hostile."""
    before, head, body = HOSTILE[request.param]
    path = folder / "learned_hostile.py"
    path.write_text(f"{before}\n\n{head}{_DOCSTRING}{body}", encoding="utf-8")
    yield limited(folder)
    path.unlink()


def test_reports_stay_as_they_are(
    hostile: Assignment, sources: dict[str, str], expected: dict[str, Report]
) -> None:
    """Scores, messages and names are the same, with a misconception that tampers beside others."""
    assert any(one.is_learned for one in hostile.misconceptions)

    assert grade(hostile, sources) == expected


def test_recorded_answers_of_others_stay_as_they_are(hostile: Assignment) -> None:
    """What the reference and other misconceptions answer is recorded as it is without it."""
    with GradingResources(
        hostile, limits=Limits.of(hostile.limits), confinement=Confinement()
    ) as resources:
        recording = resources.record(7)
        known = _KNOWN.decode(_decompress(resources.record_known("loss", recording)))
        names = [one.name for one in hostile.misconceptions_of("loss") if not one.is_learned]
        others = dataclasses.replace(
            hostile,
            misconceptions=tuple(one for one in hostile.misconceptions if not one.is_learned),
        )
    with GradingResources(
        others, limits=Limits.of(others.limits), confinement=Confinement()
    ) as resources:
        alone = resources.record(7)
        known_alone = _KNOWN.decode(_decompress(resources.record_known("loss", alone)))

    assert recording.questions == alone.questions
    assert {name: known[name] for name in names} == {name: known_alone[name] for name in names}
    assert all(unpack(one) is not None for one in known["loss__learned_1"].answers if one)
