"""The command ``grader doctor``: what is there, what is missing, and what to do."""

import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

import grader
from grader.cli.command import Command
from grader.cli.exit_codes import ExitCode
from grader.cli.options import Display, assignment_option, display_options
from grader.cli.values import PathValue

if TYPE_CHECKING:
    from grader.doctor.examine import OnStep
    from grader.doctor.finding import Finding

_COLORS = {"well": "green", "note": None, "missing": "yellow", "broken": "red"}
_EXITS = {
    "well": ExitCode.WELL,
    "note": ExitCode.WELL,
    "missing": ExitCode.NOT_WELL,
    "broken": ExitCode.GRADER_FAILED,
}
_STATE_WIDTH = max(map(len, _COLORS))
_MAX_WIDTH = 100


@click.command(
    cls=Command,
    statuses={
        ExitCode.WELL: "all is well",
        ExitCode.NOT_WELL: "grading works, but something is missing",
        ExitCode.GRADER_FAILED: "nothing can be graded here",
    },
)
@click.option("--json", "is_json", is_flag=True, help="Print the findings as JSON.")
@click.option("--quick", is_flag=True, help="Import no torch, and grade nothing.")
@click.option(
    "--platform",
    metavar="TOML",
    type=PathValue(),
    help="Check these settings of `grader post` too; nothing is sent.",
)
@display_options
@assignment_option
def doctor(
    is_json: bool,  # noqa: FBT001 - click passes options by name
    quick: bool,  # noqa: FBT001
    platform: Path | None,
    display: Display,
    assignment: str,
) -> None:
    """Say what is missing on this machine, and what to do.

    Looks at versions, packages, folders, memory and locks, imports torch in a process of its own,
    and grades the reference of the assignment and code that tries to get out.

    Each line begins with a word: well; note, which needs no action; missing, without which grading
    works, but not as it should; or broken.
    """
    from grader.doctor.examine import examine
    from grader.doctor.finding import worst

    if not is_json:
        _say(f"zerograd {grader.__version__}", display)
    with _progress(display) as on_step:
        findings = list(
            examine(assignment=assignment, platform=platform, is_quick=quick, on_step=on_step)
        )
    if is_json:
        click.echo(_to_json(findings))
    else:
        for one in findings:
            for line in _lines(one, display):
                _say(line, display)
        _say(_summary(findings, is_quick=quick), display)
    if code := _EXITS[worst(findings).value]:
        raise SystemExit(code)


@contextlib.contextmanager
def _progress(display: Display) -> Iterator["OnStep"]:
    """Show progress, if what shows it is installed."""
    try:
        shown = display.progress("examining")
    except ImportError:
        yield lambda _done, _total, _name: None
        return
    with shown as on_step:
        yield on_step


def _say(line: str, display: Display) -> None:
    click.echo(line, color=display.color)


def _lines(finding: "Finding", display: Display) -> Iterator[str]:
    state, text = finding.state.value, f"{finding.name}: {finding.text}"
    if display.is_plain:
        yield f"{state}: {text}"
        if finding.remedy:
            yield f"What to do: {finding.remedy}"
        return
    indent = " " * (_STATE_WIDTH + 2)
    width = min(_terminal_width(), _MAX_WIDTH)
    wrapped = click.wrap_text(text, width, initial_indent=indent, subsequent_indent=indent)
    word = click.style(f"{state:<{_STATE_WIDTH}}", fg=_COLORS[state])
    yield f"{word}  {wrapped.lstrip()}"
    if finding.remedy:
        # Not wrapped, as it may hold a command to copy.
        yield f"{indent}-> {finding.remedy}"


def _terminal_width() -> int:
    import shutil

    return shutil.get_terminal_size().columns


def _summary(findings: "Sequence[Finding]", *, is_quick: bool) -> str:
    broken = [one.name for one in findings if one.state.value == "broken"]
    missing = sum(one.state.value == "missing" for one in findings)
    if broken:
        return f"Nothing can be graded here: {', '.join(broken)}."
    if missing:
        things = "1 thing is" if missing == 1 else f"{missing} things are"
        return f"{'Nothing was graded' if is_quick else 'Grading works'}, but {things} missing."
    return (
        "Nothing is missing; without --quick, grading is tried too." if is_quick else "All is well."
    )


def _to_json(findings: "Sequence[Finding]") -> str:
    import json

    from grader.doctor.finding import State, worst

    state = worst(findings)
    content = {
        "zerograd": grader.__version__,
        "state": state.value,
        "can_grade": state is not State.BROKEN,
        "findings": [
            {
                "name": one.name,
                "state": one.state.value,
                "text": one.text,
                "remedy": one.remedy,
            }
            for one in findings
        ],
    }
    return json.dumps(content, indent=2)
