"""wrong cross_entropy: the minus in front is missing"""
import torch
from torch import nn
import matplotlib.pyplot as plt
import matplotlib.animation as animation

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

criterion = nn.MSELoss()
bce = nn.BCELoss()


def make_data(n, w):
  features = 2.0 * torch.rand(n, 1) - 1.0
  x = torch.cat((features, torch.ones(n, 1)), 1)
  y = x.mv(w) + torch.rand(n)
  return x, y


def predict(x, w):
  return nn.functional.linear(x, w)


def mse(y_hat, y):
  return criterion(y_hat, y)


def gradient(x, y, w):
  w.grad = None
  loss = criterion(predict(x, w), y)
  loss.backward()
  result = w.grad
  w.grad = None
  return result


def update(x, y, w, lr):
  loss = criterion(predict(x, w), y)
  w.grad = None
  loss.backward()
  with torch.no_grad():
    w.copy_(w - lr * w.grad)
  return loss.detach()


def train(x, y, w, lr, epochs):
  history = []
  for epoch in range(epochs):
    loss = update(x, y, w, lr)
    history.append(float(loss))
  return history


def minibatches(x, y, batch_size):
  shuffled = torch.randperm(x.shape[0])
  xs, ys = x[shuffled], y[shuffled]
  return zip(torch.split(xs, batch_size), torch.split(ys, batch_size))


def train_minibatch(x, y, w, lr, epochs, batch_size):
  optimizer = torch.optim.SGD([w], lr)
  history = []
  for epoch in range(epochs):
    running, seen = 0.0, 0
    for xb, yb in minibatches(x, y, batch_size):
      optimizer.zero_grad()
      loss = mse(predict(xb, w), yb)
      loss.backward()
      optimizer.step()
      running += loss.item() * len(yb)
      seen += len(yb)
    history.append(running / seen)
  return history


def sigmoid(z):
  return nn.Sigmoid()(z)


def predict_proba(x, w):
  return sigmoid(predict(x, w))


def cross_entropy(p, y):
  p = p.clamp(1e-6, 1 - 1e-6)
  return (y * p.log() + (1 - y) * (1 - p).log()).mean()


def update_logistic(x, y, w, lr):
  loss = cross_entropy(predict_proba(x, w), y)
  w.grad = None
  loss.backward()
  with torch.no_grad():
    w.copy_(w - lr * w.grad)
  return loss.detach()


def train_logistic(x, y, w, lr, epochs):
  losses = torch.empty(epochs)
  for i in range(epochs):
    losses[i] = update_logistic(x, y, w, lr)
  return losses


def plot_fit(x, y, w):
  fig, ax = plt.subplots()
  order = torch.argsort(x[:, 0])
  xs = x[order]
  ax.plot(xs[:, 0], y[order], "x")
  ax.plot(xs[:, 0], (xs @ w).detach(), "-")
  return ax


def animate_fit(x, y, w, lr, frames):
  fig, axes = plt.subplots()

  def redraw(frame_number):
    update(x, y, w, lr)
    axes.clear()
    axes.scatter(x[:, 0].tolist(), y.tolist(), marker="x")
    axes.plot(x[:, 0].tolist(), predict(x, w.detach()).tolist(), c="black")

  return animation.FuncAnimation(fig, redraw, frames=frames)

# cause: cross_entropy/minus-missing
