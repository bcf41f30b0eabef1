"""Makes up a class: submissions as students could have handed them in, from known mistakes.

To see what a batch looks like before there is a class, and to try a change of checks on one. The
same seed gives the same class.
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

# One in so many is right, a notebook, unfinished; and how many mistakes the others make.
_RIGHT_EVERY, _NOTEBOOK_EVERY, _UNFINISHED_EVERY = 7, 4, 9
_MISTAKES = (1, 1, 2, 2, 3)


def write_mock_class(assignment: Assignment, folder: Path, *, count: int, seed: int = 0) -> Path:
    """Write a class into a new folder: a file for each student, and a roster beside it.

    The last five of a class that is large enough hand in what can't be graded well: a syntax error,
    a loop without end, half a notebook, nothing at all in a file, and no file.

    Args:
        assignment: What they hand in; it needs misconceptions.
        folder: Folder to make; the submissions are in ``submissions`` in it.
        count: How many students.
        seed: Which class.

    Returns:
        The folder with the submissions.

    Raises:
        UsageError: the folder is there already, or the assignment has no misconceptions.
    """
    if not assignment.misconceptions:
        raise UsageError(f"{assignment.info.title} has no misconceptions to make a class of")
    submissions = folder / "submissions"
    try:
        submissions.mkdir(parents=True)
    except FileExistsError as error:
        raise UsageError(f"{submissions} is there already") from error
    chance = random.Random(seed)  # noqa: S311 - a class, and no secret
    mistakes = _deal(assignment, chance)
    roster = []
    odd = _odd_ones(assignment) if count > 2 * _RIGHT_EVERY else []
    for place in range(count):
        login = f"s{1001 + place}"
        name = f"{chance.choice(_FIRST)} {chance.choice(_LAST)}"
        roster.append((login, name, f"{login}@example.edu"))
        if place >= count - len(odd):
            ending, content = odd[place - count]
        else:
            source = _student(assignment, mistakes, chance, place)
            is_notebook = place % _NOTEBOOK_EVERY == 0
            ending, content = (".ipynb", make_notebook(source)) if is_notebook else (".py", source)
        if ending:
            (submissions / f"{login}{ending}").write_text(content, encoding="utf-8")
    with (folder / ROSTER_FILE).open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("id", "name", "email"), *roster])
    return submissions


def _deal(assignment: Assignment, chance: random.Random) -> Iterator[Misconception]:
    """Give all misconceptions in some order, then all again in another."""
    while True:
        yield from chance.sample(assignment.misconceptions, len(assignment.misconceptions))


def _student(
    assignment: Assignment, mistakes: Iterator[Misconception], chance: random.Random, place: int
) -> str:
    if place % _RIGHT_EVERY == 0:
        return make_source(assignment, ())
    made: dict[str, Misconception] = {}
    for _ in range(chance.choice(_MISTAKES)):
        one = next(mistakes)
        made.setdefault(one.function, one)
    unfinished: tuple[str, ...] = ()
    if place % _UNFINISHED_EVERY == 0:
        names = [one.name for one in assignment.functions if not one.is_value]
        unfinished = tuple(names[-chance.randrange(1, 5) :])
    return make_source(assignment, tuple(made.values()), unfinished=unfinished)


def make_source(
    assignment: Assignment,
    mistakes: Sequence[Misconception],
    *,
    unfinished: Sequence[str] = (),
) -> str:
    """Write a submission that is right but for some mistakes, each in a function of its own.

    Args:
        assignment: Whose reference is the rest.
        mistakes: Known wrong ways, at most one for each function.
        unfinished: Functions that are left as they are handed out.
    """
    wrong = {
        one.function: one for one in mistakes if not assignment.function(one.function).is_value
    }
    values = [one for one in mistakes if assignment.function(one.function).is_value]
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
    """Cut a program out of a file with what it needs, without what its docstring gives away."""
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
    """Write a script as a notebook with a cell for each top-level statement."""
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


def _odd_ones(assignment: Assignment) -> list[tuple[str, str]]:
    """Give the endings and contents of what comes in every class."""
    right = make_source(assignment, ())
    first = next(one.name for one in assignment.functions if not one.is_value)
    return [
        (".py", f"{right}\n\ndef broken(:\n"),
        (".py", f"{right}\n\ndef {first}(*args):\n    while True:\n        pass\n"),
        (".ipynb", make_notebook(right)[:400]),
        (".py", ""),
        ("", ""),
    ]
