"""Runs the blocks of a page, in their order, as a reader would: in one shell and a fresh folder."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from doc_pages import CONSOLE, PYTHON, ROOT, Before, Block
from doc_sources import is_copied

# No character of a page: it separates what the steps have printed.
_MARK = "\x1e"
# Numbers of one run only: times, sizes and versions. All others have to be as shown.
_VARIES = re.compile(
    r"\d+(?:\.\d+)? (?:ms|s|min|[KMG]i?B)\b|\btorch [\d.]+(?:\+\w+)?|\b(?:Python|numpy) [\d.]+"
)
_DECIMAL = re.compile(r"\d+\.\d+")
_ELLIPSIS = "..."


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that is run.

    Args:
        where: The page and line of its block; for a command that prepares, its text.
        command: The command for the shell.
        shown: The lines that the page shows as its output; None if it shows none.
        exits: The exit statuses that it may have.
    """

    where: str
    command: str
    shown: str | None = None
    exits: tuple[int, ...] = (0,)


def steps_of(items: Sequence[Block | Before]) -> list[Step]:
    """Return what is run of a page: its commands and programs, without what is marked."""
    steps: list[Step] = []
    for item in items:
        if isinstance(item, Before):
            steps.append(Step(f"before: {item.command}", item.command))
        elif item.reason or item.run_by:
            continue
        elif item.language in CONSOLE:
            steps += _commands(item)
        elif item.language in PYTHON and not is_copied(item.text):
            steps.append(_program(item))
    return steps


def _commands(block: Block) -> Iterator[Step]:
    """Yield a step for each command of a block, with the output below it.

    In a ``bash`` block, everything is one command, and no output is shown.
    """
    if block.language == "bash":
        yield Step(str(block), block.text, exits=(block.exits or 0,))
        return
    parts = re.split(r"^\$ ", block.text, flags=re.MULTILINE)
    if parts[0].strip():
        raise ValueError(f"{block} does not begin with a command: $ ...")
    for place, part in enumerate(parts[1:], 2):
        lines = part.rstrip("\n").split("\n")
        length = 1
        while lines[length - 1].endswith("\\"):
            length += 1
        command, output = "\n".join(lines[:length]), "\n".join(lines[length:])
        # Where points are lost, or this machine lacks something, the command has done its work.
        exits = (0, 1) if command.startswith(("grade ", "grader doctor")) else (0,)
        if place == len(parts) and block.exits is not None:
            exits = (block.exits,)
        yield Step(str(block), command, output.strip("\n") or None, exits)


def _program(block: Block) -> Step:
    """Return the step that runs a Python program; one with magics runs in a kernel."""
    has_magics = re.search(r"^%", block.text, re.MULTILINE)
    start = "python $REPO/tests/docs/run_in_kernel.py" if has_magics else "python"
    name = f".block_{block.line}.py"
    command = f"cat > {name} <<'END_OF_BLOCK'\n{block.text}END_OF_BLOCK\n{start} {name}"
    return Step(str(block), command)


def run_steps(steps: Sequence[Step], folder: Path) -> list[tuple[Step, int, str]]:
    """Run steps in one shell, and return the exit status and the output of each.

    Args:
        steps: What to run.
        folder: An empty folder: the current one, and the home of the reader.
    """
    script = "".join(
        f"{{ {step.command}\n}} 2>&1\nprintf '{_MARK}%s{_MARK}' $?\n" for step in steps
    )
    done = subprocess.run(
        ["bash"],
        input=script,
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env=_environment(folder),
        timeout=1800,
    )
    parts = done.stdout.split(_MARK)
    assert len(parts) == 2 * len(steps) + 1, f"the shell ended early: {done.stdout}{done.stderr}"
    printed = [one.replace(f"{folder}/", "") for one in parts[0:-1:2]]
    return list(zip(steps, map(int, parts[1::2]), printed, strict=True))


def _environment(folder: Path) -> dict[str, str]:
    """Return the environment of a reader: only what is needed, and no colours."""
    home = folder.parent / f"{folder.name}-home"
    home.mkdir(exist_ok=True)
    kept = {name: os.environ[name] for name in ("ZEROGRAD_CACHE", "LANG") if name in os.environ}
    return {
        **kept,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(home),
        "REPO": str(ROOT),
        "COLUMNS": "80",
        "NO_COLOR": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def is_printed(shown: str, printed: str) -> bool:
    """Return whether a command has printed what a page shows.

    All lines have to be there, next to each other and in this order; ``...`` alone on a line
    stands for any number of lines. Times, sizes and versions may differ, and the last digits of
    decimal numbers.
    """
    pattern = ""
    for line in shown.rstrip().split("\n"):
        pattern += r"(?:.*\n)*?" if line.strip() == _ELLIPSIS else rf"{_line_pattern(line)}[ ]*\n"
    return bool(re.search(rf"(?:^|\n){pattern}", f"{printed.rstrip()}\n"))


def _line_pattern(line: str) -> str:
    """Return the regular expression that a line has to match."""
    pattern, end = "", 0
    for match in _VARIES.finditer(line):
        pattern += _exact(line[end : match.start()])
        pattern += re.sub(r"(?:\\?[\d.])+(?:\\\+\w+)?", r"[\\d.]+(?:\\+\\w+)?", re.escape(match[0]))
        end = match.end()
    return pattern + _exact(line[end:].rstrip())


def _exact(text: str) -> str:
    """Return a pattern for a text: all of it as shown, but for the last digits of decimals."""
    pattern, end = "", 0
    for match in _DECIMAL.finditer(text):
        whole, _, digits = match[0].partition(".")
        pattern += re.escape(text[end : match.start()])
        pattern += rf"{whole}\.{digits[:2]}\d*" if len(digits) > 2 else re.escape(match[0])
        end = match.end()
    return pattern + re.escape(text[end:])
