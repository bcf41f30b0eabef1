"""Make up a class: submissions as students could have written them, from known misconceptions.

With it, instructors can try a batch before they have submissions, and authors can try out changes
to their checks. The same seed gives the same class.
"""

import ast
import csv
import json
import random
from collections.abc import Iterator, Sequence
from pathlib import Path

from grader.authoring.release import NOTEBOOK_METADATA
from grader.checks.assignment import Assignment
from grader.checks.definitions import definitions, names_used, reachable
from grader.checks.misconceptions import Misconception
from grader.errors import UsageError

ROSTER_FILE = "roster.csv"

_FIRST = (
    "Aaliyah Ada Agnès Björn Carlos Chiara Dmitri Eilidh Emeka Fatima Giulia Hana Hiroshi Ingrid "
    "Ivan João Katarzyna Lars Li Łukasz Maryam Mateo Mei Nia Noa Olu Priya Rachid Siobhán Tomáš "
    "Ümit Zoë"
).split()
_LAST = (
    "Abdi Ångström Bianchi Chen D'Angelo Fernández García-López Haddad Ivanova Jørgensen Kim "
    "Kowalska Mbeki Müller Nakamura Nguyễn O'Brien Okafor Özdemir Patel Rossi Santos Schmidt Silva "
    "Singh Smith Tanaka Vandenberghe Wójcik Zieliński"
).split()

# One student in so many is right, hands in a notebook, or is not finished.
_RIGHT_EVERY, _NOTEBOOK_EVERY, _UNFINISHED_EVERY = 7, 4, 9
# How many misconceptions the other students have, with equal chances.
_MISCONCEPTION_COUNTS = (1, 1, 2, 2, 3)


def write_mock_class(assignment: Assignment, folder: Path, *, count: int, seed: int = 0) -> Path:
    """Write a class to a folder: a file for each student in ``submissions``, and a roster.

    In a class of more than 14, the last five students are odd cases: a syntax error, an endless
    loop, half a notebook, an empty file, and no file.

    Args:
        assignment: The assignment that they hand in; it needs misconceptions.
        folder: Folder to write to; it is created if it is missing.
        count: The number of students.
        seed: The seed that all choices are drawn from.

    Returns:
        The folder with the submissions.

    Raises:
        UsageError: The folder ``submissions`` already exists, or the assignment has no
            misconceptions.
    """
    if not assignment.misconceptions:
        raise UsageError(f"{assignment.info.title} has no misconceptions to make a class of")
    submissions = folder / "submissions"
    try:
        submissions.mkdir(parents=True)
    except FileExistsError as error:
        raise UsageError(f"{submissions} already exists") from error
    chance = random.Random(seed)  # noqa: S311 - for a made-up class, not for a secret
    misconceptions = _deal(assignment, chance)
    roster = []
    odd = _odd_cases(assignment) if count > 2 * _RIGHT_EVERY else []
    for place in range(count):
        login = f"s{1001 + place}"
        name = f"{chance.choice(_FIRST)} {chance.choice(_LAST)}"
        roster.append((login, name, f"{login}@example.edu"))
        if place >= count - len(odd):
            ending, content = odd[place - count]
        else:
            source = _write_student(assignment, misconceptions, chance, place)
            is_notebook = place % _NOTEBOOK_EVERY == 0
            ending, content = (".ipynb", make_notebook(source)) if is_notebook else (".py", source)
        if ending:
            (submissions / f"{login}{ending}").write_text(content, encoding="utf-8")
    with (folder / ROSTER_FILE).open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("id", "name", "email"), *roster])
    return submissions


def _deal(assignment: Assignment, chance: random.Random) -> Iterator[Misconception]:
    """Yield all misconceptions in a random order, then all again in another order, without end."""
    while True:
        yield from chance.sample(assignment.misconceptions, len(assignment.misconceptions))


def _write_student(
    assignment: Assignment,
    misconceptions: Iterator[Misconception],
    chance: random.Random,
    place: int,
) -> str:
    """Write the submission of the student at this position in the class, counted from 0."""
    if place % _RIGHT_EVERY == 0:
        return make_source(assignment, ())
    chosen: dict[str, Misconception] = {}
    for _ in range(chance.choice(_MISCONCEPTION_COUNTS)):
        one = next(misconceptions)
        chosen.setdefault(one.function, one)
    unfinished: tuple[str, ...] = ()
    if place % _UNFINISHED_EVERY == 0:
        names = [one.name for one in assignment.units if not one.is_value]
        unfinished = tuple(names[-chance.randrange(1, 5) :])
    return make_source(assignment, tuple(chosen.values()), unfinished=unfinished)


def make_source(
    assignment: Assignment,
    misconceptions: Sequence[Misconception],
    *,
    unfinished: Sequence[str] = (),
) -> str:
    """Write a submission that is right except for some misconceptions.

    Args:
        assignment: The assignment, whose reference is the right part.
        misconceptions: The misconceptions, at most one for each function.
        unfinished: The names of functions that are still as in the stub.
    """
    wrong = {
        one.function: one for one in misconceptions if not assignment.unit(one.function).is_value
    }
    values = [one for one in misconceptions if assignment.unit(one.function).is_value]
    parts = [definitions(assignment.reference, leave_out=wrong)]
    parts.extend(_cut_out(one.source, one.name, one.function) for one in wrong.values())
    for one in values:
        parts.append(_cut_out(one.source, one.name, one.name))
        parts.append(f"{one.function} = {{**{one.function}, **{one.name}}}")
    parts.extend(
        f"def {name}(*args):\n    raise NotImplementedError('{assignment.label}: write {name}()')"
        for name in unfinished
    )
    return "\n\n".join((*parts, ""))


def _cut_out(source: str, name: str, new_name: str) -> str:
    """Return a definition under a new name, with all that it needs and without docstrings.

    The docstring of a misconception would give it away.
    """
    used = names_used(source)
    needed = reachable([name], used)
    tree = ast.parse(definitions(source, leave_out=used.keys() - needed))
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            first = node.body[0]
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                node.body[:1] = [] if len(node.body) > 1 else [ast.Pass()]
            if node.name == name:
                node.name = new_name
        elif isinstance(node, ast.Name) and node.id == name:
            node.id = new_name
    return ast.unparse(tree)


def make_notebook(source: str) -> str:
    """Return a script as a notebook in JSON, with a cell for each top-level statement."""
    cells: list[dict[str, object]] = [
        {
            "cell_type": "code",
            "execution_count": None,
            "metadata": {},
            "outputs": [],
            "source": ast.unparse(statement),
        }
        for statement in ast.parse(source).body
    ]
    content = {"cells": cells, "metadata": NOTEBOOK_METADATA, "nbformat": 4, "nbformat_minor": 4}
    return json.dumps(content, indent=1)


def _odd_cases(assignment: Assignment) -> list[tuple[str, str]]:
    """Return the suffix and content of files that can't be graded well; no suffix means no file."""
    right = make_source(assignment, ())
    first = next(one.name for one in assignment.units if not one.is_value)
    return [
        (".py", f"{right}\n\ndef broken(:\n"),
        (".py", f"{right}\n\ndef {first}(*args):\n    while True:\n        pass\n"),
        (".ipynb", make_notebook(right)[:400]),
        (".py", ""),
        ("", ""),
    ]
