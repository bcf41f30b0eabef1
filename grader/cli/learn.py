"""The command ``grader learn``: make a misconception of what students answer alike."""

from pathlib import Path

import click

from grader.cli.command import Command
from grader.cli.exit_codes import ExitCode
from grader.cli.options import assignment_option, usage_errors
from grader.cli.values import PathValue, WholeNumber


@click.command(
    cls=Command,
    statuses={
        ExitCode.WELL: "written",
        ExitCode.USAGE: "wrong usage, or nothing can be learned",
    },
)
@click.argument("folder", metavar="DIR", type=PathValue(file_okay=False))
@click.option(
    "--cluster",
    "number",
    required=True,
    type=WholeNumber(min=1),
    metavar="N",
    help="Number of the shared wrong answer, as `grader stats` and the class page list them.",
)
@click.option(
    "--id", "id_", default="", metavar="NAME", help="Id for it.  [default: UNIT/learned-1]"
)
@click.option(
    "--out",
    metavar="FILE",
    type=PathValue(dir_okay=False),
    help="File to write.  [default: one beside the assignment's misconceptions]",
)
@assignment_option
def learn(folder: Path, number: int, id_: str, out: Path | None, assignment: str) -> None:
    """Make a misconception of a wrong answer that students share.

    DIR is a folder that `grader batch` wrote. The code is the shortest among those students, with
    what it needs. It runs in a sandbox, which proves that it answers as they do, and that no known
    misconception does.

    Write its title and hint into the file, and run `grader verify`. Then `grader batch` names it
    for everybody who shares it, and grades nobody anew.
    """
    from grader.authoring.learn import learn as learn_cluster
    from grader.checks.assignment import expect_whole, load_assignment
    from grader.oracle.store import RecordingStore, cache_folder
    from grader.report.summary_file import read_summary

    with usage_errors():
        learned = learn_cluster(
            expect_whole(load_assignment(assignment)),
            folder,
            read_summary(folder),
            number,
            id_=id_,
            out=out,
            store=RecordingStore(cache_folder()),
        )
    click.echo(
        f"wrote {learned.path}: {learned.id}, shared by {learned.students} students\n"
        "Write its title and hint there; then grader batch names it for them."
    )
