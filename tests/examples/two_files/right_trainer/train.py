from dataclasses import dataclass, field

import torch

import model as models


def evaluate(*_):
    return "train"


@dataclass
class Trainer:
    model: torch.nn.Module
    optimizer: torch.optim.Optimizer
    history: list = field(default_factory=list)

    def step(self, x, y):
        self.optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(self.model(x), y)
        loss.backward()
        self.optimizer.step()
        self.history.append(loss.item())
        return self.history[-1]


def train_step(model, optimizer, x, y):
    assert evaluate() == "train"
    return Trainer(model, optimizer).step(x, y)


def fit(model, x, y, lr, epochs):
    trainer = Trainer(model, torch.optim.SGD(model.parameters(), lr=lr))
    while len(trainer.history) < epochs:
        trainer.step(x, y)
    return trainer.history


small = models.Classifier(2, 3, 2)
