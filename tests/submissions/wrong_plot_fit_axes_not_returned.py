"""wrong plot_fit: draws everything and returns None"""
import torch
import torch.nn.functional as F
from torch.utils.data import DataLoader, TensorDataset
import matplotlib.pyplot as plt
import matplotlib.animation as anim

ANSWERS = {'ones_column': 'b', 'uniform_': 'd', 'trailing_underscore': 'a',
           'gradient_of_w': 'c', 'zero_grad': 'b', 'learning_rate': 'd',
           'epoch': 'f', 'minibatch': 'a', 'sgd': 'g',
           'model': 'b', 'parameters': 'e', 'loss_function': 'c'}


def animate_fit(x, y, w, lr, frames):
  opt = torch.optim.SGD([w], lr=lr)
  fig, ax = plt.subplots()
  ax.scatter(x[:, 0], y)
  ends = torch.tensor([[-1.0, 1.0], [1.0, 1.0]])
  line, = ax.plot(ends[:, 0], predict(ends, w.detach()), "k--")

  def one_frame(_):
    opt.zero_grad()
    F.mse_loss(predict(x, w), y).backward()
    opt.step()
    line.set_data(ends[:, 0], predict(ends, w.detach()))
    return (line,)

  return anim.FuncAnimation(fig, one_frame, frames=frames, repeat=False)


def cross_entropy(p, y):
  p = torch.clip(p, 1e-6, 1 - 1e-6)
  n = len(y)
  return (-1 / n) * torch.sum(y * torch.log(p) + (1 - y) * torch.log(1 - p))


def gradient(x, y, w):
  opt = torch.optim.SGD([w], lr=1.0)  # only for its zero_grad
  opt.zero_grad()
  F.mse_loss(predict(x, w), y).backward()
  return w.grad.detach().clone()


def make_data(n, w):
  features = 2.0 * torch.rand(n, 1) - 1.0
  x = torch.cat((features, torch.ones(n, 1)), 1)
  y = x.mv(w) + torch.rand(n)
  return x, y


def minibatches(x, y, batch_size):
  idx = torch.randperm(len(y))
  return [(x[i], y[i]) for i in idx.split(batch_size)]


def mse(y_hat, y):
  return F.mse_loss(y_hat, y)


def plot_fit(x, y, w):
  plt.figure()
  plt.plot(x[:, 0], y, "o", alpha=0.6)
  ends = torch.tensor([[-1.0, 1.0], [1.0, 1.0]])
  plt.plot(ends[:, 0], predict(ends, w.detach()), "k--")
  plt.show()


def predict(x, w):
  return torch.mv(x, w)


def predict_proba(x, w):
  return torch.sigmoid(predict(x, w))


def sigmoid(z):
  # exp(1000) is inf, and 1 / inf is a good 0
  e = torch.exp(-z)
  return 1.0 / (1.0 + e)


def train(x, y, w, lr, epochs):
  opt = torch.optim.SGD([w], lr=lr)
  losses = []
  for _ in range(epochs):
    opt.zero_grad()
    loss = F.mse_loss(predict(x, w), y)
    loss.backward()
    opt.step()
    losses.append(loss.item())
  return losses


def train_logistic(x, y, w, lr, epochs):
  history = []
  for epoch in range(epochs):
    loss = update_logistic(x, y, w, lr)
    history.append(float(loss))
  return history


def train_minibatch(x, y, w, lr, epochs, batch_size):
  opt = torch.optim.SGD([w], lr=lr)
  losses = []
  for _ in range(epochs):
    running = []
    for xb, yb in minibatches(x, y, batch_size):
      opt.zero_grad()
      loss = F.mse_loss(predict(xb, w), yb)
      loss.backward()
      opt.step()
      running.append(loss.item())
    losses.append(sum(running) / len(running))
  return losses


def update(x, y, w, lr):
  opt = torch.optim.SGD([w], lr=lr)
  opt.zero_grad()
  loss = F.mse_loss(predict(x, w), y)
  loss.backward()
  opt.step()
  return loss.item()


def update_logistic(x, y, w, lr):
  opt = torch.optim.SGD([w], lr=lr)
  opt.zero_grad()
  loss = F.binary_cross_entropy_with_logits(predict(x, w), y)
  loss.backward()
  opt.step()
  return loss.item()

# cause: plot_fit/axes-not-returned
