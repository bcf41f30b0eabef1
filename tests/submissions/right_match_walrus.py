"""New syntax wherever it fits: match statements, walrus, a dispatch on the kind of loss; predict reads only the feature column and adds the intercept."""
import torch
import torch.nn.functional as F
import matplotlib.pyplot as plt
from matplotlib.animation import FuncAnimation

ANSWERS = {"ones_column": "b", "uniform_": "d", "trailing_underscore": "a", "gradient_of_w": "c",
           "zero_grad": "b", "learning_rate": "d", "epoch": "f", "minibatch": "a", "sgd": "g",
           "model": "b", "parameters": "e", "loss_function": "c"}


def make_data(n, w):
    (x := torch.ones(n, 2))[:, 0].uniform_(-1, 1)
    return x, predict(x, w) + torch.rand(n)


def predict(x, w):
    match w.unbind(), x.unbind(dim=1):
        case (slope, intercept), (feature, _):
            return slope * feature + intercept


def mse(y_hat, y):
    match y_hat - y:
        case r:
            return (r * r).mean()


def loss_for(kind, x, y, w):
    match kind:
        case "squares":
            return mse(predict(x, w), y)
        case "entropy":
            return F.binary_cross_entropy_with_logits(predict(x, w), y)
        case other:
            raise ValueError(other)


def gradient(x, y, w):
    if (old := w.grad) is not None:
        old.zero_()
    loss_for("squares", x, y, w).backward()
    return w.grad


def step(kind, x, y, w, lr):
    if (old := w.grad) is not None:
        old.zero_()
    (loss := loss_for(kind, x, y, w)).backward()
    match lr:
        case 0:
            pass
        case _:
            w.data.add_(w.grad, alpha=-lr)
    return loss


def update(x, y, w, lr):
    return step("squares", x, y, w, lr)


def run(kind, batches, w, lr):
    return [step(kind, xb, yb, w, lr).item() for xb, yb in batches]


def train(x, y, w, lr, epochs):
    return run("squares", [(x, y)] * epochs, w, lr)


def minibatches(x, y, batch_size):
    rest = torch.randperm(len(y))
    while len(now := rest[:batch_size]):
        yield x[now], y[now]
        rest = rest[batch_size:]


def train_minibatch(x, y, w, lr, epochs, batch_size):
    return [sum(losses := run("squares", minibatches(x, y, batch_size), w, lr)) / len(losses)
            for _ in range(epochs)]


def sigmoid(z):
    match z.shape:
        case []:
            return z.sigmoid()
        case _:
            return 1 - 1 / (1 + z.clamp(-80, 80).exp())


def predict_proba(x, w):
    return sigmoid(predict(x, w))


def cross_entropy(p, y):
    return F.binary_cross_entropy(p, y, reduction="sum") / y.numel()


def update_logistic(x, y, w, lr):
    return step("entropy", x, y, w, lr)


def train_logistic(x, y, w, lr, epochs):
    return run("entropy", [(x, y)] * epochs, w, lr)


def plot_fit(x, y, w):
    match plt.subplots():
        case figure, axes:
            axes.scatter(feature := x[:, 0], y)
            with torch.no_grad():
                axes.plot(feature, predict(x, w))
            return axes


def animate_fit(x, y, w, lr, frames):
    line = (axes := plot_fit(x, y, w)).lines[0]

    def frame(number):
        update(x, y, w, lr)
        line.set_ydata(predict(x, w).detach())
        return line,

    return FuncAnimation(axes.figure, frame, frames=frames)
