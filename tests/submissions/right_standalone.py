"""No function calls another one and nothing is imported at the top: each could be cut out and pasted elsewhere."""

ANSWERS = {"ones_column": "b", "uniform_": "d", "trailing_underscore": "a", "gradient_of_w": "c",
           "zero_grad": "b", "learning_rate": "d", "epoch": "f", "minibatch": "a", "sgd": "g",
           "model": "b", "parameters": "e", "loss_function": "c"}


def make_data(n, w):
    import torch
    a = (torch.rand(n) - 0.5) * 2
    x = torch.ones(n, 2)
    x[:, 0] = a
    y = a * w[0] + w[1] + torch.rand(n)
    return x, y


def predict(x, w):
    return x[:, 0] * w[0] + x[:, 1] * w[1]


def mse(y_hat, y):
    return ((y_hat - y) ** 2).mean()


def gradient(x, y, w):
    import torch
    w2 = w.detach().clone()
    w2.requires_grad = True
    loss = ((x @ w2 - y) ** 2).mean()
    loss.backward()
    return w2.grad


def update(x, y, w, lr):
    import torch
    if w.grad is not None:
        w.grad.zero_()
    y_hat = x @ w
    loss = ((y_hat - y) ** 2).mean()
    loss.backward()
    with torch.no_grad():
        w.sub_(lr * w.grad)
    return loss.item()


def train(x, y, w, lr, epochs):
    import torch
    losses = []
    for epoch in range(epochs):
        loss = ((x @ w - y) ** 2).mean()
        losses.append(loss.item())
        loss.backward()
        with torch.no_grad():
            w.sub_(lr * w.grad)
            w.grad.zero_()
    return losses


def minibatches(x, y, batch_size):
    import random
    idx = random.sample(range(len(x)), len(x))
    res = []
    while idx:
        now = [idx.pop() for _ in range(min(batch_size, len(idx)))]
        res.append((x[now], y[now]))
    return res


def train_minibatch(x, y, w, lr, epochs, batch_size):
    import torch
    losses = []
    for epoch in range(epochs):
        perm = torch.randperm(len(x))
        xs, ys = x[perm], y[perm]
        summed = 0.0
        for i in range(0, len(x), batch_size):
            xb = xs[i:i + batch_size]
            yb = ys[i:i + batch_size]
            loss = ((xb @ w - yb) ** 2).sum()
            summed += loss.item()
            (loss / len(xb)).backward()
            with torch.no_grad():
                w.sub_(lr * w.grad)
                w.grad.zero_()
        losses.append(summed / len(x))
    return losses


def sigmoid(z):
    import torch
    return torch.softmax(torch.stack([z, torch.zeros_like(z)]), dim=0)[0]


def predict_proba(x, w):
    import torch
    return 1 / (1 + torch.exp(-(x @ w)))


def cross_entropy(p, y):
    import torch
    total = y * torch.log(p.clamp(min=1e-10)) + (1 - y) * torch.log((1 - p).clamp(min=1e-10))
    return -total.mean()


def update_logistic(x, y, w, lr):
    import torch
    w.grad = None
    z = x @ w
    # softplus(z) - y z is the cross entropy written with z instead of p
    loss = (torch.nn.functional.softplus(z) - y * z).mean()
    loss.backward()
    with torch.no_grad():
        w.sub_(lr * w.grad)
    return loss.item()


def train_logistic(x, y, w, lr, epochs):
    import torch
    losses = []
    for epoch in range(epochs):
        w.grad = None
        z = x @ w
        loss = (torch.nn.functional.softplus(z) - y * z).mean()
        loss.backward()
        losses.append(loss.item())
        with torch.no_grad():
            w.sub_(lr * w.grad)
    return losses


def plot_fit(x, y, w):
    import matplotlib.pyplot as plt
    fig, ax = plt.subplots()
    ax.scatter(x[:, 0], y)
    ax.scatter(x[:, 0], (x @ w).detach())
    plt.close(fig)
    return ax


def animate_fit(x, y, w, lr, frames):
    import torch
    import matplotlib.pyplot as plt
    from matplotlib.animation import FuncAnimation
    fig, ax = plt.subplots()
    ax.scatter(x[:, 0], y)
    line, = ax.plot(x[:, 0], (x @ w).detach())

    def animate(i):
        w.grad = None
        ((x @ w - y) ** 2).mean().backward()
        with torch.no_grad():
            w.sub_(lr * w.grad)
            line.set_ydata(x @ w)
        return line,

    return FuncAnimation(fig, animate, frames=range(frames), blit=True)
