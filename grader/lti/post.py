"""Posts the scores of a class: the whole flow on one screen, in `post_scores`."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

import msgspec

from grader.errors import PlatformUnreachableError
from grader.exports.format import LeftOut
from grader.exports.lti_score import Score
from grader.lti.log import LogLine, PostLog, PostOutcome
from grader.lti.plan import Delivery, PostingPlan, describe_person
from grader.lti.responses import PostResult

# One score may be what the platform fails on; several in a row are the platform.
_UNANSWERED_IN_A_ROW = 3


@dataclass(slots=True)
class Tally:
    """How it goes.

    Attributes:
        outcomes: How many scores were sent, by what became of them.
        unchanged: How many the platform had already, and were not sent.
        refused: Whose were refused, or not answered, and why.
        superseded: For whom the platform keeps another one, or had this one already.
    """

    outcomes: Counter[PostOutcome] = field(default_factory=Counter)
    unchanged: int = 0
    refused: list[LeftOut] = field(default_factory=list)
    superseded: list[LeftOut] = field(default_factory=list)

    @property
    def done(self) -> int:
        """Give how many scores are dealt with."""
        return self.unchanged + self.outcomes.total()


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

    Args:
        plan: The scores.
        line_item: Where they go.
        send: Sends one; raises `UsageError` or `PlatformUnreachableError` where nobody's arrive.
        log: Where each one is noted, before it is sent and after.
        tally: Keeps the count, also where this ends early.
        has_to_resend: Send also what the platform has already.
        now: The time.
        on_progress: Told after each score.

    Raises:
        UsageError: the platform takes no scores from this tool.
        PlatformUnreachableError: it doesn't answer any more.
    """
    unanswered = 0
    for delivery in plan.deliveries:
        if log.history.has(line_item, delivery.score) and not has_to_resend:
            tally.unchanged += 1
        else:
            stamp = log.history.stamp(line_item, delivery.score.user_id, now())
            score = msgspec.structs.replace(delivery.score, timestamp=stamp)
            line = LogLine(
                line_item=line_item, row=delivery.row_id, outcome=PostOutcome.SENDING, score=score
            )
            log.add(line)
            answer = send(score)
            log.add(_what_became_of(line, answer))
            _count(tally, delivery, answer)
            unanswered = unanswered + 1 if answer.outcome is PostOutcome.UNANSWERED else 0
        on_progress(tally)
        if unanswered == _UNANSWERED_IN_A_ROW:
            raise PlatformUnreachableError(tally.refused[-1].reason)


def _what_became_of(line: LogLine, answer: PostResult) -> LogLine:
    return msgspec.structs.replace(
        line, outcome=answer.outcome, http_status=answer.http_status, reason=answer.reason
    )


def _count(tally: Tally, delivery: Delivery, answer: PostResult) -> None:
    tally.outcomes[answer.outcome] += 1
    if answer.outcome in (PostOutcome.REFUSED, PostOutcome.UNANSWERED):
        tally.refused.append(LeftOut(describe_person(delivery), answer.reason))
    elif answer.outcome is PostOutcome.LATER:
        tally.superseded.append(LeftOut(describe_person(delivery), answer.reason))
