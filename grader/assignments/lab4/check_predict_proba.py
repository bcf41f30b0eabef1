"""Checks of predict_proba(x, w): the model of logistic regression."""

from typing import Any

import pytest

from grader.checks.compare import VALUES_ARE_WRONG, expect_close
from grader.checks.probe import Probe


@pytest.mark.points(2)
def check_predict_proba_is_the_sigmoid_of_the_line(
    probe: Probe, regressions: list[dict[str, Any]]
) -> None:
    """predict_proba(x, w) is sigmoid(x @ w), one probability per sample

    Compute the line x @ w, then apply the sigmoid to it once.
    """
    for case in regressions:
        for w in (case["w"], case["w"].array):
            got, want = probe.both(x=case["x"], w=w)
            expect_close(got.array(), want.array(), "predict_proba(x, w)")


@pytest.mark.points(2)
def check_predict_proba_can_be_differentiated(
    probe: Probe, regressions: list[dict[str, Any]]
) -> None:
    """Autograd finds the gradient of predict_proba(x, w) with respect to w

    Use only torch operations from w to the result.
    """
    for case in regressions:
        cotangent = probe.rng().normal(0, 1, len(case["x"])).astype("float32")
        got, want = probe.both(x=case["x"], w=case["w"], differentiate=["w"], cotangent=cotangent)
        expect_close(got.array(), want.array(), "predict_proba(x, w)", hint=VALUES_ARE_WRONG)
        # Near 0 and 1, the slope p (1 - p) has the rounding error of p, which is large beside it.
        scale = float(len(case["x"]))
        expect_close(
            got.gradient("w"), want.gradient("w"), "the gradient with respect to w", scale=scale
        )
