"""wrong minibatches: only the order of the batches is random, each holds neighbouring rows"""
import torch, random, math
import matplotlib.pyplot as plt
from matplotlib.animation import FuncAnimation

# I like to see the a and the b by name

def make_data(n, w):
    rows = []
    targets = []
    a, b = float(w[0]), float(w[1])
    for i in range(n):
        feature = random.uniform(-1, 1)
        rows.append([feature, 1.0])
        targets.append(a * feature + b + random.random())
    return torch.tensor(rows), torch.tensor(targets)

def predict(x, w):
    a, b = w[0], w[1]
    return a * x[:, 0] + b * x[:, 1]

def mse(y_hat, y):
    return torch.nn.functional.mse_loss(y_hat, y)

def gradient(x, y, w):
    copy = w.detach().clone().requires_grad_(True)
    mse(predict(x, copy), y).backward()
    return copy.grad

def update(x, y, w, lr):
    old_loss = mse(predict(x, w), y).item()
    da, db = gradient(x, y, w)
    with torch.no_grad():
        w[0] = w[0] - lr * da
        w[1] = w[1] - lr * db
    return old_loss

def train(x, y, w, lr, epochs):
    losses = []
    while len(losses) < epochs:
        losses.append(update(x, y, w, lr))
    return losses

def minibatches(x, y, batch_size):
    starts = list(range(0, len(x), batch_size))
    random.shuffle(starts)
    batches = []
    for s in starts:
        batches.append((x[s:s + batch_size], y[s:s + batch_size]))
    return batches

def train_minibatch(x, y, w, lr, epochs, batch_size):
    losses = []
    for epoch in range(epochs):
        for xb, yb in minibatches(x, y, batch_size):
            update(xb, yb, w, lr)
        losses.append(float(mse(predict(x, w), y).detach()))
    return losses

def sigmoid(z):
    return 1 / (1 + math.e ** (-z))

def predict_proba(x, w):
    return sigmoid(predict(x, w))

def cross_entropy(p, y):
    eps = 1e-7
    log_p = torch.log(p + eps)
    log_q = torch.log(1 - p + eps)
    return -(y * log_p + (1 - y) * log_q).sum() / len(y)

def update_logistic(x, y, w, lr):
    loss = cross_entropy(predict_proba(x, w), y)
    da, db = torch.autograd.grad(loss, w)[0]
    with torch.no_grad():
        w[0] -= lr * da
        w[1] -= lr * db
    return loss.item()

def train_logistic(x, y, w, lr, epochs):
    losses = []
    while len(losses) < epochs:
        losses.append(update_logistic(x, y, w, lr))
    return losses

def plot_fit(x, y, w):
    a, b = float(w[0]), float(w[1])
    fig, ax = plt.subplots()
    ax.scatter(x[:, 0], y)
    ax.plot([-1, 1], [b - a, b + a], linewidth=2)
    return ax

def animate_fit(x, y, w, lr, frames):
    fig, ax = plt.subplots()

    def step(i):
        update(x, y, w, lr)
        a, b = w.tolist()
        ax.clear()
        ax.scatter(x[:, 0], y, c="gray")
        ax.plot([-1, 1], [b - a, b + a], c="red")
        ax.set_title(f"step {i + 1}")

    return FuncAnimation(fig, step, frames=frames, interval=80, repeat=False)

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

# cause: minibatches/only-the-batches-shuffled
