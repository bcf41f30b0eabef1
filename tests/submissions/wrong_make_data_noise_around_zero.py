"""wrong make_data: noise from -0.5 to 0.5"""
from torch import *
import torch
from matplotlib.pyplot import *
from matplotlib.animation import FuncAnimation
import matplotlib.pyplot as plt

# DONT FORGET: hand in before friday!!

ANSWERS = dict(ones_column='b', uniform_='d', trailing_underscore='a', gradient_of_w='c', zero_grad='b',
           learning_rate='d', epoch='f', minibatch='a', sgd='g', model='b', parameters='e', loss_function='c')

def make_data(n, w):
    X = ones(n, 2)
    X[:,0] = rand(n)*2-1
    Y = X@w
    Y += rand(n)-0.5 # so that it is fair on both sides
    return X, Y

def predict(x, w):
    res = x@w
    #print(res.shape)
    return res

def mse(y_hat, y):
    d = y_hat-y
    d2 = d*d
    return d2.mean()

def gradient(x, y, w):
    w.grad = None
    L = mse(predict(x,w), y); L.backward()
    theGrad = w.grad.clone()
    w.grad = None
    return theGrad

def update(x, y, w, lr):
    w.grad = None
    L = mse(predict(x,w), y)
    L.backward()
    with no_grad():
        w -= lr*w.grad
    #print("loss now", L)
    return L.item()

def train(x, y, w, lr, epochs):
    hist = []
    e = 0
    while e < epochs:
        L = update(x,y,w,lr)
        hist.append(L)
        e += 1
    return hist

def minibatches(x, y, batch_size):
    p = randperm(len(x))
    xx = x[p]; yy = y[p]
    i = 0
    while i < len(x):
        yield xx[i:i+batch_size], yy[i:i+batch_size]
        i += batch_size

def train_minibatch(x, y, w, lr, epochs, batch_size):
    hist = []
    e = 0
    while e < epochs:
        tot = 0; cnt = 0
        for xb, yb in minibatches(x, y, batch_size):
            tot += update(xb, yb, w, lr); cnt += 1
        hist.append(tot/cnt)
        e += 1
    return hist

def sigmoid(z):
    return 1/(1+exp(-z))

def predict_proba(x, w):
    return sigmoid(x@w)

def cross_entropy(p, y):
    e = 0.0000001
    a = y*log(p+e)
    b = (1-y)*log(1-p+e)
    return -mean(a+b)

def update_logistic(x, y, w, lr):
    w.grad = None
    L = cross_entropy(predict_proba(x,w), y)
    L.backward()
    with no_grad():
        w -= lr*w.grad
    return L.item()

def train_logistic(x, y, w, lr, epochs):
    hist = []
    e = 0
    while e < epochs:
        hist.append(update_logistic(x,y,w,lr))
        e += 1
    return hist

def plot_fit(x, y, w):
    figure()
    plot(x[:,0], y, 'b.')
    plot(x[:,0], (x@w).detach(), 'r')
    return gca()

def animate_fit(x, y, w, lr, frames):
    f = figure()
    plot(x[:,0], y, 'b.')
    theLine, = plot(x[:,0], (x@w).detach(), 'r')
    def go(i):
        update(x,y,w,lr)
        theLine.set_ydata((x@w).detach())
        return theLine,
    return FuncAnimation(f, go, frames=frames)

# quick test
_x, _y = make_data(20, torch.tensor([3.,2.]))
print(_x[:3], _y[:3])

# cause: make_data/noise-around-zero
