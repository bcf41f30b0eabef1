"""wrong train: range(1, epochs) makes one epoch too few"""
import torch
import torch.nn.functional as F
from torch.utils.data import DataLoader, TensorDataset
import matplotlib.pyplot as plt
import matplotlib.animation as anim

ANSWERS = {'ones_column': 'b', 'uniform_': 'd', 'trailing_underscore': 'a',
           'gradient_of_w': 'c', 'zero_grad': 'b', 'learning_rate': 'd',
           'epoch': 'f', 'minibatch': 'a', 'sgd': 'g',
           'model': 'b', 'parameters': 'e', 'loss_function': 'c'}


def make_data(n, w):
    feature = torch.distributions.Uniform(-1.0, 1.0).sample((n,))
    x = torch.stack([feature, torch.ones(n)], dim=1)
    y = torch.mv(x, w) + torch.rand(n)
    return x, y


def predict(x, w):
    return torch.mv(x, w)


def mse(y_hat, y):
    return F.mse_loss(y_hat, y)


def gradient(x, y, w):
    opt = torch.optim.SGD([w], lr=1.0)  # only for its zero_grad
    opt.zero_grad()
    F.mse_loss(predict(x, w), y).backward()
    return w.grad.detach().clone()


def update(x, y, w, lr):
    opt = torch.optim.SGD([w], lr=lr)
    opt.zero_grad()
    loss = F.mse_loss(predict(x, w), y)
    loss.backward()
    opt.step()
    return loss.item()


def train(x, y, w, lr, epochs):
    opt = torch.optim.SGD([w], lr=lr)
    losses = []
    for epoch in range(1, epochs):
        opt.zero_grad()
        loss = F.mse_loss(predict(x, w), y)
        loss.backward()
        opt.step()
        losses.append(loss.item())
    return losses


def minibatches(x, y, batch_size):
    return DataLoader(TensorDataset(x, y), batch_size=batch_size, shuffle=True)


def train_minibatch(x, y, w, lr, epochs, batch_size):
    opt = torch.optim.SGD([w], lr=lr)
    losses = []
    for _ in range(epochs):
        running = []
        for xb, yb in minibatches(x, y, batch_size):
            opt.zero_grad()
            loss = F.mse_loss(predict(xb, w), yb)
            loss.backward()
            opt.step()
            running.append(loss.item())
        losses.append(sum(running) / len(running))
    return losses


def sigmoid(z):
    return torch.sigmoid(z)


def predict_proba(x, w):
    return torch.sigmoid(predict(x, w))


def cross_entropy(p, y):
    return F.binary_cross_entropy(p, y)


def update_logistic(x, y, w, lr):
    opt = torch.optim.SGD([w], lr=lr)
    opt.zero_grad()
    loss = F.binary_cross_entropy_with_logits(predict(x, w), y)
    loss.backward()
    opt.step()
    return loss.item()


def train_logistic(x, y, w, lr, epochs):
    opt = torch.optim.SGD([w], lr=lr)
    losses = []
    for _ in range(epochs):
        opt.zero_grad()
        loss = F.binary_cross_entropy(predict_proba(x, w), y)
        loss.backward()
        opt.step()
        losses.append(loss.item())
    return losses


def plot_fit(x, y, w):
    _, ax = plt.subplots()
    ax.plot(x[:, 0], y, "o", alpha=0.6)
    ends = torch.tensor([[-1.0, 1.0], [1.0, 1.0]])
    ax.plot(ends[:, 0], predict(ends, w.detach()), "k--")
    return ax


def animate_fit(x, y, w, lr, frames):
    opt = torch.optim.SGD([w], lr=lr)
    fig, ax = plt.subplots()
    ax.scatter(x[:, 0], y)
    ends = torch.tensor([[-1.0, 1.0], [1.0, 1.0]])
    line, = ax.plot(ends[:, 0], predict(ends, w.detach()), "k--")

    def one_frame(_):
        opt.zero_grad()
        F.mse_loss(predict(x, w), y).backward()
        opt.step()
        line.set_data(ends[:, 0], predict(ends, w.detach()))
        return (line,)

    return anim.FuncAnimation(fig, one_frame, frames=frames, repeat=False)

# cause: train/one-epoch-short
