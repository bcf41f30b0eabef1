"""The command ``grader``: what goes beyond one student's file."""

import sys

import click

import grader


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(grader.__version__, prog_name="zerograd", message="%(prog)s %(version)s")
def command() -> None:
    """Tools for instructors and authors. Students use `grade FILE`."""


@command.command()
def schema() -> None:
    """Print the JSON Schema of the report."""
    from grader.report.schema import SCHEMA_FILE

    sys.stdout.write(SCHEMA_FILE.read_text(encoding="utf-8"))


def main() -> None:
    """Run the command."""
    command(prog_name="grader")
