"""The command ``grader post``: scores of a class to where the course keeps its grades."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.exit_codes import ExitCode
from grader.cli.options import usage_errors

if TYPE_CHECKING:
    from grader.lti.client import PlatformClient
    from grader.lti.plan import PostingPlan
    from grader.lti.platform import LtiPlatform
    from grader.lti.post import Tally

_LOG_FILE = "lti-log.jsonl"


@click.command(
    epilog="Exit status: 0 the platform has these scores or later ones, 1 it refused some or it is "
    "not known whose they are, 2 usage or it refuses the key, 3 it can't be reached, 130 "
    "interrupted."
)
@click.argument(
    "results", metavar="DIR", type=click.Path(path_type=Path, file_okay=False, exists=True)
)
@click.option("--to", type=click.Choice(["lti"]), required=True, help="The kind of platform.")
@click.option(
    "--platform",
    "settings",
    metavar="TOML",
    type=click.Path(path_type=Path),
    help="The platform: client_id, token_url, line_item, key_file.",
)
@click.option(
    "--users",
    metavar="CSV",
    type=click.Path(path_type=Path),
    help="Who is who on the platform: columns lti_user_id, and id, email or name.  [default: a "
    "student's id is the platform's]",
)
@click.option(
    "--after-due", is_flag=True, help="The due date is over: send what has waited for it as well."
)
@click.option("--dry-run", is_flag=True, help="Show what would be sent, and send nothing.")
@click.option("--resend", is_flag=True, help="Send also what the platform has already.")
@click.option(
    "--log",
    "log_path",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help=f"What was sent so far.  [default: {_LOG_FILE} in DIR]",
)
@click.option("--no-color", is_flag=True, help="No colours, as with NO_COLOR=1.")
def post(
    results: Path,
    to: str,  # noqa: ARG001 - there is only one yet
    settings: Path | None,
    users: Path | None,
    after_due: bool,  # noqa: FBT001 - click passes options by name
    dry_run: bool,  # noqa: FBT001
    resend: bool,  # noqa: FBT001
    log_path: Path | None,
    no_color: bool,  # noqa: FBT001
) -> None:
    """Send the scores of a class, as `grader batch` wrote them into DIR, to an LMS.

    Everybody whose work it is gets the score, with the points of each function as a comment. What
    was sent is in a log: the same command goes on where it was interrupted, and sends only what has
    changed.
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
                _say(line, err=False)
            for line in describe_people("would not be sent", plan.left_out):
                _say(line)
            return
        if platform is None:
            raise click.UsageError("where to? give the settings of the platform with --platform")
        outcome = _send_all(plan, platform, log, has_to_resend=resend, no_color=no_color)
    if outcome:
        raise SystemExit(outcome)


def _send_all(
    plan: "PostingPlan",
    platform: "LtiPlatform",
    log_path: Path,
    *,
    has_to_resend: bool,
    no_color: bool,
) -> int:
    """Send what is to be sent, tell how it went, and give the exit status."""
    from grader.errors import PlatformUnreachableError
    from grader.lti.log import open_log
    from grader.lti.post import Tally, post_scores
    from grader.lti.terminal import watch_posting

    tally = Tally()
    reason = ""
    try:
        with (
            watch_posting(len(plan.deliveries), no_color=no_color) as (on_progress, on_wait),
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
        _say(
            f"\ninterrupted: {tally.done} of {len(plan.deliveries)} scores are dealt with; the "
            "same command goes on"
        )
        return ExitCode.INTERRUPTED
    _tell(plan, tally)
    if reason:
        _say(f"{reason}; {len(plan.deliveries) - tally.done} scores were not sent")
    return _exit_code(plan, tally, is_unreachable=bool(reason))


def _exit_code(plan: "PostingPlan", tally: "Tally", *, is_unreachable: bool) -> int:
    from grader.lti.log import PostOutcome

    if is_unreachable or tally.outcomes[PostOutcome.UNANSWERED]:
        return ExitCode.GRADER_FAILED
    return ExitCode.POINTS_LOST if plan.left_out or tally.refused else ExitCode.FULL_MARKS


def _connect(platform: "LtiPlatform", on_wait: Callable[[float, str], None]) -> "PlatformClient":
    from grader.lti.retry import RetryPolicy

    try:
        from grader.lti.client import PlatformClient
        from grader.lti.key import read_key
    except ImportError as error:
        raise click.UsageError(
            'posting needs libraries that are not installed: pip install "zerograd[lti]"'
        ) from error
    key = read_key(platform.key_path)
    if key.is_exposed:
        _say(f"warning: others can open the key: chmod 600 {platform.key_path}")
    return PlatformClient(platform, key, patience=RetryPolicy(on_wait=on_wait))


def _tell(plan: "PostingPlan", tally: "Tally") -> None:
    from grader.lti.terminal import describe_people, describe_tally

    _say(describe_tally(tally) or "there is nothing to send", err=False)
    if plan.absent:
        _say(f"{plan.absent} on the roster handed in nothing, and get no score", err=False)
    for line in describe_people("not sent", plan.left_out):
        _say(line)
    for line in describe_people("not taken", tally.refused):
        _say(line)
    for line in describe_people("left as it is there", tally.superseded):
        _say(line)


def _say(text: str, *, err: bool = True) -> None:
    """Print a line; what the terminal has no character for is shown as an escape."""
    encoding = (sys.stderr if err else sys.stdout).encoding
    click.echo(text.encode(encoding, "backslashreplace").decode(encoding), err=err)
