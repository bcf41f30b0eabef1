"""Collects every sentence that a report can hold, and makes docs/sentences.md of the proofs.

Run it as a program to write the page: ``python tests/sentences.py``.
"""

import ast
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from grader.checks.assignment import load_assignment

ROOT = Path(__file__).parents[1]
PROOFS_FILE = ROOT / "tests" / "sentences.toml"
PAGE = ROOT / "docs" / "sentences.md"
LAB = "assignments/lab4"

# Where a student meets the sentences, and the modules below grader/ that have them.
PLACES: dict[str, tuple[str, ...]] = {
    "An answer is wrong": (
        "checks/compare.py",
        "checks/parts.py",
        "checks/steps.py",
        "checks/convergence.py",
        "checks/probe.py",
        "checks/torch_calls.py",
        "checks/code_facts.py",
        "checks/run.py",
        "checks/kit_blame.py",
        "checks/attempt.py",
        "checks/untouched.py",
        "checks/script_examples.py",
        "diagnosis/*.py",
    ),
    "An answer to the lab is wrong": (f"{LAB}/*.py",),
    "There is no answer": (
        "checks/no_answer.py",
        "checks/failed_step.py",
        "checks/lent_attempt.py",
        "sandbox/host/account.py",
        "sandbox/host/connection.py",
        "sandbox/host/control.py",
        "sandbox/host/session.py",
        "sandbox/guest/budget.py",
        "sandbox/guest/defaults.py",
        "sandbox/guest/describe.py",
        "sandbox/guest/plain_text.py",
        "sandbox/guest/script.py",
        "observations/structure.py",
    ),
    "An exception is explained": (
        "report/explanations.py",
        "report/file_explanations.py",
        "report/old_names.py",
    ),
    "A function is missing": ("checks/absent.py",),
    "A person marks an answer": (
        "checks/manual_answers.py",
        "report/model.py",
    ),
    "Notes on how the file was read and run": (
        "report/describe_loading.py",
        "report/words.py",
        "sandbox/guest/child.py",
        "sandbox/guest/load.py",
        "sandbox/guest/parse.py",
        "sandbox/guest/syntax_hints.py",
        "submission/notebook.py",
        "submission/text_cells.py",
        "report/tidy.py",
        "report/budget.py",
    ),
    "The file can't be graded": (
        "submission/file_kind.py",
        "submission/hand_in.py",
        "submission/python_file.py",
        "submission/read.py",
        "submission/source_size.py",
        "batch/archive.py",
        "batch/archive_names.py",
        "batch/collectors/canvas.py",
        "batch/collectors/gradescope.py",
        "batch/collectors/moodle.py",
        "batch/choose_file.py",
        "batch/choose_files.py",
        "batch/gradable_files.py",
        "batch/open_beneath.py",
        "batch/tree.py",
    ),
    "The grader failed": (
        "pipeline.py",
        "batch/run.py",
        "errors.py",
        "oracle/live.py",
        "pool/dask_link.py",
        "pool/local_pool.py",
        "pool/worker_main.py",
        "pool/worker_process.py",
        "resources.py",
        "sandbox/host/forkserver.py",
        "sandbox/host/given.py",
        "sandbox/host/spawner.py",
    ),
    "Locks that are missing": (
        "observations/locks.py",
        "sandbox/guest/file_lock.py",
        "sandbox/guest/lock.py",
        "sandbox/guest/syscall_lock.py",
        "sandbox/host/limits.py",
    ),
}

