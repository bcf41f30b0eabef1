"""Scripts as examples: code to paste, in the words of the script."""

import functools
import operator
import sys
import time
from collections.abc import Callable

import numpy as np
import pytest

from grader.checks.script_examples import (
    ScriptRun,
    make_raising_example,
    make_script_example,
    show_operation,
)
from grader.checks.tracing import Handle, Lab, Script, py_, trace
from grader.checks.units import Unit
from grader.checks.verdict import WrongError
from grader.observations.messages import Raised, ScriptRequest, State, Step
from grader.observations.values import AnyValue, Array, Mapping, Number, Text

UNITS = {"f": Unit(name="f", parameters=("x",)), "g": Unit(name="g", parameters=("dout", "cache"))}


def code_of(
    script: Script, wrong: WrongError | None = None, step: Step | None = None, **inputs: object
) -> str:
    """Return the code of an example."""
    traced = trace(script, UNITS, tuple(inputs))
    request = ScriptRequest(
        function="f", operations=traced.operations, returned=traced.returned, inputs={}
    )
    run = ScriptRun(request, inputs, traced, step=step)
    example = make_script_example(run, wrong or WrongError("wrong", got="1", expected="2"))
    assert example is not None
    return example.code


def output_of(code: str, f: Callable[..., object], g: Callable[..., object]) -> list[object]:
    """Run the code of an example below a submission, and return what it prints."""
    printed: list[object] = []
    exec(code, {"f": f, "g": g, "print": printed.append})  # noqa: S102 - it is made here
    return printed


def test_what_is_unpacked_is_written_as_one_assignment() -> None:
    """The targets have the names of the script, and others a name that is free."""

    def use(lab: Lab, x: object) -> object:
        out, cache = lab.f(x)
        parts = lab.g(out, cache)
        dx, dw = parts
        return {"dx": dx, "other": first_of(lab.f(dw))}

    def first_of(pair: Handle) -> object:
        one, _ = pair
        return one

    code = code_of(use, x=3)

    lines = code.splitlines()
    assert lines[:4] == ["x = 3", "out, cache = f(x)", "parts = g(out, cache)", "dx, dw = parts"]
    assert output_of(code, lambda x: (x, x + 1), lambda a, b: (a * b, a - b)) == [
        {"dx": 12, "other": -1}
    ]


def test_a_name_that_is_bound_anew_gets_another_one_if_its_value_is_used_later() -> None:
    """What a script calls x first and last is not the same: the input itself is shown too."""

    def use(lab: Lab, x: Handle) -> object:
        start = first = x
        for _ in range(2):
            x, first = lab.f(x)
        return {"start": start, "first": first}

    code = code_of(use, x=3)

    assert code.splitlines()[1:3] == ["x_2, first = f(x)", "x_2, first = f(x_2)"]
    assert output_of(code, lambda x: (x + 1, x), lambda *_: None) == [{"start": 3, "first": 4}]


def test_a_variable_with_the_name_of_a_function_does_not_hide_it() -> None:
    """The function is called once more."""

    def use(lab: Lab, x: object) -> object:
        f = lab.f(x)
        return {"twice": lab.f(f)}

    code = code_of(use, x=3)

    assert output_of(code, lambda x: x + 1, lambda *_: None) == [5]


def step_of(out: "np.ndarray", x: "np.ndarray") -> Step:
    """Return the answer to a script that returns out, with its input x."""
    entry = (Text(text="out"), Array.from_numpy(out))
    return Step(returned=Mapping(entries=(entry,)), inputs={"x": State(value=Array.from_numpy(x))})


def returns_out(lab: Lab, x: object) -> object:
    """Call a function, and return one part of what it returns."""
    out, _ = lab.f(x)
    return {"out": out}


def test_an_input_that_is_wrong_afterwards_is_printed() -> None:
    """Whether the check names the input itself, or has made an array of it."""
    step = step_of(np.array([7.0]), np.array([5.0]))
    state = step.inputs["x"].value
    labelled = WrongError("moved", got="x = [5.]", expected="x = [4.]", source=state)
    as_array = WrongError("changed", got="[5.]", expected="[4.]", value=np.array([5.0]))

    assert code_of(returns_out, labelled, step, x=3).splitlines()[-1] == "print('x =', x)"
    assert code_of(returns_out, as_array, step, x=3).splitlines()[-1] == "print(x)"


def test_a_part_that_a_check_has_made_an_array_of_is_printed() -> None:
    """It is found by its numbers."""
    step = step_of(np.array([7.0]), np.array([5.0]))
    wrong = WrongError("wrong", got="[7.]", expected="[4.]", value=np.array([7.0]))

    assert code_of(returns_out, wrong, step, x=3).splitlines()[-1] == "print(out)"


