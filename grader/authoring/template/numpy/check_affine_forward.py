"""Checks of affine_forward(x, w, b): the file's name says which unit.

The first line of a check's docstring is its title in the report, the rest is the general hint.
"""

import pytest

from grader.checks.api import expect_close


# A script says what is to be done. It is carried out in a sandbox, once with the submission as
# `lab` and once with the reference. Nothing can be looked at in here: return it in a dict.
def forward(lab, x, w, b):
    out, _ = lab.affine_forward(x, w, b)
    return {"out": out}


@pytest.mark.points(4)
def check_affine_forward_multiplies_and_adds(probe, layers):
    """affine_forward(x, w, b) computes x @ w + b

    The biases are added to every row.
    """
    for case in layers:
        got, want = probe.both_run(forward, x=case["x"], w=case["w"], b=case["b"])
        expect_close(got["out"], want["out"], "out", scale=1)
