"""wrong mse: y is made a column, so all pairs (n x n) are compared"""
import torch, random, math
import matplotlib.pyplot as plt
from matplotlib.animation import FuncAnimation

# I like to see the slope and the intercept by name

def make_data(n, w):
    features = 2.0 * torch.rand(n, 1) - 1.0
    x = torch.cat((features, torch.ones(n, 1)), 1)
    y = x.mv(w) + torch.rand(n)
    return x, y

def predict(x, w):
    slope, intercept = w[0], w[1]
    return slope * x[:, 0] + intercept * x[:, 1]

def mse(y_hat, y):
    y = y.view(-1, 1)
    return ((y_hat - y) ** 2).mean()

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
    errors = []
    while len(errors) < epochs:
        errors.append(update(x, y, w, lr))
    return errors

def minibatches(x, y, batch_size):
    idx = torch.randperm(len(y))
    return [(x[i], y[i]) for i in idx.split(batch_size)]

def train_minibatch(x, y, w, lr, epochs, batch_size):
    errors = []
    for epoch in range(epochs):
        for xb, yb in minibatches(x, y, batch_size):
            update(xb, yb, w, lr)
        errors.append(float(mse(predict(x, w), y).detach()))
    return errors

def sigmoid(z):
    return torch.sigmoid(z)

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
    errors = []
    while len(errors) < epochs:
        errors.append(update_logistic(x, y, w, lr))
    return errors

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

ANSWERS = dict(ones_column='b', uniform_='d', trailing_underscore='a', gradient_of_w='c', zero_grad='b',
           learning_rate='d', epoch='f', minibatch='a', sgd='g', model='b', parameters='e', loss_function='c')

# cause: mse/column-against-row
