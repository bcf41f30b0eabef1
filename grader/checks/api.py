"""What a file of checks imports: inputs, scripts, comparisons and verdicts."""

from grader.checks.compare import (
    expect_close,
    expect_finite,
    expect_shape,
    is_close,
    name_kind,
    to_array,
    to_parts,
    to_sequence,
)
from grader.checks.facts import Roughly
from grader.checks.inputs import ArrayInput, Leaf, array, leaf, tensor
from grader.checks.parts import expect_all_close
from grader.checks.probe import Probe, Result
from grader.checks.steps import expect_same_leaf, expect_step
from grader.checks.tracing import (
    Handle,
    Lab,
    figure,
    figures,
    frames,
    np_,
    py_,
    raises,
    take,
    torch_,
)
from grader.checks.verdict import NotJudgedError, UnwrittenError, WrongError, precondition

__all__ = [
    "ArrayInput",
    "Handle",
    "Lab",
    "Leaf",
    "NotJudgedError",
    "Probe",
    "Result",
    "Roughly",
    "UnwrittenError",
    "WrongError",
    "array",
    "expect_all_close",
    "expect_close",
    "expect_finite",
    "expect_same_leaf",
    "expect_shape",
    "expect_step",
    "figure",
    "figures",
    "frames",
    "is_close",
    "leaf",
    "name_kind",
    "np_",
    "precondition",
    "py_",
    "raises",
    "take",
    "tensor",
    "to_array",
    "to_parts",
    "to_sequence",
    "torch_",
]
