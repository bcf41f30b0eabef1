"""Draws and trains while it is imported, asks for a windowed backend, defines functions twice, and has a main part that would crash."""
import matplotlib
matplotlib.use("TkAgg")
import matplotlib.pyplot as plt
import matplotlib.animation as animation
import torch

plt.style.use("ggplot")

ANSWERS = {
    "ones_column": "b", "uniform_": "d", "trailing_underscore": "a", "gradient_of_w": "c", "zero_grad": "b",
    "learning_rate": "d", "epoch": "f", "minibatch": "a", "sgd": "g", "model": "a", "parameters": "e",
    "loss_function": "b",
}


# ---------------------------------------------------------------- first attempt
def mse(y_hat, y):
    return (y_hat - y).mean() ** 2      # TODO why is this always so small??


def update(x, y, w, lr):
    y_hat = x @ w
    loss = mse(y_hat, y)
    loss.backward()
    w = w - lr * w.grad                 # does nothing?!


def sigmoid(z):
    pass


def predict(x, w):
    return x @ w


# ---------------------------------------------------------------- data
def make_data(n, w):
    x = torch.ones(n, 2)
    x[:, 0] = torch.rand(n) * 2 - 1
    y = x @ w + torch.rand(n)
    return x, y


x, y = make_data(60, torch.tensor([3.0, 2.0]))
print("x:", x.shape, "y:", y.shape)
plt.scatter(x[:, 0], y)
plt.show()


# ---------------------------------------------------------------- second attempt, this one works
def mse(y_hat, y):
    """mean of the squares, NOT square of the mean"""
    return ((y_hat - y) ** 2).mean()


def gradient(x, y, w):
    w.grad = None
    mse(predict(x, w), y).backward()
    return w.grad


def update(x, y, w, lr):
    loss = mse(predict(x, w), y)
    g = gradient(x, y, w)
    with torch.no_grad():
        w.sub_(lr * g)
    return loss.item()


def train(x, y, w, lr, epochs):
    losses = []
    for epoch in range(epochs):
        loss = update(x, y, w, lr)
        if epoch % 10 == 0:
            print("epoch", epoch, "loss", loss)
        losses.append(loss)
    return losses


def minibatches(x, y, batch_size):
    x, y = x.clone(), y.clone()         # keep the caller's rows where they are
    perm = torch.randperm(len(x))
    x, y = x[perm], y[perm]
    return [(x[i:i + batch_size], y[i:i + batch_size]) for i in range(0, len(x), batch_size)]


def train_minibatch(x, y, w, lr, epochs, batch_size):
    losses = []
    for epoch in range(epochs):
        for xb, yb in minibatches(x, y, batch_size):
            update(xb, yb, w, lr)
        losses.append(mse(predict(x, w), y).item())
    return losses


def sigmoid(z):
    return torch.sigmoid(z)


def predict_proba(x, w):
    return sigmoid(predict(x, w))


def cross_entropy(p, y):
    p = p.clamp(0.00001, 0.99999)
    return -(y * torch.log(p) + (1 - y) * torch.log(1 - p)).mean()


def update_logistic(x, y, w, lr):
    w.grad = None
    loss = cross_entropy(predict_proba(x, w), y)
    loss.backward()
    with torch.no_grad():
        w.sub_(lr * w.grad)
    return loss.item()


def train_logistic(x, y, w, lr, epochs):
    return [update_logistic(x, y, w, lr) for epoch in range(epochs)]


def plot_fit(x, y, w):
    plt.figure()
    plt.scatter(x[:, 0], y, label="data")
    plt.scatter(x[:, 0], predict(x, w).detach(), label="model")
    plt.legend()
    ax = plt.gca()
    plt.show()
    return ax


def animate_fit(x, y, w, lr, frames):
    fig = plt.figure()
    plt.scatter(x[:, 0], y)
    line, = plt.plot(x[:, 0], predict(x, w).detach())

    def animate(i):
        update(x, y, w, lr)
        line.set_ydata(predict(x, w).detach())
        return line,

    return animation.FuncAnimation(fig, animate, frames=frames, interval=20)


ANSWERS["model"] = "b"
ANSWERS["loss_function"] = "c"

w = torch.tensor([-1.0, 1.0], requires_grad=True)
history = train(x, y, w, 0.1, 50)
print("w =", w.tolist())
plt.plot(history)
plt.title("loss")
plt.show()
plot_fit(x, y, w)
movie = animate_fit(x, y, w, 0.1, 5)
plt.show()

if __name__ == "__main__":
    import argparse
    args = argparse.Namespace()
    print(args.output.upper())          # never worked
    movie.save("/no/such/folder/fit.gif")
    raise SystemExit(1)
