"""Verifying assignments about values that a notebook computes."""

from pathlib import Path

import pytest

from grader.authoring.verify import verify
from grader.checks.assignment import load_assignment

CHECK = """
import numpy as np
import pytest

from grader.checks.api import array, expect_close


@pytest.mark.points(1)
def check_{name}_is_right(probe):
    \"\"\"It is right

    Compute it.
    \"\"\"
    {ask}
    expect_close({got}, {want}, "{name}")
"""
READ = {"ask": "got, want = probe.read()", "got": "got.array()", "want": "want.array()"}
RERUN = {
    "ask": 'got, want = probe.rerun(given={"x": array([1.0, 4.0])}, read=["half"])',
    "got": 'got["half"]',
    "want": 'want["half"]',
}


@pytest.mark.slow
def test_wrong_value_that_breaks_what_comes_after_it_is_named(tmp_path: Path) -> None:
    """Other cells raise with it; each of them is judged with the right value."""
    (tmp_path / "assignment.toml").write_text(
        'id = "half"\ntitle = "Lab 2: a half"\nversion = "1"\npoints = 2\n'
        'reference = "reference.py"\nmisconceptions = "misconceptions.py"\n\n'
        '[[values]]\nname = "x"\n\n[[values]]\nname = "half"\ncollaborators = ["x"]\n',
        encoding="utf-8",
    )
    (tmp_path / "reference.py").write_text(
        "# %%\nimport numpy as np\n\n# %%\n# BEGIN SOLUTION x\nx = np.arange(3.0) + 1\n"
        "# END SOLUTION\n\n# %%\n# BEGIN SOLUTION half\nhalf = x / 2 + 0 * np.ones(len(x))\n"
        "# END SOLUTION\n",
        encoding="utf-8",
    )
    (tmp_path / "misconceptions.py").write_text(
        'def x__one_short():\n    """One number is missing.\n\n    Make three.\n    """\n'
        "    x = np.ones((2, 5))\n\n\n"
        'def half__doubled():\n    """It is doubled.\n\n    Divide.\n    """\n    half = x * 2\n',
        encoding="utf-8",
    )
    (tmp_path / "check_x.py").write_text(CHECK.format(name="x", **READ), encoding="utf-8")
    (tmp_path / "check_half.py").write_text(CHECK.format(name="half", **RERUN), encoding="utf-8")

    found = verify(
        load_assignment(tmp_path), seeds=1, jobs=1, on_progress=lambda _done, _total, _name: None
    )

    assert found.problems == []
    assert sorted(found.proved) == ["half/doubled", "x/one-short"]
