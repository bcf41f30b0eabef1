# %% [markdown]
# # Lab 6: an autograd engine
#
# `loss.backward()` has done the calculus for you so far. In this lab you
# write it yourself, for plain numbers, and then train a small network with
# it.
#
# The idea: each operation makes a new node, which remembers the nodes that
# it was computed from, and a small function that knows the derivative of
# this one operation. The chain rule does the rest.
#
# Work from top to bottom, and replace each `raise NotImplementedError(...)`
# with your code. `grade autograd_engine.ipynb` says what is right.

# %%
import math
import random
from collections.abc import Callable

# %% [markdown]
# ## 1. A node
#
# This class is given. A `Node` has four attributes:
#
# | attribute | meaning |
# | --- | --- |
# | `data` | the number |
# | `grad` | the derivative of the result with respect to this number |
# | `_prev` | the nodes that it was computed from |
# | `_backward` | a function without arguments: adds this node's share to the `grad` of each node in `_prev` |
#
# A number that was not computed has no `_prev`, and its `_backward` does
# nothing. The operators at the end need only those that you write in the
# next section: `2 + a` calls `a.__radd__(2)`, which is `a + 2`.


# %% tags=["given"]
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


# %% [markdown]
# ## 2. Operations and backward
#
# ### One operation
#
# Every operation does three things: it computes a number, it makes a new
# `Value` with the operands as `_prev`, and it gives this `Value` a
# `_backward`. If $c = a \cdot b$ and $L$ is the result at the end, then
#
# $$
# \frac{\partial L}{\partial a} = \frac{\partial L}{\partial c} \cdot b
# $$
#
# so `_backward` of `c` adds `c.grad * b.data` to `a.grad`. It *adds*,
# because `a` may be used elsewhere too, perhaps even in the same operation:
# `a * a`.
#
# ### All the way back
#
# `backward()` starts at the result, whose derivative with respect to itself
# is 1, and calls `_backward` of every node once. The order matters: a node
# can pass its gradient on only when it has all of it, that is, after all
# nodes that were computed from it. Such an order is called *topological*.


# %%
class Value(Node):
    """A node with operators; differentiate a result with `backward`."""

    def __add__(self, other: "Value | float") -> "Value":
        """Return self + other.

        Args:
            other: A Value, or a plain number, which becomes a Value first.
        """
        if not isinstance(other, Value):
            other = Value(other)
        out = Value(self.data + other.data, (self, other))

        def _backward() -> None:
            self.grad += out.grad
            other.grad += out.grad

        out._backward = _backward
        return out

    def __mul__(self, other: "Value | float") -> "Value":
        """Return self * other.

        Args:
            other: A Value, or a plain number, which becomes a Value first.
        """
        if not isinstance(other, Value):
            other = Value(other)
        out = Value(self.data * other.data, (self, other))

        def _backward() -> None:
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad

        out._backward = _backward
        return out

    def __pow__(self, exponent: float) -> "Value":
        """Return self ** exponent.

        Args:
            exponent: A plain number, such as 2, 0.5 or -1; never a Value.
        """
        out = Value(self.data**exponent, (self,))

        def _backward() -> None:
            self.grad += exponent * self.data ** (exponent - 1) * out.grad

        out._backward = _backward
        return out

    def __sub__(self, other: "Value | float") -> "Value":
        """Return self - other; other is a Value or a plain number.

        You may use what you have: - is + and a product with -1.
        """
        return self + -other

    def __rsub__(self, other: float) -> "Value":
        """Return other - self, where other is a plain number.

        Python calls this for 1 - a, since a number can't subtract a Value.
        """
        return -self + other

    def __truediv__(self, other: "Value | float") -> "Value":
        """Return self / other; other is a Value or a plain number.

        You may use what you have: / is * and a power of -1.
        """
        return self * other**-1

    def relu(self) -> "Value":
        """Return self where it is positive, and 0 elsewhere."""
        out = Value(max(0.0, self.data), (self,))

        def _backward() -> None:
            self.grad += (self.data > 0) * out.grad

        out._backward = _backward
        return out

    def exp(self) -> "Value":
        """Return e to the power of self."""
        out = Value(math.exp(self.data), (self,))

        def _backward() -> None:
            self.grad += out.data * out.grad

        out._backward = _backward
        return out

    def backward(self) -> None:
        """Compute the derivatives of this value with respect to all others.

        Afterwards, `grad` of every node that self was computed from has
        grown by the derivative of self with respect to it. Nothing is set
        back to 0: as in torch, the gradients of several results add up in
        the numbers that they share.
        """
        order: list[Value] = []
        seen = set()

        def visit(node: Value) -> None:
            if node not in seen:
                seen.add(node)
                for before in node._prev:
                    visit(before)
                order.append(node)

        visit(self)
        self.grad = 1.0
        for node in reversed(order):
            node._backward()


