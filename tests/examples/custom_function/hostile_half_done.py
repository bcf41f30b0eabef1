"""Right on the way forward, and nothing on the way back.

The points are those for values, and all of binary_layer, whose own code is right.

# expect: score=22
"""
import torch


class Half(torch.autograd.Function):
    @staticmethod
    def backward(ctx, grad_output):
        return None


class Swish(Half):
    @staticmethod
    def forward(ctx, x):
        return x * torch.sigmoid(x)


class RobustSquare(Half):
    @staticmethod
    def forward(ctx, x, scale):
        return x**2 / (1 + (x / scale) ** 2)


class MatMul(Half):
    @staticmethod
    def forward(ctx, x, w):
        return x @ w


class Binarise(Half):
    @staticmethod
    def forward(ctx, x):
        return torch.where(x >= 0, 1.0, -1.0).to(x.dtype)


def binary_layer(x, w):
    return x @ Binarise.apply(w)
