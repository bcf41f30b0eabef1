"""wrong train_minibatch: an epoch takes one random batch only"""
# lab 4 - every function does its whole job by itself, nothing calls anything
import torch
from matplotlib import pyplot as plt
from matplotlib import animation


def make_data(num, true_w):
  inputs = torch.ones(num, 2)
  torch.nn.init.uniform_(inputs[:, 0], -1, 1)
  targets = (inputs * true_w).sum(dim=1)
  targets += torch.rand(num)
  return inputs, targets


def predict(x, w):
  y_hat = torch.matmul(x, w)
  return y_hat


def mse(y_hat, y):
  diff = y_hat - y
  return torch.mean(diff * diff)


def gradient(x, y, w):
  y_hat = torch.matmul(x, w)
  loss = torch.mean((y_hat - y) ** 2)
  if w.grad is not None:
    w.grad.zero_()
  loss.backward()
  g = w.grad.detach().clone()
  w.grad.zero_()
  return g


def update(x, y, w, lr):
  if w.grad is not None:
    w.grad.zero_()
  y_hat = torch.matmul(x, w)
  loss = torch.mean((y_hat - y) ** 2)
  loss.backward()
  with torch.no_grad():
    w.sub_(lr * w.grad)
    w.grad.zero_()
  return loss


def train(x, y, w, lr, epochs):
  all_losses = []
  for epoch in range(epochs):
    if w.grad is not None:
      w.grad.zero_()
    y_hat = torch.matmul(x, w)
    loss = torch.mean((y_hat - y) ** 2)
    loss.backward()
    with torch.no_grad():
      w.sub_(lr * w.grad)
    w.grad.zero_()
    all_losses.append(loss.item())
  return all_losses


def minibatches(x, y, batch_size):
  dataset = torch.utils.data.TensorDataset(x, y)
  return torch.utils.data.DataLoader(dataset, batch_size, shuffle=True)


def train_minibatch(x, y, w, lr, epochs, batch_size):
  n = x.shape[0]
  all_losses = []
  for epoch in range(epochs):
    rows = torch.randperm(n)[:batch_size]
    xb = x[rows]
    yb = y[rows]
    w.grad = None
    loss = torch.mean((torch.matmul(xb, w) - yb) ** 2)
    loss.backward()
    with torch.no_grad():
      w.sub_(lr * w.grad)
    all_losses.append(loss.item())
  return all_losses


def sigmoid(z):
  z = torch.clamp(z, -80, 80)
  return 1 / (1 + torch.exp(-z))


def predict_proba(x, w):
  return torch.sigmoid(torch.matmul(x, w))


def cross_entropy(p, y):
  p = torch.clamp(p, 1e-6, 1 - 1e-6)
  return -torch.mean(y * torch.log(p) + (1 - y) * torch.log(1 - p))


def update_logistic(x, y, w, lr):
  if w.grad is not None:
    w.grad.zero_()
  p = torch.sigmoid(torch.matmul(x, w))
  p = torch.clamp(p, 1e-6, 1 - 1e-6)
  loss = -torch.mean(y * torch.log(p) + (1 - y) * torch.log(1 - p))
  loss.backward()
  with torch.no_grad():
    w.sub_(lr * w.grad)
    w.grad.zero_()
  return loss


def train_logistic(x, y, w, lr, epochs):
  all_losses = []
  for epoch in range(epochs):
    w.grad = None
    p = torch.sigmoid(torch.matmul(x, w))
    p = torch.clamp(p, 1e-6, 1 - 1e-6)
    loss = -torch.mean(y * torch.log(p) + (1 - y) * torch.log(1 - p))
    loss.backward()
    with torch.no_grad():
      w.sub_(lr * w.grad)
    all_losses.append(loss.item())
  return all_losses


def plot_fit(x, y, w):
  fig = plt.figure()
  ax = fig.add_axes([0.1, 0.1, 0.8, 0.8])
  y_hat = (x @ w).detach().numpy()
  ax.scatter(x[:, 0].numpy(), y.numpy(), c="k", label="y")
  ax.scatter(x[:, 0].numpy(), y_hat, c="r", s=5, label="prediction")
  ax.legend()
  return ax


def animate_fit(x, y, w, lr, frames):
  fig = plt.figure()
  ax = fig.add_subplot(1, 1, 1)
  ax.scatter(x[:, 0].numpy(), y.numpy(), c="orange")
  line, = ax.plot(x[:, 0].numpy(), torch.matmul(x, w.detach()).numpy())

  def animate(i):
    if w.grad is not None:
      w.grad.zero_()
    loss = torch.mean((torch.matmul(x, w) - y) ** 2)
    loss.backward()
    with torch.no_grad():
      w.sub_(lr * w.grad)
      line.set_ydata(torch.matmul(x, w).numpy())
    return line,

  return animation.FuncAnimation(fig, animate, frames=frames, interval=20)


ANSWERS = {"ones_column": "b", "uniform_": "d", "trailing_underscore": "a", "gradient_of_w": "c", "zero_grad": "b",
           "learning_rate": "d", "epoch": "f", "minibatch": "a", "sgd": "g", "model": "b", "parameters": "e",
           "loss_function": "c"}

# cause: train_minibatch/one-batch-an-epoch
