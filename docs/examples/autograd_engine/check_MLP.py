"""Checks of MLP: its layers, its outputs and its parameters."""

from collections.abc import Iterator

import pytest

from grader.checks.api import Handle, Lab, Probe, expect_all_close, py_

Numbers = Iterator[float]

# The number of inputs, and the sizes of the layers; the first can be followed by hand.
SHAPES = ((1, [2, 1]), (3, [2]), (2, [3, 1, 2]))


def _numbers(probe: Probe) -> Numbers:
    """Yield numbers for weights and biases: first readable ones, then random ones."""
    yield from (1.0, 0.5, -2.0, 3.0, 0.25, -1.0, 2.0)
    rng = probe.rng()
    while True:
        yield round(float(rng.uniform(0.2, 1)), 3)


def _fill(net: Handle, n_inputs: int, sizes: list[int], numbers: Numbers) -> None:
    """Give all parameters of a network known numbers, whatever its constructor has drawn."""
    for place, size in enumerate(sizes):
        before = n_inputs if place == 0 else sizes[place - 1]
        for one in range(size):
            neuron = net.layers[place].neurons[one]
            for weight in range(before):
                neuron.w[weight].data = next(numbers)
            neuron.b.data = next(numbers)


@pytest.mark.points(3)
@pytest.mark.function("MLP.__init__")
def check_mlp_has_layers_that_fit(probe: Probe) -> None:
    """MLP(n, sizes) has a layer for each size, which gets the outputs of the one before

    The first layer has n inputs; every other has as many as the layer before it has neurons. Only
    the last layer has no relu.
    """
    for n_inputs, sizes in SHAPES:

        def use(lab: Lab, n_inputs: int = n_inputs, sizes: list[int] = sizes) -> object:
            net = lab.MLP(n_inputs, sizes)
            parts: dict[str, object] = {"len(net.layers)": py_.len(net.layers)}
            for place in range(len(sizes)):
                layer = net.layers[place]
                path = f"net.layers[{place}].neurons"
                parts[f"len({path})"] = py_.len(layer.neurons)
                parts[f"len({path}[0].w)"] = py_.len(layer.neurons[0].w)
                parts[f"{path}[0].nonlin"] = layer.neurons[0].nonlin
            return parts

        expect_all_close(*probe.both_run(use))


@pytest.mark.points(2)
@pytest.mark.function("MLP.__call__")
def check_mlp_calls_one_layer_after_another(probe: Probe) -> None:
    """net(x) is the list of outputs of the last layer, also if there is only one

    What a layer returns is the input of the next one.
    """
    for n_inputs, sizes in SHAPES:
        numbers = _numbers(probe)

        def use(
            lab: Lab, numbers: Numbers = numbers, n_inputs: int = n_inputs, sizes: list[int] = sizes
        ) -> object:
            net = lab.MLP(n_inputs, sizes)
            _fill(net, n_inputs, sizes, numbers)
            out = net([2.0, -1.0, 0.5][:n_inputs])
            out[0].backward()
            return {
                "len(out)": py_.len(out),
                "out[0].data": out[0].data,
                "out[-1].data": out[-1].data,
                "net.layers[0].neurons[0].w[0].grad": net.layers[0].neurons[0].w[0].grad,
            }

        expect_all_close(*probe.both_run(use), scale=1)


@pytest.mark.points(2)
@pytest.mark.function("MLP.parameters")
def check_mlp_lists_all_parameters(probe: Probe) -> None:
    """parameters() is one flat list of the parameters of all layers

    Go through the layers, and collect the parameters of each: a list of lists can't be trained in
    one loop.
    """
    for n_inputs, sizes in SHAPES:
        numbers = _numbers(probe)

        def use(
            lab: Lab, numbers: Numbers = numbers, n_inputs: int = n_inputs, sizes: list[int] = sizes
        ) -> object:
            net = lab.MLP(n_inputs, sizes)
            _fill(net, n_inputs, sizes, numbers)
            found = net.parameters()
            return {
                "len(found)": py_.len(found),
                "found[0].data": found[0].data,
                "found[-1].data": found[-1].data,
            }

        expect_all_close(*probe.both_run(use))
