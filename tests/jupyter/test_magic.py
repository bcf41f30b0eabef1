"""``%grade`` in a real kernel: what it shows, and that the kernel stays unchanged."""

import json
import re
import time
from pathlib import Path

import nbformat
import pytest
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from traitlets import default

from grader.jupyter.history import make_notebook

pytestmark = pytest.mark.slow

SUBMISSIONS = Path(__file__).resolve().parents[1] / "submissions"
RIGHT = (SUBMISSIONS / "right_plain.py").read_text(encoding="utf-8")

LOOK = """
import os as _os, sys as _sys, warnings as _warnings
def _look():
    names = sorted(n for n in globals() if not n.startswith(('_i', '_look', '_before')) or n == '_')
    return (names, _os.getcwd(), dict(_os.environ), list(_sys.path), list(_warnings.filters),
            sorted(m for m in _sys.modules if m.split('.')[0] in ('torch', 'pytest', '_pytest')),
            getattr(_sys, 'last_value', None), len(Out), _sys.stdout, _sys.stderr)
_before = _look()
"""

CHILDREN = """
def _look_for_children():
    import os, glob
    for path in glob.glob('/proc/[0-9]*/stat'):
        try:
            with open(path) as file:
                pid, _, rest = file.read().partition(' ')
        except (FileNotFoundError, ProcessLookupError):
            continue  # it has just ended
        if rest.rpartition(')')[2].split()[1] == str(os.getpid()):
            yield int(pid)
print(list(_look_for_children()))
""".strip()

WRONG_MSE = "def mse(y_hat, y):\n    return ((y_hat - y) ** 2).sum()"
HOSTILE_MSE = (
    "def mse(y_hat, y):\n"
    "    raise ValueError('<script>alert(1)</script> \\u202e \\x1b[2J </pre><b>bold')"
)


class _Manager(AsyncKernelManager):
    """A manager that starts kernels of this environment, whatever others are installed."""

    @default("kernel_spec_manager")
    def _kernel_spec_manager_default(self) -> KernelSpecManager:
        return KernelSpecManager(kernel_dirs=[])


class Ran:
    """The outputs of a notebook that was run in a kernel of its own.

    Args:
        *sources: Its code cells.
    """

    def __init__(self, *sources: str) -> None:
        notebook = nbformat.reads(  # type: ignore[no-untyped-call]  # no types
            make_notebook(sources).decode(), as_version=4
        )
        NotebookClient(
            notebook, kernel_manager_class=_Manager, timeout=120, allow_errors=True
        ).execute()
        self._cells = notebook.cells

    def shown(self, number: int, kind: str) -> str:
        """Return what a %grade has shown in one MIME type; it is the only output of its cell."""
        cells = [cell for cell in self._cells if "%grade" in cell.source]
        (output,) = cells[number].outputs
        assert output.output_type == "display_data", output
        return str(output.data[kind])

    def text(self, number: int) -> str:
        """Return the plain text of a %grade, counted from 0."""
        return self.shown(number, "text/plain")

    def html(self, number: int) -> str:
        """Return the HTML of a %grade, counted from 0."""
        return self.shown(number, "text/html")

    def printed(self, source: str) -> str:
        """Return what the only cell with this source has printed."""
        (cell,) = [cell for cell in self._cells if cell.source == source]
        return "".join(output.get("text", str(output)) for output in cell.outputs)


@pytest.fixture(scope="module")
def right() -> Ran:
    """A notebook with full marks, and the state of its kernel before and after."""
    return Ran(
        "%load_ext grader",
        LOOK,
        "%grade",
        RIGHT,
        "print(_before == _look() or (_before, _look()))",
        "_before = _look()",
        "%grade",
        "print(_look() == _before, 'afterwards')",
        CHILDREN,
        "%grade mse",
        CHILDREN + " # again",
    )


@pytest.fixture(scope="module")
def corrected() -> Ran:
    """A notebook with mistakes that were corrected, and several ways to ask."""
    return Ran(
        "%load_ext grader",
        "import torch",
        WRONG_MSE + "\nprint(mse(tensor, 1))",
        "def mse(y_hat, y)\n    return ((y_hat - y) ** 2).mean()",
        "%grade mse",
        "def mse(y_hat, y):\n    return ((y_hat - y) ** 2).mean()",
        WRONG_MSE + "\nprint(mse(torch.ones(1), 1))",
        "def mse(y_hat, y):\n    return ((y_hat - y) ** 2).mean()",
        "%grade mse sigmoid",
        "%grade --help",
        "%grade -h",
        "%grade mse, sigmoid()",
        "%grade --sed 7",
        "%grade --seed seven",
    )


