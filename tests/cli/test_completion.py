"""Completion in shells: in bash for real, in the others by what their scripts ask for.

PowerShell is not at hand here, so its script was never run; only what it asks for is.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from grader.cli.grader import command as grader

BIN = Path(sys.executable).parent
LAB5 = 'id = "lab5"\n[[functions]]\nname = "relu"\nparameters = ["z"]\n'

needs_commands = pytest.mark.skipif(
    not (BIN / "grade").exists(), reason="`grade` and `grader` are not installed"
)


def script(shell: str) -> str:
    """Return the script for a shell."""
    done = CliRunner().invoke(grader, ["completion", shell], prog_name="grader")
    assert done.exit_code == 0, done.output
    return done.stdout


# What an interactive bash does when Tab is pressed.
_PRESS_TAB = """
PATH={bin}:$PATH
eval "$(grader completion bash)"
compopt() {{ echo "files: $*"; }}
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
"_$1_completion" "$1"
printf '%s\\n' "${{COMPREPLY[@]}}"
"""


def press_tab(*words: str, cwd: Path) -> list[str]:
    """Return what bash offers for the last word."""
    done = subprocess.run(
        ["bash", "--norc", "-c", _PRESS_TAB.format(bin=BIN), "bash", *words],
        capture_output=True,
        text=True,
        check=True,
        cwd=cwd,
        env={**os.environ, "ZEROGRAD_KITS": str(cwd / "kits")},
    )
    assert done.stderr == ""
    return done.stdout.split("\n")[:-1]


@pytest.mark.slow
@needs_commands
@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (["grader", "bat"], ["batch"]),
        (["grader", "batch", "x", "--reg"], ["--regrade"]),
        (["grader", "export", "x", "--to", "grade"], ["gradescope"]),
        (["grader", "completion", "po"], ["powershell"]),
        (["grade", "x.py", "--only", "update"], ["update", "update_logistic"]),
        (["grade", "x.py", "--assignment", "lab5", "--only", ""], ["relu"]),
        (["grade", "x.py", "--assignment", "lab4"], ["lab4"]),
        (["grade", "x.py", "--isolation", "r"], ["required"]),
        (["grade", "lab"], ["files: -o", "default", ""]),
        (["grade", "x.py", "--assignment", "./"], ["files: -o", "default", ""]),
        (["grade", "x.py", "--assignment", "broken", "--only", ""], [""]),
    ],
    ids=" ".join,
)
def test_bash_completes(words: list[str], offered: list[str], tmp_path: Path) -> None:
    """Commands, options, choices, formats, units of an assignment, and else files."""
    (tmp_path / "lab5").mkdir()
    (tmp_path / "lab5" / "assignment.toml").write_text(LAB5, encoding="utf-8")
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "assignment.toml").write_text("[[", encoding="utf-8")

    assert press_tab(*words, cwd=tmp_path) == offered


@pytest.mark.slow
@needs_commands
@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_other_shells_complete(shell: str, tmp_path: Path) -> None:
    """The script is taken by the shell itself, if that is installed."""
    program = shutil.which(shell)
    if program is None:
        pytest.skip(f"{shell} is not installed")
    file = tmp_path / "completion"
    file.write_text(script(shell), encoding="utf-8")
    ask = {
        "zsh": f"autoload -U compinit && compinit -u -D && . {file} && print $_comps[grade]",
        "fish": f"source {file}; complete --do-complete 'grader bat'",
    }[shell]

    done = subprocess.run(
        [program, "-c", ask],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}", "HOME": str(tmp_path)},
    )

    offered = done.stdout.partition("\t")[0].strip()  # fish shows the help beside it
    assert offered == {"zsh": "_grade_completion", "fish": "batch"}[shell]


def _ask(shell: str, words: str, place: int, incomplete: str) -> str:
    """Return what a script of a shell gets when it asks."""
    variables = {
        "_GRADER_COMPLETE": f"{shell}_complete",
        "COMP_WORDS": words,
        "COMP_CWORD": incomplete if shell == "fish" else str(place),
    }
    done = subprocess.run(
        [sys.executable, "-c", "from grader.cli.start import grader; grader()"],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, **variables},
    )
    return done.stdout


@pytest.mark.parametrize(
    ("shell", "answer"),
    [
        ("zsh", "plain\nstats\nShow the figures of a class."),
        ("fish", "plain,stats\tShow the figures of a class."),
        ("powershell", "plain\nstats\nShow the figures of a class."),
    ],
)
def test_scripts_get_what_they_ask_for(shell: str, answer: str) -> None:
    """Each shell gets the form that its script reads."""
    assert _ask(shell, "grader sta", 1, "sta").rstrip("\n") == answer


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "powershell"])
def test_script_is_for_both_programs(shell: str) -> None:
    """One line in a shell's file completes both."""
    text = script(shell)

    assert "_GRADE_COMPLETE" in text
    assert "_GRADER_COMPLETE" in text
    assert f"{shell}_complete" in text


@pytest.mark.parametrize(
    ("program", "words"),
    [
        ("grade", "grade x.py --only up"),
        ("grade", "grade x.py --assignment la"),
        ("grader", "grader ba"),
    ],
)
def test_completion_imports_nothing_heavy(program: str, words: str) -> None:
    """The next key is pressed a moment later."""
    source = (
        f"import sys, atexit\nfrom grader.cli.start import {program}\n"
        "heavy = {'torch', 'numpy', 'pytest', 'rich', 'nbformat', 'jinja2', 'grader.pipeline'}\n"
        "atexit.register(lambda: print(sorted(heavy & set(sys.modules)), file=sys.stderr))\n"
        f"{program}()"
    )
    variables = {
        f"_{program.upper()}_COMPLETE": "bash_complete",
        "COMP_WORDS": words,
        "COMP_CWORD": str(len(words.split()) - 1),
    }

    done = subprocess.run(
        [sys.executable, "-c", source],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, **variables},
    )

    assert done.stderr.strip() == "[]"
    assert done.stdout.startswith("plain,")


def test_shell_that_click_can_not_complete_in_is_explained(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Before version 8.5, click had no PowerShell."""
    monkeypatch.setattr("click.shell_completion.get_completion_class", lambda _shell: None)

    done = CliRunner().invoke(grader, ["completion", "powershell"], prog_name="grader")

    assert done.exit_code == 2
    assert "pip install --upgrade click" in done.output
