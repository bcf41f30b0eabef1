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
from grader.checks.programs import is_computed, reference_program, wrong_program
from grader.checks.units import Unit, UnitKind
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
            (submissions / f"{login}{ending}").write_text(content, encoding="utf-8", newline="\n")
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
        names = assignment.names_of(UnitKind.FUNCTION)
        unfinished = names[-chance.randrange(1, 5) :]
    for one in chosen.values():
        if is_computed(assignment, assignment.unit(one.function)):
            return wrong_program(assignment, one)  # it replaces lines between others
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
    units = {one.function: assignment.unit(one.function) for one in misconceptions}
    is_whole = {name for name, unit in units.items() if unit.kind is UnitKind.FUNCTION}
    if any(is_computed(assignment, unit) for unit in assignment.units):
        parts = [reference_program(assignment)]
    else:
        parts = [definitions(assignment.reference, leave_out=is_whole)]
    for one in sorted(misconceptions, key=lambda one: units[one.function].is_value):
        parts.extend(_take_place(one, units[one.function]))
    parts.extend(
        f"def {name}(*args):\n    raise NotImplementedError('{assignment.label}: write {name}()')"
        for name in unfinished
    )
    return "\n\n".join((*parts, ""))


def _take_place(misconception: Misconception, unit: Unit) -> Iterator[str]:
    """Yield code that puts a misconception in the place of its unit, below the right one."""
    source, name = misconception.source, misconception.name
    if unit.is_value:
        yield _cut_out(source, name, name)
        statements = {
            ast.unparse(one.targets[0]): one
            for one in ast.parse(source).body
            if isinstance(one, ast.Assign)
        }
        is_dict = isinstance(statements[name].value, ast.Dict)  # which has the wrong items only
        yield f"{unit.name} = {{**{unit.name}, **{name}}}" if is_dict else f"{unit.name} = {name}"
    elif not unit.owner:
        yield _cut_out(source, name, unit.name)
    elif any(isinstance(one, ast.ClassDef) and one.name == name for one in ast.parse(source).body):
        yield _cut_out(source, name, unit.owner)  # class Value(Value), with one wrong method
    else:
        method = unit.name.partition(".")[2]
        function = f"_{method.strip('_')}"
        yield _cut_out(source, name, function)
        yield f"class {unit.owner}({unit.owner}):\n    {method} = {function}"


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
    first = next(iter(assignment.names_of(UnitKind.FUNCTION)), "solve")
    return [
        (".py", f"{right}\n\ndef broken(:\n"),
        (".py", f"{right}\n\ndef {first}(*args):\n    while True:\n        pass\n"),
        (".ipynb", make_notebook(right)[:400]),
        (".py", ""),
        ("", ""),
    ]
