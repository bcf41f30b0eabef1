"""wrong update: the learning rate is always 0.1"""
import torch
import torch.nn.functional as F
from torch.utils.data import DataLoader, TensorDataset
import matplotlib.pyplot as plt
import matplotlib.animation as anim

ANSWERS = dict(ones_column='b', uniform_='d', trailing_underscore='a', gradient_of_w='c', zero_grad='b',
           learning_rate='d', epoch='f', minibatch='a', sgd='g', model='b', parameters='e', loss_function='c')


def make_data(n, w):
    x = torch.ones(n, 2)
    for row in x:
        row[0].uniform_(-1, 1)
    noise = torch.rand(n)
    y = w[0] * x[:, 0] + w[1] + noise
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
    opt = torch.optim.SGD([w], lr=0.1)
    opt.zero_grad()
    loss = F.mse_loss(predict(x, w), y)
    loss.backward()
    opt.step()
    return loss.item()


def train(x, y, w, lr, epochs):
    history = []
    for epoch in range(epochs):
        loss = update(x, y, w, lr)
        history.append(float(loss))
    return history


def minibatches(x, y, batch_size):
    shuffled = torch.randperm(y.shape[0])
    x, y = x[shuffled], y[shuffled]
    return zip(x.split(batch_size), y.split(batch_size))


def train_minibatch(x, y, w, lr, epochs, batch_size):
    history = []
    for epoch in range(epochs):
        for xb, yb in minibatches(x, y, batch_size):
            update(xb, yb, w, lr)
        with torch.no_grad():
            history.append(mse(predict(x, w), y).item())
    return history


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


if __name__ == "__main__":
    true_w = torch.tensor([3.0, 2.0])
    x, y = make_data(100, true_w)
    w = torch.tensor([-1.0, 1.0], requires_grad=True)
    print(train(x, y, w, 0.1, 30)[-1], w)

# cause: update/lr-fixed
