"""What the README says works: its commands, options, examples and first run."""

import os
import re
import subprocess
import sys
from pathlib import Path

from grader.cli.command import subcommands
from grader.cli.grade import command as grade_command
from grader.cli.grader import command as grader_command

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_make_targets_of_the_readme_exist() -> None:
    """Every make target that the README names is in the Makefile."""
    targets = re.findall(r"`?\$? ?make ([a-z-]+)", README)
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")

    assert set(targets) >= {"demo", "test", "bench"}
    assert all(re.search(rf"^{target}:", makefile, re.MULTILINE) for target in targets)


def test_options_of_the_readme_exist() -> None:
    """Every option that the README names is an option of `grade` or of a `grader` command."""
    options = set(re.findall(r"`?(--[a-z][a-z-]+)", README))
    commands = (grade_command, *(one for _, one in subcommands(grader_command)))
    known = {name for command in commands for option in command.params for name in option.opts}

    assert options
    assert options - known == set()


def test_commands_of_the_readme_exist() -> None:
    """Every `grader` command that the README names exists."""
    named = set(re.findall(r"(?:`|\$ )grader ([a-z-]+)", README))

    assert named >= {"batch", "stats", "diff", "verify"}
    assert named - set(grader_command.commands) == set()


def test_python_example_of_the_readme_runs() -> None:
    """The README's Python example runs and prints the score and the functions."""
    (example,) = re.findall(r"```python\n(from grader import grade.*?)```", README, re.DOTALL)

    done = subprocess.run(
        [sys.executable, "-c", example], capture_output=True, text=True, check=False, cwd=ROOT
    )

    assert done.stdout.startswith("100.0 ['predict', 'make_data'"), done.stderr


def test_check_in_the_readme_is_copied_from_the_lab() -> None:
    """The README's example of a check is copied verbatim from the lab's checks."""
    (example,) = re.findall(r"```python\n(@pytest.mark.points.*?)```", README, re.DOTALL)
    checks = (ROOT / "grader/assignments/lab4/check_mse.py").read_text(encoding="utf-8")

    assert example in checks


def test_script_in_the_readme_is_copied_from_the_template() -> None:
    """The README's example of a script is copied verbatim from the template of a class."""
    (example,) = re.findall(r"```python\n(def multiply.*?)```", README, re.DOTALL)
    checks = (ROOT / "grader/authoring/template/value/check_Value.py").read_text(encoding="utf-8")

    assert example in checks


def test_first_run_in_the_readme_is_what_grade_prints() -> None:
    """Every line of the README's first run is printed by `grade` for that solution."""
    shown = README.split("$ grade my_solution.py\n")[1].split("...")[0]
    sample = ROOT / "tests" / "submissions" / "wrong_update_piles_up.py"
    lines = [line.strip() for line in shown.splitlines()[1:] if line.strip()]

    done = subprocess.run(
        [sys.executable, "-m", "grader", str(sample)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "COLUMNS": "80"},
    )

    printed = [line.strip() for line in done.stdout.splitlines()]
    assert [line for line in lines if line not in printed] == []
