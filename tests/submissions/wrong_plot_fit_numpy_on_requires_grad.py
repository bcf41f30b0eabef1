"""wrong plot_fit: .numpy() on a tensor that requires grad raises"""
import random
import functools
import torch
import matplotlib.pyplot as plt
from matplotlib.animation import FuncAnimation


class LinearModel:
  """Holds on to w and knows what to do with it."""

  def __init__(self, w):
    self.w = w

  def forward(self, x):
    return predict(x, self.w)

  def step(self, loss, lr):
    self.w.grad = None
    loss.backward()
    with torch.no_grad():
      self.w.add_(self.w.grad, alpha=-lr)
    return loss.detach()


class LogisticModel(LinearModel):
  def forward(self, x):
    return predict_proba(x, self.w)


def make_data(n, w):
  column = 2 * torch.rand(n) - 1
  x = torch.stack((column, torch.ones_like(column)), dim=-1)
  return x, x.matmul(w) + torch.rand(n)


def predict(x, w):
  return w[0] * x[:, 0] + w[1] * x[:, 1]

mse = lambda y_hat, y: (y_hat - y).pow(2).mean()

sigmoid = lambda z: torch.sigmoid(z)

predict_proba = lambda x, w: sigmoid(predict(x, w))


def cross_entropy(p, y):
  return torch.nn.functional.binary_cross_entropy(p, y)


def gradient(x, y, w):
  return torch.autograd.grad(mse(predict(x, w), y), [w])[0]


def update(x, y, w, lr):
  model = LinearModel(w)
  return model.step(mse(model.forward(x), y), lr)


def update_logistic(x, y, w, lr):
  model = LogisticModel(w)
  return model.step(cross_entropy(model.forward(x), y), lr)


def _repeat(which, x, y, w, lr, epochs):
  stepper = {"linear": update, "logistic": update_logistic}[which]
  return [stepper(x, y, w, lr).item() for _ in range(epochs)]


train = functools.partial(_repeat, "linear")
train_logistic = functools.partial(_repeat, "logistic")


class Shuffled:
  """A new order whenever one starts to go through it."""

  def __init__(self, x, y, batch_size):
    self.x, self.y, self.batch_size = x, y, batch_size

  def __iter__(self):
    for rows in torch.randperm(len(self.x)).split(self.batch_size):
      yield self.x[rows], self.y[rows]


def minibatches(x, y, batch_size):
  pairs = list(zip(x, y))
  random.shuffle(pairs)
  for k in range(0, len(pairs), batch_size):
    xs, ys = zip(*pairs[k:k + batch_size])
    yield torch.stack(xs), torch.stack(ys)


def train_minibatch(x, y, w, lr, epochs, batch_size):
  model = LinearModel(w)
  losses = []
  for _ in range(epochs):
    seen = []
    for xb, yb in minibatches(x, y, batch_size):
      seen.append(model.step(mse(model.forward(xb), yb), lr))
    losses.append(torch.stack(seen).mean().item())
  return losses


def plot_fit(x, y, w):
  fig, ax = plt.subplots(figsize=(6, 4))
  ax.plot(x[:, 0].numpy(), y.numpy(), ".", label="samples")
  ax.plot(x[:, 0].numpy(), predict(x, w).numpy(), label="model")
  ax.legend()
  return ax


def animate_fit(x, y, w, lr, frames):
  model = LinearModel(w.detach().clone().requires_grad_())
  fig, ax = plt.subplots()
  ax.scatter(x[:, 0], y)
  line = ax.plot(x[:, 0], model.forward(x).detach(), "g")[0]

  def tick(_):
    model.step(mse(model.forward(x), y), lr)
    line.set_ydata(model.forward(x).detach())
    return [line]

  return FuncAnimation(fig, tick, frames=range(frames))


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

# cause: plot_fit/model-not-detached
