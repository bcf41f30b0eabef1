"""Scripts as examples: code to paste, in the words of the script."""

from collections.abc import Callable

import numpy as np

from grader.checks.script_examples import ScriptRun, make_script_example
from grader.checks.tracing import Handle, Lab, Script, trace
from grader.checks.units import Unit
from grader.checks.verdict import WrongError
from grader.observations.messages import ScriptRequest, State, Step
from grader.observations.values import Array, Mapping, Text

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
