"""Make the exercise for students from the reference.

The reference is a complete lab that runs from top to bottom, in jupytext's percent format. The
exercise is a script and a notebook with the same text, signatures and demos, but without the bodies
of functions and methods, without the letters of the answers, and without the regions that the
author has marked (`regions`). What may be a part of a solution and is none of these is refused.

The same reference always gives the same bytes, so that a test can see when somebody has changed the
reference and forgotten to release it. The reference is parsed but never run, since running it would
import torch, which the trusted side must not do.
"""

import ast
import copy
import io
import tokenize
import warnings
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from grader.authoring.exercise import Exercise, make_exercise
from grader.authoring.reference_cells import DEMO_TAG
from grader.checks.assignment import Assignment
from grader.checks.definitions import bound_names
from grader.checks.units import Unit
from grader.errors import UsageError

if TYPE_CHECKING:
    from nbformat import NotebookNode

# Explicit, because jupytext and the kernels would add versions, which change.
NOTEBOOK_METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
# No header and no tags in the script, because students may read it in a plain editor.
SCRIPT_METADATA = {
    "jupytext": {"notebook_metadata_filter": "-all", "cell_metadata_filter": "-all"},
}


def find_exercises(assignment: Assignment) -> Path:
    """Return the folder of an assignment's exercise.

    It is in the assignment's folder, except for the built-in lab, whose reference and exercises are
    in two folders side by side.
    """
    if assignment.reference_files:
        return assignment.folder / "exercises"
    beside_reference = assignment.reference_path.parent.with_name("exercises")
    inside = assignment.folder / "exercises"
    return inside if assignment.reference_path.parent == assignment.folder else beside_reference


def release_assignment(
    assignment: Assignment, exercises: Path, *, is_dry: bool = False
) -> list[Path]:
    """Write the script and the notebook for students, and copy the files that they need.

    Script and notebook are named after the reference. If a hand-in consists of several files, these
    are written instead, and no notebook.

    Args:
        assignment: The assignment, with its reference in percent format.
        exercises: Folder to write to, created if it is missing. Existing files are overwritten.
        is_dry: Whether to write nothing.

    Returns:
        The files that were out of date or missing, the script first.

    Raises:
        UsageError: Something may be a part of a solution, or a file is missing; with a line for
            each problem.
        SyntaxError: The reference is not Python.
    """
    rendered = {exercises / name: text.encode() for name, text in _render_all(assignment)}
    for name, content in _read_material(assignment):
        if rendered.setdefault(exercises / name, content) is not content:
            raise UsageError(f"{name} can't lie beside the exercise, which has that name itself")
    changed = [path for path, content in rendered.items() if not _holds(path, content)]
    if not is_dry:
        for path in changed:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(rendered[path])
    return changed


def _render_all(assignment: Assignment) -> Iterator[tuple[str, str]]:
    """Yield the names and texts of the exercise: a script and a notebook, or the files of it."""
    if assignment.reference_files:
        yield from render_files(assignment).items()
        return
    stem = assignment.reference_path.stem
    stem = assignment.info.id if stem == "reference" else stem
    script, notebook = render_assignment(assignment)
    yield f"{stem}.py", script
    yield f"{stem}.ipynb", notebook


def render_files(assignment: Assignment) -> dict[str, str]:
    """Return the files for students, by name, if a hand-in consists of several.

    Raises:
        UsageError: Something may be a part of a solution; with a line for each problem.
        SyntaxError: The reference is not Python.
    """
    made = {}
    problems = []
    for name, source in assignment.reference_files.items():
        own = [one for one in ast.parse(source).body if not isinstance(one, ast.ImportFrom)]
        bound = {name for statement in own for name in bound_names(statement)}
        units = [unit for unit in assignment.units if (unit.owner or unit.name) in bound]
        exercise = make_exercise(source, label=assignment.label, units=units)
        problems += [f"{name}: {one}" for one in exercise.problems]
        made[name] = exercise
    if problems:
        raise UsageError("\n".join(problems))
    return {name: _render_script(exercise) for name, exercise in made.items()}


def render_assignment(assignment: Assignment) -> tuple[str, str]:
    """Return the script and the notebook for students.

    Raises:
        UsageError: Something may be a part of a solution; with a line for each problem.
        SyntaxError: The reference is not Python.
    """
    exercise = _checked(_make(assignment))
    return _render_script(exercise), _render_notebook(exercise)


def find_release_problems(assignment: Assignment) -> list[str]:
    """Return what keeps an assignment from being released, a line each."""
    try:
        release_assignment(assignment, find_exercises(assignment), is_dry=True)
    except UsageError as error:
        return str(error).splitlines()
    except SyntaxError as error:
        name = assignment.reference_path.name
        return [f"{name}, line {error.lineno} is not valid Python: {error.msg}"]
    return []


def _make(assignment: Assignment) -> Exercise:
    return make_exercise(
        assignment.reference,
        label=assignment.label,
        units=assignment.units,
        manual=assignment.manual,
    )


