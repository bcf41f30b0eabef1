"""The command ``grader doctor``."""

import click

from grader.cli.command import Command


@click.command(cls=Command)
def doctor() -> None:
    """Say what is missing here."""
