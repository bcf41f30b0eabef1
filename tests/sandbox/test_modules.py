"""A submission of several files: each is a module of its own, and they import each other."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from script_requests import rerun, run
from script_requests import returned as result_of

from grader.checks.tracing import Lab
from grader.observations.messages import (
    CallRequest,
    CodeBlock,
    Lent,
    Observation,
    Outcome,
    ReadRequest,
)
from grader.observations.values import Number
from grader.report.describe_loading import describe_loading
from grader.sandbox.host.account import Account
from grader.sandbox.host.forkserver import Forkserver
from grader.sandbox.host.limits import Confinement, Limits
from grader.sandbox.host.load_plan import LoadPlan
from grader.sandbox.host.session import Session, Source, open_session

pytestmark = pytest.mark.slow

Open = Callable[..., Session]
PARAMETERS: dict[str, tuple[str, ...]] = {
    "f": ("n",),
    "g": ("n",),
    "K": (),
    "x": (),
    "total": (),
}


@pytest.fixture
def open_files(forkserver: Forkserver) -> Iterator[Open]:
    """Return a function that opens a session on several files."""
    with ExitStack() as stack:

        def open_it(
            files: dict[str, str],
            *,
            extra: int = 0,
            lent: Lent | None = None,
            limits: Limits | None = None,
            plan: LoadPlan | None = None,
        ) -> Session:
            source = Source(
                name=next(iter(files)),
                blocks=tuple(CodeBlock(label=name, source=text) for name, text in files.items()),
                is_notebook=False,
                parameters=PARAMETERS,
                lent=lent,
                modules=tuple(name.removesuffix(".py") for name in files),
                extra=extra,
            )
            account = Account(limits or Limits(), functions=len(PARAMETERS))
            return stack.enter_context(
                open_session(
                    forkserver, source, account=account, confinement=Confinement(), plan=plan
                )
            )

        yield open_it


def ask(session: Session, function: str, **inputs: int) -> Observation:
    """Call a function with whole numbers."""
    return session.observe(
        CallRequest(
            function=function,
            inputs={name: Number(value=one, kind="int") for name, one in inputs.items()},
        )
    )


def returned(session: Session, function: str, **inputs: int) -> object:
    """Return what a function returns."""
    answer = ask(session, function, **inputs)
    assert answer.outcome is Outcome.RETURNED, answer
    return answer.steps[0].returned.value  # type: ignore[union-attr]


def notes(session: Session) -> list[str]:
    """Return the notes as a student reads them."""
    return [note.text for note in describe_loading(session.loaded.notes, is_notebook=False)]


IMPORTS = {
    "from": "from b import g\ndef f(n): return g(n) + 1\n",
    "as": "from b import g as h\ndef f(n): return h(n) + 1\n",
    "module": "import b\ndef f(n): return b.g(n) + 1\n",
    "module as": "import b as c\ndef f(n): return c.g(n) + 1\n",
    "star": "from b import *\ndef f(n): return g(n) + 1\n",
    "relative": "from .b import g\ndef f(n): return g(n) + 1\n",
    "relative module": "from . import b\ndef f(n): return b.g(n) + 1\n",
    "inside": "def f(n):\n    from b import g\n    return g(n) + 1\n",
    "by name": "import importlib\nb = importlib.import_module('b')\ndef f(n): return b.g(n) + 1\n",
}
B = "def g(n): return helper(n)\ndef helper(n): return 10 * n\n"


@pytest.mark.parametrize("first", [True, False], ids=["importer first", "imported first"])
@pytest.mark.parametrize("way", IMPORTS)
def test_files_import_each_other(way: str, first: bool, open_files: Open) -> None:  # noqa: FBT001
    """Each way to import works, whichever of the files is asked for first."""
    a = IMPORTS[way] + "def helper(n): return 'mine'\n"
    session = open_files({"a.py": a, "b.py": B} if first else {"b.py": B, "a.py": a})

    assert returned(session, "f", n=2) == 21
    assert returned(session, "g", n=2) == 20
    assert set(session.loaded.defined) == {"f", "g"}
    assert session.loaded.notes == ()


def test_each_file_runs_once_and_in_the_order_of_imports(open_files: Open) -> None:
    """A file runs where it is first imported, and not again."""
    session = open_files(
        {
            "a.py": "print('a1')\nimport b\nprint('a2')\nimport b, c\n",
            "b.py": "print('b1')\nimport c\nprint('b2')\n",
            "c.py": "print('c', __name__)\n",
        }
    )

    assert session.loaded.notes == ()
    assert session.output()[0].split("\n")[:-1] == ["a1", "b1", "c c", "b2", "a2"]


def test_circular_imports_work_as_in_python(open_files: Open) -> None:
    """Of a file that has not run to its end, there is what it has defined so far."""
    session = open_files(
        {
            "a.py": "def g(n): return n\nfrom b import f\n",
            "b.py": "from a import g\ndef f(n): return g(n) + 1\n",
        }
    )
    too_early = open_files(
        {
            "a.py": "from b import f\ndef g(n): return n\n",
            "b.py": "from a import g\ndef f(n): return 1\n",
        }
    )

    assert returned(session, "f", n=2) == 3
    assert returned(too_early, "f", n=2) == 1
    (note,) = notes(too_early)
    assert "b.py raised ImportError: cannot import name 'g' from partially initialized" in note
    assert "scratch-" not in note
    assert "line 1 of b.py" in note


def test_other_files_run_only_if_they_are_imported(open_files: Open) -> None:
    """A file that nobody has asked for is imported, also during a call, or does nothing."""
    session = open_files(
        {
            "a.py": "from used import one\ndef f(n):\n    import later\n"
            "    return one + later.two\n",
            "later.py": "two = 2\nprint('later')\n",
            "unused.py": "print('unused')\n",
            "used.py": "one = 1\n",
        },
        extra=3,
    )

    assert returned(session, "f", n=0) == 3
    assert returned(session, "f", n=0) == 3
    assert session.output()[0] == "later\n"


def test_file_that_fails_during_a_call_raises_there(open_files: Open) -> None:
    """An import inside of a function raises what the file raises, with the file's line."""
    session = open_files(
        {"a.py": "def f(n):\n    import bad\n", "bad.py": "x = 1\nx / 0\n"}, extra=1
    )

    answer = ask(session, "f", n=0)

    assert answer.raised is not None
    assert (answer.raised.type_name, answer.raised.block) == ("ZeroDivisionError", "bad.py")
    assert answer.raised.line == 2


