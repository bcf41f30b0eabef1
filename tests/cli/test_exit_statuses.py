"""The exit statuses: the same numbers everywhere, in the help and in the documents."""

import pytest
from click.testing import CliRunner
from exit_statuses import DOCUMENT, commands, document

from grader.cli.command import Command
from grader.cli.exit_codes import MEANINGS, ExitCode

COMMANDS = dict(commands())


@pytest.mark.parametrize("name", COMMANDS)
def test_help_lists_the_exit_statuses(name: str) -> None:
    """Each command lists its own at the end of its help."""
    command = COMMANDS[name]

    shown = CliRunner().invoke(command, ["--help"], terminal_width=100).output

    _, _, listed = shown.partition("\nExit status:\n")
    assert all(f"\n  {int(code)} " in f"\n{listed}" for code in command.statuses)


def test_document_is_up_to_date() -> None:
    """``python tests/exit_statuses.py`` writes the document that is there."""
    assert DOCUMENT.read_text(encoding="utf-8") == document()


def test_every_status_has_a_meaning() -> None:
    """The table of the document has all of them."""
    assert set(MEANINGS) == set(ExitCode)


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_statuses_are_in_order_and_begin_with_success(command: Command) -> None:
    """Every command can succeed."""
    assert next(iter(command.statuses)) is ExitCode.WELL
    assert list(command.statuses) == sorted(command.statuses)