# Other modules of the same packages: what they say is for the authors of assignments, for who runs
# a command, or for nobody: column titles, patterns, code.
ELSEWHERE = frozenset(
    {
        "batch/collectors/above.py",
        "batch/collectors/choose.py",
        "batch/collectors/github_classroom.py",
        "batch/collectors/gradescope_metadata.py",
        "batch/collectors/nested.py",
        "batch/collectors/pattern.py",
        "batch/collectors/plain.py",
        "batch/give_marks.py",
        "batch/keys.py",
        "batch/marking.py",
        "batch/roster_file.py",
        "batch/shard.py",
        "batch/store.py",
        "checks/assignment.py",
        "checks/check_run.py",
        "checks/examples.py",
        "checks/inputs.py",
        "checks/kit_file.py",
        "checks/kits.py",
        "checks/load_problem.py",
        "checks/manual.py",
        "checks/material.py",
        "checks/reference_files.py",
        "checks/misconceptions.py",
        "checks/plugin.py",
        "checks/programs.py",
        "checks/questions.py",
        "checks/runner.py",
        "checks/tracing.py",
        "checks/units.py",
        "pool/cluster_address.py",
        "pool/dask_worker.py",
        "pool/shipment.py",
        "report/column_words.py",
        "report/compare_classes.py",
        "report/marks.py",
        "report/repeats.py",
        "report/schema.py",
        "report/summary_file.py",
        "sandbox/guest/absences.py",
        "sandbox/guest/absent_names.py",
        "sandbox/guest/call.py",
        "sandbox/guest/detached.py",
        "sandbox/guest/unused_parameters.py",
        "sandbox/guest/find_function.py",
        "sandbox/guest/endless_loops.py",
        "sandbox/guest/dropped.py",
        "sandbox/guest/edit_expressions.py",
        "sandbox/guest/edits.py",
        "sandbox/guest/endings.py",
        "sandbox/guest/lend.py",
        "sandbox/guest/locked_child.py",
        "sandbox/guest/serve.py",
        "sandbox/guest/start.py",
        "sandbox/guest/syscalls.py",
        "sandbox/host/forkserver_process.py",
        "sandbox/host/home.py",
        "sandbox/host/spawned_process.py",
        "sandbox/host/start_method.py",
        "sandbox/host/starter.py",
        "sandbox/host/linux_usage.py",
        "sandbox/host/probes.py",
        "sandbox/host/scratch.py",
        "sandbox/host/scratch_by_path.py",
        "sandbox/host/seatbelt.py",
        "sandbox/host/windows_job.py",
    }
)
PACKAGES = ("batch", "checks", "diagnosis", "pool", "report", "sandbox", "submission")

# What is passed to these is a pattern or code, and a message of these is for authors of checks.
_NOT_TEXT = {"compile", "_by", "Literal"}
_FEWEST_WORDS = 3  # shorter ones are names, such as "a number"
_WORD = re.compile(r"[A-Za-z][a-z]{2,}")


@dataclass(frozen=True, slots=True)
class Proof:
    """By which observation some sentences of a module are known.

    Attributes:
        module: The module, below grader/.
        seen: The observation; empty if no report has these texts.
        why_not: Why no report has these texts, such as that they are patterns.
        says: The sentences, with the names of what is filled in.
    """

    module: str
    seen: str
    why_not: str
    says: tuple[str, ...]


def read_proofs() -> list[Proof]:
    """Return the proofs in their order."""
    table = tomllib.loads(PROOFS_FILE.read_text("utf-8"))
    return [
        Proof(one["module"], one.get("seen", ""), one.get("why_not", ""), tuple(one["says"]))
        for one in table["proof"]
    ]


def modules_of(place: str) -> list[str]:
    """Return the modules of a place that have sentences, in order."""
    root = ROOT / "grader"
    found = [path for glob in PLACES[place] for path in sorted(root.glob(glob))]
    return [name for path in found if sentences_of(name := path.relative_to(root).as_posix())]


def sentences_of(module: str) -> list[str]:
    """Return the sentences of a module below grader/."""
    return sentences_in((ROOT / "grader" / module).read_text("utf-8"))


def sentences_in(source: str) -> list[str]:
    """Return the texts of three or more words in a module's source, each once, in order."""
    texts = sorted(_texts(ast.parse(source)), key=lambda one: one[0])
    return list(dict.fromkeys(text for _, text in texts if _is_sentence(text)))


def _is_sentence(text: str) -> bool:
    outside = re.sub(r"\{[^}]*\}", "", text)
    return len(text.split()) >= _FEWEST_WORDS and bool(_WORD.search(outside))


