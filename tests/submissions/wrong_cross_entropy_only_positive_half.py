"""wrong cross_entropy: the half for the samples with y = 0 is missing"""
import torch
import numpy as np
import matplotlib.pyplot as plt
import matplotlib.animation as animation

#### part 1: data ####

def make_data(n, w):
    x = torch.ones(n,2)
    x[:,0].uniform_(-1.,1.)
    eps = torch.zeros(n).uniform_()
    y = (x*w).sum(1) + eps
    return (x, y)

#### part 2: model and loss ####

def predict(x, w):
    return (x*w).sum(dim=1)

def mse(y_hat, y):
    return torch.nn.functional.mse_loss(y_hat, y)

def gradient(x, y, w):
    w.requires_grad_(True)
    if w.grad is not None:
        w.grad.zero_()
    error = mse(predict(x, w), y)
    error.backward()
    return w.grad.clone().detach()

#### part 3: training ####

def update(x, y, w, lr):
    w.grad = None
    loss = mse(predict(x,w), y)
    loss.backward()
    w.data -= lr*w.grad.data
    return loss.data

def train(x, y, w, lr, epochs):
    all_losses = []
    for e in range(epochs):
        l = update(x, y, w, lr)
        all_losses.append(float(l))
    return all_losses

def minibatches(x, y, batch_size):
    rows = np.arange(len(y))
    np.random.shuffle(rows)
    for first in range(0, len(rows), batch_size):
        chosen = rows[first:first + batch_size]
        yield x[chosen], y[chosen]

def train_minibatch(x, y, w, lr, epochs, batch_size):
    all_losses = []
    for e in range(epochs):
        s = 0.
        k = 0
        for xb, yb in minibatches(x, y, batch_size):
            s = s + float(update(xb, yb, w, lr))
            k = k + 1
        all_losses.append(s/k)
    return all_losses

#### part 4: logistic regression ####

def sigmoid(z):
    return 1./(1.+torch.exp(-z))

def predict_proba(x, w):
    return sigmoid(predict(x,w))

def cross_entropy(p, y):
    p = p.clamp(min=1e-7, max=1-1e-7)
    pos = y*torch.log(p)
    return -pos.mean()

def update_logistic(x, y, w, lr):
    w.grad = None
    loss = cross_entropy(predict_proba(x,w), y)
    loss.backward()
    w.data -= lr*w.grad.data
    return loss.data

def train_logistic(x, y, w, lr, epochs):
    all_losses = []
    for e in range(epochs):
        l = update_logistic(x, y, w, lr)
        all_losses.append(float(l))
    return all_losses

#### part 5: pictures ####

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
    fig = plt.figure()
    ax = fig.gca()
    ax.scatter(x[:,0], y)
    line, = ax.plot(x[:,0], predict(x, w.data), 'r')
    def draw(i):
        update(x, y, w, lr)
        line.set_ydata(predict(x, w.data))
        return line,
    return animation.FuncAnimation(fig, draw, np.arange(frames), interval=30)

#### questions ####
ANSWERS = {'ones_column': 'b', 'uniform_': 'd', 'trailing_underscore': 'a',
           'gradient_of_w': 'c', 'zero_grad': 'b', 'learning_rate': 'd',
           'epoch': 'f', 'minibatch': 'a', 'sgd': 'g',
           'model': 'b', 'parameters': 'e', 'loss_function': 'c'}

# cause: cross_entropy/only-class-one
