"""wrong minibatches: a fixed seed gives the same order at every call"""
import torch
import matplotlib.pyplot as plt
from matplotlib.animation import FuncAnimation


# ---- generic machinery -------------------------------------------------

def _descend(objective, w, lr):
  """One downhill step on objective(w); gives back objective(w) from before."""
  w.grad = None
  value = objective(w)
  value.backward()
  with torch.no_grad():
    w.sub_(lr * w.grad)
  w.grad = None
  return value.item()


def _linear_loss(X, t):
  return lambda weights: mse(predict(X, weights), t)


def _logistic_loss(X, t):
  return lambda weights: cross_entropy(predict_proba(X, weights), t)


# ---- what was asked ----------------------------------------------------

def make_data(n, w):
  X = torch.ones(n, 2)
  X[:, 0].uniform_(-1, 1)
  t = predict(X, w) + torch.rand(n)
  return X, t


def predict(X, weights):
  return torch.einsum("ij,j->i", X, weights)


def mse(prediction, target):
  return torch.mean((prediction - target) ** 2)


def gradient(X, t, weights):
  return torch.autograd.grad(_linear_loss(X, t)(weights), weights)[0]


def update(X, t, weights, eta):
  return _descend(_linear_loss(X, t), weights, eta)


def train(X, t, weights, eta, n_epochs):
  return [_descend(_linear_loss(X, t), weights, eta) for _ in range(n_epochs)]


def minibatches(X, t, size):
  rng = torch.Generator().manual_seed(42)
  order = torch.randperm(len(t), generator=rng)
  for chunk in torch.split(order, size):
    yield X[chunk], t[chunk]


def train_minibatch(X, t, weights, eta, n_epochs, size):
  per_epoch = []
  for _ in range(n_epochs):
    values = [_descend(_linear_loss(Xb, tb), weights, eta) for Xb, tb in minibatches(X, t, size)]
    per_epoch.append(sum(values) / len(values))
  return per_epoch


def sigmoid(a):
  return torch.exp(torch.nn.functional.logsigmoid(a))


def predict_proba(X, weights):
  return sigmoid(predict(X, weights))


def cross_entropy(prob, target):
  prob = prob.clamp(1e-6, 1 - 1e-6)
  return -torch.mean(target * prob.log() + (1 - target) * torch.log1p(-prob))


def update_logistic(X, t, weights, eta):
  return _descend(_logistic_loss(X, t), weights, eta)


def train_logistic(X, t, weights, eta, n_epochs):
  return [_descend(_logistic_loss(X, t), weights, eta) for _ in range(n_epochs)]


def plot_fit(X, t, weights):
  ax = plt.subplots()[1]
  ax.scatter(X[:, 0], t, alpha=0.5)
  with torch.no_grad():
    ax.plot(X[:, 0], predict(X, weights), "C1")
  return ax


def animate_fit(X, t, weights, eta, n_frames):
  ax = plt.subplots()[1]
  ax.scatter(X[:, 0], t, alpha=0.5)
  with torch.no_grad():
    (line,) = ax.plot(X[:, 0], predict(X, weights), "C1")

  def advance(_):
    _descend(_linear_loss(X, t), weights, eta)
    with torch.no_grad():
      line.set_ydata(predict(X, weights))
    return (line,)

  return FuncAnimation(ax.get_figure(), advance, frames=n_frames, interval=30)


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

# cause: minibatches/same-order-each-call
