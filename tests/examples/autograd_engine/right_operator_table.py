"""All operators are made from one table of functions and derivatives; a dataclass holds a node."""

import dataclasses
import functools
import operator
import random
from math import exp, prod
from typing import Callable


def _nothing() -> None:
    return None


@dataclasses.dataclass(eq=False)
class Value:
    data: float
    _prev: tuple["Value", ...] = ()
    grad: float = dataclasses.field(default=0.0, kw_only=True)
    _backward: Callable[[], None] = dataclasses.field(default=_nothing, repr=False, kw_only=True)

    def backward(self):
        self.grad = 1.0
        for node in reversed(list(_in_order(self))):
            node._backward()

    @property
    def is_leaf(self):
        return not self._prev


def _in_order(root, seen=None):
    seen = set() if seen is None else seen
    if id(root) not in seen:
        seen.add(id(root))
        for one in root._prev:
            yield from _in_order(one, seen)
        yield root


def _operation(compute, *partials):
    def method(*operands):
        nodes = tuple(x if isinstance(x, Value) else Value(x) for x in operands)
        numbers = [node.data for node in nodes]
        out = Value(compute(*numbers), nodes)

        def _backward():
            for node, partial in zip(nodes, partials):
                node.grad += partial(*numbers) * out.grad

        out._backward = _backward
        return out

    return method


def _power(self, n):
    return _operation(lambda a: a**n, lambda a: n * a ** (n - 1))(self)


TABLE = {
    "__add__": _operation(operator.add, lambda a, b: 1, lambda a, b: 1),
    "__sub__": _operation(operator.sub, lambda a, b: 1, lambda a, b: -1),
    "__mul__": _operation(operator.mul, lambda a, b: b, lambda a, b: a),
    "__truediv__": _operation(operator.truediv, lambda a, b: 1 / b, lambda a, b: -a / b**2),
    "__neg__": _operation(operator.neg, lambda a: -1),
    "__pow__": _power,
    "relu": _operation(lambda a: a if a > 0 else 0.0, lambda a: 1.0 if a > 0 else 0.0),
    "exp": _operation(exp, exp),
}
for _name, _method in TABLE.items():
    setattr(Value, _name, _method)
for _name in ("add", "sub", "mul", "truediv"):
    _forward = TABLE[f"__{_name}__"]
    setattr(Value, f"__r{_name}__", lambda self, other, f=_forward: f(other, self))


class Neuron:
    def __init__(self, n_inputs, nonlin=True):
        self.w = tuple(Value(random.uniform(-1, 1)) for _ in range(n_inputs))
        self.b = Value(0.0)
        self.nonlin = bool(nonlin)

    def __call__(self, x):
        products = map(operator.mul, self.w, x)
        total = functools.reduce(operator.add, products, self.b)
        return Value.relu(total) if self.nonlin else total

    def parameters(self):
        return list(self.w) + [self.b]


class Layer:
    def __init__(self, n_inputs, n_outputs, nonlin=True):
        self.neurons = [Neuron(n_inputs, nonlin) for _ in range(n_outputs)]

    def __call__(self, x):
        return [neuron(x) for neuron in self.neurons]

    def parameters(self):
        return [one for neuron in self.neurons for one in neuron.parameters()]


class MLP:
    def __init__(self, n_inputs, sizes):
        widths = [n_inputs, *sizes]
        self.layers = [Layer(a, b) for a, b in zip(widths, sizes)]
        for neuron in self.layers[-1].neurons:
            neuron.nonlin = False

    def __call__(self, x):
        return functools.reduce(lambda out, layer: layer(out), self.layers, x)

    def parameters(self):
        return [p for layer in self.layers for n in layer.neurons for p in n.parameters()]
