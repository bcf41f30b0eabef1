"""Sends what is in the outbox to platforms.

Theory of operation
-------------------
One thread claims entries whose time has come, and sends them one after another. A claim is a moment
in the database until which nobody else sends the entry; whoever dies, its claims end. So an entry
may be sent twice, but always with the timestamp that it was put in with: the platform refuses the
second one as not newer, or replaces the score by an equal one. Of several entries of one student
only the newest is sent, and never while an older one is under way, so that none overtakes another.

A line item that can't be reached is tried again after a pause that grows, with all its entries. One
entry that fails alone waits alone.
"""

import logging
import random
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Collection
from dataclasses import dataclass, field

import msgspec
from msgspec import UNSET
from sqlalchemy import and_, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, aliased

from grader.errors import PlatformUnreachableError, UsageError
from grader.exports.lti_score import ActivityProgress, CanvasSubmission, GradingProgress, Score
from grader.lti.client import PlatformClient
from grader.lti.log import PostOutcome, PostResult
from grader.lti.platform import LtiPlatform
from grader.lti.retry import RetryPolicy
from grader.service.clock import DAY, SECOND, as_datetime, now
from grader.service.database.engine import Database
from grader.service.database.tables import CourseAssignment, OutboxEntry, OutboxState, Platform
from grader.service.lti.network import REQUEST_S, PlatformSession
from grader.service.lti.platforms import as_destination
from grader.service.lti.tool import LtiTool
from grader.service.outbox import OutgoingScore
from grader.service.scores import publish_after_due
from grader.service.settings import ServiceSettings

_log = logging.getLogger(__name__)

# The slowest try: two requests for a token and two with the score.
_SLOWEST_TRY_S = 4 * REQUEST_S
CLAIM_S = 2 * _SLOWEST_TRY_S
_AT_ONCE = 8
_LOOK_EVERY_S = 60.0
_POLL_S = 1.0
# Pauses after failures: the first, which doubles each time, and the longest.
_FIRST_PAUSE_S = 2.0
_LONGEST_PAUSE_S = 3600.0
# After this time a score is given up, as if the platform had refused it.
_GIVE_UP_AFTER = 14 * DAY
# A platform may fail on one particular score; if it fails on several in a row, it is down.
_UNANSWERED_IN_A_ROW = 3
_OPEN_CLIENTS = 64
# A stop waits so long for the score that is being sent.
_GRACE_S = 5.0
_MAX_ANSWER_CHARACTERS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedScore:
    """A score that this process sends. ``tries`` counts this one too."""

    id: int
    destination: LtiPlatform
    score: Score
    stamp: int
    tries: int


@dataclass(slots=True)
class _Health:
    """How a line item has answered lately."""

    failures: int = 0
    unanswered: int = 0
    paused_until: int = 0


