"""The manual pages: made from the commands, and readable by groff without a complaint."""

import re
import shutil
import subprocess
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from grader.cli.command import CONTEXT, Command, subcommands
from grader.cli.exit_codes import ExitCode
from grader.cli.grade import command as grade
from grader.cli.grader import command as grader
from grader.cli.man_page import man_pages

COMMANDS = {name.replace(" ", "-"): one for name, one in subcommands(grader)}
PAGES = man_pages({"grade": grade, "grader": grader})


def test_every_command_has_a_page() -> None:
    """Both programs have one, and each subcommand too."""
    assert set(PAGES) == {"grade.1", "grader.1", *(f"grader-{one}.1" for one in COMMANDS)}


@pytest.mark.parametrize("name", PAGES)
def test_page_has_every_option_and_exit_status(name: str) -> None:
    """A page says what the help says."""
    page = PAGES[name].replace(r"\-", "-")
    command = grade if name == "grade.1" else COMMANDS.get(name[7:-2], grader)

    assert all(f"\\fB{one.opts[-1]}\\fR" in page for one in command.params if one.opts[0][0] == "-")
    assert r"\fB--help\fR" in page
    assert ".SH NAME" in page
    if isinstance(command, Command):
        assert all(f".TP\n\\fB{int(code)}\\fR" in page for code in command.statuses)


@pytest.mark.skipif(shutil.which("groff") is None, reason="needs groff")
@pytest.mark.parametrize("name", PAGES)
def test_groff_has_nothing_to_complain_about(name: str) -> None:
    """All warnings are on."""
    done = subprocess.run(
        ["groff", "-man", "-ww", "-Tutf8"],
        input=PAGES[name],
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stderr == ""
    text = re.sub(r".\x08|\x1b\[[0-9;]*m", "", done.stdout)  # bold, in one form or the other
    assert "\nSYNOPSIS\n" in text


def test_text_can_not_be_taken_for_a_macro() -> None:
    """Dots and quotes at the beginning of a line, backslashes and hyphens come out as they are."""

    @click.command(cls=Command, context_settings=CONTEXT, statuses={ExitCode.WELL: ".so it is"})
    @click.option("--x", help="'quoted' C:\\new -1")
    def odd() -> None:
        """.SH is text, and `--x` is code."""

    page = man_pages({"odd": odd})["odd.1"]

    assert "\n\\&.SH is text, and \\fB\\-\\-x\\fR is code.\n" in page
    assert "\n\\&'quoted' C:\\enew \\-1\n" in page
    assert "\n\\&.so it is\n" in page


def test_command_writes_the_pages(tmp_path: Path) -> None:
    """The folder is created, and the next step is shown."""
    folder = tmp_path / "share" / "man1"

    done = CliRunner().invoke(grader, ["man", str(folder)], prog_name="grader")

    assert done.exit_code == 0, done.output
    assert {path.name for path in folder.iterdir()} == set(PAGES)
    assert f"try: man -l {folder / 'grade.1'}" in done.output
