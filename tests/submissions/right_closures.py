"""Factories: a few functions make all the others, and the inner ones have names of their own."""
import torch
import matplotlib.pyplot as plt
from matplotlib.animation import FuncAnimation


def _linear_model():
    def score(x, w):
        return x @ w
    return score


def _stack_on(inner, outer):
    def both(x, w):
        return outer(inner(x, w))
    return both


def _averaged(per_sample):
    def average(a, b):
        return per_sample(a, b).mean()
    return average


def _gradient_of(model, cost):
    def slope(x, y, w):
        def height(v):
            return cost(model(x, v), y)
        probe = w.detach().clone().requires_grad_()
        height(probe).backward()
        return probe.grad
    return slope


def _stepper(model, cost, slope):
    def advance(x, y, w, lr):
        with torch.no_grad():
            before = cost(model(x, w), y)
        direction = slope(x, y, w)
        with torch.no_grad():
            w[:] = w - lr * direction
        return before
    return advance


def _repeater(advance):
    def run(x, y, w, lr, epochs):
        trace = ()

        def once():
            nonlocal trace
            trace += (advance(x, y, w, lr),)

        for _ in range(epochs):
            once()
        return trace
    return run


def _dealer(order_of):
    def deal(x, y, batch_size):
        order = order_of(len(x))

        def batch(start):
            chosen = order[start:start + batch_size]
            return x[chosen], y[chosen]

        return map(batch, range(0, len(x), batch_size))
    return deal


def _epochs_of(advance, deal):
    def run(x, y, w, lr, epochs, batch_size):
        def one():
            weighted = [len(b[0]) * advance(b[0], b[1], w, lr) for b in deal(x, y, batch_size)]
            return sum(weighted) / len(x)
        return tuple(one() for _ in range(epochs))
    return run


def _half_tanh(z):
    return (torch.tanh(z / 2) + 1) / 2


def _surprise(eps):
    def f(p, y):
        p = torch.minimum(torch.maximum(p, torch.tensor(eps)), torch.tensor(1 - eps))
        return -(y * torch.log(p) + (1 - y) * torch.log(1 - p))
    return f


def _painter(model):
    def paint(x, y, w):
        fig, ax = plt.subplots()
        ax.scatter(x[:, 0], y, label="samples")
        left_right = torch.tensor([[-1.0, 1.0], [1.0, 1.0]])
        ax.plot(left_right[:, 0], model(left_right, w.detach()), label="model")
        ax.legend()
        return ax
    return paint


def _film_maker(model, advance, paint):
    def film(x, y, w, lr, frames):
        ax = paint(x, y, w)
        own = w.detach().clone().requires_grad_()
        ends = torch.tensor([[-1.0, 1.0], [1.0, 1.0]])

        def shoot(_):
            advance(x, y, own, lr)
            ax.lines[0].set_ydata(model(ends, own).detach())
            return ax.lines

        return FuncAnimation(ax.figure, shoot, frames=frames)
    return film


def _sampler(low, high):
    def sample(n, w):
        first = torch.empty(n).uniform_(low, high)
        x = torch.stack((first, torch.ones(n)), dim=1)
        return x, predict(x, w) + torch.rand(n)
    return sample


make_data = _sampler(-1, 1)
predict = _linear_model()
mse = _averaged(lambda a, b: (a - b) ** 2)
gradient = _gradient_of(predict, mse)
update = _stepper(predict, mse, gradient)
train = _repeater(update)
minibatches = _dealer(torch.randperm)
train_minibatch = _epochs_of(update, minibatches)
sigmoid = _half_tanh
predict_proba = _stack_on(predict, sigmoid)
cross_entropy = _averaged(_surprise(1e-6))
update_logistic = _stepper(predict_proba, cross_entropy, _gradient_of(predict_proba, cross_entropy))
train_logistic = _repeater(update_logistic)
plot_fit = _painter(predict)
animate_fit = _film_maker(predict, update, plot_fit)


def _answers():
    letters = iter("bdacbdfagbec")
    return {q: next(letters) for q in (
        "ones_column", "uniform_", "trailing_underscore", "gradient_of_w", "zero_grad", "learning_rate",
        "epoch", "minibatch", "sgd", "model", "parameters", "loss_function")}


ANSWERS = _answers()