@dataclass(slots=True)
class Deliverer:
    """Sends what is in the outbox, until it is stopped.

    Args:
        database: The database.
        settings: How the service runs.
        tool: What we are to platforms.
        first_pause_s: The pause after the first failure.
        poll_s: How often the outbox is looked at.
    """

    database: Database
    settings: ServiceSettings
    tool: LtiTool
    first_pause_s: float = _FIRST_PAUSE_S
    poll_s: float = _POLL_S
    _http: PlatformSession = field(init=False)
    _clients: "OrderedDict[LtiPlatform, PlatformClient]" = field(default_factory=OrderedDict)
    _health: dict[str, _Health] = field(default_factory=dict)
    _stopping: threading.Event = field(default_factory=threading.Event)
    _published: set[tuple[int, int]] = field(default_factory=set)
    _next_look: float = 0.0
    # Not for secrets: only so that not all servers come back in the same moment.
    _random: random.Random = field(default_factory=lambda: random.Random(secrets.randbits(64)))  # noqa: S311

    def __post_init__(self) -> None:
        self._http = self.tool.open_session()

    def stop(self) -> None:
        """Have `run` end after the score that is being sent; from any thread.

        If that takes too long it is cut off, and sent again at the next start.
        """
        self._stopping.set()
        timer = threading.Timer(_GRACE_S, self._http.cut)
        timer.daemon = True
        timer.start()

    def run(self) -> None:
        """Send until `stop` is called."""
        try:
            while not self._stopping.is_set():
                try:
                    self._publish_due()
                    sent = self.send_due()
                except SQLAlchemyError as error:
                    _log.warning("the database doesn't answer: %s", type(error).__name__)
                    sent = 0
                if not sent:
                    self._stopping.wait(self.poll_s)
        finally:
            self._http.close()

    def _publish_due(self) -> None:
        """Now and then, put scores into the outbox that had to wait for the due date."""
        if time.monotonic() >= self._next_look:
            self._next_look = time.monotonic() + _LOOK_EVERY_S
            publish_after_due(self.database, self._published)

    def send_due(self) -> int:
        """Send some of the scores whose time has come; return how many were taken."""
        moment, began = now(), time.monotonic()
        paused = [item for item, one in self._health.items() if one.paused_until > moment]
        claimed = claim(self.database, self.settings, at_most=_AT_ONCE, except_line_items=paused)
        for one in claimed:
            may_take_long = time.monotonic() - began > CLAIM_S - _SLOWEST_TRY_S
            is_paused = self._health_of(one).paused_until > now()
            if self._stopping.is_set() or is_paused or may_take_long:
                give_back(self.database, one)
            else:
                self._send(one)
        return len(claimed)

    def _send(self, claimed: ClaimedScore) -> None:
        health = self._health_of(claimed)
        try:
            result = self._client(claimed.destination).send(claimed.score)
        except (PlatformUnreachableError, UsageError) as error:
            # No score can be sent there now. The operator can mend that, so nothing is given up.
            self._pause(claimed, health)
            self._later(claimed, str(error), pause_s=self._pause_s(health.failures))
            return
        except Exception as error:  # noqa: BLE001 - no answer of a platform may end the thread
            _log.exception("score %d can't be sent", claimed.id)
            self._pause(claimed, health)
            self._later(claimed, type(error).__name__, pause_s=self._pause_s(health.failures))
            return
        if result.outcome is PostOutcome.UNANSWERED:
            health.unanswered += 1
            if health.unanswered >= _UNANSWERED_IN_A_ROW:
                self._pause(claimed, health)
            pause_s = max(self._pause_s(claimed.tries), result.asked_wait_s)
            self._later(claimed, result.reason, pause_s=pause_s)
            return
        health.failures = health.unanswered = health.paused_until = 0
        finish(self.database, claimed, _state_of(result, claimed), result.reason)

    def _later(self, claimed: ClaimedScore, reason: str, *, pause_s: float) -> None:
        if now() - claimed.stamp > _GIVE_UP_AFTER:
            finish(self.database, claimed, OutboxState.REFUSED, reason)
            return
        _log.warning("score %d is not sent yet: %s", claimed.id, reason)
        postpone(self.database, claimed, reason, next_try_at=now() + int(pause_s * SECOND))

    def _pause(self, claimed: ClaimedScore, health: _Health) -> None:
        health.failures += 1
        health.unanswered = 0
        health.paused_until = now() + int(self._pause_s(health.failures) * SECOND)
        self._clients.pop(claimed.destination, None)  # with its token

    def _pause_s(self, failures: int) -> float:
        """Return a pause that doubles with each failure, of which up to a half is chance."""
        longest = min(self.first_pause_s * 2.0 ** min(failures - 1, 30), _LONGEST_PAUSE_S)
        return longest * self._random.uniform(0.5, 1.0)

    def _health_of(self, claimed: ClaimedScore) -> _Health:
        return self._health.setdefault(claimed.destination.line_item, _Health())

    def _client(self, destination: LtiPlatform) -> PlatformClient:
        if destination not in self._clients:
            if len(self._clients) >= _OPEN_CLIENTS:
                self._clients.popitem(last=False)
            self._clients[destination] = PlatformClient(
                destination,
                self.tool.key,
                # Pauses are ours, so that one platform doesn't hold up another.
                retry_policy=RetryPolicy(tries=1),
                clock=time.monotonic,
                session=self._http,
            )
        self._clients.move_to_end(destination)
        return self._clients[destination]


def claim(
    database: Database,
    settings: ServiceSettings,
    *,
    at_most: int,
    except_line_items: Collection[str] = (),
) -> list[ClaimedScore]:
    """Claim scores whose time has come, the oldest first.

    Args:
        database: The database.
        settings: How the service runs.
        at_most: How many.
        except_line_items: Of which line items none.
    """
    moment = now()
    other = aliased(OutboxEntry)
    same = and_(
        other.assignment_id == OutboxEntry.assignment_id, other.person_id == OutboxEntry.person_id
    )
    is_under_way = select(other.id).where(same, other.claimed_until >= moment).exists()
    wanted = (
        select(OutboxEntry.id)
        .join(CourseAssignment, CourseAssignment.id == OutboxEntry.assignment_id)
        .where(
            OutboxEntry.state == OutboxState.WAITING,
            OutboxEntry.next_try_at <= moment,
            OutboxEntry.line_item.not_in(except_line_items),
            ~is_under_way,
        )
        .order_by(OutboxEntry.next_try_at, OutboxEntry.id)
        .limit(at_most)
        .with_for_update(skip_locked=True, of=OutboxEntry)
    )
    with database.write() as session:
        ids = set(session.scalars(wanted))
        ids -= _supersede_older(session, ids)
        if not ids:
            return []
        session.execute(
            update(OutboxEntry)
            .where(OutboxEntry.id.in_(ids))
            .values(claimed_until=moment + CLAIM_S * SECOND, tries=OutboxEntry.tries + 1)
        )
        rows = session.execute(
            select(OutboxEntry, Platform)
            .join(CourseAssignment, CourseAssignment.id == OutboxEntry.assignment_id)
            .join(Platform, Platform.id == CourseAssignment.platform_id)
            .where(OutboxEntry.id.in_(ids))
            .order_by(OutboxEntry.id)
        ).all()
        return [
            ClaimedScore(
                id=entry.id,
                destination=as_destination(platform, settings, entry.line_item),
                score=make_score(entry.score, entry.stamp),
                stamp=entry.stamp,
                tries=entry.tries,
            )
            for entry, platform in rows
        ]


