"""Loading a submission statement by statement: what it defines, and the notes about the rest."""

import asyncio
import builtins
import inspect
import linecache
import sys
import textwrap
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from grader.observations.messages import (
    CodeBlock,
    Load,
    Loaded,
    Note,
    Raised,
    StatementStarted,
)
from grader.sandbox.guest.changes import MODULE_NAME, NOTEBOOK_NAME
from grader.sandbox.guest.defaults import Defaults, QuietShell
from grader.sandbox.guest.load import load
from grader.sandbox.guest.loaded import LoadedSubmission

PARAMETERS = {"predict": ("x", "w"), "mse": ("y_hat", "y"), "ANSWERS": ()}


class FakeDefaults:
    """A double that counts calls, since the real one would change the test's own process."""

    def __init__(self) -> None:
        self.times_tamed = 0

    def tame_if_imported(self) -> None:
        """Count the call."""
        self.times_tamed += 1


@pytest.fixture(autouse=True)
def _leave_no_traces(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setitem(sys.modules, MODULE_NAME, None)
    monkeypatch.setitem(sys.modules, NOTEBOOK_NAME, sys.modules[NOTEBOOK_NAME])
    monkeypatch.setattr(linecache, "cache", dict(linecache.cache))
    monkeypatch.setattr(builtins, "get_ipython", QuietShell, raising=False)
    loops: list[asyncio.AbstractEventLoop] = []
    make = asyncio.new_event_loop

    def make_and_keep() -> asyncio.AbstractEventLoop:
        loops.append(make())
        return loops[-1]

    monkeypatch.setattr(asyncio, "new_event_loop", make_and_keep)
    yield
    for loop in loops:
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()
    if loops:
        asyncio.set_event_loop(None)


def _load(
    *blocks: CodeBlock,
    is_notebook: bool,
    report: Callable[[StatementStarted], None] = lambda _: None,
    defaults: FakeDefaults | None = None,
    name: str = "lab4.py",
    **plan: Any,  # noqa: ANN401 - handed on
) -> tuple[dict[str, Any], Loaded]:
    message = Load(name=name, blocks=blocks, is_notebook=is_notebook, parameters=PARAMETERS, **plan)
    fake = cast("Defaults", defaults or FakeDefaults())
    submission, loaded = load(message, report=report, defaults=fake)
    assert isinstance(submission, LoadedSubmission)
    return cast("dict[str, Any]", submission.namespace), loaded


def load_script(
    source: str,
    **options: Any,  # noqa: ANN401 - handed on
) -> tuple[dict[str, Any], Loaded]:
    """Load a script, and return its globals and the message about it."""
    block = CodeBlock(label="", source=source)
    return _load(block, is_notebook=False, **options)


def load_cells(
    *sources: str,
    **options: Any,  # noqa: ANN401 - handed on
) -> tuple[dict[str, Any], Loaded]:
    """Load a notebook of these cells, and return its globals and the message about it."""
    blocks = [
        CodeBlock(label=f"cell {number}", source=source) for number, source in enumerate(sources, 1)
    ]
    return _load(*blocks, is_notebook=True, **options)


def the_note(loaded: Loaded) -> Note:
    """Return the only note."""
    (note,) = loaded.notes
    return note


def what_raised(note: Note) -> Raised:
    """Return what a note says was raised."""
    assert note.raised is not None
    return note.raised


# --- what is defined afterwards -----------------------------------------------------------


def test_definitions_of_the_contract_are_named_in_its_order() -> None:
    """Only names of the contract are reported as defined, in the contract's order."""
    namespace, loaded = load_script("ANSWERS = {}\nother = 1\ndef predict(x, w): return x @ w\n")

    assert (loaded.defined, loaded.notes) == (("predict", "ANSWERS"), ())
    assert namespace["other"] == 1


def test_last_definition_counts() -> None:
    """If a function is defined twice, the last definition counts."""
    namespace, _ = load_script("def predict(): return 1\npredict = lambda: 2\n")

    assert namespace["predict"]() == 2


def test_cells_share_their_globals() -> None:
    """Cells share their globals, as in a notebook that is run from top to bottom."""
    namespace, _ = load_cells("a = 1", "def f(): return a + b", "b = 2", "c = f()")

    assert namespace["c"] == 3


def test_script_is_called_submission() -> None:
    """``__name__`` is ``submission``, so code under ``if __name__ == "__main__"`` doesn't run."""
    namespace, loaded = load_script(
        '"""My solution."""\nwas = __name__\nif __name__ == "__main__":\n    raise SystemExit\n'
    )

    assert (namespace["was"], namespace["__doc__"]) == ("submission", "My solution.")
    assert loaded.notes == ()


def test_script_has_a_file_and_a_notebook_has_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A script's ``__file__`` is in the current folder, whatever its path; a notebook has none."""
    monkeypatch.chdir(tmp_path)

    script, _ = load_script("here = __file__", name="../somewhere/lab4.py")
    notebook, _ = load_cells("")

    assert script["here"] == str(tmp_path / "lab4.py")
    assert "__file__" not in notebook


def test_notebook_is_the_main_module() -> None:
    """In a notebook ``__name__`` is ``__main__``, as in Jupyter."""
    namespace, loaded = load_cells('if __name__ == "__main__":\n    EPS = 1e-6')

    assert (namespace["EPS"], loaded.notes) == (1e-6, ())


@pytest.mark.parametrize("kind", [load_script, load_cells])
def test_classes_find_their_module(kind: Callable[[str], Any]) -> None:
    """Dataclasses, type hints and pickle, which look up the module by name, work."""
    namespace, loaded = kind(
        "from __future__ import annotations\n"
        "import dataclasses, typing\n"
        "@dataclasses.dataclass\n"
        "class Model:\n"
        "    w: list[int]\n"
        "    count: typing.ClassVar[int] = 0\n"
        "hints = typing.get_type_hints(Model)\n"
        "fields = [field.name for field in dataclasses.fields(Model)]\n"
        "import pickle\n"
        "assert pickle.loads(pickle.dumps(Model([1]))) == Model([1])\n"
    )

    assert loaded.notes == ()
    assert namespace["fields"] == ["w"]
    assert namespace["hints"]["w"] == list[int]


def test_source_of_a_function_is_available() -> None:
    """``inspect.getsource`` returns the source of a function in a cell."""
    namespace, _ = load_cells("a = 1", "def f():\n    return 1\n")

    source = inspect.getsource(namespace["f"])

    assert source == "def f():\n    return 1\n"


# --- statement by statement ---------------------------------------------------------------


def test_each_statement_is_announced_before_it_runs() -> None:
    """Each statement is announced before it runs, by the index of its block and its own."""
    events: list[object] = []
    source = "import sys\nevents = sys.modules['events_of_test'].log\nevents.append('ran')\n"
    module = type(sys)("events_of_test")
    module.log = events  # type: ignore[attr-defined]
    sys.modules["events_of_test"] = module

    try:
        load_cells("", source, "events.append('next')", report=events.append)
    finally:
        del sys.modules["events_of_test"]

    places = [
        (one.block, one.statement, one.line) if isinstance(one, StatementStarted) else one
        for one in events
    ]
    assert places == [(1, 0, 1), (1, 1, 2), (1, 2, 3), "ran", (2, 0, 1), "next"]


def test_statement_says_how_long_the_ones_before_it_took() -> None:
    """The CPU time so far is announced with each statement, and at the end."""
    events: list[StatementStarted] = []

    _, loaded = load_script("for i in range(10 ** 6): pass\nx = 1\n", report=events.append)

    first, second = events
    assert second.cpu_s - first.cpu_s > 0.001
    assert loaded.cpu_s >= second.cpu_s


@pytest.mark.parametrize(("place", "defined"), [(0, ["b", "c"]), (1, ["a", "c"]), (2, ["a", "b"])])
def test_statement_that_is_left_out_does_not_run(place: int, defined: list[str]) -> None:
    """Only the statement itself doesn't run; those after it do."""
    namespace, loaded = load_script("a = 1\nb = 2\nc = 3\n", left_out=((0, place),))

    assert [name for name in "abc" if name in namespace] == defined
    assert loaded.notes == ()


SLOW = "import time\nend = time.process_time() + 0.12\nwhile time.process_time() < end: pass\n"


@pytest.mark.parametrize(
    ("statement", "is_needed"),
    [
        ("fill()", True),
        ("TABLE.append(1)", True),
        ("MODEL.step()", True),
        ("setattr(MODEL, 'size', 3)", True),
        ("other = TABLE; other.append(1)", True),
        ("globals()['TABLE'] = [2]", True),
        ("exec('TABLE = [3]')", True),
        ("open('table.txt', 'w').close()", True),
        ("W.add_(1)", True),
        ("A[0] = 5", True),
        ("registered = register(fill)", True),
        ("W.data += 1", True),
        ("W.numpy()[0] = 7", True),
        ("QUEUE.append(1)", True),
        ("NUMBERS.append(1)", True),
        ("SLOTS.size = 4", True),
        ("kept.__defaults__[0].append(1)", True),
        ("cached().append(1)", True),
        ("math.one = 1.0", True),
        ("import os; os.mkdir('cache'); open('cache/one', 'w').close()", True),
        ("import pathlib; pathlib.Path('__old').write_text('x')", True),
        ("demo = fill", False),
        ("print(TABLE, MODEL, W, A)", False),
        ("history = [kept() for _ in range(3)]", False),
    ],
)
def test_slow_statement_says_whether_it_changed_what_functions_need(
    statement: str,
    is_needed: bool,  # noqa: FBT001 - a column
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """It is seen in the objects, where it can't be seen in the code."""
    monkeypatch.chdir(tmp_path)
    reports: list[StatementStarted] = []
    source = (
        "import torch, numpy as np\nTABLE = []\nKNOWN = {}\n"
        "W = torch.ones(2)\nA = np.ones(3)\n"
        "class Model:\n    def __init__(self): self.size = 1\n"
        "    def step(self): self.size += 1\n"
        "MODEL = Model()\n"
        "import array, collections, math\n"
        "QUEUE = collections.deque()\nNUMBERS = array.array('d')\n"
        "class Slots:\n    __slots__ = ('size',)\n"
        "SLOTS = Slots()\n"
        "def kept(seen=[]): return seen\n"
        "import functools\n"
        "@functools.lru_cache\ndef cached(): return []\n"
        "open('__old', 'w').close()\n"
        "def fill(): TABLE.append(1)\n"
        "def register(f): KNOWN[len(KNOWN)] = f\n"
        "def predict(x, w):\n"
        "    return (TABLE, MODEL.size, W, A, KNOWN, QUEUE, NUMBERS, SLOTS, kept(), cached(),\n"
        "            math.one)\n"
        f"if True:\n{textwrap.indent(SLOW + statement, '    ')}\n"
        "last = 1\n"
    )

    load_script(source, report=reports.append)

    assert reports[-1].has_changed is is_needed


def test_slow_cell_says_whether_it_changed_a_function_of_the_notebook() -> None:
    """The functions of a notebook are its own, though its module has another name."""
    reports: list[StatementStarted] = []
    cell = f"if True:\n{textwrap.indent(SLOW, '    ')}    predict.table = 2\n"

    load_cells("def predict(x, w): return predict.table", cell, "last = 1", report=reports.append)

    assert reports[-1].has_changed


def test_what_needed_a_statement_that_is_left_out_follows_from_it() -> None:
    """A NameError for what a statement would have bound is not the student's next mistake."""
    _, loaded = load_cells("a = 1\nb = 2", "print(a)", left_out=((0, 0),))

    assert [(note.block, note.follows) for note in loaded.notes] == [("cell 2", True)]


def test_slow_statement_runs_again_only_if_a_function_needs_it() -> None:
    """A slow demo is left out; a slow table that a function reads is not."""
    source = "table = 1\ndemo = 2\nother = 3\ndef predict(x, w): return table\n"
    namespace, _ = load_script(source, slow=((0, 0), (0, 1)))

    assert [name for name in ("table", "demo", "other") if name in namespace] == ["table", "other"]


def test_only_what_functions_need_runs_if_time_is_used_up() -> None:
    """Then also quick statements are left out, if no function needs them."""
    source = "table = 1\ndemo = 2\ndef predict(x, w): return table\ndef g(): pass\n"
    namespace, loaded = load_script(source, needed_only_from=(0, 0))

    assert [name for name in ("table", "demo", "predict", "g") if name in namespace] == [
        "table",
        "predict",
    ]
    assert loaded.defined == ("predict",)


def test_pyplot_is_tamed_after_every_import() -> None:
    """Pyplot's windows are disabled after each import statement, and only then."""
    defaults = FakeDefaults()

    load_script("import os\nfrom os import path\nx = 1\n", defaults=defaults)

    assert defaults.times_tamed == 2


# --- what goes wrong ----------------------------------------------------------------------


def test_statements_before_and_after_one_that_raised_count() -> None:
    """What a script defines around a statement that raises is kept, and a note says where."""
    namespace, loaded = load_script("a = 1\nb = [][1]\nc = 3\n")

    raised = what_raised(the_note(loaded))
    assert [name for name in "abc" if name in namespace] == ["a", "c"]
    assert (raised.type_name, raised.text) == ("IndexError", "list index out of range")
    assert (raised.block, raised.line, raised.code) == ("", 2, "b = [][1]")
    assert loaded.syntax_error is None


@pytest.mark.parametrize("leave", ["exit()", "quit()", "import sys; sys.exit(1)"])
def test_script_that_exits_has_ended_and_a_notebook_has_not(leave: str) -> None:
    """Only an exit ends a script; in a notebook, the next cells are run anyway."""
    namespace, _ = load_script(f"a = 1\n{leave}\nb = 2")
    assert [name for name in "ab" if name in namespace] == ["a"]

    namespace, _ = load_cells(f"a = 1\n{leave}\nb = 2", "c = 3")
    assert [name for name in "abc" if name in namespace] == ["a", "b", "c"]


def test_cell_with_a_raise_of_its_own_ends_there() -> None:
    """A raise at the top level of a cell is meant to end it; what follows is left from before."""
    namespace, loaded = load_cells("a = 1\nraise ValueError\na = 2", "b = 3\nraise ValueError")

    assert (namespace["a"], namespace["b"]) == (1, 3)
    assert [note.text for note in loaded.notes] == ["the rest of the cell did not run", ""]


def test_cells_after_one_that_raised_still_run() -> None:
    """The cells after one that raised still run, and a note names the cell and the line."""
    namespace, loaded = load_cells("a = 1", "b = 2\n1 / 0\nc = 3", "d = 4")

    raised = what_raised(the_note(loaded))
    assert [name for name in "abcd" if name in namespace] == ["a", "b", "c", "d"]
    assert the_note(loaded).block == "cell 2"
    assert (raised.block, raised.line, raised.code) == ("cell 2", 2, "1 / 0")


def test_error_is_described_by_the_innermost_line_of_the_student() -> None:
    """An exception raised in a library is described by the student's line that called it."""
    _, loaded = load_cells("import json", "def read():\n    return json.loads('[')", "read()")

    raised = what_raised(the_note(loaded))
    assert (raised.block, raised.line, raised.function) == ("cell 2", 2, "read")
    assert raised.code == "return json.loads('[')"
    assert the_note(loaded).block == "cell 3"


@pytest.mark.parametrize(
    ("statement", "name"),
    [
        ("raise SystemExit(0)", "SystemExit"),
        ("import sys; sys.exit('bye')", "SystemExit"),
        ("exit()", "SystemExit"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt"),
        ("raise GeneratorExit", "GeneratorExit"),
        ("class E(BaseException): pass\nraise E", "E"),
        ("class E(Exception):\n    def __str__(self): 1 / 0\nraise E", "E"),
        ("def f(): f()\nf()", "RecursionError"),
        ("assert False", "AssertionError"),
        ("raise StopIteration", "StopIteration"),
        ("compile('x x', 'f', 'exec')", "SyntaxError"),
    ],
)
def test_whatever_is_raised_becomes_a_note(statement: str, name: str) -> None:
    """Any exception becomes a note, also one that would end the process."""
    namespace, loaded = load_cells(f"a = 1\n{statement}", "b = 2")

    assert what_raised(the_note(loaded)).type_name == name
    assert (namespace["a"], namespace["b"]) == (1, 2)


def test_script_that_is_not_python_does_not_run() -> None:
    """If a script has a syntax error, no statement of it runs."""
    namespace, loaded = load_script("a = 1\ndef predict(x, w)\n    return x @ w\n")

    assert loaded.syntax_error is not None
    assert (loaded.syntax_error.type_name, loaded.syntax_error.line) == ("SyntaxError", 2)
    assert loaded.syntax_error.code.startswith("def predict(x, w)\n")
    assert loaded.syntax_error.code.endswith("^")
    assert "a" not in namespace
    assert loaded.defined == ()


@pytest.mark.parametrize(
    "source",
    [
        "a = 1\n\0",
        "(" * 300 + ")" * 300,
        "a = " + "-" * 100_000 + "1",
        "a = '\ud800'",
        "return 1",
        "yield f()",
        "x = 1\nfrom __future__ import annotations",
        "from __future__ import braces",
        "def f(x, x): pass",
        "if True:\n\ta = 1\n        b = 2",
    ],
    ids=[
        "NUL",
        "too many brackets",
        "too deep",
        "lone surrogate",
        "return",
        "yield",
        "late future",
        "unknown future",
        "parameter twice",
        "tabs and spaces",
    ],
)
def test_source_that_cannot_be_compiled_is_reported(source: str) -> None:
    """A script that can't be compiled doesn't run; in a notebook only that cell doesn't."""
    _, script = load_script(source)
    namespace, notebook = load_cells("a = 0", source, "b = 2")

    assert script.syntax_error is not None
    assert the_note(notebook).block == "cell 2"
    assert namespace["b"] == 2


def test_cell_that_is_not_python_costs_only_itself() -> None:
    """A cell with a syntax error doesn't run, and its note counts lines within the cell."""
    namespace, loaded = load_cells("a = 1", "b = 2\nc = = 3", "d = 4")

    raised = what_raised(the_note(loaded))
    assert [name for name in "abcd" if name in namespace] == ["a", "d"]
    assert (raised.block, raised.line) == ("cell 2", 2)
    assert loaded.syntax_error is None


def test_cell_that_needs_a_name_of_one_that_raised_is_marked() -> None:
    """A NameError for a name that an earlier cell would have defined follows from that cell."""
    _, loaded = load_cells("losses = 1 / 0", "print(losses)", "print(loses)")

    assert [note.follows for note in loaded.notes] == [False, True, False]


def test_cell_that_needs_a_name_that_no_earlier_cell_defines_is_not_marked() -> None:
    """A NameError for a name that no earlier cell would have defined follows from nothing."""
    _, loaded = load_cells("a = 1", "print(b)", "b = 2")

    assert not the_note(loaded).follows


@pytest.mark.parametrize(
    ("cell", "name", "follows"),
    [
        ("if 1 / 0:\n    def helper(): pass", "helper", True),
        ("if 1 / 0:\n    class Model: pass", "Model", True),
        ("if 1 / 0:\n    import math", "math", True),
        ("if 1 / 0:\n    def f():\n        total = 1", "total", False),
    ],
    ids=["function", "class", "module", "local"],
)
def test_names_that_a_statement_would_have_defined_are_those_it_binds(
    cell: str,
    name: str,
    follows: bool,  # noqa: FBT001 - a column
) -> None:
    """A statement would have defined what it binds at the top level, but no local names."""
    _, loaded = load_cells(cell, f"print({name})")

    assert loaded.notes[1].follows is follows


def test_compiler_warning_is_not_an_error_if_warnings_are() -> None:
    """A compiler warning raises nothing in a script that turns warnings into errors.

    Python compiles a script as a whole, before the script's own filters apply.
    """
    source = (
        "import warnings\n"
        "warnings.simplefilter('error')\n"
        "def predict(x, w):\n"
        "    assert (x is not 1, 'x')\n"
        "    return x\n"
    )

    with warnings.catch_warnings():
        _, loaded = load_script(source)

    assert (loaded.defined, loaded.notes, loaded.syntax_error) == (("predict",), (), None)


# --- futures ------------------------------------------------------------------------------

FUTURE = "from __future__ import annotations"


def test_future_of_a_script_holds_for_all_its_statements() -> None:
    """A future import holds for all later statements, though each is compiled separately."""
    namespace, loaded = load_script(f'"""Doc."""\n{FUTURE}\ndef f(x: Unknown): pass\n')

    assert loaded.notes == ()
    assert namespace["f"].__annotations__ == {"x": "Unknown"}


def test_future_of_a_cell_holds_for_later_cells() -> None:
    """A future import in a cell holds for later cells and not for earlier ones, as in Jupyter."""
    namespace, loaded = load_cells("def e(x: int): pass", FUTURE, "def f(x: Unknown): pass")

    assert loaded.notes == ()
    assert namespace["e"].__annotations__ == {"x": int}
    assert namespace["f"].__annotations__ == {"x": "Unknown"}


def test_submission_does_not_inherit_futures_of_the_loader() -> None:
    """A submission without future imports has none, whatever the loader's own module has."""
    _, loaded = load_script("def f(x: Unknown): pass\n")

    assert what_raised(the_note(loaded)).type_name == "NameError"


# --- magics -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        "%matplotlib inline",
        "%pip install torch",
        "%%html",
        "!touch made",
        "!!touch made",
        "files = !touch made",
        "files = %pwd",
        "print?",
        "?print",
        "if True:\n    !touch made",
        "if True:\n    %time len('touch')",
    ],
)
@pytest.mark.parametrize("kind", [load_script, load_cells])
def test_magic_or_shell_line_is_left_out(
    line: str, kind: Callable[[str], Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A magic or shell line never runs, in a notebook or in a script exported from one."""
    monkeypatch.chdir(tmp_path)

    namespace, loaded = kind(f"a = 1\n{line}\nb = 2\n")

    assert (loaded.defined, loaded.notes, loaded.syntax_error) == ((), (), None)
    assert (namespace["a"], namespace["b"]) == (1, 2)
    assert {path.name for path in tmp_path.iterdir()} <= {"lab4.py"}  # the copy of the file itself


@pytest.mark.parametrize(
    "magic", ["%%time", "%%timeit -n 1", "%%capture out", "%%capture", "%%prun", "\n\n%%time"]
)
def test_cell_under_a_magic_that_only_times_or_captures_runs(magic: str) -> None:
    """The body of a cell under a magic such as ``%%time`` runs."""
    namespace, loaded = load_cells(f"{magic}\na = 1\ndef predict(x, w): return x")

    assert (loaded.defined, loaded.notes, loaded.syntax_error) == (("predict",), (), None)
    assert namespace["a"] == 1


def test_line_magic_inside_of_a_timed_cell_is_left_out() -> None:
    """A shell line in a cell under ``%%time`` is left out, and the rest of the cell runs."""
    namespace, loaded = load_cells("%%time\n!ls\na = 1")

    assert loaded.notes == ()
    assert namespace["a"] == 1


@pytest.mark.parametrize("name", ["bash", "html", "writefile", "javascript", "unknown"])
def test_cell_under_another_magic_is_left_out_with_a_note(name: str) -> None:
    """A cell under any other magic is not run, and a note names the magic."""
    namespace, loaded = load_cells("a = 1", f"%%{name} x\nb = 2", "c = 3")

    assert [one for one in "abc" if one in namespace] == ["a", "c"]
    assert loaded.notes == (
        Note(block="cell 2", text=f"not run because of its cell magic %%{name}"),
    )


def test_lines_are_counted_with_the_magic() -> None:
    """Line numbers in a cell count its magic as the first line."""
    _, loaded = load_cells("%%time\na = 1\n1 / 0")

    raised = what_raised(the_note(loaded))
    assert (raised.line, raised.code) == (3, "1 / 0")


def test_lines_are_counted_with_empty_ones_above_the_magic() -> None:
    """Line numbers in a cell count empty lines above its magic."""
    _, loaded = load_cells("\n\n%%time\na = 1\n1 / 0")

    assert what_raised(the_note(loaded)).line == 5


def test_assignment_in_a_line_that_is_timed_is_noted() -> None:
    """``%time x = f()`` never runs: a note says so, and what needs x follows from it."""
    _, loaded = load_cells("a = 1\n%time x = [a]", "print(x)", "%timeit -n 1 y = a\nprint(y)")

    assert [(note.block, note.text, note.follows) for note in loaded.notes] == [
        (
            "cell 1",
            "line 2: %time is left out with its line, so x is not set; write x = [a] without %time",
            False,
        ),
        ("cell 2", "", True),
        (
            "cell 3",
            "line 1: %timeit is left out with its line, so y is not set; write y = a without %timeit",  # noqa: E501
            False,
        ),
        ("cell 3", "", True),
    ]


@pytest.mark.parametrize(
    ("cell", "name", "value"),
    [
        ("%%timeit -n 1 -r 3 x = 2\ny = x + 1", "y", 3),
        ("%%timeit -n1 -r1 -q\ny = 3", "y", 3),
        ("%%timeit -o\ny = 3", "y", 3),
        ("%%capture --no-stderr out\ny = 3\nz = len(out.stdout)", "z", 0),
        ("%%capture out\ny = 3\nout.show()\nz = str(out)", "z", ""),
        ("%%capture out\n%%time\n\ny = 3", "y", 3),
        ("%%time\n%%capture out\ny = 3\nprint(out)", "y", 3),
        ("# The model\n\n%%time\ny = 3", "y", 3),
        ("%%prun -s cumulative\ny = 3", "y", 3),
        ("%%time", "__name__", "__main__"),
        ("%%capture 'half", "__name__", "__main__"),
    ],
)
def test_options_of_a_magic_are_taken_off(cell: str, name: str, value: object) -> None:
    """Options don't keep a body from running; what the line of a magic binds is bound."""
    namespace, loaded = load_cells(cell)

    assert loaded.notes == ()
    assert namespace[name] == value


def test_comment_above_another_magic_is_no_way_to_run_it() -> None:
    """A cell under another magic is left out, also with a comment above the magic."""
    namespace, loaded = load_cells("# A list\n%%bash\nls = 1")

    assert "ls" not in namespace
    assert the_note(loaded).text == "not run because of its cell magic %%bash"


def _exported(magic: str, body: str, line: str = "") -> str:
    return f"get_ipython().run_cell_magic({magic!r}, {line!r}, {body!r})\n"


@pytest.mark.parametrize("kind", [load_script, load_cells])
@pytest.mark.parametrize("magic", ["time", "timeit", "capture", "prun"])
def test_body_of_an_exported_magic_runs(kind: Callable[[str], Any], magic: str) -> None:
    """The body that an exported notebook hands to a magic runs, statement by statement."""
    body = "def predict(x, w):\n    return x\n1 / 0\nb = 2\n"
    namespace, loaded = kind(f"a = 1\n{_exported(magic, body)}c = a + b\n")

    raised = what_raised(the_note(loaded))
    assert (loaded.defined, namespace["c"]) == (("predict",), 3)
    assert (raised.line, raised.code) == (3, "1 / 0")
    assert raised.block.startswith(f"the %%{magic} cell at line 2")
    assert inspect.getsource(namespace["predict"]) == "def predict(x, w):\n    return x\n"


def test_body_of_an_exported_magic_is_announced_where_the_file_has_it() -> None:
    """The lines that are announced are those of the file."""
    lines: list[int] = []
    body = "b = 1\n\nc = 2\n"

    load_script(f"a = 1\n{_exported('time', body)}d = 3", report=lambda one: lines.append(one.line))

    assert lines == [1, 2, 2, 3]


def test_body_with_a_syntax_error_costs_only_itself() -> None:
    """The rest of the file runs, and names that the body would have bound are missing for that."""
    namespace, loaded = load_script(
        f"a = 1\n{_exported('time', 'def f(:')}{_exported('time', 'def g(): pass')}"
        f"{_exported('time', 'def f(x)')}f(1)"
    )

    broken, again, call = loaded.notes
    assert "g" in namespace
    assert (what_raised(broken).type_name, what_raised(broken).line) == ("SyntaxError", 1)
    assert what_raised(broken).block == "the %%time cell at line 2"
    assert what_raised(again).block == "the %%time cell at line 4"
    assert call.follows


def test_exported_magic_of_another_kind_is_left_out_with_a_note() -> None:
    """The magic and its line are named, and nothing of it runs."""
    namespace, loaded = load_script(f"a = 1\n{_exported('bash', 'b = 2')}")

    assert "b" not in namespace
    assert the_note(loaded).text == (
        "the %%bash cell at line 2 did not run: "
        "of cells with a magic, only those with %%time, %%timeit, %%capture or %%prun do"
    )


@pytest.mark.parametrize(
    "around",
    ["if True:\n    {}", "try:\n    {}\nexcept NameError: pass", "ip = get_ipython()\nip.{}"],
)
def test_body_of_an_exported_magic_runs_inside_of_another_statement(around: str) -> None:
    """The body of a magic that is called anywhere binds globals."""
    call = _exported("time", "b = 2\ndef predict(x, w): return b\n").strip()
    if "ip." in around:
        call = call.removeprefix("get_ipython().")

    namespace, loaded = load_script(around.format(call))

    assert (loaded.notes, loaded.defined, namespace["predict"](1, 1)) == ((), ("predict",), 2)


def test_modulo_is_not_a_magic() -> None:
    """Python code that only looks like magics, a modulo or a string, is not changed."""
    namespace, _ = load_cells("a = 7\\\n%4\nb = '''\n%time\n!ls\n'''")

    assert (namespace["a"], namespace["b"]) == (3, "\n%time\n!ls\n")


def test_syntax_error_in_a_cell_with_magics_shows_the_cell() -> None:
    """A syntax error in a cell with magics shows the cell's own text, not transformed code."""
    _, loaded = load_cells("%matplotlib inline\na = = 1")

    raised = what_raised(the_note(loaded))
    assert (raised.type_name, raised.line) == ("SyntaxError", 2)
    assert raised.code == "a = = 1\n    ^"


def test_syntax_error_in_a_magic_s_own_line_shows_it_as_written() -> None:
    """What IPython makes of a line is never shown."""
    _, loaded = load_cells("a = 1\nif a:\n%time b = 1")

    raised = what_raised(the_note(loaded))
    assert "get_ipython" not in raised.code + raised.text


# --- awaiting -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "cell",
    [
        "async def f():\n    return 3\nx = await f()",
        "import asyncio\nawait asyncio.sleep(0)\nx = 3",
        "import asyncio\nasync def f(n):\n    return n\nx = sum(await asyncio.gather(f(1), f(2)))",
        "async def f():\n    yield 1\n    yield 2\nx = 0\nasync for one in f():\n    x += one",
        "from contextlib import *\n@asynccontextmanager\nasync def f(): yield 3\nasync with f() as x: 0",  # noqa: E501
        "async def f():\n    yield 3\nx = [one async for one in f()][0]",
        "import asyncio\nasync def f(): return 3\ntask = asyncio.create_task(f())\nx = await task",
        "import asyncio\nasync def f(): return 3\nx = asyncio.run(f())",
        "import asyncio\nx = await asyncio.to_thread(lambda: 3)",
        "%%time\nasync def f():\n    return 3\nx = await f()",
    ],
)
def test_cell_may_await_at_top_level(cell: str) -> None:
    """What awaits at the top level of a cell runs to its end."""
    namespace, loaded = load_cells(cell)

    assert loaded.notes == ()
    assert namespace["x"] == 3


def test_task_of_one_cell_can_be_awaited_in_the_next() -> None:
    """All cells share a loop, as in Jupyter."""
    namespace, loaded = load_cells(
        "import asyncio\nasync def f():\n    await asyncio.sleep(0.001)\n    return 3",
        "task = asyncio.create_task(f())",
        "x = await task",
    )

    assert (namespace["x"], loaded.notes) == (3, ())


def test_error_in_what_is_awaited_has_its_line() -> None:
    """An exception is described by the student's own line, and the next statements run."""
    namespace, loaded = load_cells("async def f():\n    1 / 0\nawait f()\nb = 2")

    raised = what_raised(the_note(loaded))
    assert (raised.type_name, raised.line, raised.function) == ("ZeroDivisionError", 2, "f")
    assert namespace["b"] == 2


def test_script_may_not_await_at_top_level() -> None:
    """A script that awaits at top level is not valid Python."""
    _, loaded = load_script("async def f(): pass\nawait f()")

    assert loaded.syntax_error is not None
    assert "outside function" in loaded.syntax_error.text


# --- what is missing ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "import notthere as nt",
        "from notthere import nt",
        "from notthere.inner.more import other as nt",
        "try:\n    import notthere as nt\nfinally: pass",
    ],
)
@pytest.mark.parametrize("kind", [load_script, load_cells])
def test_module_that_is_not_installed_is_named(statement: str, kind: Callable[[str], Any]) -> None:
    """What fails only since the module is missing follows from that, also indirectly."""
    _, loaded = kind(f"{statement}\nnt.set()\nstyle = nt.style()\nprint(style)\nprint(other1)")

    assert [(what_raised(one).missing_module, one.follows) for one in loaded.notes] == [
        ("notthere", False),
        ("notthere", True),
        ("notthere", True),
        ("notthere", True),
        ("", False),
    ]


