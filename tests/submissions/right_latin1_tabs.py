# -*- coding: latin-1 -*-
"""Fichier latin-1 indenté par des tabulations; le pas se fait en réaffectant w.data."""
# Élève : Zoé Lefèvre (2e année)
import torch
import matplotlib.pyplot as plt
from matplotlib.animation import FuncAnimation

RÉPONSES = {
	"ones_column": "B", "uniform_": "D", "trailing_underscore": "A",
	"gradient_of_w": "C", "zero_grad": "B", "learning_rate": "D",
	"epoch": "F", "minibatch": "A", "sgd": "G",
	"model": "B", "parameters": "E", "loss_function": "C",
}
ANSWERS = RÉPONSES

def make_data(n, w):
	# la droite + un bruit uniforme (tiré une seule fois par point)
	première = torch.rand(n) * 2 - 1
	x = torch.stack([première, torch.ones(n)], dim=1)
	return x, x.mv(w) + torch.rand(n)

def predict(x, w):
	return (x * w).sum(dim=1)

def mse(y_hat, y):
	différence = y_hat - y
	return torch.mean(différence * différence)

def gradient(x, y, w):
	if w.grad is not None:
		w.grad.zero_()
	mse(predict(x, w), y).backward()
	return w.grad

def update(x, y, w, lr):
	w.grad = None				# on repart de zéro à chaque fois
	coût = mse(predict(x, w), y)
	coût.backward()
	w.data = w.data - lr * w.grad
	return coût.detach()

def train(x, y, w, lr, epochs):
	coûts = []
	for e in range(epochs):
		coûts.append(update(x, y, w, lr))
	return coûts

def minibatches(x, y, batch_size):
	mélange = torch.rand(x.shape[0]).argsort()
	i = 0
	while i < x.shape[0]:
		choisis = mélange[i:i + batch_size]
		yield x[choisis], y[choisis]
		i += batch_size

def train_minibatch(x, y, w, lr, epochs, batch_size):
	coûts = []
	for e in range(epochs):
		somme = 0
		for xb, yb in minibatches(x, y, batch_size):
			somme += update(xb, yb, w, lr) * len(xb)	# pondéré par la taille
		coûts.append(somme / len(x))
	return coûts

def sigmoid(z):
	# pour z négatif on écrit exp(z) / (1 + exp(z)) : ça ne déborde jamais
	e = torch.exp(z.clamp(max=0))
	return torch.where(z > 0, 1 / (1 + torch.exp(-z.clamp(min=0))), e / (1 + e))

def predict_proba(x, w):
	return sigmoid(predict(x, w))

def cross_entropy(p, y):
	petit = 1e-7
	return -torch.mean(y * torch.log(p + petit) + (1 - y) * torch.log(1 - p + petit))

def update_logistic(x, y, w, lr):
	w.grad = None
	coût = cross_entropy(predict_proba(x, w), y)
	coût.backward()
	w.data = w.data - lr * w.grad
	return coût.detach()

def train_logistic(x, y, w, lr, epochs):
	return [update_logistic(x, y, w, lr) for e in range(epochs)]

def plot_fit(x, y, w):
	plt.figure()
	plt.plot(x[:, 0], y, "o", label="données")
	ordre = x[:, 0].argsort()
	plt.plot(x[ordre, 0], predict(x, w.data)[ordre], "r-", label="modèle")
	plt.title("Régression linéaire : le modèle appris")
	plt.legend()
	return plt.gca()

def animate_fit(x, y, w, lr, frames):
	fig, ax = plt.subplots()
	ax.plot(x[:, 0], y, "o")
	bords = torch.tensor([[-1.0, 1.0], [1.0, 1.0]])
	droite, = ax.plot(bords[:, 0], predict(bords, w.data))
	def étape(k):
		update(x, y, w, lr)
		droite.set_data(bords[:, 0], predict(bords, w.data))
		ax.set_title("étape n° %d" % k)
		return [droite]
	return FuncAnimation(fig, étape, frames=range(frames))