# %% [markdown] tags=["demo"]
# The derivative of $a^2 b + b$ is $2ab$ with respect to $a$, and $a^2 + 1$
# with respect to $b$: -12 and 5.

# %% tags=["demo"]
a, b = Value(2.0), Value(-3.0)
c = a * a * b + b
c.backward()
print(a.grad, b.grad)

# %% [markdown]
# ## 3. A neuron
#
# $$
# \text{relu}(w_1 x_1 + \dots + w_n x_n + b)
# $$
#
# The weights and the bias are Values, so that they have a gradient. The
# inputs may be plain numbers or Values.


# %%
class Neuron:
    """A weighted sum of its inputs plus a bias, then perhaps relu.

    Its attributes are `w`, the list of weights, `b`, the bias, and `nonlin`,
    whether it has a relu.
    """

    def __init__(self, n_inputs: int, nonlin: bool = True) -> None:
        """Draw the weights at random, evenly between -1 and 1; the bias is 0.

        Args:
            n_inputs: The number of inputs, and so of weights.
            nonlin: Whether relu is applied to the sum.
        """
        self.w = [Value(random.uniform(-1, 1)) for _ in range(n_inputs)]
        self.b = Value(0.0)
        self.nonlin = nonlin

    def __call__(self, x: list[Value] | list[float]) -> Value:
        """Return the output for one sample.

        Args:
            x: n_inputs Values or plain numbers.
        """
        total = self.b
        for weight, number in zip(self.w, x):
            total = total + weight * number
        return total.relu() if self.nonlin else total

    def parameters(self) -> list[Value]:
        """Return all weights, in order, and then the bias."""
        return [*self.w, self.b]


# %% [markdown]
# ## 4. A network
#
# A layer is a list of neurons that all get the same inputs; it is given. The
# outputs of a layer are the inputs of the next one.


# %% tags=["given"]
class Layer:
    """Neurons side by side; its attribute `neurons` is the list of them."""

    def __init__(
        self, n_inputs: int, n_outputs: int, nonlin: bool = True
    ) -> None:
        self.neurons = [Neuron(n_inputs, nonlin) for _ in range(n_outputs)]

    def __call__(self, x: list) -> list:
        return [neuron(x) for neuron in self.neurons]

    def parameters(self) -> list:
        return [one for neuron in self.neurons for one in neuron.parameters()]


# %%
class MLP:
    """Layers one after another; its attribute `layers` is the list of them."""

    def __init__(self, n_inputs: int, sizes: list[int]) -> None:
        """Make the layers: each has relu but the last, which is linear.

        Args:
            n_inputs: The number of inputs of the first layer.
            sizes: The number of neurons of each layer, first to last.
        """
        ends = [n_inputs, *sizes]
        last = len(sizes) - 1
        self.layers = [
            Layer(ends[place], ends[place + 1], nonlin=place != last)
            for place in range(len(sizes))
        ]

    def __call__(self, x: list[Value] | list[float]) -> list[Value]:
        """Return the outputs of the last layer for one sample, as a list.

        Args:
            x: n_inputs Values or plain numbers.
        """
        for layer in self.layers:
            x = layer(x)
        return x

    def parameters(self) -> list[Value]:
        """Return the parameters of all layers in one flat list, in order."""
        return [one for layer in self.layers for one in layer.parameters()]


# %% [markdown] tags=["demo"]
# Exclusive or, learnt with your own engine. The loss should come close to 0
# (with bad luck in the first weights it may stop above; run it again).

# %% tags=["demo"]
samples = [([0, 0], 0), ([0, 1], 1), ([1, 0], 1), ([1, 1], 0)]
net = MLP(2, [4, 1])
for step in range(200):
    loss = sum((net(x)[0] - y) ** 2 for x, y in samples) / len(samples)
    for parameter in net.parameters():
        parameter.grad = 0.0
    loss.backward()
    for parameter in net.parameters():
        parameter.data -= 0.2 * parameter.grad
print(loss.data)