def test_no_file_takes_the_place_of_a_module(open_files: Open) -> None:
    """A student's own torch.py or random.py is never imported in the place of the real one."""
    session = open_files(
        {
            "a.py": "import torch, random, colorsys\ndef f(n): return int(torch.ones(n).sum())\n"
            "K = hasattr(colorsys, 'mine')\n",
            "colorsys.py": "mine = 1\n",
            "random.py": "raise SystemExit\n",
            "torch.py": "raise SystemExit\n",
        },
        extra=3,
    )

    assert returned(session, "f", n=3) == 3
    read = session.observe(ReadRequest(function="K"))
    assert read.steps[0].returned.value == 0  # type: ignore[union-attr]


def test_syntax_error_costs_only_its_file(open_files: Open) -> None:
    """What doesn't need a file that is not valid is graded; what follows from it is one line."""
    session = open_files(
        {
            "a.py": "def f(n): return n\nfrom b import g, helper\nfrom .b import g\nhelper(3)\n",
            "b.py": "def g(n):\n    return (n\n",
        }
    )

    assert returned(session, "f", n=2) == 2
    assert ask(session, "g", n=2).outcome is Outcome.MISSING
    first, second = notes(session)
    assert first.startswith("b.py raised SyntaxError: '(' was never closed; nothing in it ran")
    assert "line 2 of b.py" in first
    assert second == "a.py needed results of earlier code, which had stopped"


def test_hand_in_without_any_valid_file_names_the_file(open_files: Open) -> None:
    """If no file is valid Python, the first error is the reason, with its file."""
    session = open_files({"a.py": "(", "b.py": ")"})

    error = session.loaded.syntax_error

    assert error is not None
    assert (error.block, error.line) == ("a.py", 1)


def test_missing_file_is_noted_once(open_files: Open) -> None:
    """What can't be imported from a file that was not handed in follows from that."""
    session = open_files({"a.py": "from b import g\ndef f(n): return n\n", "b.py": ""})

    assert returned(session, "f", n=2) == 2
    assert notes(session) == ["a.py needed results of earlier code, which had stopped"]


