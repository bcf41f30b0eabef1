"""In the style of PyTorch's own tutorial on autograd functions."""
import math

import torch


class Swish(torch.autograd.Function):
    @staticmethod
    def forward(ctx, input):
        """
        In the forward pass we receive a Tensor containing the input and return
        a Tensor containing the output.
        """
        ctx.save_for_backward(input)
        return input * torch.sigmoid(input)

    @staticmethod
    def backward(ctx, grad_output):
        input, = ctx.saved_tensors
        grad_input = grad_output.clone()
        sigma = input.sigmoid()
        grad_input *= sigma * (1 + input * (1 - sigma))
        return grad_input


class RobustSquare(torch.autograd.Function):
    @staticmethod
    def forward(ctx, input, scale):
        ctx.save_for_backward(input)
        ctx.scale = scale
        return input.pow(2) / (1 + input.pow(2) / scale**2)

    @staticmethod
    def backward(ctx, grad_output):
        input, = ctx.saved_tensors
        grad_input = grad_output * (2 * input * (1 + (input / ctx.scale).pow(2)).pow(-2))
        return grad_input, None


class MatMul(torch.autograd.Function):
    @staticmethod
    def forward(ctx, input, weight):
        ctx.save_for_backward(input, weight)
        return input.mm(weight)

    @staticmethod
    def backward(ctx, grad_output):
        input, weight = ctx.saved_tensors
        grad_input = grad_weight = None
        if ctx.needs_input_grad[0]:
            grad_input = grad_output.mm(weight.t())
        if ctx.needs_input_grad[1]:
            grad_weight = input.t().mm(grad_output)
        return grad_input, grad_weight


class Binarise(torch.autograd.Function):
    @staticmethod
    def forward(ctx, input):
        ctx.save_for_backward(input)
        output = input.clone()
        output[input >= 0] = 1
        output[input < 0] = -1
        return output

    @staticmethod
    def backward(ctx, grad_output):
        input, = ctx.saved_tensors
        grad_input = grad_output.clone()
        grad_input[input < -1] = 0
        grad_input[input > 1] = 0
        return grad_input


binarise = Binarise.apply


def binary_layer(x, w):
    return torch.mm(x, binarise(w))


if __name__ == "__main__":
    x = torch.linspace(-math.pi, math.pi, 7, requires_grad=True)
    print(Swish.apply(x))
