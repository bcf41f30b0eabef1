"""The magic ``%grade``, which runs in the kernel and leaves it unchanged.

It returns nothing, so that ``_`` and ``Out`` keep the student's values. It reads the cells from the
kernel's history, and leaves the rest to another process.
"""

import html
import time
from typing import Any

from IPython import get_ipython
from IPython.core.error import UsageError
from IPython.core.interactiveshell import InteractiveShell
from IPython.core.magic_arguments import argument, magic_arguments, parse_argstring
from IPython.display import display

from grader.bootstrap import why_unsupported
from grader.jupyter.history import cells_to_grade
from grader.jupyter.process import GradeReply, GraderProcess

_MAX_SEED = 2**48 - 1
_STEP_S = 0.2  # least time between two updates, each of which is a message to the browser

_HELP = """\
%grade               grade the functions that this notebook has defined so far
%grade mse update    grade only these functions
%grade --seed 7      draw the inputs from this seed
%grade --help        show this

All cells that you have run are graded; if a function was defined several times,
the last definition counts. Nothing in this notebook changes."""

# One for each kernel. The first %grade starts the process.
_process = GraderProcess()
# The numbers of the executions that raised, as far as the extension was loaded then.
_raised: set[int] = set()


class DisplayedText:
    """The output below a cell: HTML in a notebook, plain text in a terminal.

    Args:
        text: The plain text.
        rich: The HTML; by default a paragraph with the text.
    """

    def __init__(self, text: str, rich: str = "") -> None:
        self._text = text
        self._rich = rich or f"<p>{html.escape(text)}</p>"

    def __repr__(self) -> str:
        return self._text

    def _repr_html_(self) -> str:
        return self._rich


def load(shell: InteractiveShell) -> None:
    """Add the magic to a shell."""
    shell.magics_manager.register_function(grade, magic_kind="line")
    shell.events.register("post_run_cell", _note_result)


def unload(shell: InteractiveShell) -> None:
    """Remove the magic from a shell, and end its process."""
    shell.magics_manager.magics["line"].pop("grade", None)
    shell.events.unregister("post_run_cell", _note_result)
    _process.close()


def _note_result(result: Any) -> None:  # noqa: ANN401 - IPython's ExecutionResult has no types
    if not result.success and result.execution_count is not None:
        _raised.add(result.execution_count)


@magic_arguments()
@argument("functions", nargs="*", help="Grade only these functions.")
@argument("--seed", type=int, help="Draw the inputs from this seed.")
@argument("-h", "--help", action="store_true", help="Show how to use it.")
def grade(line: str) -> None:
    """Grade the functions that this notebook has defined so far.

    All cells that have been run are graded; if a function was defined several times, the last
    definition counts. The cells run again in a sandbox, so nothing in this notebook changes.
    """
    try:
        arguments = parse_argstring(grade, line)
    except UsageError as error:
        message = f"%grade: {error}; %grade --help shows what it takes"
        raise UsageError(message) from None
    if arguments.help:
        display(DisplayedText(_HELP, f"<pre>{html.escape(_HELP)}</pre>"))
        return
    if reason := why_unsupported():
        display(DisplayedText(f"%grade: {reason}"))
        return
    if arguments.seed is not None and not 0 <= arguments.seed <= _MAX_SEED:
        raise UsageError(f"--seed has to be a number from 0 to {_MAX_SEED}")
    shell = get_ipython()
    # Include the current cell: it may define functions above this line.
    executed = shell.history_manager.input_hist_raw[1:]
    cells = cells_to_grade(executed, raised={number - 1 for number in _raised})
    if not cells:
        display(
            DisplayedText("%grade: nothing to grade yet; first run the cells with your functions")
        )
        return
    output = _Output(is_live=hasattr(shell, "kernel"))
    try:
        reply = _process.grade(
            cells,
            # Also as people write lists and functions: mse, update()
            only=[name.strip(",()") for name in arguments.functions] or None,
            seed=arguments.seed,
            on_progress=output.show_progress,
        )
    except KeyboardInterrupt:
        output.show(DisplayedText("%grade: interrupted"))
        raise KeyboardInterrupt from None  # like any stopped cell, without a traceback of ours
    output.show(_to_displayed(reply))


class _Output:
    """The output below the cell, updated in place in a notebook, and printed once in a terminal."""

    def __init__(self, *, is_live: bool) -> None:
        waiting = "grading ..."
        if not _process.is_running:
            waiting += " (the first time takes a few seconds)"
        self._handle = display(DisplayedText(waiting), display_id=True) if is_live else None
        self._shown_at = time.monotonic()

    def show(self, content: DisplayedText) -> None:
        """Show the result, in place of the progress."""
        if self._handle is not None:
            self._handle.update(content)
        else:
            display(content)

    def show_progress(self, text: str) -> None:
        """Show the progress, at most once every `_STEP_S` seconds."""
        now = time.monotonic()
        if self._handle is not None and now - self._shown_at >= _STEP_S:
            self._shown_at = now
            self._handle.update(DisplayedText(f"grading ... {text}"))


def _to_displayed(reply: GradeReply) -> DisplayedText:
    if reply.problem:
        return DisplayedText(f"%grade: {reply.problem}")
    return DisplayedText(reply.text, reply.html)
