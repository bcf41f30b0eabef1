"""The command ``grade`` for people and scripts: exit codes, streams, bad input."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from grader.authoring.new import write_assignment

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
SUBMISSIONS = ROOT / "tests" / "submissions"
RIGHT = SUBMISSIONS / "right_plain.py"

Done = subprocess.CompletedProcess[str]


def run(*arguments: object, environment: dict[str, str] | None = None) -> Done:
    """Run ``grade`` as a program."""
    return subprocess.run(
        [sys.executable, "-m", "grader", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env={**os.environ, **(environment or {})},
    )


def test_full_marks_exit_with_0_and_one_line_per_function() -> None:
    """Full marks exit with 0, and each function takes one line."""
    done = run(RIGHT)

    assert done.returncode == 0, done.stderr
    assert "100 of 100 points" in done.stdout
    functions = [line for line in done.stdout.splitlines() if " / " in line]
    assert len(functions) == 16
    assert done.stderr == ""


def test_lost_points_exit_with_1_and_say_why() -> None:
    """A failure shows the claim, the smallest input, what came out, and what to try."""
    done = run(SUBMISSIONS / "wrong_mse_sum_for_mean.ipynb")

    assert done.returncode == 1, done.stderr
    assert "mse(y_hat, y) is the mean of the squared differences" in done.stdout
    assert "y_hat = torch.tensor([1., 2.])" in done.stdout
    assert "got" in done.stdout
    assert "should be" in done.stdout
    assert "Take .mean() of the squared differences" in " ".join(done.stdout.split())


def test_exit_zero_is_for_harnesses() -> None:
    """With --exit-zero, lost points exit with 0."""
    done = run(SUBMISSIONS / "wrong_mse_sum_for_mean.ipynb", "--exit-zero", "--quiet")

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_json_on_standard_output_is_alone_there() -> None:
    """With JSON on standard output, the text for people goes to standard error."""
    done = run(RIGHT, "--json", "-", "--only", "mse", "--seed", "7")

    report = json.loads(done.stdout)
    assert report["seed"] == 7
    assert [one["name"] for one in report["functions"]] == ["mse"]
    assert "mse" in done.stderr


def test_json_file_is_written(tmp_path: Path) -> None:
    """The report is in the file, and the terminal still shows it."""
    target = tmp_path / "report.json"

    done = run(RIGHT, "--json", target, "--only", "mse")

    assert json.loads(target.read_text(encoding="utf-8"))["status"] == "graded"
    assert [path.name for path in tmp_path.iterdir()] == ["report.json"]
    assert "mse" in done.stdout


def test_students_output_can_not_steer_the_terminal(tmp_path: Path) -> None:
    """Escape sequences and control characters in output are shown, but have no effect."""
    path = tmp_path / "noisy.py"
    path.write_text(
        "print('\\x1b[31mred\\x1b[0m \\x07 \\u202eabc \\x9b2J')\n"
        "def mse(y_hat, y):\n    raise ValueError('\\x1b]0;title\\x07')\n",
        encoding="utf-8",
    )

    done = run(path, "--only", "mse")

    text = done.stdout + done.stderr
    assert "\\x1b[31mred" in text
    assert not any(bad in text for bad in ("\x1b[31m", "\x1b]0", "\x07", "\u202e", "\x9b"))


@pytest.mark.parametrize("width", [80, 120])
def test_report_fits_the_terminal(width: int) -> None:
    """No line of the report is wider than the terminal."""
    done = run(SUBMISSIONS / "wrong_update_never_zeroed.ipynb", environment={"COLUMNS": str(width)})

    assert max(map(len, done.stdout.splitlines())) <= width


def test_colour_only_where_wanted() -> None:
    """FORCE_COLOR colours a pipe; NO_COLOR and --no-color win over it."""
    colourful = run(RIGHT, "--only", "mse", environment={"FORCE_COLOR": "1"})
    plain = run(RIGHT, "--only", "mse", environment={"FORCE_COLOR": "1", "NO_COLOR": "1"})
    option = run(RIGHT, "--only", "mse", "--no-color", environment={"FORCE_COLOR": "1"})

    assert "\x1b[32m" in colourful.stdout
    assert "\x1b[32m" not in plain.stdout
    assert "\x1b[32m" not in option.stdout


def _fifo(folder: Path) -> Path:
    os.mkfifo(folder / "pipe.py")
    return folder / "pipe.py"


def _large(folder: Path) -> Path:
    with (folder / "large.py").open("wb") as file:
        file.truncate(200 * 1024 * 1024)
    return folder / "large.py"


def _file(name: str, content: bytes) -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        (folder / name).write_bytes(content)
        return folder / name

    return write


V2 = json.dumps({"nbformat": 2, "nbformat_minor": 0, "metadata": {}, "worksheets": []}).encode()

BAD_INPUT: dict[str, tuple[Callable[[Path], Path], int, str]] = {
    "no such file": (lambda folder: folder / "missing.py", 2, "there is no file"),
    "a folder": (lambda folder: folder, 2, "is a folder"),
    "a pipe": (_fifo, 4, "not a regular file"),
    "200 MB": (_large, 4, "200 MiB"),
    "another kind of file": (_file("essay.txt", b"hello"), 4, "neither a .py file"),
    "invalid JSON": (_file("broken.ipynb", b'{"cells": ['), 4, "is cut off in the middle"),
    "a v2 notebook": (_file("old.ipynb", V2), 4, "format 2"),
    "not UTF-8": (_file("latin.py", b"x = 1\n# caf\xe9\n"), 4, "line 2"),
    "NUL bytes": (_file("nul.py", b"x = 1\n\0\n"), 4, "NUL byte"),
    "a syntax error": (_file("typo.py", b"x = 1\ndef f(:\n    pass\n"), 4, "line 2"),
}


@pytest.mark.parametrize(("make", "code", "message"), BAD_INPUT.values(), ids=BAD_INPUT.keys())
def test_bad_input_gets_one_clear_line(
    make: Callable[[Path], Path], code: int, message: str, tmp_path: Path
) -> None:
    """A file that can't be graded gets one line, the right exit code and no traceback."""
    done = run(make(tmp_path), environment={"COLUMNS": "200"})

    assert done.returncode == code, done.stderr
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    if message != "line 2" and code == 4:
        assert len(done.stderr.splitlines()) == 1


