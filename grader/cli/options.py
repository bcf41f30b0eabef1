"""Options that several commands have."""

import click

assignment_option = click.option(
    "--assignment",
    metavar="DIR",
    envvar="ZEROGRAD_ASSIGNMENT",
    default="lab4",
    help="The assignment: a folder with assignment.toml.  [default: the built-in lab, or what "
    "ZEROGRAD_ASSIGNMENT names]",
)
