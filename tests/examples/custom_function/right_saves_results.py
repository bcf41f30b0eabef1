"""What is saved are results of forward, not its input; masks instead of x; no materialised grads."""
import torch
import torch.autograd as ag


class Swish(ag.Function):
    @staticmethod
    def forward(ctx, x):
        sig = x.sigmoid()
        out = x * sig
        ctx.save_for_backward(sig, out)
        return out

    @staticmethod
    def backward(ctx, g):
        sig, out = ctx.saved_tensors
        return (out + sig * (1 - out)) * g


class RobustSquare(ag.Function):
    @staticmethod
    def forward(ctx, x, scale=1.0):
        ctx.set_materialize_grads(False)
        inverse = 1 / (1 + (x / scale) ** 2)
        ctx.save_for_backward(x, inverse)
        return x * x * inverse

    @staticmethod
    def backward(ctx, *grads):
        if grads[0] is None:
            return None, None
        x, inverse = ctx.saved_tensors
        return grads[0] * (x + x) * inverse * inverse, None


class MatMul(ag.Function):
    @staticmethod
    def forward(ctx, *args):
        ctx.save_for_backward(*args)
        a, b = args
        return torch.matmul(a, b)

    @staticmethod
    def backward(ctx, g):
        a, b = ctx.saved_tensors
        need_a, need_b = ctx.needs_input_grad
        return (g.matmul(b.transpose(0, 1)) if need_a else None), (
            a.transpose(0, 1).matmul(g) if need_b else None
        )


class Binarise(ag.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.mask = ((x >= -1) & (x <= 1)).float()
        return 2.0 * (x >= 0).to(x.dtype) - 1.0

    @staticmethod
    def backward(ctx, g):
        return g * ctx.mask


class BinaryLayer(torch.nn.Module):
    def forward(self, x, w):
        return x @ Binarise.apply(w)


binary_layer = BinaryLayer()
