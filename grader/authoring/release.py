"""Make the exercise for students from the reference.

The reference is a complete lab that runs from top to bottom, in jupytext's percent format. The
exercise is a script and a notebook with the same text, signatures and demos, but without the bodies
of the functions and without the letters of the answers.

The same reference always gives the same bytes, so that a test can see when somebody has changed the
reference and forgotten to release it. The reference is parsed but never run, since running it would
import torch, which the trusted side must not do.
"""

import ast
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

from grader.checks.assignment import Assignment
from grader.errors import UsageError

if TYPE_CHECKING:
    from nbformat import NotebookNode

ANSWERS_NAME = "ANSWERS"
DEMO_TAG = "demo"

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
    beside_reference = assignment.reference_path.parent.with_name("exercises")
    inside = assignment.folder / "exercises"
    return inside if assignment.reference_path.parent == assignment.folder else beside_reference


def release_assignment(
    assignment: Assignment, exercises: Path, *, is_dry: bool = False
) -> list[Path]:
    """Write the script and the notebook for students, both named after the reference.

    Args:
        assignment: The assignment, with its reference in percent format.
        exercises: Folder to write to, created if it is missing. Existing files are overwritten.
        is_dry: Whether to write nothing.

    Returns:
        The files that were out of date or missing, the script first.

    Raises:
        UsageError: A function has no docstring, or ANSWERS is not a dict literal.
        SyntaxError: The reference is not Python.
    """
    stem = assignment.reference_path.stem
    stem = assignment.info.id if stem == "reference" else stem
    label = assignment.label
    rendered = {
        exercises / f"{stem}.py": render_script(assignment.reference, label=label),
        exercises / f"{stem}.ipynb": render_notebook(assignment.reference, label=label),
    }
    changed = [path for path, content in rendered.items() if not _holds(path, content)]
    if changed and not is_dry:
        exercises.mkdir(parents=True, exist_ok=True)
        for path in changed:
            path.write_text(rendered[path], encoding="utf-8", newline="\n")
    return changed


def _holds(path: Path, content: str) -> bool:
    try:
        return path.read_bytes() == content.encode()
    except FileNotFoundError:
        return False


def render_script(text: str, *, label: str = "lab 4") -> str:
    """Render the lab as a script that can be imported before any function is written.

    The demos call functions that aren't written yet, so they go, in their order, into a main block
    at the end, together with text that is tagged as a demo.

    Args:
        text: The reference, in percent format.
        label: The name of the assignment in the messages of unwritten functions.
    """
    import jupytext

    notebook = _read_notebook(_hide_solutions(text, label=label))
    demos = [cell for cell in notebook.cells if _is_demo(cell)]
    notebook.cells = [cell for cell in notebook.cells if not _is_demo(cell)]
    notebook.metadata = SCRIPT_METADATA
    script: str = jupytext.writes(notebook, fmt="py:percent")
    return f"{script.rstrip()}\n\n{_main_block(demos)}" if demos else script


def render_notebook(text: str, *, label: str = "lab 4") -> str:
    """Render the lab as a notebook without outputs, with the demos in their places.

    Args:
        text: The reference, in percent format.
        label: The name of the assignment in the messages of unwritten functions.
    """
    import nbformat  # slow, and only authors need it

    notebook = _read_notebook(_hide_solutions(text, label=label))
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


def _hide_solutions(text: str, *, label: str) -> str:
    """Remove the body of every function and the letter of every answer, and keep the rest."""
    lines = text.splitlines()
    # From the end, so that the line numbers of earlier statements stay right.
    for node in reversed(ast.parse(text).body):
        if isinstance(node, ast.FunctionDef):
            if ast.get_docstring(node) is None:
                message = (
                    f"{node.name}() on line {node.lineno} has no docstring, which students need as "
                    "the task"
                )
                raise UsageError(message)
            first = (node.body[0].end_lineno or node.lineno) + 1
            stub = [f'    raise NotImplementedError("{label}: write {node.name}()")']
        elif isinstance(node, ast.Assign | ast.AnnAssign) and _names_answers(node):
            first, stub = node.lineno, _blank_answers(node)
        else:
            continue
        last = node.end_lineno or first
        # An indented comment after the last statement is not in the node, and may give it away.
        while last < len(lines) and lines[last][:1] in {"", " ", "\t"}:
            last += 1
        lines[first - 1 : last] = [*stub, "", ""]
    return "\n".join(lines).rstrip() + "\n"


def _names_answers(assignment: ast.Assign | ast.AnnAssign) -> bool:
    targets = assignment.targets if isinstance(assignment, ast.Assign) else [assignment.target]
    return ANSWERS_NAME in map(ast.unparse, targets)


def _blank_answers(assignment: ast.Assign | ast.AnnAssign) -> list[str]:
    """Return the lines of a dict with the same questions, in the same order, and empty answers."""
    try:
        answers = dict(ast.literal_eval(assignment.value or "None"))
    except (TypeError, ValueError) as error:
        message = f"{ANSWERS_NAME} on line {assignment.lineno} is not a dict literal"
        raise UsageError(message) from error
    blanks = [f'    "{question}": "",' for question in answers]
    return ["# Your letters go between the quotes.", f"{ANSWERS_NAME} = {{", *blanks, "}"]


def _main_block(demos: "list[NotebookNode]") -> str:
    lines: list[str] = []
    for cell in demos:
        if cell.cell_type == "markdown":
            lines += [f"# {line}".rstrip() for line in cell.source.splitlines()]
        else:
            lines += [*cell.source.splitlines(), ""]
    block = textwrap.indent("\n".join(lines), "    ").rstrip()
    return f'# %%\nif __name__ == "__main__":\n{block}\n'


def _read_notebook(text: str) -> "NotebookNode":
    import jupytext  # slow, and only authors need it

    notebook: NotebookNode = jupytext.reads(text, fmt="py:percent")
    return notebook


def _is_demo(cell: "NotebookNode") -> bool:
    return DEMO_TAG in cell.metadata.get("tags", [])