def test_exit_ends_only_its_file(open_files: Open) -> None:
    """sys.exit() ends a file, and the others go on."""
    session = open_files(
        {
            "a.py": "from b import g\ndef f(n): return g(n)\n",
            "b.py": "import sys\ndef g(n): return n\nsys.exit()\nx = 1\n",
            "c.py": "K = 1\n",
        }
    )

    assert returned(session, "f", n=2) == 2
    assert set(session.loaded.defined) == {"f", "g", "K"}
    (note,) = notes(session)
    assert note.startswith("b.py exited with SystemExit; the rest of the file did not run")


def test_statement_that_hangs_is_left_out_with_its_file_and_line(open_files: Open) -> None:
    """A loop without an end in an imported file costs that statement only."""
    session = open_files(
        {
            "a.py": "from b import g\ndef f(n): return g(n)\n",
            "b.py": "x = 1\nwhile True: pass\ndef g(n): return n\n",
        },
        limits=Limits(load_cpu_s=1),
    )

    assert returned(session, "f", n=2) == 2
    (note,) = notes(session)
    assert note.startswith("line 2 of b.py was stopped")


def test_what_took_long_is_left_out_of_later_loads(open_files: Open) -> None:
    """A slow demo runs once; what a function needs through another module runs again."""
    files = {
        "a.py": "import b\ndef f(n): return b.TABLE[n]\n",
        "b.py": "def slow():\n    import time\n    end = time.process_time() + 0.4\n"
        "    while time.process_time() < end: pass\n    return [5, 6, 7]\n"
        "TABLE = slow()\nprint('table')\nunused = slow()\nprint('demo')\n",
    }
    plan = LoadPlan()
    open_files(files, plan=plan).loaded  # noqa: B018 - loads it

    again = open_files(files, plan=plan.copy())

    assert plan.slow == {(1, 3)} | ({(1, 1)} & plan.slow)
    assert returned(again, "f", n=2) == 7


def test_late_statements_of_other_files_are_left_out(open_files: Open) -> None:
    """When loading took too long, only what functions need runs from there on, in any file."""
    session = open_files(
        {
            "a.py": "import b\nprint('not needed')\nfrom c import g\ndef f(n): return b.one + n\n",
            "b.py": "one = 1\nwhile True: pass\nprint('nor this')\ntwo = 2\n",
            "c.py": "print('nor that')\ndef g(n): return n\n",
        },
        plan=LoadPlan(left_out={(1, 1)}, needed_only_from=(1, 1)),
    )

    assert returned(session, "f", n=2) == 3
    assert returned(session, "g", n=2) == 2
    assert session.output()[0] == ""


def test_unit_is_that_of_the_file_that_defines_it(open_files: Open) -> None:
    """A name is looked up where it is defined, not where it is imported or brought by a star."""
    session = open_files(
        {
            "a.py": "from math import *\nfrom b import f\nfrom operator import neg as g\n",
            "b.py": "def f(n): return n\ndef g(n): return 2 * n\nK = 3\n",
        }
    )

    assert returned(session, "g", n=2) == 4
    assert set(session.loaded.defined) == {"f", "g", "K"}


def test_inputs_are_set_as_globals_in_each_file_that_has_them(open_files: Open) -> None:
    """In the classroom style, a function and its helper in another file read the same inputs."""
    session = open_files(
        {
            "a.py": "from b import g, n\ndef f():\n    global n\n    n = n + 1\n    return g()\n",
            "b.py": "n = 5\ndef g(): return 10 * n\n",
            "c.py": "n = 7\ndef n_of_c(): return n\nK = n_of_c\n",
        }
    )

    answer = ask(session, "f", n=2)

    assert answer.steps[0].returned.value == 20  # type: ignore[union-attr]
    assert answer.steps[0].inputs["n"].value.value == 3  # type: ignore[union-attr]
    assert answer.steps[0].inputs["n"].is_global
    assert returned(session, "g", n=4) == 40
    again = session.observe(ReadRequest(function="K"))
    assert again.outcome is Outcome.RETURNED


LENT = Lent(source="def g(n): return 100 * n\n", parameters={"g": ("n",)})


@pytest.mark.parametrize("way", [one for one in IMPORTS if one != "inside"])
def test_lent_helper_replaces_the_own_one_wherever_it_is_imported(
    way: str, open_files: Open
) -> None:
    """Each file that has imported a wrong helper gets the right one."""
    session = open_files({"a.py": IMPORTS[way], "b.py": B}, lent=LENT)

    assert returned(session, "f", n=2) == 201