def test_syntax_error_shows_line_and_caret(tmp_path: Path) -> None:
    """A syntax error shows the line and a caret, as Python does."""
    path = tmp_path / "typo.py"
    path.write_text("x = 1\ndef f(:\n    pass\n", encoding="utf-8")

    done = run(path)

    lines = done.stderr.splitlines()
    assert lines[1] == "def f(:"
    assert lines[2].strip() == "^"
    assert lines[2].index("^") == lines[1].index(":")


def test_unreadable_file_still_gets_a_report(tmp_path: Path) -> None:
    """An unreadable file gets a report, because an LMS wants one for every file."""
    path = tmp_path / "broken.ipynb"
    path.write_text("{", encoding="utf-8")

    done = run(path, "--json", "-")

    report = json.loads(done.stdout)
    assert (report["status"], report["score"], report["max_score"]) == ("unreadable", 0, 100)


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--seed", "x", "a.py"],
        ["--isolation", "sometimes", "a.py"],
        [RIGHT, "--only", "nothing"],
    ],
    ids=["nothing", "bad seed", "bad choice", "unknown function"],
)
def test_wrong_usage_exits_with_2(arguments: Sequence[object]) -> None:
    """Wrong usage exits with 2 and shows no traceback."""
    done = run(*arguments)

    assert done.returncode == 2
    assert "Error" in done.stderr
    assert "Traceback" not in done.stderr


def test_interrupt_exits_with_130_and_leaves_nothing(tmp_path: Path) -> None:
    """Ctrl-C ends the grader and every process and folder that it has made."""
    path = tmp_path / "endless.py"
    path.write_text("import sys\nprint('running')\nwhile True: pass\n", encoding="utf-8")
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    process = subprocess.Popen(
        [sys.executable, "-m", "grader", str(path)],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    _wait_until(lambda: any(tmp_path.glob("zerograd-*/scratch-*")))

    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=30)

    assert process.returncode == 130, errors
    assert b"Traceback" not in errors
    assert not list(tmp_path.glob("zerograd-*"))
    assert not _processes_of_session(process.pid)