@pytest.fixture(scope="module")
def wrong() -> Ran:
    """A notebook whose mse changes."""
    return Ran(
        "%load_ext grader",
        "import torch",
        WRONG_MSE,
        "%grade mse",
        HOSTILE_MSE,
        "%grade mse --seed 7",
        "def mse(y_hat, y):\n    return ((y_hat - y) ** 2).mean()\n%grade mse",
        "%grade nothing",
        "%grade --seed -1",
        "%reload_ext grader",
        "%grade mse",
    )


def test_right_notebook_gets_full_marks(right: Ran) -> None:
    """A right notebook gets full marks, as text and as HTML."""
    assert right.text(1).endswith("100 of 100 points")
    assert "100 of 100 points" in right.html(1)
    assert right.html(1).count(">right</span>") == 16


def test_functions_that_are_not_defined_are_not_written_yet(right: Ran) -> None:
    """Functions that the kernel hasn't defined are shown as not written yet."""
    assert right.text(0).count("not written yet") == 16


def test_kernel_stays_unchanged(right: Ran) -> None:
    """%grade changes no name, environment, path, warning, module, error, Out or stream."""
    assert right.printed("print(_look() == _before, 'afterwards')") == "True afterwards\n"


def test_process_stays_warm_and_ends_with_the_kernel(right: Ran) -> None:
    """All gradings share one process, which ends with the kernel."""
    first, second = right.printed(CHILDREN), right.printed(CHILDREN + " # again")

    (pid,) = json.loads(first)
    assert second == first
    deadline = time.monotonic() + 30
    while Path(f"/proc/{pid}").exists():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_wrong_function_is_explained_in_both_forms(wrong: Ran) -> None:
    """A wrong function is explained as text and as HTML."""
    for shown in (wrong.text(0), wrong.html(0)):
        assert "mse(y_hat, y) is the mean of the squared differences" in shown
        assert "y_hat = torch.tensor([1., 2.])" in shown
        assert re.search("should be", shown, re.IGNORECASE)
    assert wrong.text(0).splitlines()[-1].startswith("0 of 6 points")


def test_one_function_is_graded_alone(wrong: Ran) -> None:
    """If a function is named, only that one is graded."""
    assert len(re.findall(r" / \d", wrong.text(0))) == 1
    assert "predict" not in wrong.html(0)


def test_hostile_message_is_shown_and_not_run(wrong: Ran) -> None:
    """Markup and escape sequences in a message are shown, and neither takes effect."""
    shown = wrong.html(1)

    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown
    assert "<script" not in shown
    assert "<b>" not in shown
    assert "\\u202e" in shown
    assert not set("\x1b\u202e") & set(shown + wrong.text(1))


def test_new_definition_raises_the_score(wrong: Ran) -> None:
    """The last definition counts, even if it is in the same cell as the magic."""
    assert wrong.text(2).endswith("6 of 6 points")


def test_errors_of_cells_that_were_corrected_are_gone(corrected: Ran) -> None:
    """A mistake is shown until its cell was corrected."""
    before, after = corrected.text(0), corrected.text(1)

    assert "cell 3 raised NameError" in before
    assert "cell 4" in before
    assert "raised" not in after
    assert "SyntaxError" not in after


def test_several_functions_are_graded(corrected: Ran) -> None:
    """Functions are named with blanks or commas between them, and parentheses do no harm."""
    assert corrected.text(1).endswith("6 of 11 points")
    assert corrected.text(4) == corrected.text(1)


def test_help_is_shown(corrected: Ran) -> None:
    """Both options show how to use it, in lines of a terminal."""
    shown = corrected.text(2)

    assert "%grade mse update    grade only these functions" in shown
    assert corrected.text(3) == shown
    assert max(map(len, shown.splitlines())) <= 80
    assert "<pre>%grade " in corrected.html(2)


def test_wrong_usage_names_what_is_wrong_and_the_help(corrected: Ran) -> None:
    """There is one line, without a traceback."""
    assert corrected.printed("%grade --sed 7") == (
        "UsageError: %grade: unrecognized arguments: --sed; %grade --help shows what it takes\n"
    )
    assert corrected.printed("%grade --seed seven") == (
        "UsageError: %grade: argument --seed: invalid int value: 'seven'; "
        "%grade --help shows what it takes\n"
    )


def test_unknown_function_is_reported_in_one_line(wrong: Ran) -> None:
    """An unknown function is reported in one line, with the known ones."""
    assert wrong.text(3).startswith(
        '%grade: unknown function "nothing"; known functions: predict, make_data,'
    )
    assert len(wrong.text(3).splitlines()) == 1


def test_wrong_option_is_reported_in_one_line(wrong: Ran) -> None:
    """A wrong option is reported in one line, as IPython reports it."""
    assert wrong.printed("%grade --seed -1") == (
        "UsageError: --seed has to be a number from 0 to 281474976710655\n"
    )


def test_extension_can_be_loaded_again(wrong: Ran) -> None:
    """After %reload_ext, %grade works with a new process."""
    assert wrong.text(5).endswith("6 of 6 points")
