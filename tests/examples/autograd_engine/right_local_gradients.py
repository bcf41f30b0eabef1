"""Local derivatives are kept as numbers; backward() does all the rest, without recursion."""

from __future__ import annotations

import math

import numpy as np


class Value:
    __slots__ = ("data", "grad", "_prev", "_local", "_backward")

    def __init__(self, data, children=(), local_grads=()):
        self.data = data
        self.grad = 0.0
        self._prev = children
        self._local = local_grads

        def push():
            for child, local in zip(self._prev, self._local):
                child.grad += local * self.grad

        self._backward = push

    @staticmethod
    def wrap(x) -> Value:
        return x if isinstance(x, Value) else Value(x)

    def __add__(self, other):
        other = Value.wrap(other)
        return Value(self.data + other.data, (self, other), (1, 1))

    __radd__ = __add__

    def __mul__(self, other):
        other = Value.wrap(other)
        return Value(self.data * other.data, (self, other), (other.data, self.data))

    __rmul__ = __mul__

    def __pow__(self, n):
        return Value(self.data**n, (self,), (n * self.data ** (n - 1),))

    def __neg__(self):
        return Value(-self.data, (self,), (-1,))

    def __sub__(self, other):
        other = Value.wrap(other)
        return Value(self.data - other.data, (self, other), (1, -1))

    def __rsub__(self, other):
        return Value.wrap(other) - self

    def __truediv__(self, other):
        other = Value.wrap(other)
        q = self.data / other.data
        return Value(q, (self, other), (1 / other.data, -q / other.data))

    def __rtruediv__(self, other):
        return Value.wrap(other) / self

    def relu(self):
        return Value(max(0, self.data), (self,), (float(self.data > 0),))

    def exp(self):
        e = math.exp(self.data)
        return Value(e, (self,), (e,))

    def backward(self):
        # Kahn's algorithm: count how many uses each node has, and visit it after the last one.
        uses = {self: 0}
        stack = [self]
        while stack:
            node = stack.pop()
            for child in node._prev:
                if child not in uses:
                    uses[child] = 0
                    stack.append(child)
                uses[child] += 1
        self.grad = 1.0
        ready = [self]
        while ready:
            node = ready.pop()
            node._backward()
            for child in node._prev:
                uses[child] -= 1
                if uses[child] == 0:
                    ready.append(child)


class Neuron:
    def __init__(self, n_in: int, nonlin: bool = True):
        rng = np.random.default_rng()
        self.w = [Value(float(one)) for one in rng.uniform(-1.0, 1.0, size=n_in)]
        self.b = Value(0.0)
        self.nonlin = nonlin

    def __call__(self, x):
        z = sum(w * xi for w, xi in zip(self.w, x, strict=True)) + self.b
        if self.nonlin:
            z = z.relu()
        return z

    def parameters(self):
        yield_all = list(self.w)
        yield_all.append(self.b)
        return yield_all


class Layer:
    def __init__(self, n_inputs, n_outputs, nonlin=True):
        self.neurons = [Neuron(n_inputs, nonlin) for _ in range(n_outputs)]

    def __call__(self, x):
        return [neuron(x) for neuron in self.neurons]

    def parameters(self):
        return sum((neuron.parameters() for neuron in self.neurons), [])


class MLP:
    def __init__(self, n_inputs, sizes):
        self.layers = []
        for i, size in enumerate(sizes):
            self.layers.append(Layer(n_inputs, size, i < len(sizes) - 1))
            n_inputs = size

    def __call__(self, x):
        activations = x
        for layer in self.layers:
            activations = layer(activations)
        return activations

    def parameters(self):
        params = []
        for layer in self.layers:
            params.extend(layer.parameters())
        return params
