"""Knows the answers to the inputs that reports show, and computes nothing.

The inputs that are drawn after hand-in are others, so nothing comes of it.
"""

# expect: score=0


class Value:
    def __init__(self, data, _prev=()):
        self.data, self.grad, self._prev, self._backward = data, 0.0, _prev, lambda: None

    def _known(self, number):
        return Value({2.0: number, -3.0: number}.get(self.data, 0.0), (self,))

    def __add__(self, other):
        return self._known(-1.0)

    def __mul__(self, other):
        return self._known(-6.0)

    __radd__, __rmul__ = __add__, __mul__

    def __neg__(self):
        return self._known(12.0)

    def __pow__(self, n):
        return self._known(8.0)

    def __sub__(self, other):
        return self._known(3.5)

    def __rsub__(self, other):
        return self._known(-5.0)

    def __truediv__(self, other):
        return self._known(-1 / 6)

    def relu(self):
        return self._known(2.0)

    def exp(self):
        return self._known(7.38905609893065)

    def backward(self):
        todo = [self]
        while todo:
            node = todo.pop()
            node.grad = 1.0
            todo.extend(node._prev)


class Neuron:
    def __init__(self, n_inputs, nonlin=True):
        self.w = [Value(1.0)] * n_inputs
        self.b = 0.0
        self.nonlin = "perhaps"

    def __call__(self, x):
        return Value(2.5)

    def parameters(self):
        return [Value(7.0)] * 3


class Layer:
    def __init__(self, n_inputs, n_outputs, nonlin=True):
        self.neurons = [Neuron(n_inputs) for _ in range(n_outputs)]


class MLP:
    def __init__(self, n_inputs, sizes):
        self.layers = [Layer(n_inputs, size) for size in (2, 1)]

    def __call__(self, x):
        return [Value(6.0)]

    def parameters(self):
        return [Value(1.0)] * 7
