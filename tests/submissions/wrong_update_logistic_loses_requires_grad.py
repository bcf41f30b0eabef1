"""wrong update_logistic: requires_grad is switched off and never on again"""
from matplotlib.animation import FuncAnimation
import torch
import numpy as np
import matplotlib.pyplot as plt
import matplotlib.animation as animation

#### part 1: data ####

def make_data(n, w):
    x = torch.ones(n, 2)
    for row in x:
        row[0].uniform_(-1, 1)
    noise = torch.rand(n)
    y = w[0] * x[:, 0] + w[1] + noise
    return x, y

#### part 2: model and loss ####

def predict(x, w):
    return (x*w).sum(dim=1)

def mse(y_hat, y):
    return torch.pow(y_hat-y, 2).mean()

def gradient(x, y, w):
    if w.grad is not None:
        w.grad.data.zero_()
    loss = mse(predict(x,w), y)
    loss.backward()
    return w.grad.data.clone()

#### part 3: training ####

def update(x, y, w, lr):
    w.grad = None
    loss = mse(predict(x,w), y)
    loss.backward()
    w.data -= lr*w.grad.data
    return loss.data

def train(x, y, w, lr, epochs):
    history = []
    for epoch in range(epochs):
        loss = update(x, y, w, lr)
        history.append(float(loss))
    return history

def minibatches(x, y, batch_size):
    idx = np.random.permutation(len(y))
    n_batches = int(np.ceil(len(y)/batch_size))
    out = []
    for b in range(n_batches):
        part = torch.from_numpy(idx[b*batch_size:(b+1)*batch_size])
        out.append((x[part], y[part]))
    return out

def train_minibatch(x, y, w, lr, epochs, batch_size):
    ls = []
    for e in range(epochs):
        s = 0.
        k = 0
        for xb, yb in minibatches(x, y, batch_size):
            s = s + float(update(xb, yb, w, lr))
            k = k + 1
        ls.append(s/k)
    return ls

#### part 4: logistic regression ####

def sigmoid(z):
    # exp(1000) is inf, and 1 / inf is a good 0
    e = torch.exp(-z)
    return 1.0 / (1.0 + e)

def predict_proba(x, w):
    return sigmoid(predict(x,w))

def cross_entropy(p, y):
    p = p.clamp(min=1e-7, max=1-1e-7)
    pos = y*torch.log(p)
    neg = (1-y)*torch.log(1-p)
    return -(pos+neg).mean()

def update_logistic(x, y, w, lr):
    w.grad = None
    loss = cross_entropy(predict_proba(x,w), y)
    loss.backward()
    w.requires_grad = False
    w -= lr*w.grad
    return loss.data

def train_logistic(x, y, w, lr, epochs):
    ls = []
    for e in range(epochs):
        l = update_logistic(x, y, w, lr)
        ls.append(float(l))
    return ls

#### part 5: pictures ####

def plot_fit(x, y, w):
    fig = plt.figure(figsize=(5,4))
    ax = fig.gca()
    ax.scatter(x[:,0], y)
    ax.scatter(x[:,0], predict(x, w.data))
    return ax

def animate_fit(x, y, w, lr, frames):
    fig, ax = plt.subplots()
    ax.plot(x[:, 0], y, "o")
    (line,) = ax.plot(x[:, 0], (x @ w).detach())

    def step(i):
        update(x, y, w, lr)
        line.set_ydata((x @ w).detach())
        return (line,)

    return FuncAnimation(fig, step, frames=frames)

#### questions ####
ANSWERS = {
    "ones_column": "b",
    "uniform_": "d",
    "trailing_underscore": "a",
    "gradient_of_w": "c",
    "zero_grad": "b",
    "learning_rate": "d",
    "epoch": "f",
    "minibatch": "a",
    "sgd": "g",
    "model": "b",
    "parameters": "e",
    "loss_function": "c",
}

# cause: update_logistic/loses-requires-grad
