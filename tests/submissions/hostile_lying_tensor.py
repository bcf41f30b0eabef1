"""Returns a Tensor subclass that says yes to everything."""
# expect: score=0

import torch


class Liar(torch.Tensor):
    """Claims any shape, any value, any gradient."""

    shape = property(lambda self: (2,))
    requires_grad = property(lambda self: True)
    grad_fn = property(lambda self: object())
    is_leaf = property(lambda self: True)

    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        return torch.tensor(0.0)

    def __eq__(self, other):
        return True

    def __array__(self, dtype=None, copy=None):
        raise RuntimeError("not for you")

    def tolist(self):
        return [0.0, 0.0]

    def item(self):
        return 0.0

    def __reduce__(self):
        return (print, ("LEAK: unpickled",))


def lie(*args, **kwargs):
    return torch.zeros(2).as_subclass(Liar)


predict = mse = gradient = update = sigmoid = predict_proba = cross_entropy = update_logistic = lie


def train(x, y, w, lr, epochs):
    return [lie() for _ in range(epochs)]


def minibatches(x, y, batch_size):
    yield lie(), lie()
