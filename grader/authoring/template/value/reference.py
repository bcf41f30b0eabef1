# %% [markdown]
# # Lab 0: a number that knows its gradient
#
# This file is the single source of the lab, in jupytext's percent format:
# text cells like this one, and code cells. `grader release` writes what
# students get: the same file without the bodies of the methods. A method
# with `# given` at the end of its first line stays as it is.

# %% [markdown]
# ## 1. A number
#
# Each operation makes a new `Value`, which remembers the numbers that it
# was computed from, and a function `_backward` that adds to their `grad`.


# %%
class Value:
    """A number, and the derivative of a result with respect to it."""

    def __init__(self, data, _parents=()):  # given
        self.data = data
        self.grad = 0.0
        self._parents = _parents
        self._backward = lambda: None

    def __add__(self, other: "Value") -> "Value":
        """Return self + other, with a `_backward` that adds to both gradients."""
        out = Value(self.data + other.data, (self, other))

        def _backward():
            self.grad += out.grad
            other.grad += out.grad

        out._backward = _backward
        return out

    def __mul__(self, other: "Value") -> "Value":
        """Return self * other, with a `_backward` that adds to both gradients."""
        out = Value(self.data * other.data, (self, other))

        def _backward():
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad

        out._backward = _backward
        return out

    def backward(self) -> None:
        """Set the gradient of self to 1, and go back from it to all numbers.

        Calls `_backward` of each number once, when its gradient is complete.
        """
        order, seen = [], set()

        def visit(value):
            if value not in seen:
                seen.add(value)
                for parent in value._parents:
                    visit(parent)
                order.append(value)

        visit(self)
        self.grad = 1.0
        for value in reversed(order):
            value._backward()


# %% [markdown] tags=["demo"]
# Cells tagged `demo` stay in their places in the notebook; in the script
# they move to the end.

# %% tags=["demo"]
a = Value(2.0)
b = a * a
b.backward()
print(a.grad)
