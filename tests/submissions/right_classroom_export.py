#!/usr/bin/env python
# coding: utf-8
"""A notebook exported to .py in the classroom style: functions without parameters that live on the globals x, y, w, lr, epoch."""

# # Linear regression with PyTorch

# In[1]:


get_ipython().run_line_magic('matplotlib', 'inline')
import torch
import numpy as np
from matplotlib import pyplot as plt
from matplotlib import animation, rc
rc('animation', html='jshtml')


# In[2]:


n = 100
w = torch.from_numpy(np.array([3., 2]).astype(np.float32))

def make_data():
    x = torch.ones(n, 2)
    x[:, 0].uniform_(-1., 1)
    y = x@w + torch.rand(n)
    return x, y

x, y = make_data()
plt.scatter(x[:, 0], y);


# ## My answers

# In[3]:


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


# In[4]:


def predict():
    return x@w

def mse(y_hat, y):
    return ((y_hat-y)**2).mean()


# In[5]:


w = torch.tensor([-1., 1.], requires_grad=True)
lr = 1e-1

def gradient():
    w.grad = None
    mse(predict(), y).backward()
    return w.grad.clone()

def update():
    loss = mse(predict(), y)
    if epoch % 10 == 0: print(loss)
    loss.backward()
    with torch.no_grad():
        w.sub_(lr * w.grad)
        w.grad.zero_()

for epoch in range(100):
    update()


# In[6]:


epochs = 20

def train():
    global epoch
    losses = []
    for epoch in range(epochs):
        losses.append(mse(predict(), y).item())
        update()
    return losses

batch_size = 16

def minibatches():
    order = torch.randperm(len(y))
    batches = []
    for i in range(0, len(y), batch_size):
        batches.append((x[order[i:i+batch_size]], y[order[i:i+batch_size]]))
    return batches

def train_minibatch():
    global epoch
    losses = []
    for epoch in range(epochs):
        total = 0
        for xb, yb in minibatches():
            loss = mse(xb@w, yb)
            loss.backward()
            with torch.no_grad():
                w.sub_(lr * w.grad)
                w.grad.zero_()
            total += loss.item() * len(yb)
        losses.append(total / len(y))
    return losses

print(train_minibatch()[-1])


# In[7]:


def plot_fit():
    w.requires_grad = False
    fig, ax = plt.subplots()
    ax.scatter(x[:, 0], y)
    ax.scatter(x[:, 0], x@w)
    return ax

plot_fit();


# In[8]:


frames = 30

def animate_fit():
    fig = plt.figure()
    plt.scatter(x[:, 0], y, c='orange')
    line, = plt.plot(x[:, 0], predict().detach())
    plt.close()

    def animate(i):
        w.requires_grad = True
        update()
        w.requires_grad = False
        line.set_ydata(predict())
        return line,

    return animation.FuncAnimation(fig, animate, np.arange(0, frames), interval=20)

animate_fit()


# ## Logistic regression

# In[9]:


def sigmoid(z):
    return 1/(1+torch.exp(-z))

def predict_proba():
    return sigmoid(x@w)

def cross_entropy(p, y):
    p = p.clamp(1e-6, 1-1e-6)
    return -(y*torch.log(p) + (1-y)*torch.log(1-p)).mean()

def update_logistic():
    loss = cross_entropy(predict_proba(), y)
    loss.backward()
    with torch.no_grad():
        w.sub_(lr * w.grad)
        w.grad.zero_()
    return loss.item()

def train_logistic():
    return [update_logistic() for i in range(epochs)]


# In[10]:


y = (x[:, 0] > 0).float()
w = torch.zeros(2, requires_grad=True)
get_ipython().run_line_magic('time', 'losses = train_logistic()')
get_ipython().system('pip list | grep torch')
