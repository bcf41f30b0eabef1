"""wrong make_data: one noise value is shared by all samples"""
import torch, random, math
import matplotlib.pyplot as plt
from matplotlib.animation import FuncAnimation

# I like to see the slope and the intercept by name

def make_data(n, w):
    rows = []
    targets = []
    slope, intercept = float(w[0]), float(w[1])
    noise = random.random()
    for i in range(n):
        feature = random.uniform(-1, 1)
        rows.append([feature, 1.0])
        targets.append(slope * feature + intercept + noise)
    return torch.tensor(rows), torch.tensor(targets)

def predict(x, w):
    slope, intercept = w[0], w[1]
    return slope * x[:, 0] + intercept * x[:, 1]

def mse(y_hat, y):
    total = 0
    for i in range(len(y)):
        total = total + (y_hat[i] - y[i]) ** 2
    return total / len(y)

def gradient(x, y, w):
    r = (predict(x, w) - y).detach()
    d_slope = 2 * (r * x[:, 0]).mean()
    d_intercept = 2 * r.mean()
    return torch.stack([d_slope, d_intercept])

def update(x, y, w, lr):
    old_loss = mse(predict(x, w), y).item()
    d_slope, d_intercept = gradient(x, y, w)
    with torch.no_grad():
        w[0] = w[0] - lr * d_slope
        w[1] = w[1] - lr * d_intercept
    return old_loss

def train(x, y, w, lr, epochs):
    losses = []
    while len(losses) < epochs:
        losses.append(update(x, y, w, lr))
    return losses

def minibatches(x, y, batch_size):
    rows = list(range(len(x)))
    random.shuffle(rows)
    batches = []
    while rows:
        take, rows = rows[:batch_size], rows[batch_size:]
        batches.append((x[take], y[take]))
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
    d_slope, d_intercept = torch.autograd.grad(loss, w)[0]
    with torch.no_grad():
        w[0] -= lr * d_slope
        w[1] -= lr * d_intercept
    return loss.item()

def train_logistic(x, y, w, lr, epochs):
    losses = []
    while len(losses) < epochs:
        losses.append(update_logistic(x, y, w, lr))
    return losses

def plot_fit(x, y, w):
    slope, intercept = float(w[0]), float(w[1])
    fig, ax = plt.subplots()
    ax.scatter(x[:, 0], y)
    ax.plot([-1, 1], [intercept - slope, intercept + slope], linewidth=2)
    return ax

def animate_fit(x, y, w, lr, frames):
    fig, ax = plt.subplots()
    ax.scatter(x[:, 0], y)
    line, = ax.plot([-1, 1], [0, 0], linewidth=2)

    def show():
        slope, intercept = float(w[0]), float(w[1])
        line.set_data([-1, 1], [intercept - slope, intercept + slope])

    show()

    def next_frame(i):
        update(x, y, w, lr)
        show()
        return line,

    return FuncAnimation(fig, next_frame, frames=frames)

ANSWERS = {"ones_column": "b", "uniform_": "d", "trailing_underscore": "a", "gradient_of_w": "c", "zero_grad": "b",
           "learning_rate": "d", "epoch": "f", "minibatch": "a", "sgd": "g", "model": "b", "parameters": "e",
           "loss_function": "c"}

# cause: make_data/one-noise-for-all
