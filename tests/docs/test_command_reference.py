"""docs/commands.md has every command and option, as ``--help`` says it."""

from command_reference import PAGE, make_page

from grader.cli.command import subcommands
from grader.cli.grade import command as grade
from grader.cli.grader import command as grader


def test_page_is_up_to_date() -> None:
    """After a change to a command's help: ``python tests/command_reference.py``."""
    assert PAGE.read_text("utf-8") == make_page()


def test_every_option_is_in_it() -> None:
    """Each option of each command that people call is in a table."""
    page = make_page()

    for command in (grade, *(one for _, one in subcommands(grader))):
        for option in command.params:
            assert all(name in page for name in option.opts if name.startswith("--"))
