"""What the API answers with. Moments are ISO 8601 in UTC, points are those of the report."""

import enum
from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """An answer of the API; nothing is ever taken out of one within a version of it."""


class WorkState(enum.Enum):
    """How a hand-in stands.

    ``waiting`` is in the queue or being graded, ``graded`` has a report, and ``failed`` is a fault
    of the grader, which costs no attempt.
    """

    WAITING = "waiting"
    GRADED = "graded"
    FAILED = "failed"


class CourseMessage(Message, frozen=True, kw_only=True):
    """A course."""

    id: int
    name: str


class PersonMessage(Message, frozen=True, kw_only=True):
    """A person in a course; ``student_id`` is that of the roster, empty if there is none."""

    id: int
    name: str
    student_id: str


class TokenMessage(Message, frozen=True, kw_only=True):
    """For whom the token of the request acts, and in which course."""

    person: PersonMessage
    role: Annotated[str, Meta(description="student or instructor")]
    course: CourseMessage


class AssignmentMessage(Message, frozen=True, kw_only=True):
    """An assignment, with how the person stands for whom the token acts.

    ``points`` are those that count, with late days and what an instructor decided; null without
    any. ``attempts_left`` is null for any number of attempts, and ``next_attempt_at`` says when
    another one comes.
    """

    id: int
    title: str
    opens_at: datetime | None
    due_at: datetime | None
    closes_at: Annotated[
        datetime | None, Meta(description="until when hand-ins are taken; null for ever")
    ]
    may_hand_in: bool
    attempts_left: int | None
    next_attempt_at: datetime | None
    points: float | None
    max_points: Annotated[float | None, Meta(description="null before anything is graded")]
    is_excused: bool


class AssignmentList(Message, frozen=True, kw_only=True):
    """The assignments of the course."""

    items: list[AssignmentMessage]


class ReceiptMessage(Message, frozen=True, kw_only=True):
    """What has been handed in. It is kept from now on, whatever comes.

    ``is_repeat`` says that the same bytes, or the same ``Idempotency-Key``, were there before; a
    repeat costs no attempt.
    """

    number: str
    received_at: datetime
    sha256: str
    is_repeat: bool


class HandInMessage(Message, frozen=True, kw_only=True):
    """A hand-in. Students see the points that their report shows at this moment."""

    number: str
    assignment_id: int
    person: PersonMessage
    received_at: datetime
    file: str
    size_bytes: int
    sha256: str
    is_repeat: bool
    state: WorkState
    points: float | None
    max_points: float | None


class HandInState(HandInMessage, frozen=True, kw_only=True):
    """A hand-in, with its place in the queue: how many come before it; null if it doesn't wait."""

    place: int | None


class HandInList(Message, frozen=True, kw_only=True):
    """Hand-ins in the order in which they came; ``next`` is ``after`` of the following page."""

    items: list[HandInMessage]
    next: str | None


class ListQuery(msgspec.Struct, frozen=True, kw_only=True):
    """What a list of hand-ins is asked for."""

    after: Annotated[
        str, Meta(max_length=64, description="the number of the hand-in before the first one")
    ] = ""
    limit: Annotated[int, Meta(ge=1, le=200, description="how many at most")] = 100
    student: Annotated[
        str,
        Meta(
            max_length=320,
            description="only of this student (id on the roster, or email); for instructors",
        ),
    ] = ""


class HandInQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Whose a hand-in is."""

    student: Annotated[
        str,
        Meta(
            max_length=320,
            description="whose it is (id on the roster, or email), if an instructor sends it",
        ),
    ] = ""