def test_killed_grader_leaves_nothing(tmp_path: Path) -> None:
    """After SIGKILL no process and no folder of the grader is left."""
    path = tmp_path / "endless.py"
    path.write_text("while True: pass\n", encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, "-m", "grader", str(path)],
        env={**os.environ, "TMPDIR": str(tmp_path)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    _wait_until(lambda: any(tmp_path.glob("zerograd-*/scratch-*")))

    process.kill()
    process.wait()

    _wait_until(lambda: not list(tmp_path.glob("zerograd-*")))
    _wait_until(lambda: not _processes_of_session(process.pid))


def _wait_until(is_so: Callable[[], bool]) -> None:
    """Wait until a condition holds; fail after two minutes, as the machine may be busy."""
    import time

    deadline = time.monotonic() + 120
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def _processes_of_session(session: int) -> list[str]:
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == session and fields[0] != "Z":
            found.append(folder.name)
    return found


def test_trusted_process_never_imports_torch() -> None:
    """The trusted process imports neither torch nor matplotlib nor IPython."""
    program = (
        "import sys\nfrom grader import grade\n"
        f"report = grade({str(RIGHT)!r})\n"
        "assert report.score == 100, report\n"
        "print(sorted({'torch', 'matplotlib', 'IPython'} & set(sys.modules)))"
    )

    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )

    assert done.stdout.strip() == "[]", done.stderr


def test_help_imports_nothing_heavy() -> None:
    """`grade --help` is quick, because heavy modules are imported late."""
    program = (
        "import sys\nfrom grader.cli.grade import command\n"
        "try: command(['--help'])\nexcept SystemExit: pass\n"
        "heavy = {'torch', 'numpy', 'pytest', 'rich', 'msgspec', 'nbformat', 'grader.pipeline'}\n"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)"
    )

    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )

    assert done.stderr.strip() == "[]"


def test_pytest_settings_of_the_caller_do_not_matter(tmp_path: Path) -> None:
    """The caller's pytest options, plugins and configuration don't affect grading."""
    (tmp_path / "conftest.py").write_text("raise RuntimeError('not yours')", encoding="utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = --nonsense\n", encoding="utf-8")
    done = subprocess.run(
        [str(Path(sys.executable).with_name("grade")), str(RIGHT), "--only", "mse"],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env={**os.environ, "PYTEST_ADDOPTS": "--nonsense -k nothing", "PYTEST_PLUGINS": "nowhere"},
    )

    assert done.returncode == 0, done.stderr


def test_missing_locks_are_listed() -> None:
    """Without seccomp and Landlock it still grades, and lists what was not locked."""
    done = run(RIGHT, "--isolation", "none", "--only", "mse")

    assert done.returncode == 0
    assert "Not locked on this machine" in done.stdout
    assert "network" in done.stdout


def test_required_isolation_refuses_to_grade_without_a_lock() -> None:
    """With required isolation and a missing lock there is no score, and never a zero."""
    program = f"""
from pathlib import Path
from grader.pipeline import Grader
from grader.sandbox.host.limits import Confinement, Isolation
confinement = Confinement(isolation=Isolation.REQUIRED, without=("signals",))
with Grader(confinement=confinement) as grader:
    report = grader.grade(Path({str(RIGHT)!r}), only="mse")
print(report.status.value, report.score, report.error)
"""

    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )

    assert done.stdout.startswith(
        "grader_error None this machine has no lock on sending signals to other processes, so "
    )


def test_schema_command_prints_the_schema() -> None:
    """`grader schema` prints the JSON Schema of the report."""
    program = "from grader.cli.grader import main; import sys; sys.argv[1:] = ['schema']; main()"

    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )

    assert json.loads(done.stdout)["title"].startswith("zerograd report")


# --- another assignment -------------------------------------------------------------------


def test_assignment_is_chosen_by_option_or_environment(tmp_path: Path) -> None:
    """The option outranks the environment, which outranks the built-in lab."""
    folder = write_assignment("lab7", tmp_path)
    submission = tmp_path / "relu.py"
    submission.write_text("import torch\ndef relu(z):\n    return torch.relu(z)\n", "utf-8")
    environment = {"ZEROGRAD_ASSIGNMENT": "lab4"}

    by_option = run(submission, "--assignment", folder, environment=environment)
    by_environment = run(submission, environment={"ZEROGRAD_ASSIGNMENT": str(folder)})

    assert "5 of 10 points" in by_option.stdout
    assert by_environment.stdout == by_option.stdout


def test_assignment_that_can_not_be_used_is_a_usage_error() -> None:
    """An assignment that doesn't exist is a usage error that names the missing file."""
    done = run(RIGHT, "--assignment", "/nowhere")

    assert done.returncode == 2
    assert "there is no /nowhere/assignment.toml" in done.stderr
