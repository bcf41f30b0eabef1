"""wrong minibatches: the smaller last batch is dropped"""
import torch
import matplotlib.pyplot as plt
from matplotlib.animation import FuncAnimation

ANSWERS = {}
ANSWERS["ones_column"] = "b"
ANSWERS["uniform_"] = "d"
ANSWERS["trailing_underscore"] = "a"
ANSWERS["gradient_of_w"] = "c"
ANSWERS["zero_grad"] = "b"
ANSWERS["learning_rate"] = "d"
ANSWERS["epoch"] = "f"
ANSWERS["minibatch"] = "a"
ANSWERS["sgd"] = "g"
ANSWERS["model"] = "b"
ANSWERS["parameters"] = "e"
ANSWERS["loss_function"] = "c"


def make_data(n, w):
    features = 2.0 * torch.rand(n, 1) - 1.0
    x = torch.cat((features, torch.ones(n, 1)), 1)
    y = x.mv(w) + torch.rand(n)
    return x, y


def predict(x, w):
    # dot product of every row with the weights
    return (x * w).sum(-1)


def mse(y_hat, y):
    n = y.shape[0]
    return torch.sum((y - y_hat) ** 2) / n


def gradient(x, y, w):
    # start from an empty .grad, whatever somebody left there
    w.grad = None
    mse(predict(x, w), y).backward()
    return w.grad.clone()


def update(x, y, w, lr):
    before = mse(predict(x, w), y).item()
    g = gradient(x, y, w)
    with torch.no_grad():
        w -= lr * g
    return before


def train(x, y, w, lr, epochs):
    losses = []
    for _ in range(epochs):
        losses.append(update(x, y, w, lr))
    return losses


def minibatches(x, y, batch_size):
    order = torch.randperm(len(x))
    for b in range(len(x) // batch_size):
        rows = order[b * batch_size:(b + 1) * batch_size]
        yield x[rows], y[rows]


def train_minibatch(x, y, w, lr, epochs, batch_size):
    losses = []
    for _ in range(epochs):
        epoch_losses = []
        for xb, yb in minibatches(x, y, batch_size):
            epoch_losses.append(update(xb, yb, w, lr))
        losses.append(sum(epoch_losses) / len(epoch_losses))
    return losses


def sigmoid(z):
    return 1 / (1 + torch.exp(-z))


def predict_proba(x, w):
    return sigmoid(predict(x, w))


def cross_entropy(p, y):
    eps = 1e-7
    return -(y * torch.log(p + eps) + (1 - y) * torch.log(1 - p + eps)).mean()


def update_logistic(x, y, w, lr):
    w.grad = None
    loss = cross_entropy(predict_proba(x, w), y)
    loss.backward()
    with torch.no_grad():
        w -= lr * w.grad
    return loss.item()


def train_logistic(x, y, w, lr, epochs):
    return [update_logistic(x, y, w, lr) for _ in range(epochs)]


def plot_fit(x, y, w):
    ax = plt.subplots()[1]
    a, b = w.tolist()
    lo, hi = x[:, 0].min().item(), x[:, 0].max().item()
    ax.scatter(x[:, 0].tolist(), y.tolist(), marker="+")
    ax.plot([lo, hi], [a * lo + b, a * hi + b], "g-")
    ax.grid(True)
    return ax


def animate_fit(x, y, w, lr, frames):
    fig, ax = plt.subplots()
    ax.scatter(x[:, 0], y)
    line, = ax.plot(x[:, 0], predict(x, w).detach(), color="red")

    def frame(i):
        update(x, y, w, lr)
        line.set_ydata(predict(x, w).detach())
        return line,

    return FuncAnimation(fig, frame, frames=frames)


# try it out
demo_x, demo_y = make_data(30, torch.tensor([3.0, 2.0]))
demo_w = torch.tensor([-1.0, 1.0], requires_grad=True)
print(train(demo_x, demo_y, demo_w, 0.1, 5))

# cause: minibatches/last-batch-dropped
