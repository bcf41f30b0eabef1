"""Both start methods give the same reports, also on a host that lacks what Windows lacks.

With ``ZEROGRAD_START_METHOD=spawn`` all end-to-end tests run with the spawner. That takes long,
so this is a sample of all kinds of submissions.
"""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest
from oracle_reports import differences

from grader.pipeline import Grader
from grader.report.model import Report
from grader.report.schema import read_report
from grader.sandbox.host.limits import Confinement
from grader.sandbox.host.spawner import Spawner
from grader.sandbox.host.start_method import StartMethod

pytestmark = pytest.mark.slow

SUBMISSIONS = Path(__file__).resolve().parents[1] / "submissions"
SAMPLES = (
    "right_plain.py",
    "right_classroom_lab.ipynb",
    "right_raising_cells.ipynb",
    "right_optim_loader.py",
    "wrong_mse_sum_for_mean.ipynb",
    "wrong_update_never_zeroed.ipynb",
    "wrong_plot_fit_wrong_column.py",
    "wrong_train_hangs.py",
    "hostile_exit_in_functions.py",
    "hostile_forged_frames.py",
    "hostile_memory.py",
    "hostile_processes.py",
    "hostile_steals_lent.py",
)


@pytest.fixture(scope="module")
def spawning_grader() -> Iterator[Grader]:
    """Return a grader whose children are fresh processes."""
    with Grader(confinement=Confinement(start_method=StartMethod.SPAWN)) as grader:
        assert isinstance(grader._resources._starter, Spawner)
        yield grader


@pytest.mark.parametrize("name", SAMPLES)
def test_spawned_children_give_the_same_report(
    name: str, spawning_grader: Grader, grade_sample: Callable[[str], Report]
) -> None:
    """Scores, statuses, messages, output and locks: all but times."""
    spawned = spawning_grader.grade(SUBMISSIONS / name)

    assert differences(_sort_output(grade_sample(name)), _sort_output(spawned)) == []


def _sort_output(report: Report) -> Report:
    """Sort the lines that were printed: some are when garbage is collected, at any moment."""
    lines = sorted(report.output.splitlines())
    return msgspec.structs.replace(report, output="\n".join(lines))


# The standard library is loaded first, as on Windows it needs none of that. What is asked for only
# where `sys.platform` is not Windows stays.
_HIDE = """
import os, selectors, shutil, signal, socket, subprocess, sys, tempfile
for name in ("fcntl", "resource", "pwd", "grp", "termios", "pyseccomp", "py_landlock"):
    sys.modules[name] = None
for module, names in {
    os: "fork fchmod O_NOFOLLOW O_DIRECTORY O_CLOEXEC O_NONBLOCK O_PATH pidfd_open",
    socket: "send_fds recv_fds CMSG_SPACE SCM_RIGHTS",
}.items():
    for name in names.split():
        if hasattr(module, name):
            delattr(module, name)
from grader.cli.start import grade
grade()
"""


def test_grade_works_on_a_host_that_lacks_what_windows_lacks(
    tmp_path: Path, grade_sample: Callable[[str], Report]
) -> None:
    """The host needs neither a fork nor passed descriptors nor Unix's ways to open files."""
    target = tmp_path / "report.json"
    sample = SUBMISSIONS / "wrong_mse_column_against_row.py"
    ran = subprocess.run(
        [sys.executable, "-P", "-c", _HIDE, str(sample), "--json", str(target), "--quiet"],
        env={**os.environ, "ZEROGRAD_START_METHOD": "spawn", "ZEROGRAD_CACHE": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )

    assert (ran.stderr, ran.returncode) == ("", 1)
    report = read_report(target)
    assert differences(grade_sample(sample.name), report) == []
