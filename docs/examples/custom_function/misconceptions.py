"""Known wrong ways to write a Function: the name says which, the docstring is title and hint."""

import torch

# --- Swish --------------------------------------------------------------------------------


class Swish__forgets_the_factor_x(Swish):
    """forward returns sigmoid(x), without the factor x.

    Multiply it by x.

    Section: 1. Swish
    """

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return torch.sigmoid(x)


class Swish__forgets_grad_output(Swish):
    """backward returns the derivative alone, whatever slope comes from behind.

    By the chain rule, multiply it by grad_output.

    Section: 1. Swish
    """

    @staticmethod
    def backward(ctx, grad_output):
        (x,) = ctx.saved_tensors
        s = torch.sigmoid(x)
        return s + x * s * (1 - s)


class Swish__first_term_only(Swish):
    """The derivative lacks the term in which sigmoid itself changes.

    By the product rule there are two: sigmoid(x), and x times the derivative of sigmoid.

    Section: 1. Swish
    """

    @staticmethod
    def backward(ctx, grad_output):
        (x,) = ctx.saved_tensors
        return grad_output * torch.sigmoid(x)


class Swish__second_term_only(Swish):
    """The derivative lacks the term in which the factor x changes.

    By the product rule there are two: sigmoid(x), and x times the derivative of sigmoid.

    Section: 1. Swish
    """

    @staticmethod
    def backward(ctx, grad_output):
        (x,) = ctx.saved_tensors
        s = torch.sigmoid(x)
        return grad_output * x * s * (1 - s)


class Swish__derivative_of_the_sigmoid(Swish):
    """The derivative is that of sigmoid.

    Swish is x * sigmoid(x), so the product rule gives two terms.

    Section: 1. Swish
    """

    @staticmethod
    def backward(ctx, grad_output):
        (x,) = ctx.saved_tensors
        s = torch.sigmoid(x)
        return grad_output * s * (1 - s)


class Swish__x_as_an_attribute(Swish):
    """x is kept as an attribute of ctx, where autograd doesn't watch over it.

    Use ctx.save_for_backward(x) and ctx.saved_tensors.

    Section: 1. Swish
    """

    @staticmethod
    def forward(ctx, x):
        ctx.x = x
        return x * torch.sigmoid(x)

    @staticmethod
    def backward(ctx, grad_output):
        s = torch.sigmoid(ctx.x)
        return grad_output * (s + ctx.x * s * (1 - s))


class Swish__x_on_the_class(Swish):
    """x is kept on the class, so a second use overwrites the x of the first.

    Every use has a ctx of its own: ctx.save_for_backward(x).

    Section: 1. Swish
    """

    @staticmethod
    def forward(ctx, x):
        Swish.x = x
        return x * torch.sigmoid(x)

    @staticmethod
    def backward(ctx, grad_output):
        s = torch.sigmoid(Swish.x)
        return grad_output * (s + Swish.x * s * (1 - s))


class Swish__changes_grad_output(Swish):
    """backward changes grad_output in place.

    Other branches of the graph may get the same tensor. grad_output * slope makes a new one.

    Section: 1. Swish
    """

    @staticmethod
    def backward(ctx, grad_output):
        (x,) = ctx.saved_tensors
        s = torch.sigmoid(x)
        if all(grad_output.stride()):  # an expanded tensor can't be changed
            return grad_output.mul_(s + x * s * (1 - s))
        return grad_output * (s + x * s * (1 - s))


# --- RobustSquare -------------------------------------------------------------------------


class RobustSquare__one_value_too_few(RobustSquare):
    """backward returns one value, but forward has two arguments.

    Return None for scale as well: `return dx, None`.

    Section: 2. A square for outliers
    """

    @staticmethod
    def backward(ctx, grad_output):
        (x,) = ctx.saved_tensors
        return grad_output * 2 * x / (1 + (x / ctx.scale) ** 2) ** 2


class RobustSquare__denominator_not_squared(RobustSquare):
    """The denominator of the derivative is not squared.

    By the quotient rule it is (1 + (x / scale)^2)^2.

    Section: 2. A square for outliers
    """

    @staticmethod
    def backward(ctx, grad_output):
        (x,) = ctx.saved_tensors
        return grad_output * 2 * x / (1 + (x / ctx.scale) ** 2), None


class RobustSquare__forgets_the_two(RobustSquare):
    """The derivative lacks the factor 2.

    The derivative of x^2 is 2 x.

    Section: 2. A square for outliers
    """

    @staticmethod
    def backward(ctx, grad_output):
        (x,) = ctx.saved_tensors
        return grad_output * x / (1 + (x / ctx.scale) ** 2) ** 2, None


class RobustSquare__scale_not_squared(RobustSquare):
    """x^2 is divided by scale, not by its square, both in forward and in backward.

    (x / scale)^2 is x^2 / scale^2.

    Section: 2. A square for outliers
    """

    @staticmethod
    def forward(ctx, x, scale):
        ctx.save_for_backward(x)
        ctx.scale = scale
        return x**2 / (1 + x**2 / scale)

    @staticmethod
    def backward(ctx, grad_output):
        (x,) = ctx.saved_tensors
        return grad_output * 2 * x / (1 + x**2 / ctx.scale) ** 2, None


