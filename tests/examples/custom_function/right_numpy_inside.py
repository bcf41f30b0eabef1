"""numpy computes, as in the tutorial on extensions with numpy and scipy."""
import numpy as np
import torch
from torch.autograd import Function


def sigmoid(a):
    return 1.0 / (1.0 + np.exp(-a))


class Swish(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        a = x.detach().numpy()
        return x.new_tensor(a * sigmoid(a))

    @staticmethod
    def backward(ctx, grad_output):
        x, = ctx.saved_tensors
        a, g = x.numpy(), grad_output.numpy()
        s = sigmoid(a)
        return torch.as_tensor(g * (s + a * s * (1 - s)), dtype=grad_output.dtype)


class RobustSquare(Function):
    @staticmethod
    def forward(ctx, x, scale):
        a = x.detach().numpy()
        u = a / scale
        result = scale**2 * u**2 / (1 + u**2)
        ctx.u, ctx.factor = u, 2 * scale
        return torch.from_numpy(np.asarray(result, dtype=a.dtype))

    @staticmethod
    def backward(ctx, grad_output):
        slope = ctx.factor * ctx.u / (1 + ctx.u**2) ** 2
        return grad_output * torch.from_numpy(np.asarray(slope)).to(grad_output), None


class MatMul(Function):
    @staticmethod
    def forward(ctx, x, w):
        ctx.save_for_backward(x.detach(), w.detach())
        return torch.from_numpy(np.dot(x.detach().numpy(), w.detach().numpy()))

    @staticmethod
    def backward(ctx, grad_output):
        x, w = ctx.saved_tensors
        g = grad_output.detach().numpy()
        result = [None, None]
        if ctx.needs_input_grad[0]:
            result[0] = torch.from_numpy(g.dot(w.numpy().T))
        if ctx.needs_input_grad[1]:
            result[1] = torch.from_numpy(x.numpy().T.dot(g))
        return tuple(result)


class Binarise(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        a = x.detach().numpy()
        return torch.from_numpy(np.where(a >= 0, 1, -1).astype(a.dtype))

    @staticmethod
    def backward(ctx, grad_output):
        x, = ctx.saved_tensors
        return torch.where(torch.abs(x) > 1, torch.zeros_like(x), grad_output)


def binary_layer(inputs, weights):
    return inputs.matmul(Binarise.apply(weights))
