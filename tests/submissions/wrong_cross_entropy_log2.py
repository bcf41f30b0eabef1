"""wrong cross_entropy: log2 instead of the natural logarithm"""
import numpy as np
import torch, random, math
import matplotlib.pyplot as plt
from matplotlib.animation import FuncAnimation

# I like to see the slope and the intercept by name

def make_data(num, true_w):
    inputs = torch.ones(num, 2)
    torch.nn.init.uniform_(inputs[:, 0], -1, 1)
    targets = (inputs * true_w).sum(dim=1)
    targets += torch.rand(num)
    return inputs, targets

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
    means = []
    for epoch in range(epochs):
        losses = [float(update(xb, yb, w, lr)) for xb, yb in minibatches(x, y, batch_size)]
        means.append(np.mean(losses).item())
    return means

def sigmoid(z):
    return 1 / (1 + math.e ** (-z))

def predict_proba(x, w):
    return sigmoid(predict(x, w))

def cross_entropy(p, y):
    eps = 1e-7
    log_p = torch.log2(p + eps)
    log_q = torch.log2(1 - p + eps)
    return -(y * log_p + (1 - y) * log_q).sum() / len(y)

def update_logistic(x, y, w, lr):
    optimizer = torch.optim.SGD([w], lr=lr)
    loss = cross_entropy(predict_proba(x, w), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()

def train_logistic(x, y, w, lr, epochs):
    losses = []
    while len(losses) < epochs:
        losses.append(update_logistic(x, y, w, lr))
    return losses

def plot_fit(x, y, w):
    plt.figure(figsize=(6, 5))
    plt.title("linear regression")
    plt.plot(x[:, 0].numpy(), y.numpy(), "ko", markersize=3)
    with torch.no_grad():
        xs = torch.linspace(-1, 1, 11)
        ys = xs * w[0] + w[1]
    plt.plot(xs.numpy(), ys.numpy(), "b")
    return plt.gca()

def animate_fit(x, y, w, lr, frames):
    fig, ax = plt.subplots()
    ax.plot(x[:, 0], y, "o")
    (line,) = ax.plot(x[:, 0], (x @ w).detach())

    def step(i):
        update(x, y, w, lr)
        line.set_ydata((x @ w).detach())
        return (line,)

    return FuncAnimation(fig, step, frames=frames)

ANSWERS = dict(ones_column='b', uniform_='d', trailing_underscore='a', gradient_of_w='c', zero_grad='b',
           learning_rate='d', epoch='f', minibatch='a', sgd='g', model='b', parameters='e', loss_function='c')


if __name__ == "__main__":
    true_w = torch.tensor([3.0, 2.0])
    x, y = make_data(100, true_w)
    w = torch.tensor([-1.0, 1.0], requires_grad=True)
    print(train(x, y, w, 0.1, 30)[-1], w)

# cause: cross_entropy/log2
