"""A submission can't find the checks, neither in its memory nor on disk."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.observations.locks import Lock
from grader.sandbox.host.limits import Limits

pytestmark = pytest.mark.slow

FIND_CHECKS = r"""
import importlib, os, sys
found = []
def remember(what):
    found.append(str(what)[-100:])
roots = [p for p in sys.path if p] + ['/home', '/root', '/opt', os.getcwd()]
sys.path[:] = list(dict.fromkeys(
    roots + [os.path.dirname(p) for p in roots] + [ROOT] + [os.path.join(ROOT, 'grader')]
))
importlib.invalidate_caches()
sys.modules.pop('grader', None)
for name in ('grader.checks', 'grader.checks.compare', 'grader.pipeline', 'grader.report.model',
             'check_update', 'reference.lab4', 'grader.assignments.lab4.check_update'):
    try:
        module = importlib.import_module(name)
    except BaseException:
        continue
    if getattr(module, '__file__', None):
        remember(name)
for root in sys.path:
    for depth, (folder, folders, files) in enumerate(os.walk(root)):
        if depth > 2000:
            break
        for name in files:
            if name.startswith('check_') and name.endswith('.py') and 'lab4' in folder:
                try:
                    open(os.path.join(folder, name)).read()
                    remember(name)
                except OSError:
                    pass
print('FOUND', found) if found else print('NOTHING FOUND')
"""

LIST_MODULES = "import sys; print(sorted(m for m in sys.modules))"


def test_child_has_no_module_of_the_host(printed: Callable[..., str]) -> None:
    """A child has imported no checks, no pytest and nothing of an assignment."""
    modules = printed(LIST_MODULES)
    names = {name.strip("'[] \n") for name in modules.split(",")}

    ours = {name for name in names if name.split(".")[0] == "grader"}
    strangers = {
        name
        for name in ours
        if name not in ("grader", "grader.sandbox", "grader.sandbox.process_tree")
        and not name.startswith(("grader.sandbox.guest", "grader.observations"))
    }
    assert ours, "the listing is empty"
    assert strangers == set()
    assert not {name for name in names if name.split(".")[0] in ("pytest", "_pytest", "click")}
    assert not {name for name in names if name.startswith(("reference", "check_"))}


def test_environment_and_arguments_have_nothing_of_the_callers(
    printed: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A submission can't see a token in the grader's environment."""
    monkeypatch.setenv("SECRET_TOKEN", "xyzzy-123")
    listing = printed("import os, sys; print(dict(os.environ), sys.argv)")

    assert "xyzzy-123" not in listing
    assert "grader" not in listing


def _probe_source(root: Path) -> str:
    return FIND_CHECKS.replace("ROOT", repr(str(root)))


def test_submission_that_resets_sys_path_finds_no_check_in_a_checkout(
    printed: Callable[..., str], root: Path
) -> None:
    """The lock on files, and nothing else, hides a checkout (an editable install)."""
    patient = Limits(load_cpu_s=60)  # without the lock it walks over the whole disk
    locked = printed(_probe_source(root), limits=patient)
    unlocked = printed(_probe_source(root), without=(Lock.FILES,), limits=patient)

    assert "NOTHING FOUND" in locked
    assert "check_update" in unlocked


@pytest.mark.slow
def test_checkout_that_is_not_installed_is_hidden_and_runs_its_own_guest(
    root: Path, tmp_path: Path
) -> None:
    """With two zerograds about, host and guest are the same one, and its checks stay hidden."""
    checkout = tmp_path / "checkout"
    for name in ("grader", "reference"):
        shutil.copytree(root / name, checkout / name)
    (checkout / "pyproject.toml").touch()
    check = checkout / "grader" / "assignments" / "lab4" / "check_update.py"
    probe = tmp_path / "probe.py"
    probe.write_text(
        f"""
import sys
print("GUEST", sys.modules["grader"].__file__.startswith({str(checkout)!r}))  # paths are not shown
print(open({str(check)!r}).read() and "CHECK" + " READ")
""",
        encoding="utf-8",
    )
    program = """
import sys
from pathlib import Path
from grader.pipeline import Grader
with Grader() as warm:
    report = warm.grade(Path(sys.argv[1]), only="mse")
print(report.status.value, report.error, report.output, report.notes)
"""

    done = subprocess.run(
        [sys.executable, "-c", program, str(probe)],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), "PYTHONPATH": str(checkout)},
    )

    assert "GUEST True" in done.stdout
    assert "CHECK READ" not in done.stdout
    assert "PermissionError" in done.stdout


@pytest.fixture(scope="session")
def python_with_wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make an environment with zerograd installed from a wheel.

    The other packages are those of the environment that runs the tests.
    """
    folder = tmp_path_factory.mktemp("wheel")
    root = Path(__file__).resolve().parents[2]
    command = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation"]
    subprocess.run([*command, "-w", str(folder), str(root)], check=True)
    environment = folder / "environment"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(environment)], check=True)
    python = environment / "bin" / "python"
    ask = "import sysconfig; print(sysconfig.get_path('purelib'))"
    site = Path(
        subprocess.run(
            [str(python), "-c", ask], check=True, capture_output=True, text=True
        ).stdout.strip()
    )
    # Unpacking a wheel installs it. Python doesn't read .pth files in a folder that was added by
    # a .pth file, so the editable install is not found.
    (wheel,) = folder.glob("zerograd-*.whl")
    subprocess.run([sys.executable, "-m", "zipfile", "-e", str(wheel), str(site)], check=True)
    (site / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return python


@pytest.mark.slow
def test_submission_that_resets_sys_path_finds_no_check_in_a_wheel(
    python_with_wheel: Path, tmp_path: Path
) -> None:
    """The lock hides the checks of an installed wheel, although torch is in the same folder."""
    site = next(python_with_wheel.parents[1].glob("lib/python*/site-packages"))
    probe = tmp_path / "probe.py"
    probe.write_text(_probe_source(site), encoding="utf-8")
    program = """
import sys
from pathlib import Path
import grader
from grader.pipeline import Grader
from grader.sandbox.host.limits import Confinement
assert str(Path(grader.__file__)).startswith(sys.argv[2]), grader.__file__
for without in ((), ("files",)):
    with Grader(confinement=Confinement(without=without)) as warm:
        report = warm.grade(Path(sys.argv[1]), only="mse")
        print(report.status.value, report.error, report.output, report.notes)
"""

    done = subprocess.run(
        [python_with_wheel, "-c", program, str(probe), str(site)],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path)},
    )

    locked, _, unlocked = done.stdout.partition("\ngraded")
    assert "NOTHING FOUND" in locked, done.stdout + done.stderr
    assert "check_update" in unlocked, done.stdout + done.stderr


@pytest.mark.slow
def test_reference_gets_full_marks_from_an_installed_wheel(
    python_with_wheel: Path, tmp_path: Path, root: Path
) -> None:
    """The wheel contains everything that grading needs."""
    command = [str(python_with_wheel), "-m", "grader", str(root / "reference" / "lab4.py")]

    done = subprocess.run(
        [*command, "--json", "-", "--quiet"],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path)},
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout)["score"] == 100
