"""Writes docs/exit-statuses.md from the commands: ``python tests/exit_statuses.py``."""

from collections.abc import Iterator
from pathlib import Path

from grader.cli.command import Command, subcommands
from grader.cli.exit_codes import COMMON, MEANINGS, ExitCode
from grader.cli.grade import command as grade
from grader.cli.grader import command as grader

DOCUMENT = Path(__file__).resolve().parents[1] / "docs" / "exit-statuses.md"

_HEAD = """\
# Exit statuses

<!-- Made from the commands by `python tests/exit_statuses.py`: change it there. -->

When a command ends, its exit status says how it went. A number means the same for all commands, so
a script can rely on it: 1 is about what was graded, 2 about how the command was called, and 3 about
zerograd and the machine. A fault of zerograd is never a 1, and never a zero in a report.

| exit status | meaning |
| --- | --- |
"""

_COMMANDS = """
In sh, `$?` has the exit status of the last command, and in PowerShell `$LASTEXITCODE`.

## What it means for each command

Every command can also end with {common}. `--help` of a command lists its own.

| command | exit status | meaning |
| --- | --- | --- |
"""


def commands() -> Iterator[tuple[str, Command]]:
    """Yield each command with its name, as it is typed."""
    for name, one in (("grade", grade), *((f"grader {k}", v) for k, v in subcommands(grader))):
        assert isinstance(one, Command), f"{name} does not list its exit statuses"
        yield name, one


def document() -> str:
    """Return the whole document."""
    common = ", ".join(f"{int(code)} ({text})" for code, text in COMMON.items())
    lines = [_HEAD, *(f"| {int(code)} | {MEANINGS[code]} |\n" for code in ExitCode)]
    lines.append(_COMMANDS.format(common=common))
    for name, command in sorted(commands()):
        own = {code: text for code, text in command.statuses.items() if COMMON.get(code) != text}
        for place, (code, text) in enumerate(own.items()):
            lines.append(f"| {f'`{name}`' if not place else ''} | {int(code)} | {text} |\n")
    return "".join(lines)


if __name__ == "__main__":
    DOCUMENT.write_text(document(), encoding="utf-8")
