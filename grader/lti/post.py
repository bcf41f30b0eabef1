"""Send the scores of a class, one after another, and log each one."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

import msgspec

from grader.errors import PlatformUnreachableError
from grader.exports.format import LeftOut
from grader.exports.lti_score import Score
from grader.lti.log import LogLine, PostLog, PostOutcome, PostResult
from grader.lti.plan import Delivery, PostingPlan, describe_person

# The platform may fail on one particular score; if it fails on several in a row, it is down.
_UNANSWERED_IN_A_ROW = 3


@dataclass(slots=True)
class Tally:
    """The counts of a run, and the students whose scores were not accepted.

    Attributes:
        outcomes: How many scores were sent, by outcome.
        unchanged: How many scores were not sent because the platform has them already.
        refused: The students whose scores were refused or not answered, and why.
        superseded: The students whose score on the platform has an equal or later timestamp.
        kept: The students whose new score was not sent, as it would empty the platform's, and why.
    """

    outcomes: Counter[PostOutcome] = field(default_factory=Counter)
    unchanged: int = 0
    refused: list[LeftOut] = field(default_factory=list)
    superseded: list[LeftOut] = field(default_factory=list)
    kept: list[LeftOut] = field(default_factory=list)

    @property
    def done(self) -> int:
        """Return how many scores have been sent or skipped."""
        return self.unchanged + len(self.kept) + self.outcomes.total()


def post_scores(
    plan: PostingPlan,
    *,
    line_item: str,
    send: Callable[[Score], PostResult],
    log: PostLog,
    tally: Tally,
    has_to_resend: bool = False,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    on_progress: Callable[[Tally], None] = lambda _tally: None,
) -> None:
    """Send every score that the platform doesn't have, one after another.

    A score that would take points away from a platform, because the grader failed or points wait,
    is never sent.

    Args:
        plan: The scores.
        line_item: The URL of the line item that they go to.
        send: Sends one score; raises `UsageError` or `PlatformUnreachableError` if no score can be
            sent.
        log: Gets a line before each score is sent, and one after.
        tally: Updated in place after each score, so that it is right even if this ends early.
        has_to_resend: Whether to send the scores that the platform has already, too.
        now: Returns the current time, with a time zone.
        on_progress: Called with the tally after each score.

    Raises:
        UsageError: The platform accepts no scores at all from this tool.
        PlatformUnreachableError: The platform has stopped answering.
    """
    unanswered = 0
    for delivery in plan.deliveries:
        if log.history.has(line_item, delivery.score) and not has_to_resend:
            tally.unchanged += 1
        elif loss := log.history.explain_loss(line_item, delivery.score):
            tally.kept.append(LeftOut(describe_person(delivery), loss))
        else:
            stamp = log.history.stamp(line_item, delivery.score.user_id, now())
            score = msgspec.structs.replace(delivery.score, timestamp=stamp)
            line = LogLine(
                line_item=line_item, row=delivery.row_id, outcome=PostOutcome.SENDING, score=score
            )
            log.add(line)
            result = send(score)
            log.add(_with_result(line, result))
            _count(tally, delivery, result)
            unanswered = unanswered + 1 if result.outcome is PostOutcome.UNANSWERED else 0
        on_progress(tally)
        if unanswered == _UNANSWERED_IN_A_ROW:
            raise PlatformUnreachableError(tally.refused[-1].reason)


def _with_result(line: LogLine, result: PostResult) -> LogLine:
    return msgspec.structs.replace(
        line, outcome=result.outcome, http_status=result.http_status, reason=result.reason
    )


def _count(tally: Tally, delivery: Delivery, result: PostResult) -> None:
    tally.outcomes[result.outcome] += 1
    if result.outcome in (PostOutcome.REFUSED, PostOutcome.UNANSWERED):
        tally.refused.append(LeftOut(describe_person(delivery), result.reason))
    elif result.outcome is PostOutcome.LATER:
        tally.superseded.append(LeftOut(describe_person(delivery), result.reason))
