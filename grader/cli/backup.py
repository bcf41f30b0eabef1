"""The commands ``grader backup`` and ``grader restore``: copies of a service."""

from pathlib import Path

import click

from grader.cli.command import Command
from grader.cli.exit_codes import ExitCode
from grader.cli.service_options import data_options, service_errors
from grader.cli.values import PathValue

_MIB = 1024 * 1024


@click.command(
    cls=Command, statuses={ExitCode.WELL: "written, or the rest if PostgreSQL has the database"}
)
@data_options
@click.argument("target", metavar="ARCHIVE", type=PathValue(dir_okay=False))
def backup(data: Path, database: str, target: Path) -> None:
    """Back up a service, while it runs or not.

    ARCHIVE is a .tar or .tar.gz that only you can read, with one state of the database, the key for
    LTI and what else is in DIR. `grader restore` brings it back. A database of PostgreSQL is not in
    it: pg_dump does that.
    """
    with service_errors(writes_to=target.parent):
        from grader.service.backup import back_up
        from grader.service.settings import ServiceSettings

        done = back_up(ServiceSettings(data=data, database=database), target)
    click.echo(f"wrote {target}, {done.size_bytes / _MIB:.1f} MiB")
    if not done.has_database:
        click.echo(
            "the database is not in it; back it up too: pg_dump --format=custom --file=FILE URL"
        )
    for folder in done.folders:
        click.echo(f"not in it, as it is elsewhere: the assignment in {folder}")


@click.command(cls=Command, statuses={ExitCode.WELL: "brought back"})
@click.option(
    "--data",
    metavar="DIR",
    type=PathValue(file_okay=False),
    required=True,
    help="Folder to write to; it has to be empty, or not there.",
)
@click.argument("archive", metavar="ARCHIVE", type=PathValue(dir_okay=False, exists=True))
def restore(data: Path, archive: Path) -> None:
    """Bring back what `grader backup` wrote.

    What waited in the queue is graded once `grader serve` is started with DIR. Scores that an LMS
    has by now stay there: an older one replaces none.
    """
    with service_errors(writes_to=data):
        from grader.service.backup import restore as bring_back

        has_database = bring_back(archive, data)
    click.echo(f"restored {data}; now try: grader serve --data {data}")
    if not has_database:
        click.echo("the database was not in it; bring it back too: pg_restore --dbname=URL FILE")