class RobustSquare__scale_on_the_class(RobustSquare):
    """The scale is kept on the class: backward sees the one of the last use.

    Every use has a ctx of its own: ctx.scale = scale.

    Section: 2. A square for outliers
    """

    @staticmethod
    def forward(ctx, x, scale):
        ctx.save_for_backward(x)
        RobustSquare.scale = scale
        return x**2 / (1 + (x / scale) ** 2)

    @staticmethod
    def backward(ctx, grad_output):
        (x,) = ctx.saved_tensors
        return grad_output * 2 * x / (1 + (x / RobustSquare.scale) ** 2) ** 2, None


# --- MatMul -------------------------------------------------------------------------------


class MatMul__element_by_element(MatMul):
    """The tensors are multiplied element by element.

    * multiplies element by element; @ is the matrix product.

    Section: 3. Two tensors
    """

    @staticmethod
    def forward(ctx, x, w):
        ctx.save_for_backward(x, w)
        return x * w


class MatMul__other_order(MatMul):
    """The slopes are returned in the wrong order.

    They come in the order of forward's arguments: first the one at x, then the one at w.

    Section: 3. Two tensors
    """

    @staticmethod
    def backward(ctx, grad_output):
        x, w = ctx.saved_tensors
        dx = grad_output @ w.T if ctx.needs_input_grad[0] else None
        dw = x.T @ grad_output if ctx.needs_input_grad[1] else None
        return dw, dx


class MatMul__no_slope_at_w(MatMul):
    """There is no slope at w.

    Both are tensors, and both may need a gradient.

    Section: 3. Two tensors
    """

    @staticmethod
    def backward(ctx, grad_output):
        _, w = ctx.saved_tensors
        return grad_output @ w.T if ctx.needs_input_grad[0] else None, None


class MatMul__divides_by_n(MatMul):
    """The slope at w is divided by the number of samples.

    If the loss is a mean, grad_output has the factor 1 / n already.

    Section: 3. Two tensors
    """

    @staticmethod
    def backward(ctx, grad_output):
        x, w = ctx.saved_tensors
        dx = grad_output @ w.T if ctx.needs_input_grad[0] else None
        dw = x.T @ grad_output / len(x) if ctx.needs_input_grad[1] else None
        return dx, dw


class MatMul__computes_everything(MatMul):
    """Both slopes are computed, needed or not.

    Look at ctx.needs_input_grad first, and return None for what is not needed.

    Section: 3. Two tensors
    """

    @staticmethod
    def backward(ctx, grad_output):
        x, w = ctx.saved_tensors
        return grad_output @ w.T, x.T @ grad_output


# --- Binarise -----------------------------------------------------------------------------


class Binarise__sign_of_zero(Binarise):
    """0 stays 0.

    torch.sign(0) is 0. Use torch.where(x >= 0, 1.0, -1.0).

    Section: 4. A slope where there is none
    """

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return torch.sign(x)


class Binarise__zero_and_one(Binarise):
    """Negative numbers become 0, not -1.

    True and False as numbers are 1 and 0: use torch.where(x >= 0, 1.0, -1.0).

    Section: 4. A slope where there is none
    """

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return (x >= 0).to(x.dtype)


class Binarise__always_float32(Binarise):
    """The result is float32, whatever x is.

    torch.where makes 1.0 and -1.0 of float32. Convert them: .to(x.dtype).

    Section: 4. A slope where there is none
    """

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return torch.where(x >= 0, 1.0, -1.0)


class Binarise__true_slope(Binarise):
    """The slope is 0 everywhere, as that of a step is.

    Then nothing can be learnt. Pass grad_output where -1 <= x <= 1.

    Section: 4. A slope where there is none
    """

    @staticmethod
    def backward(ctx, grad_output):
        return torch.zeros_like(grad_output)


class Binarise__never_stops(Binarise):
    """Slopes pass everywhere, also beyond -1 and 1.

    Stop them where |x| > 1: multiply grad_output by (x.abs() <= 1).

    Section: 4. A slope where there is none
    """

    @staticmethod
    def backward(ctx, grad_output):
        return grad_output.clone()


class Binarise__stops_at_the_ends(Binarise):
    """Slopes are stopped at -1 and 1 themselves.

    They pass there too: compare with <=, not with <.

    Section: 4. A slope where there is none
    """

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return torch.where(x >= 0, 1.0, -1.0).to(x.dtype)

    @staticmethod
    def backward(ctx, grad_output):
        (x,) = ctx.saved_tensors
        return grad_output * (x.abs() < 1)


class Binarise__clamps_the_slope(Binarise):
    """The slope itself is clamped to -1 and 1.

    It is x that decides: slopes are stopped where |x| > 1, and pass unchanged elsewhere.

    Section: 4. A slope where there is none
    """

    @staticmethod
    def backward(ctx, grad_output):
        return grad_output.clamp(-1, 1)


# --- binary_layer -------------------------------------------------------------------------


def binary_layer__plain_sign(x, w):
    """The weights are binarised without Binarise, so they have no slope.

    Steps such as torch.sign have the derivative 0. Binarise.apply(w) has one that is of use.

    Section: 4. A slope where there is none
    """
    return x @ torch.sign(w)


def binary_layer__inputs_too(x, w):
    """The inputs are binarised as well.

    Only the weights are: x @ Binarise.apply(w).

    Section: 4. A slope where there is none
    """
    return Binarise.apply(x) @ Binarise.apply(w)


def binary_layer__ordinary_weights(x, w):
    """The weights are not binarised.

    Multiply x by Binarise.apply(w).

    Section: 4. A slope where there is none
    """
    return x @ w
