"""The settings of an assignment, as an instructor changes them in a form."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from sqlalchemy import select
from sqlalchemy.orm import Session

from grader.errors import UsageError
from grader.service.audit import note
from grader.service.clock import SECOND, as_datetime
from grader.service.database.tables import Counts, CourseAssignment, HandIn
from grader.service.scores import publish_score

_OFFSET = re.compile(r"(?:UTC)?\s*([+\-\N{MINUS SIGN}])(\d{1,2})(?::?(\d{2}))?")
_LONGEST_TITLE, _MOST_DAYS, _MOST_ATTEMPTS, _MOST_HOURS = 200, 365, 10_000, 24 * 365
_EARLIEST, _LATEST = 2000, 2200
# What changes who has how many points.
_SCORING = ("due_at", "late_days", "late_penalty", "counts")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """When and how often students may hand in, what counts, and when what is shown."""

    title: str
    opens_at: int | None
    due_at: int | None
    late_days: int
    late_penalty: float
    attempts: int
    refill_s: int
    counts: Counts
    shows_after_due: bool


def read_settings(form: Mapping[str, str]) -> Settings:
    """Read the settings from the fields of a form.

    Raises:
        UsageError: A field can't be used; the message says which.
    """
    title = " ".join(form.get("title", "").split())
    if not title or len(title) > _LONGEST_TITLE:
        raise UsageError(f"The title must have 1 to {_LONGEST_TITLE} characters.")
    offset = form.get("offset", "")
    opens_at = read_moment(form.get("opens_at", ""), offset, "The time from which it is open")
    due_at = read_moment(form.get("due_at", ""), offset, "The due date")
    if opens_at is not None and due_at is not None and opens_at >= due_at:
        raise UsageError("It would be due before it is open.")
    try:
        counts = Counts(form.get("counts", ""))
    except ValueError as error:
        raise UsageError("Choose which attempt counts.") from error
    percent = _read_number(form.get("late_percent", ""), "The part of the points for a day", 100)
    hours = _read_number(form.get("refill_hours", ""), "The hours until the next", _MOST_HOURS)
    return Settings(
        title=title,
        opens_at=opens_at,
        due_at=due_at,
        late_days=int(
            _read_number(form.get("late_days", ""), "The late days", _MOST_DAYS, whole=True)
        ),
        late_penalty=percent / 100,
        attempts=int(
            _read_number(form.get("attempts", ""), "The attempts", _MOST_ATTEMPTS, whole=True)
        ),
        refill_s=round(hours * 3600),
        counts=counts,
        shows_after_due=form.get("shows_after_due", "") == "yes",
    )


def change_settings(
    session: Session, assignment_id: int, settings: Settings, *, by_id: int
) -> list[str]:
    """Change the settings of an assignment, in a transaction of the caller.

    Scores that are others now are sent to the platform.

    Returns:
        The names of those that are others now.
    """
    assignment = session.get_one(CourseAssignment, assignment_id, with_for_update=True)
    names = Settings.__dataclass_fields__
    changed = [name for name in names if getattr(assignment, name) != getattr(settings, name)]
    before = [f"{name} was {_show(getattr(assignment, name))}" for name in changed]
    for name in changed:
        setattr(assignment, name, getattr(settings, name))
    session.flush()
    if not changed:
        return []
    note(
        session,
        "settings changed",
        course_id=assignment.course_id,
        by_id=by_id,
        details=f"assignment {assignment_id}: {', '.join(before)}",
    )
    if assignment.line_item and any(one in _SCORING for one in changed):
        people = select(HandIn.person_id).where(HandIn.assignment_id == assignment_id)
        for person_id in session.scalars(people.distinct()).all():
            publish_score(session, assignment_id, person_id)
    return changed


def read_moment(text: str, offset: str, what: str) -> int | None:
    """Read a moment that a form has as a local time and an offset from UTC; None if it is empty.

    Raises:
        UsageError: It can't be read.
    """
    if not text.strip():
        return None
    try:
        local = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise UsageError(f"{what} must be like 2030-01-31 23:59.") from error
    if not _EARLIEST <= local.year < _LATEST:
        raise UsageError(f"{what} must be in the years from {_EARLIEST} to {_LATEST - 1}.")
    zone = local.tzinfo or read_offset(offset)
    return round(local.replace(tzinfo=zone).timestamp()) * SECOND


def read_offset(text: str) -> timezone:
    """Read an offset from UTC, such as ``+01:00``.

    Raises:
        UsageError: It is none.
    """
    plain = text.strip()
    if plain in ("", "Z", "UTC"):
        return UTC
    found = _OFFSET.fullmatch(plain)
    if found is None:
        raise UsageError("The offset from UTC must be like +01:00.")
    sign, hours, minutes = found[1], int(found[2]), int(found[3] or 0)
    if hours > 14 or minutes > 59:  # noqa: PLR2004 - the furthest that there is
        raise UsageError("The offset from UTC must be between -14:00 and +14:00.")
    size = timedelta(hours=hours, minutes=minutes)
    return timezone(size if sign == "+" else -size)


def show_local(moment: int | None) -> str:
    """Return a moment as the field of a form has it, in UTC."""
    return "" if moment is None else as_datetime(moment).strftime("%Y-%m-%dT%H:%M:%S")


def _read_number(text: str, what: str, most: float, *, whole: bool = False) -> float:
    try:
        value = float(text.strip().replace(",", ".") or 0)
    except ValueError:
        value = math.nan
    if not 0 <= value <= most or (whole and value != int(value)):
        kind = "a whole number" if whole else "a number"
        raise UsageError(f"{what} must be {kind} from 0 to {most:g}.")
    return value


def _show(value: object) -> str:
    return "none" if value is None else str(getattr(value, "value", value))