def test_lent_helper_replaces_one_that_is_missing(open_files: Open) -> None:
    """Where no file defines a helper, each file has the right one."""
    session = open_files(
        {"a.py": "from b import g\ndef f(n): return g(n) + 1\n", "b.py": "x = 1\n"}, lent=LENT
    )

    assert returned(session, "f", n=2) == 201


@pytest.mark.parametrize("rest", ["", "x = (\n", "def g(n): return unknown\ng = g(1)\ndel g\n"])
def test_lent_helper_can_be_imported_from_where_it_is_missing(rest: str, open_files: Open) -> None:
    """Under whatever name: from a file that is missing or broken, or doesn't define it."""
    session = open_files(
        {"a.py": "from b import g as h\ndef f(n): return h(n) + 1\n", "b.py": rest}, lent=LENT
    )

    assert returned(session, "f", n=2) == 201


def test_lent_helper_is_called_as_its_own_file_calls_it(open_files: Open) -> None:
    """A lent helper keeps the parameters of the one that it replaces, in each file."""
    session = open_files(
        {
            "a.py": "from b import g\nx = 1\ny = 2\ndef f(n): return g(times=n, unused=0)\n",
            "b.py": "x = 1\ndef g(unused, times): return 0\ny = g(1, 2)\nz = 3\n",
        },
        lent=Lent(source="def g(unused, n): return 100 * n\n", parameters={"g": ("unused", "n")}),
    )

    assert returned(session, "f", n=2) == 200


def test_functions_that_may_be_used_are_found_through_modules(open_files: Open) -> None:
    """A helper counts as used, whether it is imported or reached through its module."""
    for way, text in IMPORTS.items():
        session = open_files({"a.py": text, "b.py": B})
        (facts,) = (one for one in session.loaded.functions if one.name == "f")
        assert "g" in facts.uses, way
    apart = open_files({"a.py": "def f(n): return n\n", "b.py": B})
    assert all(one.uses == () for one in apart.loaded.functions)


def test_files_lie_beside_each_other(open_files: Open) -> None:
    """Each file has its own path, in the folder in which the submission runs."""
    session = open_files(
        {
            "a.py": "from pathlib import Path\nimport os, b\nK = __name__\n"
            "def f(n): return int(Path(__file__).parent == Path(b.__file__).parent)\n"
            "def g(n): return len((Path(__file__).parent / 'b.py').read_text())\n",
            "b.py": "1234567\n",
        }
    )

    assert returned(session, "f", n=0) == 1
    assert returned(session, "g", n=0) == 8


def test_dataclass_and_pickle_find_their_module(open_files: Open) -> None:
    """Classes of each file belong to a module that can be imported."""
    session = open_files(
        {
            "a.py": "import pickle\nfrom b import Point\n"
            "def f(n): return pickle.loads(pickle.dumps(Point(n))).n\n",
            "b.py": "from __future__ import annotations\nfrom dataclasses import dataclass\n"
            "@dataclass\nclass Point:\n    n: int\n",
        }
    )

    assert returned(session, "f", n=4) == 4
    assert session.loaded.notes == ()


def test_fixed_value_is_seen_by_all_files(open_files: Open) -> None:
    """A rerun fixes a global in the file that binds it, and in those that import it."""
    session = open_files(
        {
            "a.py": "from b import x\nimport b\ntotal = x + b.x + b.twice\n",
            "b.py": "x = 1\ntwice = 2 * x\n",
        }
    )

    def read(lab: Lab) -> object:
        return lab.total

    assert result_of(rerun(session, read)) == 4
    assert result_of(rerun(session, read, {"x": 10})) == 40


def test_script_constructs_and_calls_across_files(open_files: Open) -> None:
    """A script finds units in whatever file, and inputs are globals in the file of a function."""
    session = open_files(
        {
            "a.py": "from b import g\ndef f():\n    return g(n) + 1\n",
            "b.py": "def g(n): return 10 * n\ntotal = 20\n",
        }
    )

    def use(lab: Lab, n: object) -> object:
        return [lab.f(n), lab.total]

    assert result_of(run(session, use, n=2)) == [21, 20]
