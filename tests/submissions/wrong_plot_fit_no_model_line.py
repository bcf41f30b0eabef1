"""wrong plot_fit: shows the data but not the model"""
# All derivatives were worked out with pencil and paper, so autograd has nothing to do here.
import torch
import matplotlib.pyplot as plt
from matplotlib.animation import FuncAnimation

ANSWERS = dict(ones_column='b', uniform_='d', trailing_underscore='a', gradient_of_w='c', zero_grad='b',
           learning_rate='d', epoch='f', minibatch='a', sgd='g', model='b', parameters='e', loss_function='c')


def sigmoid(z):
  # sigmoid and tanh are the same curve, stretched; this one never overflows
  return 0.5 * (1 + torch.tanh(z / 2))


def predict_proba(x, w):
  return sigmoid(x @ w)


def cross_entropy(p, y):
  loss_if_one = -torch.log(p + 1e-7)
  loss_if_zero = -torch.log(1 - p + 1e-7)
  return torch.mean(torch.where(y > 0.5, loss_if_one, loss_if_zero))


def update_logistic(x, y, w, lr):
  loss = cross_entropy(predict_proba(x, w), y)
  g = torch.autograd.grad(loss, w)[0]
  with torch.no_grad():
    w -= lr * g
  return loss.item()


def train_logistic(x, y, w, lr, epochs):
  curve = torch.zeros(epochs)
  for e in range(epochs):
    curve[e] = update_logistic(x, y, w, lr)
  return curve.tolist()


def make_data(n, w):
  x = torch.empty(n, 2)
  x[:, 0].uniform_(-1, 1)
  x[:, 1].fill_(1)
  y = x[:, 0] * w[0] + w[1] + torch.rand(n)
  return x, y


def predict(x, w):
  return x @ w


def mse(y_hat, y):
  n = y.shape[0]
  return torch.sum((y - y_hat) ** 2) / n


def gradient(x, y, w):
  # L = 1/n sum (xw - y)^2   =>   dL/dw = 2/n X^T (Xw - y)
  with torch.no_grad():
    residual = predict(x, w) - y
    return 2 * x.T @ residual / len(y)


def update(x, y, w, lr):
  with torch.no_grad():
    loss = mse(predict(x, w), y)
    w -= lr * gradient(x, y, w)
  return loss


def train(x, y, w, lr, epochs):
  curve = torch.zeros(epochs)
  for e in range(epochs):
    curve[e] = update(x, y, w, lr)
  return curve.tolist()


def minibatches(x, y, batch_size):
  remaining = torch.randperm(x.size(0)).tolist()
  while remaining:
    now, remaining = remaining[:batch_size], remaining[batch_size:]
    yield x[now], y[now]


def train_minibatch(x, y, w, lr, epochs, batch_size):
  curve = []
  for e in range(epochs):
    for xb, yb in minibatches(x, y, batch_size):
      with torch.no_grad():
        w -= lr * gradient(xb, yb, w)
    with torch.no_grad():
      curve.append(float(mse(predict(x, w), y)))
  return curve


def plot_fit(x, y, w):
  fig, ax = plt.subplots()
  ax.scatter(x[:, 0], y, color="steelblue")
  ax.set_xlabel("x")
  ax.set_ylabel("y")
  ax.set_title("data and fit")
  return ax


def animate_fit(x, y, w, lr, frames):
  fig, ax = plt.subplots()
  ax.scatter(x[:, 0], y, color="steelblue")
  ends = torch.tensor([[-1.0, 1.0], [1.0, 1.0]])
  line, = ax.plot(ends[:, 0], predict(ends, w).detach(), color="crimson")

  def frame(i):
    update(x, y, w, lr)
    line.set_ydata(predict(ends, w).detach())
    return line,

  return FuncAnimation(fig, frame, frames=frames, interval=40)

# cause: plot_fit/no-model