def finish(database: Database, claimed: ClaimedScore, state: OutboxState, answer: str) -> None:
    """End an entry, unless a newer one has replaced it meanwhile."""
    _end_claim(database, claimed, answer=answer, state=state)


def postpone(database: Database, claimed: ClaimedScore, answer: str, *, next_try_at: int) -> None:
    """Let an entry wait for another try."""
    _end_claim(database, claimed, answer=answer, next_try_at=next_try_at)


def give_back(database: Database, claimed: ClaimedScore) -> None:
    """End a claim without a try."""
    _end_claim(database, claimed, tries=claimed.tries - 1)


def send_again(session: Session, entry_id: int) -> bool:
    """Have a score sent again that was refused, in a transaction of the caller.

    Returns:
        Whether it will be: not if there is a newer one, or it was not refused.
    """
    entry = session.get(OutboxEntry, entry_id, with_for_update=True)
    if entry is None or entry.state is not OutboxState.REFUSED:
        return False
    newest = session.scalars(
        select(OutboxEntry.id)
        .where(
            OutboxEntry.assignment_id == entry.assignment_id,
            OutboxEntry.person_id == entry.person_id,
        )
        .order_by(OutboxEntry.stamp.desc())
        .limit(1)
    ).one()
    if newest != entry.id:
        return False
    entry.state, entry.next_try_at, entry.tries = OutboxState.WAITING, now(), 0
    return True


def make_score(outgoing: str, stamp: int) -> Score:
    """Make the score of an entry; the same entry always makes the same score.

    To take a score back is to send none: the specification asks platforms to clear what they had
    then. Moodle does so for everything but FullyGraded, and Canvas for Failed alone.
    """
    one = msgspec.json.decode(outgoing, type=OutgoingScore)
    if one.points is None:
        return Score(
            user_id=one.subject,
            timestamp=_show(stamp),
            activity_progress=ActivityProgress.SUBMITTED,
            grading_progress=GradingProgress.FAILED,
            canvas=CanvasSubmission(),
        )
    submitted_at = UNSET if one.submitted_at is None else _show(one.submitted_at)
    has_points = one.max_points > 0  # AGS allows no maximum of 0
    return Score(
        user_id=one.subject,
        timestamp=_show(stamp),
        activity_progress=ActivityProgress.COMPLETED,
        grading_progress=GradingProgress.FULLY_GRADED,
        score_given=one.points if has_points else UNSET,
        score_maximum=one.max_points if has_points else UNSET,
        canvas=CanvasSubmission(submitted_at=submitted_at),
    )


def _end_claim(
    database: Database,
    claimed: ClaimedScore,
    *,
    answer: str | None = None,
    state: OutboxState | None = None,
    next_try_at: int | None = None,
    tries: int | None = None,
) -> None:
    with database.write() as session:
        entry = session.get(OutboxEntry, claimed.id, with_for_update=True)
        if entry is None:
            return  # its person was deleted
        if state is not None and entry.state is OutboxState.WAITING:
            entry.state = state
        # If the claim has ended, it is somebody else's by now: whoever claims, counts a try.
        if entry.tries != claimed.tries:
            return
        entry.claimed_until = 0
        entry.answer = entry.answer if answer is None else answer[:_MAX_ANSWER_CHARACTERS]
        entry.next_try_at = entry.next_try_at if next_try_at is None else next_try_at
        entry.tries = entry.tries if tries is None else tries


def _supersede_older(session: Session, ids: Collection[int]) -> set[int]:
    """Mark entries that have a newer one; two servers may have put them in at once."""
    newer = aliased(OutboxEntry)
    older = set(
        session.scalars(
            select(OutboxEntry.id)
            .join(
                newer,
                and_(
                    newer.assignment_id == OutboxEntry.assignment_id,
                    newer.person_id == OutboxEntry.person_id,
                    newer.stamp > OutboxEntry.stamp,
                ),
            )
            .where(OutboxEntry.id.in_(ids))
        )
    )
    if older:
        session.execute(
            update(OutboxEntry)
            .where(OutboxEntry.id.in_(older))
            .values(state=OutboxState.SUPERSEDED)
        )
    return older


def _state_of(result: PostResult, claimed: ClaimedScore) -> OutboxState:
    if result.outcome is PostOutcome.REFUSED:
        return OutboxState.REFUSED
    if result.outcome is PostOutcome.LATER and claimed.tries == 1:
        return OutboxState.SUPERSEDED  # somebody else has sent a later one
    return OutboxState.SENT  # or an earlier try had arrived


def _show(moment: int) -> str:
    text = as_datetime(moment).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")
