"""wrong update: the gradient is zeroed between backward and step, so w stays where it is"""
import torch
import numpy as np
import matplotlib.pyplot as plt
import matplotlib.animation as animation

#### part 1: data ####

def make_data(num, true_w):
  inputs = torch.ones(num, 2)
  torch.nn.init.uniform_(inputs[:, 0], -1, 1)
  targets = (inputs * true_w).sum(dim=1)
  targets += torch.rand(num)
  return inputs, targets

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
  loss = mse(predict(x,w), y)
  loss.backward()
  w.grad.data.zero_()
  w.data -= lr*w.grad.data
  return loss.data

def train(x, y, w, lr, epochs):
  all_losses = []
  for e in range(epochs):
    l = update(x, y, w, lr)
    all_losses.append(float(l))
  return all_losses

def minibatches(x, y, batch_size):
  idx = torch.randperm(len(y))
  return [(x[i], y[i]) for i in idx.split(batch_size)]

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
  return torch.special.expit(z)

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
  fig, ax = plt.subplots()
  order = torch.argsort(x[:, 0])
  xs = x[order]
  ax.plot(xs[:, 0], y[order], "x")
  ax.plot(xs[:, 0], (xs @ w).detach(), "-")
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
ANSWERS = {'ones_column': 'b', 'uniform_': 'd', 'trailing_underscore': 'a',
           'gradient_of_w': 'c', 'zero_grad': 'b', 'learning_rate': 'd',
           'epoch': 'f', 'minibatch': 'a', 'sgd': 'g',
           'model': 'b', 'parameters': 'e', 'loss_function': 'c'}

# cause: update/w-stands-still
