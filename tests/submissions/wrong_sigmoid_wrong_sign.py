"""wrong sigmoid: exp(z) instead of exp(-z), the curve falls"""
import torch
import matplotlib.pyplot as plt
from matplotlib.animation import FuncAnimation


def make_data(n, w):
    features = 2.0 * torch.rand(n, 1) - 1.0
    x = torch.cat((features, torch.ones(n, 1)), 1)
    y = x.mv(w) + torch.rand(n)
    return x, y


def predict(x, w):
    return torch.matmul(x, w)


def mse(y_hat, y):
    errors = torch.sub(y_hat, y)
    squares = torch.square(errors)
    return squares.mean()


def gradient(x, y, w):
    return torch.autograd.grad(outputs=mse(predict(x, w), y), inputs=w)[0]


def train(x, y, w, lr, epochs):
    history = []
    for _ in range(epochs):
        history.append(float(mse(predict(x, w), y).detach()))
        w.data.add_(gradient(x, y, w), alpha=-lr)
    return history


def update(x, y, w, lr):
    return train(x, y, w, lr, 1)[0]


def minibatches(x, y, batch_size):
    n = len(x)
    keys = torch.rand(n)
    deck = torch.argsort(keys)          # random keys, sorted: a shuffled deck
    return [(x[deck[k:k + batch_size]], y[deck[k:k + batch_size]]) for k in range(0, n, batch_size)]


def train_minibatch(x, y, w, lr, epochs, batch_size):
    history = []
    for _ in range(epochs):
        parts = [(train(xb, yb, w, lr, 1)[0], len(xb)) for xb, yb in minibatches(x, y, batch_size)]
        history.append(sum(loss * k for loss, k in parts) / len(x))
    return history


def sigmoid(z):
    return torch.reciprocal(1 + torch.exp(z))


def predict_proba(x, w):
    return sigmoid(predict(x, w))


def cross_entropy(p, y):
    safe = torch.clamp(p, 1e-7, 1 - 1e-7)
    return (-y * safe.log() - (1 - y) * (1 - safe).log()).mean()


def train_logistic(x, y, w, lr, epochs):
    history = []
    for _ in range(epochs):
        w.grad = None
        loss = cross_entropy(predict_proba(x, w), y)
        loss.backward()
        w.data.add_(w.grad, alpha=-lr)
        history.append(float(loss.detach()))
    return history


def update_logistic(x, y, w, lr):
    return train_logistic(x, y, w, lr, 1)[0]


def plot_fit(x, y, w):
    figure, axes = plt.subplots()
    axes.plot(x[:, 0].numpy(), y.numpy(), linestyle="", marker="+")
    axes.plot(x[:, 0].numpy(), predict(x, w).detach().numpy(), color="orange")
    return axes


def animate_fit(x, y, w, lr, frames):
    figure, axes = plt.subplots()
    axes.plot(x[:, 0].numpy(), y.numpy(), linestyle="", marker="+")
    line, = axes.plot(x[:, 0].numpy(), predict(x, w).detach().numpy(), color="orange")

    def draw(k):
        train(x, y, w, lr, 1)
        line.set_ydata(predict(x, w).detach().numpy())
        return line,

    return FuncAnimation(figure, draw, frames=frames, interval=10)


ANSWERS = {'ones_column': 'b', 'uniform_': 'd', 'trailing_underscore': 'a',
           'gradient_of_w': 'c', 'zero_grad': 'b', 'learning_rate': 'd',
           'epoch': 'f', 'minibatch': 'a', 'sgd': 'g',
           'model': 'b', 'parameters': 'e', 'loss_function': 'c'}


if __name__ == "__main__":
    true_w = torch.tensor([3.0, 2.0])
    x, y = make_data(100, true_w)
    w = torch.tensor([-1.0, 1.0], requires_grad=True)
    print(train(x, y, w, 0.1, 30)[-1], w)

# cause: sigmoid/sign-of-the-exponent
