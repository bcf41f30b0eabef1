"""Examples of scripts show inputs as they are made: with gradients, and in place of globals."""

import numpy as np
import torch

from grader.checks.inputs import array, leaf, show_gradients
from grader.checks.script_examples import ScriptRun, make_script_example
from grader.checks.tracing import Handle, Lab, Script, trace
from grader.checks.units import Unit, UnitKind
from grader.checks.verdict import WrongError
from grader.observations.messages import ScriptRequest, Step
from grader.observations.values import Array, Items, Mapping, Number, Text
from grader.report.model import Example

UNITS = {"sgd": Unit(name="sgd", parameters=("params", "lr"))}


def example_of(script: Script, **inputs: object) -> Example | None:
    """Return the example of a script whose answer is wrong."""
    traced = trace(script, UNITS, tuple(inputs))
    request = ScriptRequest(
        function="sgd", operations=traced.operations, returned=traced.returned, inputs={}
    )
    return make_script_example(
        ScriptRun(request, inputs, traced), WrongError("wrong", got="1", expected="2")
    )


def test_gradients_of_leaves_in_a_list_are_stored() -> None:
    """The code can be pasted: a step finds the gradients, and the only part is printed."""

    def step(lab: Lab, params: Handle, lr: Handle) -> dict[str, Handle]:
        w = params[0]
        lab.sgd(params, lr)
        return {"w": w}

    example = example_of(step, params=[leaf([1, 2], grad=[3, 4]), leaf([5])], lr=0.5)

    assert example is not None
    printed: list[torch.Tensor] = []
    exec(  # noqa: S102 - it is made here
        example.code,
        {
            "torch": torch,
            "sgd": lambda params, lr: params[0].data.sub_(lr * params[0].grad),
            "print": printed.append,
        },
    )
    assert [one.tolist() for one in printed] == [[-0.5, 0.0]]


def test_each_leaf_has_a_line() -> None:
    """Leaves are found in tuples and dicts too."""
    state = {"v": (leaf([1.0], grad=[2.0]), 3), "t": 1}

    assert show_gradients("state", state) == ["state['v'][0].grad = torch.tensor([2.])"]


def test_leaf_with_a_gradient_inside_a_script_is_not_shown() -> None:
    """There is no expression for it."""

    def step(lab: Lab, lr: Handle) -> Handle:
        return lab.sgd([leaf([1], grad=[2])], lr)

    assert example_of(step, lr=0.5) is None


def test_example_of_a_rerun_says_where_its_lines_go() -> None:
    """The values take the place of those of the notebook, whose other cells run once more."""
    traced = trace(lambda lab: {"w": lab.w}, {"w": Unit(name="w", kind=UnitKind.VALUE)}, ())
    request = ScriptRequest(
        function="w", operations=traced.operations, returned=traced.returned, inputs={}
    )
    run = ScriptRun(request, {}, traced, given={"x": array([1.5])})

    example = make_script_example(run, WrongError("wrong", got="1", expected="2"))

    assert example is not None
    assert example.code.splitlines() == [
        "x = np.array([1.5], dtype=np.float32)  # in place of your own",
        "# run all cells that come after it again, and then",
        "print(w)",
    ]


def test_list_of_numbers_is_found_among_what_a_script_returns() -> None:
    """A check has made an array of a list of losses: the example prints the list alone."""

    def use(lab: Lab, lr: Handle) -> dict[str, Handle]:
        losses = lab.sgd([], lr)
        return {"lr": lr, "losses": losses}

    traced = trace(use, UNITS, ("lr",))
    request = ScriptRequest(
        function="sgd", operations=traced.operations, returned=traced.returned, inputs={}
    )
    losses = Items(kind="list", items=(Number(value=3), Array.from_numpy(np.array([2.5]))))
    returned = Mapping(
        entries=((Text(text="lr"), Number(value=0.5)), (Text(text="losses"), losses))
    )
    run = ScriptRun(request, {"lr": 0.5}, traced, step=Step(returned=returned, inputs={}))

    wrong = WrongError("wrong", got="1", expected="2", value=np.array([3, 2.5]))
    example = make_script_example(run, wrong)

    assert example is not None
    assert example.code.splitlines()[-2:] == ["losses = sgd([], lr)", "print(losses)"]