def test_second_import_of_a_missing_module_follows_from_the_first() -> None:
    """A module that is missing is noted once."""
    _, loaded = load_cells("import notthere", "from notthere import one", "import alsomissing")

    assert [(what_raised(one).missing_module, one.follows) for one in loaded.notes] == [
        ("notthere", False),
        ("notthere", True),
        ("alsomissing", False),
    ]


def test_module_whose_absence_was_caught_is_named_where_it_is_used() -> None:
    """An import inside of a try raises nothing; the name that it lacks is explained later."""
    _, loaded = load_script(
        "try:\n    import notthere as nt\nexcept ImportError:\n    pass\nnt.set()\nnt.set()"
    )

    assert [(what_raised(one).missing_module, one.follows) for one in loaded.notes] == [
        ("notthere", False),
        ("notthere", True),
    ]


def test_star_import_of_a_missing_module_explains_names_that_nothing_binds() -> None:
    """What a missing module would have brought isn't known, so all names may come from it."""
    _, loaded = load_script("from notthere import *\nprint(thing)\nprint(mine)\nmine = 1")

    assert [what_raised(one).missing_module for one in loaded.notes] == ["notthere", "notthere", ""]


def test_usual_name_is_not_looked_for_in_a_star_import() -> None:
    """A name that has a usual import is missing that, whatever a star import might bring."""
    _, loaded = load_script("from notthere import *\nw = torch.ones(1)")

    assert what_raised(loaded.notes[1]).missing_import == "import torch"


