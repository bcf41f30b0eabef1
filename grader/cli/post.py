"""The command ``grader post``: send the scores of a class to an LMS."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.command import Command
from grader.cli.exit_codes import ExitCode
from grader.cli.options import Display, display_options, usage_errors
from grader.cli.values import PathValue

if TYPE_CHECKING:
    from grader.lti.client import PlatformClient
    from grader.lti.plan import PostingPlan
    from grader.lti.platform import LtiPlatform
    from grader.lti.post import Tally

_LOG_FILE = "lti-log.jsonl"


@click.command(
    cls=Command,
    statuses={
        ExitCode.WELL: "the platform has these scores or later ones",
        ExitCode.NOT_WELL: "it refused some, the user id of a student is not known, or a score was "
        "kept back because it would empty one that is there",
        ExitCode.USAGE: "wrong usage, or the platform refuses the key",
        ExitCode.GRADER_FAILED: "the platform can't be reached, or the grader failed",
        ExitCode.INTERRUPTED: "interrupted: the same command goes on",
    },
)
@click.argument("results", metavar="DIR", type=PathValue(file_okay=False, exists=True))
@click.option(
    "--to", type=click.Choice(["lti"]), required=True, help="The protocol of the platform."
)
@click.option(
    "--platform",
    "settings",
    metavar="TOML",
    type=PathValue(),
    help="Settings of the platform: client_id, token_url, line_item and key_file.",
)
@click.option(
    "--users",
    metavar="CSV",
    type=PathValue(),
    help="User ids on the platform: a table with a column lti_user_id and at least one of id, "
    "email and name.  [default: each student's own id]",
)
@click.option("--after-due", is_flag=True, help="Include the points that wait for the due date.")
@click.option("--dry-run", is_flag=True, help="Print what would be sent, and send nothing.")
@click.option("--resend", is_flag=True, help="Also send the scores that the platform already has.")
@click.option(
    "--log",
    "log_path",
    metavar="FILE",
    type=PathValue(),
    help=f"Log of what was sent so far.  [default: {_LOG_FILE} in DIR]",
)
@display_options
def post(
    results: Path,
    to: str,  # noqa: ARG001 - there is only one so far
    settings: Path | None,
    users: Path | None,
    after_due: bool,  # noqa: FBT001 - click passes options by name
    dry_run: bool,  # noqa: FBT001
    resend: bool,  # noqa: FBT001
    log_path: Path | None,
    display: Display,
) -> None:
    """Send the scores of a class to an LMS.

    DIR is a folder that `grader batch` wrote. Each student gets a score, with the points of each
    function as a comment; every member of a group gets one. What was sent is logged, so the same
    command resumes after an interruption and sends only what has changed.
    """
    from grader.exports.source import open_work
    from grader.lti.log import read_log
    from grader.lti.plan import plan_scores
    from grader.lti.platform import read_platform
    from grader.lti.terminal import describe_people, preview
    from grader.lti.users import own_ids, read_users

    log = log_path or results / _LOG_FILE
    with usage_errors():
        platform = read_platform(settings) if settings else None
        work = open_work(results, is_after_due=after_due)
        plan = plan_scores(work, find_user=read_users(users) if users else own_ids)
        if dry_run:
            line_item = platform.line_item if platform else ""
            for line in preview(
                plan, line_item=line_item, history=read_log(log), has_to_resend=resend
            ):
                _print_line(line, err=False)
            for line in describe_people("would not be sent", plan.left_out):
                _print_line(line)
            return
        if platform is None:
            raise click.UsageError("give the settings of the platform with --platform")
        outcome = _send_all(plan, platform, log, has_to_resend=resend, display=display)
    if outcome:
        raise SystemExit(outcome)


def _send_all(
    plan: "PostingPlan",
    platform: "LtiPlatform",
    log_path: Path,
    *,
    has_to_resend: bool,
    display: Display,
) -> int:
    """Send the scores, print how it went, and return the exit status."""
    from grader.errors import PlatformUnreachableError
    from grader.lti.log import open_log
    from grader.lti.post import Tally, post_scores
    from grader.lti.terminal import watch_posting
    from grader.outputs.progress import wants_progress

    tally = Tally()
    reason = ""
    try:
        with (
            watch_posting(
                len(plan.deliveries),
                no_color=display.color is False,
                is_shown=wants_progress(is_plain=display.is_plain),
            ) as (on_progress, on_wait),
            _connect(platform, on_wait) as client,
            open_log(log_path) as log,
        ):
            post_scores(
                plan,
                line_item=platform.line_item,
                send=client.send,
                log=log,
                tally=tally,
                has_to_resend=has_to_resend,
                on_progress=on_progress,
            )
    except PlatformUnreachableError as error:
        reason = str(error)
    except KeyboardInterrupt:
        _print_line(
            f"\ninterrupted after {tally.done} of {len(plan.deliveries)} scores; run the same "
            "command to continue"
        )
        return ExitCode.INTERRUPTED
    _print_outcome(plan, tally)
    if reason:
        unsent = len(plan.deliveries) - tally.done
        _print_line(f"{reason}; {unsent} {'score was' if unsent == 1 else 'scores were'} not sent")
    return _exit_code(plan, tally, is_unreachable=bool(reason))


def _exit_code(plan: "PostingPlan", tally: "Tally", *, is_unreachable: bool) -> int:
    from grader.lti.log import PostOutcome

    if is_unreachable or tally.outcomes[PostOutcome.UNANSWERED]:
        return ExitCode.GRADER_FAILED
    has_unsent = plan.left_out or tally.refused or tally.kept
    return ExitCode.NOT_WELL if has_unsent else ExitCode.WELL


def _connect(platform: "LtiPlatform", on_wait: Callable[[float, str], None]) -> "PlatformClient":
    from grader.lti.retry import RetryPolicy

    try:
        from grader.lti.client import PlatformClient
        from grader.lti.key import read_key
    except ImportError as error:
        raise click.UsageError(
            'posting needs libraries that are not installed; run: pip install "zerograd[lti]"'
        ) from error
    key = read_key(platform.key_path)
    if key.is_exposed:
        _print_line(
            "warning: other users of this machine can open the key; run: chmod 600 "
            f"{platform.key_path}"
        )
    return PlatformClient(platform, key, retry_policy=RetryPolicy(on_wait=on_wait))


def _print_outcome(plan: "PostingPlan", tally: "Tally") -> None:
    from grader.lti.terminal import describe_people, describe_tally

    _print_line(describe_tally(tally) or "nothing was sent", err=False)
    if plan.absent:
        students, get = ("student", "gets") if plan.absent == 1 else ("students", "get")
        _print_line(
            f"{plan.absent} {students} on the roster did not hand in anything and {get} no score",
            err=False,
        )
    for line in describe_people("not sent", (*plan.left_out, *tally.kept)):
        _print_line(line)
    for line in describe_people("not accepted", tally.refused):
        _print_line(line)
    for line in describe_people("already there or superseded", tally.superseded):
        _print_line(line)


def _print_line(text: str, *, err: bool = True) -> None:
    """Print a line; characters that the stream can't encode appear as escapes."""
    encoding = (sys.stderr if err else sys.stdout).encoding
    click.echo(text.encode(encoding, "backslashreplace").decode(encoding), err=err)
