"""What every report shows of a submission as a whole: causes first, and each of them once."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from grader.outputs.function_view import FunctionView, Said, missing_name, view_function
from grader.report.budget import cut_text
from grader.report.model import FunctionResult, LoadingNote, NoteKind, Report, Status

_MAX_CAUSES = 5  # at the top; the others are among the notes
_MAX_NAMES = 400  # characters

# Names that students use, with the statement that binds each of them.
_IMPORTS = {
    "torch": "import torch",
    "nn": "from torch import nn",
    "F": "import torch.nn.functional as F",
    "np": "import numpy as np",
    "numpy": "import numpy",
    "plt": "import matplotlib.pyplot as plt",
    "matplotlib": "import matplotlib",
    "pd": "import pandas as pd",
    "sns": "import seaborn as sns",
    "FuncAnimation": "from matplotlib.animation import FuncAnimation",
    "math": "import math",
    "random": "import random",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportView:
    """What a report shows, apart from its score.

    Attributes:
        causes: What stopped the file, or several of its functions; shown before the functions.
        functions: The functions, in order.
        notes: What else happened.
    """

    causes: tuple[str, ...]
    functions: tuple[FunctionView, ...]
    notes: tuple[str, ...]


def view_report(report: Report) -> ReportView:
    """Work out what to show of a report.

    Args:
        report: The report as its student may see it.
    """
    stopped = list(_stopped(report))
    causes = [note.text for note in stopped]
    said = Said()
    for name, functions in _shared_names(report.functions).items():
        note = _note_about(name, stopped)
        if note is None:
            causes.append(_describe_name(name, functions))
        said.causes[name] = f"{name} is not defined: see the top"
    return ReportView(
        causes=tuple(causes),
        functions=tuple(view_function(one, said) for one in report.functions),
        notes=tuple(note for note in report.notes if note not in causes),
    )


def _stopped(report: Report) -> Iterator[LoadingNote]:
    """Yield what stopped the file, and then the line about what only follows from it."""
    causes = [note for note in report.loading if note.is_cause][:_MAX_CAUSES]
    yield from causes
    if causes:
        yield from (note for note in report.loading if note.kind is NoteKind.FOLLOWS)


def _shared_names(functions: tuple[FunctionResult, ...]) -> Mapping[str, list[str]]:
    """Return names that are not defined, each with the functions that fail for it alone.

    A name that only one function lacks is that function's own affair.
    """
    found: dict[str, list[str]] = {}
    for function in functions:
        names = {
            missing_name(check)
            for check in function.checks
            if check.status not in (Status.PASSED, Status.NOT_JUDGED)
        }
        if len(names) == 1 and (name := names.pop()):
            found.setdefault(name, []).append(function.name)
    return {name: affected for name, affected in found.items() if len(affected) > 1}


def _note_about(name: str, notes: list[LoadingNote]) -> LoadingNote | None:
    """Return the note that says already why a name is not defined."""
    subjects = {name, *re.findall(r"\w+", _IMPORTS.get(name, ""))}
    kinds = (NoteKind.NOT_IMPORTED, NoteKind.NOT_INSTALLED)
    return next((one for one in notes if one.kind in kinds and one.subject in subjects), None)


def _describe_name(name: str, functions: list[str]) -> str:
    names = cut_text(", ".join(functions), _MAX_NAMES, ellipsis=" ...")
    text = f"{name} is not defined, and {len(functions)} functions stop there: {names}."
    statement = _IMPORTS.get(name)
    return f"{text} Is `{statement}` missing?" if statement else text