def test_part_of_an_installed_package_is_named_in_full() -> None:
    """If only a part of a package is missing, that part is named."""
    _, loaded = load_script("import json.notthere")

    assert what_raised(the_note(loaded)).missing_module == "json.notthere"


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("w = torch.ones(2)", "import torch"),
        ("def f(x: Tensor): pass", "from torch import Tensor"),
        ("plt.show()", "import matplotlib.pyplot as plt"),
        ("a = F.relu(1)", "import torch.nn.functional as F"),
        ("a = F + 1", ""),
        ("print(time)", ""),
        ("import torch.nn as t\nw = torch.ones(2)", "import torch"),
        ("def f():\n    import torch\nw = torch.ones(2)", ""),
        ("if 0:\n    import torch\nw = torch.ones(2)", ""),
        ("w = torch.ones(2)\ntorch = 5", ""),
        ("w = tensor(2)", ""),
    ],
)
def test_usual_import_that_is_nowhere_is_named(source: str, line: str) -> None:
    """An import is only missed if the name can't mean anything else, and nothing binds it."""
    _, loaded = load_script(source)

    assert what_raised(the_note(loaded)).missing_import == line


def test_import_that_is_nowhere_is_noted_once() -> None:
    """Every further use of the name follows from that."""
    _, loaded = load_cells("w = torch.ones(2)", "b = torch.ones(1)", "print(w)")

    assert [note.follows for note in loaded.notes] == [False, True, True]


