"""PyTorch computes the gradients; numpy arrays go in and come out."""
import numpy as np
import torch
import torch.nn.functional as F


def _leaf(array):
    return torch.tensor(array, requires_grad=True)


def affine_forward(x, w, b):
    leaves = [_leaf(a) for a in (x, w, b)]
    out = leaves[0].flatten(1) @ leaves[1] + leaves[2]
    return out.detach().numpy(), {"leaves": leaves, "out": out}


def affine_backward(dout, cache):
    grads = torch.autograd.grad(cache["out"], cache["leaves"], torch.from_numpy(dout))
    return tuple(g.numpy() for g in grads)


def relu_forward(x):
    x = _leaf(x)
    y = F.relu(x)
    return y.detach().numpy(), (x, y)


def relu_backward(dout, cache):
    x, y = cache
    y.backward(torch.from_numpy(dout))
    return x.grad.numpy()


def softmax_loss(x, y):
    x = _leaf(x)
    loss = F.cross_entropy(x, torch.as_tensor(y))
    loss.backward()
    return loss.item(), x.grad.numpy()


def network_loss(x, y, params, reg):
    p = {k: _leaf(v) for k, v in params.items()}
    h = F.relu(torch.from_numpy(x) @ p["w1"] + p["b1"])
    loss = F.cross_entropy(h @ p["w2"] + p["b2"], torch.from_numpy(y))
    loss = loss + 0.5 * reg * (p["w1"].square().sum() + p["w2"].square().sum())
    loss.backward()
    return loss.item(), {k: v.grad.numpy() for k, v in p.items()}


def sgd_momentum(w, dw, config):
    tensor, grad = torch.from_numpy(w), torch.from_numpy(dw)  # shares its memory with w
    v = config.setdefault("velocity", torch.zeros_like(tensor))
    v.mul_(config["momentum"]).sub_(grad, alpha=config["learning_rate"])
    tensor.add_(v)
    return w, config


def adam(w, dw, config):
    if "torch" not in config:
        p = torch.from_numpy(w).requires_grad_()
        config["torch"] = p, torch.optim.Adam(
            [p],
            lr=config["learning_rate"],
            betas=(config["beta1"], config["beta2"]),
            eps=config["epsilon"],
        )
    p, optimizer = config["torch"]
    p.grad = torch.from_numpy(dw)
    optimizer.step()
    return w, config