def _checked(exercise: Exercise) -> Exercise:
    if exercise.problems:
        raise UsageError("\n".join(exercise.problems))
    return exercise


def _read_material(assignment: Assignment) -> Iterator[tuple[str, bytes]]:
    """Yield the files that the exercise needs beside it, with their content.

    Raises:
        UsageError: One of them is missing.
    """
    listed = {name: assignment.folder / name for name in assignment.files}
    for name, path in {**listed, **assignment.material.modules}.items():
        try:
            yield name, path.read_bytes()
        except OSError as error:
            raise UsageError(f"can't read {path}: {error.strerror}") from error


def _holds(path: Path, content: bytes) -> bool:
    try:
        return path.read_bytes() == content
    except FileNotFoundError:
        return False


def render_script(text: str, *, label: str = "lab 4", units: Collection[Unit] = ()) -> str:
    """Render the lab as a script that can be imported before any function is written.

    The demos call functions that aren't written yet, so they go, in their order, into a main block
    at the end, together with text that is tagged as a demo.

    Args:
        text: The reference, in percent format.
        label: The name of the assignment in the messages of unwritten functions.
        units: What has points.

    Raises:
        UsageError: Something may be a part of a solution.
    """
    return _render_script(_checked(make_exercise(text, label=label, units=units)))


def _render_script(exercise: Exercise) -> str:
    import jupytext

    notebook = copy.deepcopy(exercise.notebook)
    demos = [cell for cell in notebook.cells if _is_demo(cell)]
    notebook.cells = [cell for cell in notebook.cells if not _is_demo(cell)]
    notebook.metadata = SCRIPT_METADATA
    script: str = jupytext.writes(notebook, fmt="py:percent")
    script = f"{script.rstrip()}\n\n{_main_block(demos)}" if demos else script
    _expect_python(script)
    return script


def _expect_python(script: str) -> None:
    """Require a script that Python can read: demos that only a notebook can run are refused."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            compile(script, "the exercise", "exec", dont_inherit=True)
        except SyntaxError as error:
            line = script.split("\n")[(error.lineno or 1) - 1].strip()
            message = f"the script for students would not be valid Python: {error.msg}: `{line}`"
            raise UsageError(message) from error


def render_notebook(text: str, *, label: str = "lab 4", units: Collection[Unit] = ()) -> str:
    """Render the lab as a notebook without outputs, with the demos in their places.

    Args:
        text: The reference, in percent format.
        label: The name of the assignment in the messages of unwritten functions.
        units: What has points.

    Raises:
        UsageError: Something may be a part of a solution.
    """
    return _render_notebook(_checked(make_exercise(text, label=label, units=units)))


def _render_notebook(exercise: Exercise) -> str:
    import nbformat  # slow, and only authors need it

    notebook = copy.deepcopy(exercise.notebook)
    notebook.metadata = NOTEBOOK_METADATA
    for number, cell in enumerate(notebook.cells):
        # Not a digest of the cell: two demos may be equal, and nbformat replaces equal ids by
        # random ones.
        cell.id = f"cell-{number:02d}"
        # jupytext records the blank lines of the source, which mean nothing in a notebook.
        cell.metadata.pop("lines_to_next_cell", None)
    nbformat.validate(notebook)
    content: str = nbformat.writes(notebook)
    return content.rstrip("\n") + "\n"


def _main_block(demos: "list[NotebookNode]") -> str:
    from jupytext.magics import comment_magic  # type: ignore[import-untyped]  # no types

    lines: list[str] = []
    for cell in demos:
        if cell.cell_type == "code":
            source = "\n".join(comment_magic(cell.source.split("\n"), "python"))
            lines += [*_indent(source), ""]
        else:
            lines += [f"    # {line}".rstrip() for line in cell.source.splitlines()]
    if all(line.lstrip()[:1] in {"", "#"} for line in lines):
        lines.append("    pass")
    block = "\n".join(lines).rstrip()
    return f'# %%\nif __name__ == "__main__":\n{block}\n'


def _indent(source: str) -> list[str]:
    """Indent code by four spaces, but not the inside of strings, which would change them."""
    inside = {
        number for first, last in _spans_of_strings(source) for number in range(first + 1, last + 1)
    }
    return [
        line if number in inside or not line.strip() else f"    {line}"
        for number, line in enumerate(source.split("\n"), start=1)
    ]


def _spans_of_strings(source: str) -> Iterator[tuple[int, int]]:
    """Yield the first and the last line of each string, from 1."""
    begun: list[int] = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            kind = tokenize.tok_name[token.type]
            if kind == "STRING":
                yield token.start[0], token.end[0]
            elif kind.endswith("STRING_START"):  # f-strings, from Python 3.12 on
                begun.append(token.start[0])
            elif kind.endswith("STRING_END"):
                yield begun.pop(), token.end[0]
    except (tokenize.TokenError, SyntaxError):
        return  # whether the script is Python is checked later


def _is_demo(cell: "NotebookNode") -> bool:
    return DEMO_TAG in cell.metadata.get("tags", [])