def test_call_says_which_module_it_needs() -> None:
    """A call's exception is explained as one at top level is."""
    submission, _ = load(
        Load(
            name="lab4.py",
            blocks=(
                CodeBlock(
                    label="",
                    source="import notthere as nt\n"
                    "def predict(x, w): return nt.dot(x, w)\n"
                    "def mse(y_hat, y):\n    import notthere\n"
                    "def other(): return torch.ones(1)\n",
                ),
            ),
            is_notebook=False,
            parameters=PARAMETERS,
        ),
        report=lambda _: None,
        defaults=cast("Defaults", FakeDefaults()),
    )

    def raised_by(name: str, *values: object) -> Raised:
        try:
            cast("Any", submission.namespace[name])(*values)
        except Exception as error:  # noqa: BLE001 - whatever it is
            return submission.describe(error)
        raise AssertionError

    assert raised_by("predict", 1, 2).missing_module == "notthere"
    assert raised_by("mse", 1, 2).missing_module == "notthere"
    assert raised_by("other").missing_import == "import torch"


def test_names_of_a_cell_that_is_not_python_are_missing_for_that() -> None:
    """What needs them follows from the syntax error."""
    _, loaded = load_cells(
        "import math as m, json\ndef helper(x:\nscale = 2",
        "print(m)",
        "print(json)",
        "print(helper)",
        "print(scale)",
        "print(x)",
    )

    assert [note.follows for note in loaded.notes] == [False, True, True, True, True, False]


