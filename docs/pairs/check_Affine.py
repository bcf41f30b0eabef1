import pytest

from grader.checks.api import array, expect_all_close


@pytest.mark.points(2)
def check_Affine_goes_there_and_back(probe):
    """backward() returns the derivative at x, and sets dw and db

    All of them are sums over what they have an effect on.
    """

    def use(lab, x, w, b, dout):
        layer = lab.Affine(w, b)
        out = layer.forward(x)
        dx = layer.backward(dout)
        return {"out": out, "dx": dx, "layer.dw": layer.dw, "layer.db": layer.db}

    for n, d, m in ((2, 3, 1), (7, 3, 4)):
        sizes = {"x": (n, d), "w": (d, m), "b": m, "dout": (n, m)}
        inputs = {name: array(probe.rng().normal(1, 1, size)) for name, size in sizes.items()}
        expect_all_close(*probe.both_run(use, **inputs), scale=10)