def _texts(node: ast.AST) -> Iterator[tuple[tuple[int, int], str]]:
    """Yield the texts below a node, with their places."""
    if isinstance(node, ast.JoinedStr | ast.Constant):
        if not isinstance(node, ast.Constant) or isinstance(node.value, str):
            yield (node.lineno, node.col_offset), " ".join(_show(node).split())
        return
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns"):
            continue
        children = value if isinstance(value, list) else [value]
        if name == "args" and _name(node) == "Reason":
            children = children[2:]  # without the patterns of type and text
        for child in children:
            if isinstance(child, ast.AST) and not _is_skipped(child):
                yield from _texts(child)


def _is_skipped(node: ast.AST) -> bool:
    """Return whether a node is a docstring, or holds a pattern or code."""
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant)
    return isinstance(node, ast.Call | ast.Subscript) and _name(node) in _NOT_TEXT


def _name(node: ast.AST) -> str:
    """Return what stands for a value in a sentence: its own name, or that of what it is made of."""
    match node:
        case ast.Name():
            return node.id
        case ast.Attribute():
            return node.attr
        case ast.Call():
            return _name(node.func)
        case ast.Subscript():
            return _name(node.value)
    return "..."


def _show(node: ast.AST) -> str:
    """Return a text with the names of what is filled in."""
    match node:
        case ast.Constant():
            return str(node.value)
        case ast.JoinedStr():
            return "".join(_show(one) for one in node.values)
        case ast.FormattedValue(value=ast.IfExp() as choice):
            return f"[{_show(choice.body)}/{_show(choice.orelse)}]"
        case ast.FormattedValue(value=ast.Call() as call):
            shown = call.args[0] if call.args else call.func
            return f"{{{_name(shown).strip('_').lower()}}}"
        case ast.FormattedValue():
            return f"{{{_name(node.value).strip('_').lower()}}}"
    return f"{{{_name(node)}}}"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")


def make_page() -> str:
    """Return the page: each sentence with its proof, by where a student meets it."""
    proofs = read_proofs()
    parts = [_INTRODUCTION]
    for place in PLACES:
        parts.append(f"\n## {place}\n")
        for module in modules_of(place):
            shown = [one for one in proofs if one.module == module and one.seen]
            rows = [f"| {'<br>'.join(map(_cell, one.says))} | {_cell(one.seen)} |" for one in shown]
            if rows:
                parts += [f"| `{module}` | observation |", "| --- | --- |", *rows, ""]
    assignment = load_assignment("lab4")
    parts.append(_PROMISES)
    parts += [f"- **{title}** {hint}" for title, hint in promises()]
    parts.append(_MISCONCEPTIONS)
    for name in assignment.parameters:
        found = assignment.misconceptions_of(name)
        texts = dict.fromkeys(f"**{one.title}** {one.hint}" for one in found)
        parts.append(f"`{name}`: {' · '.join(map(_cell, texts))}\n")
    return "\n".join(parts).rstrip() + "\n"


def promises() -> list[tuple[str, str]]:
    """Return the titles and hints of the lab's checks."""
    found = []
    for path in sorted((ROOT / "grader" / LAB).glob("check_*.py")):
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("check_"):
                title, _, hint = (ast.get_docstring(node) or "").partition("\n\n")
                found.append((" ".join(title.split()), " ".join(hint.split())))
    return found


_INTRODUCTION = """\
# What a report can say, and how it is known

For maintainers. This page lists every sentence that a report can hold, and the observation by which
it is known to be true of the submission. A sentence without an observation is not said: ask a
question, write "if", or give advice. What is filled in stands in braces; where a text has two
forms, they stand in brackets.

`tests/sentences.py` makes this page from the code and from `tests/sentences.toml`, which has the
observations. To change a sentence, see *Where things go* in `CONTRIBUTING.md`."""

_PROMISES = """
## Titles and hints of the lab's checks

A title is a promise of the function, and a hint is advice. Neither claims anything about the
submission: that the promise isn't kept is observed by the check.
"""

_MISCONCEPTIONS = """
## Misconceptions of the lab

A title says how the known wrong program is written, and a hint what to do about it. It is shown if
the submission answers every question of the function's checks as this program does, and as no other
known one does (`diagnosis/find_misconception.py`). So it is proved that they do the same, and not
that they are written alike.
"""


if __name__ == "__main__":
    PAGE.write_text(make_page(), "utf-8")
