"""Checks of Neuron: its first numbers, its output and its parameters."""

from typing import Any

import pytest

from grader.checks.api import (
    Handle,
    Lab,
    Probe,
    Result,
    WrongError,
    expect_all_close,
    py_,
    to_array,
)
from grader.observations.values import AnyValue

Case = dict[str, Any]

# In 400 draws, one end of the interval stays empty once in 10 ** 8 times.
DRAWS = 400
NEAR_THE_END = 0.9
NAMES = ("min(numbers)", "max(numbers)", "len(set(numbers))")


@pytest.fixture
def samples(probe: Probe) -> list[Case]:
    """Weights, a bias and inputs of neurons whose sum is positive, then negative, then random."""
    rng = probe.rng()

    def draw(size: int) -> Case:
        w, x = rng.uniform(-1, 1, (2, size)).round(3).tolist()
        return {"w": w, "x": x, "b": round(float(rng.uniform(0.2, 0.9)), 3)}

    return [
        {"w": [0.5, -1.0], "x": [3.0, 1.0], "b": 2.0},
        {"w": [0.5, -1.0], "x": [1.0, 3.0], "b": 0.25},
        *map(draw, (1, 3, 6)),
    ]


def _make(lab: Lab, case: Case, *, nonlin: Handle | bool) -> Handle:
    """Make a neuron with known numbers, whatever its constructor has drawn."""
    neuron = lab.Neuron(len(case["w"]), nonlin=nonlin)
    neuron.w = [lab.Value(number) for number in case["w"]]
    neuron.b = lab.Value(case["b"])
    neuron.nonlin = nonlin
    return neuron


@pytest.mark.points(1)
@pytest.mark.function("Neuron.__init__")
def check_neuron_has_a_value_for_each_input(probe: Probe) -> None:
    """Neuron(n) has n weights and a bias of 0, all of them Values

    Numbers that are to be trained need a gradient: wrap each in a Value.
    """

    def use(lab: Lab) -> object:
        neuron = lab.Neuron(3)
        return {
            "the number of weights": py_.len(neuron.w),
            "neuron.w[2].grad": neuron.w[2].grad,
            "neuron.b.data": neuron.b.data,
            "neuron.b.grad": neuron.b.grad,
        }

    expect_all_close(*probe.both_run(use))


@pytest.mark.points(1)
@pytest.mark.function("Neuron.__init__")
def check_neuron_draws_its_weights(probe: Probe) -> None:
    """The weights are random numbers from -1 to 1

    Draw one number for each weight, such as random.uniform(-1, 1). With equal weights, all neurons
    of a layer would stay equal.
    """

    def use(lab: Lab) -> object:
        neuron = lab.Neuron(DRAWS)
        numbers = [neuron.w[place].data for place in range(DRAWS)]
        return {
            "min(numbers)": py_.min(numbers),
            "max(numbers)": py_.max(numbers),
            "len(set(numbers))": py_.len(py_.set(numbers)),
        }

    got = probe.student_run(use)
    low, high, count = (float(to_array(got[name], name)) for name in NAMES)
    if count != DRAWS:
        what = f"{DRAWS} weights have too few different values"
        raise WrongError(what, got=f"{count:.0f}", expected=str(DRAWS), source=got[NAMES[2]])
    if not -1 <= low < -NEAR_THE_END:
        _refuse("smallest", low, f"from -1 to -{NEAR_THE_END}", got[NAMES[0]])
    if not NEAR_THE_END < high <= 1:
        _refuse("largest", high, f"from {NEAR_THE_END} to 1", got[NAMES[1]])


def _refuse(which: str, number: float, expected: str, source: AnyValue) -> None:
    message = f"the {which} of {DRAWS} weights is wrong"
    raise WrongError(message, got=f"{number:.4f}", expected=expected, source=source)


def facts(_request: object, result: Result) -> dict[str, object] | None:
    """Return what is the same for all draws: where the ends are, and how many numbers differ."""
    try:
        low, high, count = (float(to_array(result[name], name)) for name in NAMES)
    except KeyError:
        return None
    return {
        "ends": (low < -1, low < -NEAR_THE_END, low < 0, high > 0, high > NEAR_THE_END, high > 1),
        "is zero": low == high == 0,
        "count": count,
    }


@pytest.mark.points(1)
@pytest.mark.function("Neuron.__init__")
def check_neuron_knows_whether_it_has_relu(probe: Probe) -> None:
    """nonlin is kept, and is True unless something else is given

    Store the argument as self.nonlin.
    """

    def use(lab: Lab) -> object:
        return {
            "Neuron(2).nonlin": lab.Neuron(2).nonlin,
            "Neuron(2, nonlin=False).nonlin": lab.Neuron(2, nonlin=False).nonlin,
        }

    expect_all_close(*probe.both_run(use))


@pytest.mark.points(3)
@pytest.mark.function("Neuron.__call__")
def check_neuron_is_a_weighted_sum(probe: Probe, samples: list[Case]) -> None:
    """neuron(x) is relu of the weighted sum plus the bias; without nonlin, the sum itself

    Multiply each weight by its input, add everything up, the bias too, and apply relu() only if
    self.nonlin is set.
    """
    for nonlin in (False, True):
        for case in samples:

            def use(lab: Lab, nonlin: Handle, case: Case = case) -> object:
                neuron = _make(lab, case, nonlin=nonlin)
                out = neuron(case["x"])
                return {"out.data": out.data}

            expect_all_close(*probe.both_run(use, nonlin=nonlin), scale=1)


@pytest.mark.points(1)
@pytest.mark.function("Neuron.__call__")
def check_neuron_can_be_differentiated(probe: Probe, samples: list[Case]) -> None:
    """backward() of a neuron's output reaches weights, bias and inputs

    Compute with the Values themselves: what is computed from their .data is cut off from the graph.
    The gradient of a weight is its input, and that of the bias is 1, as it is added once.
    """
    for case in samples:

        def use(lab: Lab, case: Case = case) -> object:
            neuron = _make(lab, case, nonlin=False)
            x = [lab.Value(number) for number in case["x"]]
            out = neuron(x)
            out.backward()
            return {
                "neuron.w[0].grad": neuron.w[0].grad,
                "neuron.b.grad": neuron.b.grad,
                "x[0].grad": x[0].grad,
            }

        expect_all_close(*probe.both_run(use), scale=1)


@pytest.mark.points(2)
@pytest.mark.function("Neuron.parameters")
def check_neuron_lists_its_parameters(probe: Probe, samples: list[Case]) -> None:
    """parameters() is the list of the weights and then the bias

    It has one Value more than there are inputs. They are the neuron's own Values, so that changing
    one of them changes the neuron.
    """
    for case in samples:
        size = len(case["w"])

        def use(lab: Lab, case: Case = case, size: int = size) -> object:
            neuron = _make(lab, case, nonlin=True)
            found = neuron.parameters()
            found[0].data = 7.0
            return {
                "the number of parameters": py_.len(found),
                "their numbers": [found[place].data for place in range(size + 1)],
                "neuron.w[0].data": neuron.w[0].data,
            }

        expect_all_close(*probe.both_run(use))