def test_names_of_what_a_cell_would_have_run_are_missing_for_that() -> None:
    """A raise that ends its cell leaves names unbound, and so does a cell that is left out."""
    _, loaded = load_cells(
        "raise NotImplementedError\na = 1", "print(a)", "%%bash\nb = 1", "print(b)"
    )

    assert [note.follows for note in loaded.notes] == [False, True, False, True]


# --- star imports -------------------------------------------------------------------------


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Install a module that has functions with names of the contract."""
    module = type(sys)("library_of_test")
    vars(module).update(predict=lambda *_: "theirs", mse=lambda *_: "theirs")
    monkeypatch.setitem(sys.modules, "library_of_test", module)
    return vars(module)


STAR = "from library_of_test import *\n"


@pytest.mark.parametrize(
    ("source", "defined"),
    [
        (STAR, ()),
        (f"try:\n    {STAR}except ImportError: pass", ()),
        (f"{STAR}def mse(y_hat, y): return 'mine'\n", ("mse",)),
        (f"{STAR}from library_of_test import mse\n", ("mse",)),
        (f"{STAR}import library_of_test\nmse = library_of_test.mse\n", ("mse",)),
        (f"{STAR}mse = predict\n", ("mse",)),
        (f"from library_of_test import mse\n{STAR}", ("mse",)),
        (f"{STAR}{STAR}", ()),
        (
            "from library_of_test import mse, predict as theirs\npredict = theirs",
            ("predict", "mse"),
        ),
    ],
)
@pytest.mark.parametrize("kind", [load_script, load_cells])
@pytest.mark.usefixtures("library")
def test_names_of_a_star_import_are_not_the_submission_s(
    source: str, defined: tuple[str, ...], kind: Callable[[str], Any]
) -> None:
    """Only what the submission names itself is its own; the rest can still be used."""
    namespace, loaded = kind(f"{source}\nused = predict(1, 2)")

    assert loaded.defined == defined
    assert loaded.notes == ()
    assert namespace["used"] == "theirs"


@pytest.mark.usefixtures("library")
def test_star_import_replaces_no_function_of_the_submission() -> None:
    """Python would take the star's; the student's own function counts, and a note says so."""
    namespace, loaded = load_script(f"def mse(y_hat, y): return 'mine'\n{STAR}used = mse(1, 2)")

    assert (loaded.defined, namespace["used"]) == (("mse",), "mine")
    assert the_note(loaded).text == (
        "the star import in line 2 would replace mse of your own; yours counts"
    )


@pytest.mark.usefixtures("library")
def test_function_that_replaces_a_star_s_when_it_is_called_is_the_submission_s() -> None:
    """A function may be bound by a call, which the code of the statement doesn't show."""
    _, loaded = load_script(f"{STAR}def make():\n    global mse\n    mse = print\nmake()")

    assert loaded.defined == ("mse",)


# --- newer syntax -------------------------------------------------------------------------


def test_cell_in_newer_syntax_costs_only_itself_and_says_what_it_is() -> None:
    """The note of a cell says what this Python can't read."""
    namespace, loaded = load_cells("a = 1", "!ls\nlazy import torch", "b = 2")

    assert (namespace["a"], namespace["b"]) == (1, 2)
    assert what_raised(the_note(loaded)).syntax_hint.endswith("`lazy import` came with Python 3.15")


def test_script_in_newer_syntax_says_what_it_is() -> None:
    """The reason for which a script can't be read is in its syntax error."""
    _, loaded = load_script("a = 1\nlazy import torch\n")

    assert loaded.syntax_error is not None
    assert loaded.syntax_error.syntax_hint.endswith("`lazy import` came with Python 3.15")
