"""Explains exceptions that torch and Python raise for well-known reasons.

They are recognised by type and text. Where the text speaks of the library's internals, the
explanation uses the words of the lab.
"""

import re
from collections.abc import Sequence

from grader.observations.messages import Raised
from grader.report.file_explanations import explain_file
from grader.report.old_names import explain_old_name
from grader.report.reasons import Reason

# Of a text, which a submission can choose. What the libraries write is shorter, and the time that
# some patterns take grows with its square.
_MAX_CHARACTERS = 2000

_REASONS = (
    Reason(
        "AssertionError|RuntimeError",
        r"Torch not compiled with \w+ enabled|No CUDA GPUs are available|Found no NVIDIA driver"
        r"|Invalid device (string|id)|not linked with support for mps|CUDA error",
        "It is graded on the CPU. Leave .cuda() and device=... out, or choose the device with "
        '`"cuda" if torch.cuda.is_available() else "cpu"`.',
        is_of_place=True,
    ),
    Reason(
        "PermissionError|OSError|BlockingIOError",
        r"\[Errno 1\]",
        "Starting other programs or processes and using the network are not allowed while a "
        "submission is graded.",
        is_of_place=True,
    ),
    Reason(
        "PermissionError",
        r"\[Errno 13\]",
        "Other folders than the current one can't be read or written while a submission is graded.",
        is_of_place=True,
    ),
    Reason(
        "FileNotFoundError",
        r"\[Errno 2\]|not found|does not exist",
        "While a submission is graded, only its own file is there, and what it has written itself.",
        is_of_place=True,
    ),
    Reason(
        "URLError|gaierror|ConnectionError|HTTPError|RuntimeError",
        r"name resolution|no internet connection|Name or service not known",
        "There is no network while a submission is graded.",
        is_of_place=True,
    ),
    Reason(
        "RuntimeError",
        r"leaf Variable that requires grad (is being used in|has been moved)",
        "A leaf that requires grad was changed in place while autograd was recording. If it is the "
        "step on w, take it inside `with torch.no_grad():`, or change w.data. Anything else should "
        "make a new tensor: without += and the like, and by a method without a trailing "
        "underscore.",
    ),
    Reason(
        "RuntimeError",
        r"backward through the graph a second time",
        "backward() reached a part of the graph that an earlier backward() had freed. Is the loss "
        "computed again before each backward(), and from w itself, not from a step that autograd "
        "recorded?",
    ),
    Reason(
        "RuntimeError",
        r"Can't call numpy\(\) on Tensor that requires grad|numpy\(\) on Tensor that requires",
        "numpy and matplotlib don't accept a tensor that requires grad. To draw or print it, use "
        ".detach() first. Where the result is differentiated, that would cut the graph: there use "
        "torch's own functions, such as torch.exp in place of np.exp.",
    ),
    Reason(
        "AttributeError",
        r"'NoneType' object has no attribute '(zero_|data|detach|detach_|clone|fill_|item|mul_)'",
        "None was used like a tensor. If it is w.grad: w.grad is None before the first backward() "
        "that reaches w, and after w.grad = None. Clear the gradient after the step, or only "
        "`if w.grad is not None`.",
    ),
    Reason(
        "TypeError",
        r"assigned grad expected to be a Tensor or None",
        "The .grad of a leaf holds a tensor or None. To clear it, write w.grad = None or "
        "w.grad.zero_().",
    ),
    Reason(
        "TypeError",
        r"unsupported operand type\(s\) for .*NoneType|'NoneType' and|must be Tensor, not NoneType",
        "One of the operands is None. If it is w.grad: w.grad is None until a backward() has "
        "reached w, and stays None if w is not a leaf but was computed, as in w = w - ..., or if "
        "the loss is a tensor made anew, such as torch.tensor(loss.item()). If it is what one of "
        "your functions returns: does every path end in a return?",
    ),
    Reason(
        "RuntimeError",
        r"element 0 of tensors does not require grad",
        "backward() was called on a tensor that is not connected to anything that requires grad. "
        "Does w require grad, and is there .item(), .detach(), .numpy(), torch.tensor(...) or "
        "torch.no_grad() on the way to the loss?",
    ),
    Reason(
        "RuntimeError",
        r"grad can be implicitly created only for scalar outputs",
        "backward() needs a single number to start from, and this tensor is not one. Take the "
        "mean of the losses first.",
    ),
    Reason(
        "RuntimeError",
        r"differentiated Tensors? .*(not have been used|does not require grad)",
        "The tensor with respect to which the loss is differentiated does not require grad, or the "
        "loss was not computed from it. Was a copy of the tensor, or its .data, used instead?",
    ),
    Reason(
        "RuntimeError",
        r"modified by an inplace operation",
        "A tensor that backward() needs was changed in place after it had been used, such as by "
        "+=, *= or a method with a trailing underscore. Make a new tensor instead. If it is the "
        "step on w, call backward() before the step.",
    ),
    Reason(
        "RuntimeError",
        r"mat1 and mat2 shapes|size mismatch, got|cannot be multiplied|inconsistent tensor size",
        "The shapes don't fit this product; (n, 2) @ (2,) gives (n,). Print the shapes just "
        "before this line.",
    ),
    Reason(
        "RuntimeError",
        r"The size of tensor a \(\d+\) must match the size of tensor b"
        r"|shape .* is invalid for input|doesn't match the broadcast shape|expand\(",
        "The shapes of the two tensors don't match. Print both just before this line. Is one of "
        "them (n, 1) where (n,) is needed?",
    ),
    Reason(
        "RuntimeError",
        r"expected (scalar type|m1 and m2 to have the same dtype)|same dtype|Found dtype|"
        r"expected .* but (got|found) (Double|Float|Long|Int)",
        "The tensors have different dtypes, or not the one that is needed. Is one of them float64, "
        "as numpy's arrays are by default, or of integers? Convert with .float(), or create the "
        "tensor with dtype=torch.float32.",
    ),
    Reason(
        "RuntimeError",
        r"[Oo]nly Tensors of floating point (and complex )?dtype can require gradients"
        r"|result type Float can't be cast to",
        "A tensor of integers can't require grad, or hold the result of a step. Write the numbers "
        "with a decimal point, or use .float().",
    ),
    Reason(
        "RuntimeError|ValueError|TypeError",
        r"a Tensor with \d+ elements cannot be converted to Scalar"
        r"|only one element tensors can be converted|only (length-1|0-dimensional) arrays",
        "A single number is needed here, but the tensor has several. Was it meant to be reduced, "
        "such as with .mean()?",
    ),
    Reason(
        "RuntimeError",
        r"Boolean value of Tensor with (more than one|no) value",
        "Was the data given to the class itself? nn.MSELoss() makes the function first, and that "
        "takes the data: nn.MSELoss()(y_hat, y).",
        code=r"Loss\((?!\s*(\)|\w+\s*=))",
    ),
    Reason(
        "RuntimeError",
        r"Boolean value of Tensor with (more than one|no) value",
        "To ask whether there is a gradient yet, write `if w.grad is not None:`.",
        code=r"(if|while|and|or|not)\s+\w+\.grad\s*(:|and\b|or\b|$)",
    ),
    Reason(
        "RuntimeError",
        r"Boolean value of Tensor with (more than one|no) value",
        "A single True or False is needed here, and the tensor has several entries, or none. `if`, "
        "`while`, `and`, `or`, min() and max() decide only once: to choose entry by entry, use "
        "torch.where, torch.minimum or torch.maximum, or a formula without cases.",
    ),
    Reason(
        "RuntimeError",
        r"you can only change requires_grad flags of leaf variables",
        "Only a leaf lets you change requires_grad; this tensor was computed. Use .detach() first.",
    ),
    Reason(
        "TypeError",
        r"<locals>\.\w+\(\) (takes \d+|missing \d+ required) positional argument",
        "A function inside a function was called with more or fewer arguments than it takes. If it "
        "is the frame function: it is called with one, the number of the frame, so begin it with "
        "`def step(frame):`.",
    ),
    Reason(
        "TypeError",
        r"'(NoneType|tuple|list)' object is not callable",
        "Something that is not a function was called. If it was given to FuncAnimation: write the "
        "function's name without brackets, FuncAnimation(fig, step), not step(0).",
    ),
    Reason(
        "TypeError",
        r"'(Tensor|int|float)' object is not callable",
        "A number or a tensor was called as if it were a function. Does a variable have the "
        "function's name, or is a * missing before a bracket?",
    ),
    Reason(
        "TypeError",
        r"FuncAnimation\.__init__\(\) missing",
        "FuncAnimation needs the figure first, and then the frame function: "
        "FuncAnimation(fig, step, frames=frames).",
    ),
    Reason(
        "RuntimeError",
        r"When blit=True, the animation function must return a sequence",
        "With blit=True, the frame function returns what it has drawn anew in a list or a tuple. "
        "A single line needs a comma after it, `return line,`, or brackets. Or leave blit out.",
    ),
    Reason(
        "RuntimeError",
        r"When blit=True, the init_func must return a sequence",
        "With blit=True, the function given as init_func returns what it has drawn in a list or a "
        "tuple, such as `return line,`. Or leave blit out.",
    ),
    Reason(
        "AttributeError",
        r"'Axes(Subplot)?' object has no attribute 'canvas'",
        "Axes have no canvas; the figure has. If they were given to FuncAnimation: it needs the "
        "figure, which is fig of fig, ax = plt.subplots(), or ax.figure.",
    ),
    Reason(
        "AttributeError",
        r"'list' object has no attribute 'set_\w+'",
        "A list was used like a single line or set of points. If it is what axes.plot returns, a "
        "list of lines: take the line out of it, with a comma after its name: "
        "`line, = axes.plot(...)`.",
    ),
    Reason(
        "TypeError",
        r"^(Sigmoid|MSELoss|BCELoss|CrossEntropyLoss)\.__init__\(\) takes",
        "Data was passed to a class, which makes the function first: nn.Sigmoid()(z), or "
        "nn.MSELoss()(y_hat, y).",
    ),
    Reason(
        "TypeError",
        r"'(int|float)' object is not iterable",
        "A single number was used as if it were a list. To repeat n times, write "
        "`for _ in range(n)`; to add one number to a list, use append.",
    ),
    Reason(
        "AttributeError",
        r"'NoneType' object has no attribute 'append'",
        "None was used like a list. append changes the list and returns nothing. If this is where "
        "None comes from: write `losses.append(loss)`, without `losses =` in front.",
    ),
    Reason(
        "ValueError",
        r"(not enough|too many) values to unpack",
        "There are more or fewer names before the = or the `in` than values to put into them. A "
        "pair needs two names: `for xb, yb in batches`.",
    ),
    Reason(
        "ValueError",
        r"x and y must be the same size|x and y must have same first dimension",
        "matplotlib needs as many numbers across as up. Of a matrix with several columns, draw "
        "one, such as x[:, 0].",
    ),
    Reason(
        "RuntimeError|NotImplementedError",
        r"bitwise_xor|xor_cpu",
        "^ is not a power in Python: write ** for it.",
    ),
    Reason(
        "RuntimeError",
        r"mat2 must be a matrix|vector \+ matrix @ vector|1D tensors expected",
        "torch.mm multiplies two matrices, and torch.dot two vectors. x @ w multiplies a matrix by "
        "a vector.",
    ),
    Reason(
        "RuntimeError",
        r"both arguments to matmul need to be at least 1D",
        "One factor of @ is a single number. Are these all the rows of x, or one entry of it?",
    ),
    Reason(
        "TypeError",
        r"unsupported operand type\(s\) for @: 'Tensor' and '(float|int)'",
        "The second factor of @ is a plain number. Are the arguments in the order of the "
        "parameters?",
    ),
    Reason(
        "TypeError",
        r"(mean|sum|std|var|max|min)\(\) (got an unexpected keyword argument|received an invalid "
        r"combination of arguments).*\b(axis|out)\b",
        "Was a function of numpy given a tensor? Use torch's, such as .mean() of the tensor.",
    ),
    Reason(
        "ValueError|RuntimeError",
        r"For 1D input, 1D target must have size 1"
        r"|Expected floating point type for target with class",
        "nll_loss and cross_entropy of torch expect numbers for several classes, for each sample. "
        "Here each sample has one probability: use the formula, or F.binary_cross_entropy(p, y).",
    ),
    Reason(
        "ValueError|RuntimeError",
        r"[Ss]ample larger than population|take a larger sample than population"
        r"|cannot sample n_sample > prob_dist",
        "More samples are drawn than there are. Draw one permutation of all of them, and cut it "
        "into pieces.",
    ),
    Reason(
        "RecursionError",
        r"maximum recursion depth",
        "A function calls itself, directly or through others, more often than Python allows. Does "
        "it have the name of the function that it should call?",
    ),
    Reason(
        "NameError",
        r"name '(\w+)' is not defined",
        "A name is used that is not defined at that point. Is it a typo, is an import missing, or "
        "is it a variable of another function or of a cell that did not run?",
    ),
    Reason(
        "UnboundLocalError",
        r"local variable",
        "A name that is assigned anywhere in a function is local in the whole function. To change "
        "a global with `w = w - ...` or `w -= ...`, declare `global w` first, or use an in-place "
        "method such as w.sub_(...).",
    ),
)


def explain(raised: Raised, *, only_of_place: bool = False, files: Sequence[str] = ()) -> str:
    """Return why an exception was raised and what to try; empty if the reason is not known.

    Args:
        raised: The exception.
        only_of_place: Whether only what lies in the place where submissions are graded counts.
        files: The files that are given.
    """
    about_file = explain_file(raised, files)
    if about_file:
        return about_file
    old = explain_old_name(raised)
    if old and not only_of_place:
        return old
    text = raised.text[:_MAX_CHARACTERS]
    for reason in _REASONS:
        if only_of_place and not reason.is_of_place:
            continue
        if reason.fits(raised.type_name, text) and re.search(
            reason.code, raised.code[:_MAX_CHARACTERS]
        ):
            return reason.explanation
    return ""
