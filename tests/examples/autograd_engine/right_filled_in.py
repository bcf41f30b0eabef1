"""The released exercise, filled in by a student who keeps the given classes."""

import math
import random
from collections.abc import Callable


class Node:
    """A number that knows what it was computed from."""

    def __init__(self, data: float, _prev: tuple["Node", ...] = ()) -> None:
        self.data = data
        self.grad = 0.0
        self._prev = _prev
        self._backward: Callable[[], None] = lambda: None

    def __repr__(self) -> str:
        return f"{type(self).__name__}(data={self.data}, grad={self.grad})"

    def __neg__(self):
        return self * -1

    def __radd__(self, other):
        return self + other

    def __rmul__(self, other):
        return self * other

    def __rtruediv__(self, other):
        return self**-1 * other


class Value(Node):
    """A node with operators; differentiate a result with `backward`."""

    def __add__(self, other: "Value | float") -> "Value":
        """Return self + other."""
        if isinstance(other, (int, float)):
            other = Value(other)
        result = Value(self.data + other.data, _prev=(self, other))

        def chain():
            self.grad = self.grad + result.grad
            other.grad = other.grad + result.grad

        result._backward = chain
        return result

    def __mul__(self, other: "Value | float") -> "Value":
        """Return self * other."""
        if isinstance(other, (int, float)):
            other = Value(other)
        result = Value(self.data * other.data, _prev=(self, other))

        def chain():
            self.grad = self.grad + result.grad * other.data
            other.grad = other.grad + result.grad * self.data

        result._backward = chain
        return result

    def __pow__(self, exponent: float) -> "Value":
        """Return self ** exponent."""
        result = Value(pow(self.data, exponent), _prev=(self,))

        def chain():
            self.grad = self.grad + result.grad * exponent * result.data / self.data

        result._backward = chain
        return result

    def __sub__(self, other: "Value | float") -> "Value":
        """Return self - other."""
        return self + other * -1

    def __rsub__(self, other: float) -> "Value":
        """Return other - self."""
        return Value(other) - self

    def __truediv__(self, other: "Value | float") -> "Value":
        """Return self / other."""
        if isinstance(other, Value):
            return self * other**-1
        return self * (1 / other)

    def relu(self) -> "Value":
        """Return self where it is positive, and 0 elsewhere."""
        if self.data > 0:
            result = Value(self.data, _prev=(self,))

            def chain():
                self.grad = self.grad + result.grad

            result._backward = chain
            return result
        return Value(0.0)

    def exp(self) -> "Value":
        """Return e to the power of self."""
        result = Value(math.e**self.data, _prev=(self,))

        def chain():
            self.grad = self.grad + result.grad * math.exp(self.data)

        result._backward = chain
        return result

    def backward(self) -> None:
        """Compute the derivatives of this value with respect to all others."""
        nodes = []
        self._collect(nodes)
        self.grad = 1.0
        while nodes:
            nodes.pop()._backward()

    def _collect(self, nodes):
        """Append all nodes below this one, and then this one, each once."""
        for node in self._prev:
            if not any(node is other for other in nodes):
                node._collect(nodes)
        nodes.append(self)


class Neuron:
    """A weighted sum of its inputs plus a bias, then perhaps relu."""

    def __init__(self, n_inputs: int, nonlin: bool = True) -> None:
        self.w = []
        while len(self.w) < n_inputs:
            self.w.append(Value(2 * random.random() - 1))
        self.b = Value(0)
        self.nonlin = nonlin

    def __call__(self, x):
        out = Value(0)
        for i in range(len(x)):
            out += self.w[i] * x[i]
        out += self.b
        if not self.nonlin:
            return out
        return out.relu()

    def parameters(self):
        return [*self.w, self.b]


class Layer:
    """Neurons side by side; its attribute `neurons` is the list of them."""

    def __init__(self, n_inputs: int, n_outputs: int, nonlin: bool = True) -> None:
        self.neurons = [Neuron(n_inputs, nonlin) for _ in range(n_outputs)]

    def __call__(self, x: list) -> list:
        return [neuron(x) for neuron in self.neurons]

    def parameters(self) -> list:
        return [one for neuron in self.neurons for one in neuron.parameters()]


class MLP:
    """Layers one after another; its attribute `layers` is the list of them."""

    def __init__(self, n_inputs: int, sizes: list[int]) -> None:
        *hidden, last = sizes
        self.layers = []
        for size in hidden:
            self.layers.append(Layer(n_inputs, size))
            n_inputs = size
        self.layers.append(Layer(n_inputs, last, nonlin=False))

    def __call__(self, x):
        return self._run(x, self.layers)

    def _run(self, x, layers):
        return x if not layers else self._run(layers[0](x), layers[1:])

    def parameters(self):
        out = []
        for layer in self.layers:
            out += layer.parameters()
        return out


a, b = Value(2.0), Value(-3.0)
c = a * a * b + b
c.backward()
print(a.grad, b.grad)
