"""The magic ``%grade``, for notebooks: runs in the kernel, and leaves it as it was.

Nothing is returned, so that ``_`` and ``Out`` stay the student's; the cells are read from the
history, and everything else happens in another process.
"""

import html
import time

from IPython import get_ipython
from IPython.core.error import UsageError
from IPython.core.interactiveshell import InteractiveShell
from IPython.core.magic_arguments import argument, magic_arguments, parse_argstring
from IPython.display import display

from grader.jupyter.history import cells_to_grade
from grader.jupyter.process import GradeReply, GraderProcess

_MAX_SEED = 2**48 - 1
_STEP_S = 0.2  # between two updates of the progress, each of which is a message to the browser

# One a kernel; it starts nothing before the first %grade.
_process = GraderProcess()


class Shown:
    """What stands below the cell: HTML where that can be shown, else plain text."""

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


def unload(shell: InteractiveShell) -> None:
    """Take the magic away, and end its process."""
    shell.magics_manager.magics["line"].pop("grade", None)
    _process.close()


@magic_arguments()
@argument("function", nargs="?", help="Grade one function only.")
@argument("--seed", type=int, help="Draw the inputs from this seed.")
def grade(line: str) -> None:
    """Grade what this notebook has defined so far.

    The cells that have been run are the submission: the last definition of a function counts.
    They are run again in a sandbox, so nothing in this notebook changes.
    """
    arguments = parse_argstring(grade, line)
    if arguments.seed is not None and not 0 <= arguments.seed <= _MAX_SEED:
        raise UsageError(f"--seed takes a number from 0 to {_MAX_SEED}")
    shell = get_ipython()
    # With the cell that runs now: what it defines above this line counts as well.
    cells = cells_to_grade(shell.history_manager.input_hist_raw[1:])
    if not cells:
        display(Shown("%grade: nothing to grade yet; first run the cells with your functions"))
        return
    output = _Output(is_live=hasattr(shell, "kernel"))
    try:
        answer = _process.grade(
            cells,
            only=arguments.function,
            seed=arguments.seed,
            on_progress=output.show_progress,
        )
    except KeyboardInterrupt:
        output.show(Shown("%grade: interrupted"))
        raise KeyboardInterrupt from None  # as any cell that is stopped, without our insides
    output.show(_result(answer))


class _Output:
    """The output below the cell: in a notebook it is replaced, in a terminal printed once."""

    def __init__(self, *, is_live: bool) -> None:
        waiting = "grading ..."
        if not _process.is_running:
            waiting += " (the first time takes some seconds)"
        self._handle = display(Shown(waiting), display_id=True) if is_live else None
        self._shown_at = time.monotonic()

    def show(self, shown: Shown) -> None:
        """Show in the place of what stood there."""
        if self._handle is not None:
            self._handle.update(shown)
        else:
            display(shown)

    def show_progress(self, text: str) -> None:
        """Show how far it is, not too often."""
        now = time.monotonic()
        if self._handle is not None and now - self._shown_at >= _STEP_S:
            self._shown_at = now
            self._handle.update(Shown(f"grading ... {text}"))


def _result(answer: GradeReply) -> Shown:
    if answer.problem:
        return Shown(f"%grade: {answer.problem}")
    return Shown(answer.text, answer.html)