def test_result_of_the_last_call_has_no_name() -> None:
    """It is printed where it is computed, as a student would write it."""

    def use(lab: Lab, x: object) -> object:
        return {"out": lab.f(x)}

    assert code_of(use, x=3).splitlines() == ["x = 3", "print(f(x))"]


def test_result_of_a_call_before_another_has_a_name() -> None:
    """What comes later may change what it returns."""

    def use(lab: Lab, x: object) -> object:
        return {"out": lab.f(x), "n": lab.f(x)}

    lines = code_of(use, x=3).splitlines()

    assert lines[1] == "v1 = f(x)"
    assert lines[-1] == "print({'out': v1, 'n': f(x)})"


def test_what_only_reads_is_left_out_unless_it_is_shown() -> None:
    """The length of something else says nothing about the wrong part."""
    step = Step(
        returned=Mapping(
            entries=(
                (Text(text="len"), Number(value=2, kind="int")),
                (Text(text="out"), Number(value=7)),
            )
        ),
        inputs={},
    )

    def use(lab: Lab, x: object) -> object:
        made = lab.f(x)
        return {"len": py_.len(made.parts), "out": made.out}

    wrong = WrongError("wrong", got="7.", expected="4.", source=_part(step, 1))

    code = code_of(use, wrong, step, x=3)

    assert code.splitlines() == ["x = 3", "made = f(x)", "print(made.out)"]


def _part(step: Step, place: int) -> AnyValue:
    assert isinstance(step.returned, Mapping)
    return step.returned.entries[place][1]


@pytest.mark.parametrize(
    ("place", "last"),
    [(2, "made.parts"), (3, "made.parts[0]"), (4, "-made.parts[0]")],
)
def test_example_of_an_exception_ends_with_the_step_that_raised(place: int, last: str) -> None:
    """Also if this step only looks something up, whose value nothing uses any more."""

    def use(lab: Lab, x: object) -> object:
        made = lab.f(x)
        return {"negative": -made.parts[0]}

    traced = trace(use, UNITS, ("x",))
    request = ScriptRequest(
        function="f", operations=traced.operations, returned=traced.returned, inputs={}
    )
    raised = Raised(type_name="TypeError", text="no")

    example = make_raising_example(ScriptRun(request, {"x": 3}, traced), raised, place)

    assert example is not None
    assert example.code.splitlines() == ["x = 3", "made = f(x)", last]


def chain(length: int) -> Script:
    """Return a script that is one expression of that many operations."""

    def use(lab: Lab, x: object) -> object:
        return functools.reduce(lambda value, _: operator.neg(value), range(length), lab.f(x))

    return use


def kept(length: int) -> Script:
    """Return a script that keeps the results of that many calls."""

    def use(lab: Lab, x: object) -> object:
        return {"all": [lab.f(x) for _ in range(length)]}

    return use


@pytest.mark.parametrize(
    "script",
    [chain(5000), kept(4000)],
    ids=["deep", "wide"],
)
def test_script_that_is_too_long_to_show_costs_an_example_and_little_time(script: Script) -> None:
    """A wrong answer must neither end the grader nor keep it busy, whatever a check does."""
    traced = trace(script, UNITS, ("x",))
    request = ScriptRequest(
        function="f", operations=traced.operations, returned=traced.returned, inputs={}
    )
    run, last = ScriptRun(request, {"x": 3}, traced), len(traced.operations) - 1
    raised = Raised(type_name="ValueError", text="")
    started = time.process_time()

    assert make_script_example(run, WrongError("wrong", got="1", expected="2")) is None
    assert make_raising_example(run, raised, last) is None
    assert show_operation(run, last) == ""
    assert time.process_time() - started < 1


def test_script_that_is_too_deep_to_be_written_costs_an_example() -> None:
    """How deep is too deep depends on who calls."""
    traced = trace(chain(290), UNITS, ("x",))
    request = ScriptRequest(
        function="f", operations=traced.operations, returned=traced.returned, inputs={}
    )
    run, last = ScriptRun(request, {"x": 3}, traced), len(traced.operations) - 1

    def from_below(depth: int) -> list[object]:
        if depth:
            return from_below(depth - 1)
        wrong = WrongError("wrong", got="1", expected="2")
        raised = Raised(type_name="ValueError", text="")
        return [
            make_script_example(run, wrong),
            make_raising_example(run, raised, last),
            show_operation(run, last),
        ]

    assert from_below(sys.getrecursionlimit() - 300) == [None, None, ""]
