"""A mistake that nobody knows is pinned on a line that differs from the reference, or on none."""

import ast
import dataclasses
import difflib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.checks.assignment import load_assignment
from grader.checks.misconceptions import Misconception
from grader.checks.programs import reference_program
from grader.checks.units import UnitKind
from grader.pipeline import Grader

pytestmark = pytest.mark.slow

LAB = load_assignment()
FUNCTIONS = [one for one in LAB.misconceptions if LAB.unit(one.function).kind is UnitKind.FUNCTION]
# Each takes a second; another step tries others.
SAMPLE = FUNCTIONS[3::17]
_LINE = re.compile(r"(?:: |; |or )line (\d+)")
_PIN = re.compile(r"\((\w+\(\) passes .*)\)")


@pytest.fixture(scope="module")
def grader_without_names() -> Iterator[Grader]:
    """A grader that knows no misconception."""
    with Grader(dataclasses.replace(LAB, misconceptions=())) as one:
        yield one


def write_program(known: Misconception) -> tuple[str, set[int]] | None:
    """Return a right submission with one wrong function, and the lines that are wrong in it."""
    wrong, right = ast.parse(known.source), ast.parse(reference_program(LAB))
    names = {one.name for one in LAB.misconceptions}
    functions = [one for one in wrong.body if isinstance(one, ast.FunctionDef)]
    own = next((one for one in functions if one.name == known.name), None)
    if own is None:
        return None
    helpers = [
        one for one in wrong.body if isinstance(one, ast.Import | ast.ImportFrom | ast.FunctionDef)
    ]
    helpers = [one for one in helpers if getattr(one, "name", "") not in names]
    own.name, own.body = known.function, own.body[ast.get_docstring(own) is not None :]
    place = next(
        place
        for place, one in enumerate(right.body)
        if isinstance(one, ast.FunctionDef) and one.name == known.function
    )
    replaced = right.body[place]
    assert isinstance(replaced, ast.FunctionDef)
    replaced.body = replaced.body[ast.get_docstring(replaced) is not None :]
    before, after = ast.unparse(replaced).splitlines(), ast.unparse(own).splitlines()
    right.body[place] = own
    source = ast.unparse(ast.Module([*helpers, *right.body], []))
    start = source[: source.index("\n".join(after))].count("\n") + 1
    changes = difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    lines = {
        start + line
        for kind, _, _, first, last in changes
        if kind != "equal"
        for line in range(first, last)
    }
    return source, lines


@pytest.mark.parametrize("known", SAMPLE, ids=lambda one: one.name)
def test_no_line_is_pinned_that_is_right(
    grader_without_names: Grader, tmp_path: Path, known: Misconception
) -> None:
    """Of several lines that are named, one differs from the reference."""
    program = write_program(known)
    if program is None:
        pytest.skip("it is made of another function")
    source, wrong = program
    path = tmp_path / "submission.py"
    path.write_text(source)

    report = grader_without_names.grade(path, only=known.function)

    messages = [check.message for one in report.functions for check in one.checks]
    pinned = {
        int(line) for one in messages for pin in _PIN.findall(one) for line in _LINE.findall(pin)
    }
    assert not pinned or pinned & wrong


def test_most_slips_are_pinned(grader_without_names: Grader, tmp_path: Path) -> None:
    """Otherwise the test above would hold for a search that never finds anything."""
    found = 0
    names = ("mse__halved", "predict__changes_x", "sigmoid__changes_z")
    for known in (one for one in FUNCTIONS if one.name in names):
        program = write_program(known)
        assert program is not None
        path = tmp_path / f"{known.name}.py"
        path.write_text(program[0])
        report = grader_without_names.grade(path, only=known.function)
        found += any("if only this line" in c.message for f in report.functions for c in f.checks)

    assert found == len(names)
