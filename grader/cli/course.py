"""The commands ``grader course ...``: what the operator of a service sets up."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.command import Command, Group
from grader.cli.exit_codes import ExitCode
from grader.cli.options import assignment_option
from grader.cli.service_options import with_database
from grader.cli.values import Number, PathValue, WholeNumber

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from grader.service.database.engine import Database

_course_argument = click.argument("course_id", metavar="COURSE", type=WholeNumber(min=1))


def _read_moment(
    _context: click.Context, _option: click.Parameter, value: str | None
) -> datetime | None:
    """Return a moment in UTC; without an offset, it is in the time zone of this machine."""
    if value is None:
        return None
    try:
        return datetime.fromisoformat(value).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise click.BadParameter(
            f"{value[:100]!r} is not a moment such as 2026-12-01T23:59 or 2026-12-01T23:59+01:00"
        ) from error


@click.group(cls=Group)
def course() -> None:
    """Set up the courses of a service, while it runs or not.

    COURSE is the number of a course. Instructors can do all but the first steps on their pages.
    """


@course.command("add")
@click.argument("name")
@click.option("--instructor", metavar="NAME", required=True, help="Name of its instructor.")
@click.option("--email", default="", help="Email address of its instructor.")
@with_database
def add(database: "Database", name: str, instructor: str, email: str) -> None:
    """Make a course, and a link for its instructor.

    The link works once, for a week, and logs its instructor in. An instructor with the same email
    address in another course is the same person.
    """
    from grader.service.courses import add_course, add_instructor
    from grader.service.one_time_links import Purpose, make_link

    with database.write() as session:
        made = add_course(session, name)
        member = add_instructor(session, made.id, instructor, email=email)
        # For all courses of the person: it is the operator who vouches for it.
        secret = make_link(session, Purpose.LOGIN, course_id=None, person_id=member.person_id)
        click.echo(f"course {made.id}: {made.name}")
        click.echo(f"link for {instructor}: {_address(session)}/log-in/{secret}")


@course.command("list")
@with_database
def list_(database: "Database") -> None:
    """List the courses with their assignments."""
    from grader.service.clock import as_datetime
    from grader.service.courses import list_courses

    with database.read() as session:
        for one in list_courses(session):
            students = "1 student" if one.students == 1 else f"{one.students} students"
            by = f"; instructors: {', '.join(one.instructors)}" if one.instructors else ""
            click.echo(f"course {one.course.id}: {one.course.name}, {students}{by}")
            for assignment, count in one.assignments:
                due = assignment.due_at
                until = f", due {as_datetime(due):%Y-%m-%d %H:%M} UTC" if due is not None else ""
                came = "1 hand-in" if count == 1 else f"{count} hand-ins"
                click.echo(f"  assignment {assignment.id}: {assignment.title}{until}, {came}")


@course.command("assignment")
@_course_argument
@assignment_option
@click.option("--title", default="", help="Title.  [default: the assignment's own]")
@click.option("--opens", metavar="TIME", callback=_read_moment, help="When students can begin.")
@click.option("--due", metavar="TIME", callback=_read_moment, help="When it is due.")
@click.option(
    "--late-days", type=WholeNumber(min=0), default=0, help="Days after that.  [default: 0]"
)
@click.option(
    "--late-penalty",
    metavar="PERCENT",
    type=Number(min=0, max=100),
    default=0,
    help="Percent of the points that each of these days takes.  [default: 0]",
)
@click.option(
    "--attempts", type=WholeNumber(min=1), help="Attempts that there are at first.  [default: any]"
)
@click.option(
    "--refill",
    metavar="HOURS",
    type=Number(min=0.01),
    help="Hours after which an attempt that was used comes back.  [default: never]",
)
@click.option(
    "--counts",
    type=click.Choice(["best", "last"]),
    default="best",
    show_default=True,
    help="Attempt that counts.",
)
@click.option("--show-after-due", is_flag=True, help="Show points only once it is due.")
@with_database
def add_assignment(
    database: "Database",
    course_id: int,
    assignment: str,
    title: str,
    opens: datetime | None,
    due: datetime | None,
    late_days: int,
    late_penalty: float,
    attempts: int | None,
    refill: float | None,
    counts: str,
    show_after_due: bool,  # noqa: FBT001 - click passes options by name
) -> None:
    """Add an assignment to a course.

    A TIME without an offset is in the time zone of this machine. The folder of the assignment is
    read each time that something is graded: leave it where it is.
    """
    from grader.service import courses
    from grader.service.database.tables import Counts

    if refill is not None and attempts is None:
        raise click.UsageError("--refill needs --attempts")
    settings = courses.AssignmentSettings(
        title=title,
        opens_at=_microseconds(opens),
        due_at=_microseconds(due),
        late_days=late_days,
        late_penalty=late_penalty / 100,
        attempts=attempts or 0,
        refill_s=int((refill or 0) * 3600),
        counts=Counts(counts),
        shows_after_due=show_after_due,
    )
    with database.write() as session:
        added = courses.add_assignment(session, course_id, assignment, settings)
        click.echo(f"assignment {added.id}: {added.title}")
        click.echo(f"its page: {_address(session)}/assignments/{added.id}")


@course.command("link")
@_course_argument
@click.option("--to", "who", metavar="WHO", help="Log in the member with this id, email or name.")
@click.option("--instructor", metavar="NAME", help="Add another instructor, and log them in.")
@click.option("--email", default="", help="With --instructor: the email address.")
@click.option("--code", is_flag=True, help="Give the course a new code, for all students.")
@click.option("--lms", is_flag=True, help="Let an LMS register for the course, by LTI 1.3.")
@with_database
def link(
    database: "Database",
    course_id: int,
    who: str | None,
    instructor: str | None,
    email: str,
    code: bool,  # noqa: FBT001 - click passes options by name
    lms: bool,  # noqa: FBT001
) -> None:
    """Print a link into a course.

    Those of --to and --instructor work once, for a week. With that of --code, students on the
    roster get in by their id or email address; the one before it works no longer. That of --lms
    works once, for a day.
    """
    from grader.service import courses
    from grader.service.database.tables import Role
    from grader.service.one_time_links import Purpose, make_link
    from grader.service.roster import new_course_code

    if sum((who is not None, instructor is not None, code, lms)) != 1:
        raise click.UsageError("give one of --to, --instructor, --code and --lms")
    with database.write() as session:
        address = _address(session)
        courses.find_course(session, course_id)
        if code:
            secret = new_course_code(session, course_id, by_id=None)
            click.echo(f"link for all students: {address}/join/{secret}")
            return
        if lms:
            secret = make_link(session, Purpose.REGISTRATION, course_id=course_id)
            click.echo(f"link to register: {address}/lti/register/{secret}")
            return
        if instructor is not None:
            member = courses.add_instructor(session, course_id, instructor, email=email)
        else:
            member = courses.find_member(session, course_id, who or "")
        only = course_id if member.role is Role.STUDENT else None
        secret = make_link(session, Purpose.LOGIN, course_id=only, person_id=member.person_id)
        click.echo(f"link for {instructor or who}: {address}/log-in/{secret}")


@course.command("roster")
@_course_argument
@click.argument("roster", metavar="FILE", type=PathValue(dir_okay=False))
@with_database
def import_roster(database: "Database", course_id: int, roster: Path) -> None:
    """Put the students of a roster into a course.

    FILE is a table as schools and platforms export it, as for `grader batch --roster`. Students who
    are there already get the names in FILE; nobody is removed.
    """
    from grader.batch.roster_file import read_roster_file
    from grader.service import courses

    found = read_roster_file(roster)
    with database.write() as session:
        count = courses.import_roster(session, course_id, found.people)
    click.echo(f"{'1 student' if count == 1 else f'{count} students'} of {roster} in the course")


@course.command("token", statuses={ExitCode.WELL: "printed"})
@_course_argument
@click.argument("who")
@click.option("--name", default="", help="What it is for, to know it again.")
@with_database
def token(database: "Database", course_id: int, who: str, name: str) -> None:
    """Print a token for the API.

    It acts for one member of the course, WHO: an id, an email address or a name. It is shown only
    once, and works until it is revoked.
    """
    from grader.service.api_tokens import make_token
    from grader.service.courses import find_member

    with database.write() as session:
        member = find_member(session, course_id, who)
        secret = make_token(
            session, member.person_id, course_id, name=name or "grader course token", by_id=None
        )
    click.echo(secret)


@course.command("platform", cls=Command, statuses={ExitCode.WELL: "registered"})
@click.argument("course_id", metavar="[COURSE]", type=WholeNumber(min=1), required=False)
@click.option("--issuer", metavar="URL", required=True, help="Its id: the issuer of its tokens.")
@click.option("--client-id", metavar="ID", required=True, help="Id that it gave to this service.")
@click.option("--login", metavar="URL", required=True, help="Address where it logs people in.")
@click.option("--token", "token_url", metavar="URL", required=True, help="Where it gives tokens.")
@click.option("--keys", metavar="URL", required=True, help="Where it publishes its keys (JWKS).")
@click.option(
    "--token-audience", metavar="TEXT", default="", help="Audience of --token.  [default: its URL]"
)
@click.option(
    "--deployment",
    "deployments",
    metavar="ID",
    multiple=True,
    help="Id of a deployment there; may be repeated.  [default: that of an instructor's first "
    "launch]",
)
@click.option("--name", default="", help="Name of the platform, to know it again.")
@with_database
def platform(
    database: "Database",
    course_id: int | None,
    issuer: str,
    client_id: str,
    login: str,
    token_url: str,
    keys: str,
    token_audience: str,
    deployments: tuple[str, ...],
    name: str,
) -> None:
    """Register an LMS by hand, where it has no dynamic registration.

    Its administrator adds a tool with LTI 1.3 there, by the addresses that this prints at the end,
    and has the values for the options. With COURSE, it is for that course only. Without one, each
    of its courses becomes one here when an instructor first comes from it.
    """
    from grader.service.courses import find_course
    from grader.service.lti.platforms import NewPlatform, register
    from grader.service.lti.tool import ToolUrls

    new = NewPlatform(
        issuer=issuer,
        client_id=client_id,
        authorization_url=login,
        token_url=token_url,
        keys_url=keys,
        token_audience=token_audience,
        deployments=deployments,
        course_id=course_id,
        name=name,
    )
    with database.write() as session:
        if course_id is not None:
            find_course(session, course_id)
        number = register(session, new, allows_loopback=False)
        urls = ToolUrls(_address(session))
    click.echo(f"platform {number}: {name or issuer}")
    click.echo(f"login initiation: {urls.login}")
    click.echo(f"redirect and target link: {urls.launch}")
    click.echo(f"content selection (deep linking): {urls.deep_link}")
    click.echo(f"public keys (JWKS): {urls.keys}")


def _address(session: "Session") -> str:
    from grader.service.address import last_address

    return last_address(session)


def _microseconds(moment: datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp()) * 1_000_000
