"""wrong gradient: uses the global training set instead of its arguments"""
import torch
import numpy as np
import matplotlib.pyplot as plt
import matplotlib.animation as animation

#### part 1: data ####

def make_data(n, w):
    x = torch.ones(n,2)
    x[:,0].uniform_(-1.,1.)
    y = (x*w).sum(1) + torch.rand(n)
    return (x, y)

x_train, y_train = make_data(100, torch.tensor([3.,2.]))

#### part 2: model and loss ####

def predict(x, w):
    return (x*w).sum(dim=1)

def mse(y_hat, y):
    return torch.pow(y_hat-y, 2).mean()

def gradient(x, y, w):
    if w.grad is not None:
        w.grad.data.zero_()
    loss = mse(predict(x_train,w), y_train)
    loss.backward()
    return w.grad.data.clone()

#### part 3: training ####

def update(x, y, w, lr):
    loss = mse(predict(x,w), y).item()
    g = gradient(x, y, w)
    w.data -= lr*g
    return loss

def train(x, y, w, lr, epochs):
    all_losses = []
    for e in range(epochs):
        l = update(x, y, w, lr)
        all_losses.append(float(l))
    return all_losses

def minibatches(x, y, batch_size):
    idx = np.random.permutation(len(y))
    n_batches = int(np.ceil(len(y)/batch_size))
    out = []
    for b in range(n_batches):
        part = torch.from_numpy(idx[b*batch_size:(b+1)*batch_size])
        out.append((x[part], y[part]))
    return out

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
    neg = (1-y)*torch.log(1-p)
    return -(pos+neg).mean()

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
    fig = plt.figure(figsize=(5,4))
    ax = fig.gca()
    ax.scatter(x[:,0], y)
    ax.scatter(x[:,0], predict(x, w.data))
    return ax

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

# cause: says: not the x and y|global
