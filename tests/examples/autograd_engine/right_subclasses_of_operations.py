"""Each operation is a class of its own, as torch's Function; Value is a subclass with properties."""

import math
from abc import ABC, abstractmethod
from collections import deque
from random import uniform


class Operation(ABC):
    def __init__(self, *inputs: "Value"):
        self.inputs = inputs

    @abstractmethod
    def forward(self) -> float: ...

    @abstractmethod
    def derivatives(self) -> "tuple[float, ...]": ...

    def __call__(self) -> "Value":
        out = Value(self.forward(), self.inputs)
        out._op = self
        return out


class Add(Operation):
    def forward(self):
        a, b = self.inputs
        return a.data + b.data

    def derivatives(self):
        return 1.0, 1.0


class Multiply(Operation):
    def forward(self):
        return math.prod(one.data for one in self.inputs)

    def derivatives(self):
        a, b = self.inputs
        return b.data, a.data


class Power(Operation):
    def __init__(self, base, exponent):
        super().__init__(base)
        self.exponent = exponent

    def forward(self):
        (a,) = self.inputs
        return a.data**self.exponent

    def derivatives(self):
        (a,) = self.inputs
        return (self.exponent * a.data ** (self.exponent - 1),)


class Relu(Operation):
    def forward(self):
        return max(self.inputs[0].data, 0.0)

    def derivatives(self):
        return (0.0 if self.inputs[0].data <= 0 else 1.0,)


class Exp(Operation):
    def forward(self):
        return math.exp(self.inputs[0].data)

    def derivatives(self):
        return (math.exp(self.inputs[0].data),)


class Value:
    def __init__(self, data, _prev=()):
        self._data = float(data)
        self._grad = 0.0
        self._prev = _prev
        self._op = None

    @property
    def data(self):
        return self._data

    @data.setter
    def data(self, number):
        self._data = float(number)

    @property
    def grad(self):
        return self._grad

    @grad.setter
    def grad(self, number):
        self._grad = float(number)

    def _backward(self):
        if self._op is not None:
            for node, slope in zip(self._op.inputs, self._op.derivatives()):
                node.grad += slope * self.grad

    @classmethod
    def of(cls, number):
        return number if isinstance(number, cls) else cls(number)

    def __add__(self, other):
        return Add(self, Value.of(other))()

    def __radd__(self, other):
        return Add(Value.of(other), self)()

    def __mul__(self, other):
        return Multiply(self, Value.of(other))()

    def __rmul__(self, other):
        return Multiply(Value.of(other), self)()

    def __neg__(self):
        return Value(-1.0) * self

    def __sub__(self, other):
        return self + -Value.of(other)

    def __rsub__(self, other):
        return Value.of(other) + -self

    def __pow__(self, exponent):
        return Power(self, exponent)()

    def __truediv__(self, other):
        return self * Value.of(other) ** -1

    def __rtruediv__(self, other):
        return Value.of(other) * self**-1

    def relu(self):
        return Relu(self)()

    def exp(self):
        return Exp(self)()

    def backward(self):
        order = deque()
        done = set()
        stack = [(self, False)]
        while stack:
            node, is_finished = stack.pop()
            if is_finished:
                order.appendleft(node)
                continue
            if id(node) in done:
                continue
            done.add(id(node))
            stack.append((node, True))
            stack.extend((one, False) for one in node._prev)
        self.grad = 1.0
        for node in order:
            node._backward()


class Neuron:
    def __init__(self, n_inputs, nonlin=True):
        self.w, self.b, self.nonlin = [], Value(0), nonlin
        for _ in range(n_inputs):
            self.w.append(Value(uniform(-1.0, 1.0)))

    def forward(self, x):
        s = self.b
        for i, w in enumerate(self.w):
            s = w * x[i] + s
        return s.relu() if self.nonlin else s

    __call__ = forward

    def parameters(self):
        parameters = self.w.copy()
        parameters.append(self.b)
        return parameters


class Layer:
    def __init__(self, n_inputs, n_outputs, nonlin=True):
        self.neurons = [Neuron(n_inputs, nonlin) for _ in range(n_outputs)]

    def __call__(self, x):
        return [neuron(x) for neuron in self.neurons]

    def parameters(self):
        return [one for neuron in self.neurons for one in neuron.parameters()]


class MLP:
    def __init__(self, n_inputs, sizes):
        self.layers = []
        for place, size in enumerate(sizes):
            is_last = place == len(sizes) - 1
            before = sizes[place - 1] if place else n_inputs
            self.layers.append(Layer(before, size, nonlin=not is_last))

    def __call__(self, x):
        h = self.layers[0](x)
        for layer in self.layers[1:]:
            h = layer(h)
        return h

    def parameters(self):
        import itertools

        return list(itertools.chain.from_iterable(one.parameters() for one in self.layers))
