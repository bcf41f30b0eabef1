"""Five checks of classes are at most as long as the same tests in plain pytest: docs/pairs.md."""

import ast
import io
import os
import re
import subprocess
import sys
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.checks.assignment import Assignment, load_assignment
from grader.checks.programs import reference_program, wrong_program
from grader.pipeline import Grader
from grader.report.model import Status

PAIRS = Path(__file__).resolve().parents[2] / "docs" / "pairs"
PAGE = (PAIRS.parent / "pairs.md").read_text("utf-8")
CLASSES = ("Value", "Linear", "SGD", "Swish", "Affine")
_NOT_CODE = {
    tokenize.COMMENT,
    tokenize.DEDENT,
    tokenize.ENDMARKER,
    tokenize.INDENT,
    tokenize.NEWLINE,
    tokenize.NL,
}


def plain(name: str) -> Path:
    """Return the file of the plain test of a class."""
    return PAIRS / "plain" / f"test_{name.lower()}.py"


def check(name: str) -> Path:
    """Return the file of the check of a class."""
    return PAIRS / f"check_{name}.py"


def count_lines(path: Path) -> int:
    """Return how many lines of a file are code: neither blank, a comment nor a docstring."""
    source = path.read_text("utf-8")
    words: set[int] = set()
    for node in ast.walk(ast.parse(source)):
        is_documented = isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        if is_documented and ast.get_docstring(node):  # type: ignore[arg-type]
            docstring = node.body[0]  # type: ignore[attr-defined]
            words |= set(range(docstring.lineno, docstring.end_lineno + 1))
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    code = {
        line
        for token in tokens
        if token.type not in _NOT_CODE
        for line in range(token.start[0], token.end[0] + 1)
    }
    return len(code - words)


def test_lines_are_counted_as_the_page_says(tmp_path: Path) -> None:
    """Each line of a long call counts, and no blank line, comment or docstring does."""
    path = tmp_path / "counted.py"
    path.write_text(
        '"""Two\nlines."""\n\n# One.\nf(\n    1,\n)\n\n\ndef g():\n    """No."""\n    f()\n'
    )

    assert count_lines(path) == 5


@pytest.mark.parametrize("name", CLASSES)
def test_check_is_at_most_as_long_as_the_plain_test(name: str) -> None:
    """The page says how long both are."""
    long, short = count_lines(plain(name)), count_lines(check(name))

    assert short <= long
    assert f"| {long} lines | {short} lines |" in PAGE.splitlines()[_row(name)]


def _row(name: str) -> int:
    """Return which line of the page has the numbers of a class: they are in its order."""
    first = next(n for n, line in enumerate(PAGE.splitlines()) if line.startswith("| ["))
    return first + CLASSES.index(name)


def test_page_shows_the_files_that_are_run() -> None:
    """Each block is a whole file, in the order of the classes."""
    blocks = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)

    files = [path for name in CLASSES for path in (plain(name), check(name))]
    assert blocks == [path.read_text("utf-8") for path in files]


@pytest.fixture(scope="module")
def pairs() -> Assignment:
    """Return the assignment of the five classes."""
    return load_assignment(PAIRS)


@pytest.fixture(scope="module")
def programs(pairs: Assignment) -> dict[str, str]:
    """Return a right solution, and for each class one in which only this class is wrong."""
    wrong = {one.function.partition(".")[0]: one for one in pairs.misconceptions}
    assert set(wrong) == set(CLASSES)
    return {
        "right": reference_program(pairs),
        **{name: wrong_program(pairs, one) for name, one in wrong.items()},
    }


@pytest.fixture(scope="module")
def grader(pairs: Assignment) -> Iterator[Grader]:
    """Return one warm grader."""
    with Grader(pairs) as warm:
        yield warm


@pytest.mark.slow
@pytest.mark.parametrize("which", ["right", *CLASSES])
def test_both_forms_find_the_same(
    which: str, programs: dict[str, str], grader: Grader, tmp_path: Path
) -> None:
    """Both pass on a right solution, and where one class is wrong, exactly its own ones fail."""
    solution = tmp_path / "solution.py"
    solution.write_text(programs[which], "utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", os.devnull]

    done = subprocess.run(
        [*command, "--rootdir", PAIRS, "-rf", *map(plain, CLASSES)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env={**os.environ, "PYTHONPATH": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"},
    )
    report = grader.grade(solution)

    failed = set(re.findall(r"^FAILED .*test_(\w+)\.py", done.stdout, re.MULTILINE))
    lost = {
        one.name.partition(".")[0] for one in report.functions if one.status is not Status.PASSED
    }
    assert "passed" in done.stdout, done.stdout + done.stderr
    assert failed == {which.lower()} - {"right"}
    assert lost == {which} - {"right"}
