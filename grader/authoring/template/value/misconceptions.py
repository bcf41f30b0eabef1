"""Known wrong ways to write a unit: the name says which, the docstring is title and hint.

A method is written as a function with its parameters: Value__mul__... is a wrong Value.__mul__.
`grader verify` requires that each program loses points only on its own unit, and that the report
names it.
"""


def Value__add__only_the_first(self, other):
    """Only the first number of a sum gets its gradient.

    The second one moves the sum just as much: other.grad grows by out.grad too.

    Section: 1. A number
    """
    out = Value(self.data + other.data, (self, other))

    def _backward():
        self.grad += out.grad

    out._backward = _backward
    return out


def Value__mul__own_factor(self, other):
    """Each factor gets its own number as the derivative, not the other's.

    Where a grows by 1, a * b grows by b: a gets b.data * out.grad.

    Section: 1. A number
    """
    out = Value(self.data * other.data, (self, other))

    def _backward():
        self.grad += self.data * out.grad
        other.grad += other.data * out.grad

    out._backward = _backward
    return out


def Value__mul__sets_the_gradient(self, other):
    """The product sets the gradients instead of adding to them.

    In a * a, the second share takes the place of the first. Write += in _backward.

    Section: 1. A number
    """
    out = Value(self.data * other.data, (self, other))

    def _backward():
        self.grad = other.data * out.grad
        other.grad = self.data * out.grad

    out._backward = _backward
    return out


def Value__backward__on_every_path(self):
    """A number is passed once on each path to it, with a gradient that is not complete yet.

    Sort all numbers first, then call _backward of each exactly once.

    Section: 1. A number
    """
    self.grad = 1.0

    def go_on(value):
        value._backward()
        for parent in value._parents:
            go_on(parent)

    go_on(self)
