"""The tables. Moments are microseconds since 1970 in UTC; secrets are stored as digests only."""

import enum

from sqlalchemy import (
    BigInteger,
    Boolean,
    Enum,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

# SQLite numbers rows by themselves only in a column that is called INTEGER.
_Id = BigInteger().with_variant(Integer, "sqlite")


class Base(DeclarativeBase):
    """What all tables have in common: constraints with names, which migrations need."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class Role(enum.StrEnum):
    """What a person may do in a course."""

    STUDENT = "student"
    INSTRUCTOR = "instructor"


class Counts(enum.StrEnum):
    """Which of a student's attempts counts."""

    BEST = "best"
    LAST = "last"


class JobState(enum.StrEnum):
    """How a job stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class OutboxState(enum.StrEnum):
    """How the delivery of a score to a platform stands."""

    WAITING = "waiting"
    SENT = "sent"
    REFUSED = "refused"
    SUPERSEDED = "superseded"


def _words(kind: type[enum.StrEnum]) -> Enum:
    """Store an enumeration as its values, in a text column that any later version can read."""
    return Enum(
        kind, native_enum=False, length=20, values_callable=lambda all_: [one.value for one in all_]
    )


class Course(Base):
    """A course. Whoever has its code and is on its roster, or gets a link, can hand in."""

    __tablename__ = "course"

    id: Mapped[int] = mapped_column(_Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    code_digest: Mapped[str | None] = mapped_column(String(64), unique=True)
    created_at: Mapped[int] = mapped_column(BigInteger)


class Person(Base):
    """A student or an instructor. No password is ever kept."""

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(_Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(320), default="")
    created_at: Mapped[int] = mapped_column(BigInteger)


class Member(Base):
    """A person in a course. ``student_id`` is the id on the roster.

    With the code of the course, a student takes the entry of the roster once (``claimed_at``), and
    then has a personal link, of which ``link_digest`` is the digest of its secret.
    """

    __tablename__ = "member"
    __table_args__ = (UniqueConstraint("course_id", "person_id"),)

    id: Mapped[int] = mapped_column(_Id, primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    role: Mapped[Role] = mapped_column(_words(Role))
    student_id: Mapped[str] = mapped_column(String(200), default="")
    claimed_at: Mapped[int | None] = mapped_column(BigInteger)
    link_digest: Mapped[str | None] = mapped_column(String(64), unique=True)


class Platform(Base):
    """An LMS that was registered by LTI 1.3, for one course or, by the operator, for any.

    ``deployments`` has an id in each line; if there is none yet, that of an instructor's first
    launch is kept.
    """

    __tablename__ = "platform"
    __table_args__ = (UniqueConstraint("issuer", "client_id"),)

    id: Mapped[int] = mapped_column(_Id, primary_key=True)
    course_id: Mapped[int | None] = mapped_column(ForeignKey("course.id"))
    name: Mapped[str] = mapped_column(String(200), default="")
    issuer: Mapped[str] = mapped_column(String(500))
    client_id: Mapped[str] = mapped_column(String(500))
    deployments: Mapped[str] = mapped_column(Text, default="")
    authorization_url: Mapped[str] = mapped_column(String(1000))
    token_url: Mapped[str] = mapped_column(String(1000))
    token_audience: Mapped[str] = mapped_column(String(1000), default="")
    keys_url: Mapped[str] = mapped_column(String(1000))
    created_at: Mapped[int] = mapped_column(BigInteger)


class LtiContext(Base):
    """A course of a platform (a context, in the words of LTI), and which course it is here."""

    __tablename__ = "lti_context"
    __table_args__ = (UniqueConstraint("platform_id", "context"),)

    id: Mapped[int] = mapped_column(_Id, primary_key=True)
    platform_id: Mapped[int] = mapped_column(ForeignKey("platform.id"))
    context: Mapped[str] = mapped_column(String(255))
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"), index=True)
    members_url: Mapped[str] = mapped_column(String(1000), default="")
    members_at: Mapped[int] = mapped_column(BigInteger, default=0)
    created_at: Mapped[int] = mapped_column(BigInteger)


class LtiTicket(Base):
    """What a browser is in the middle of, such as a launch; it holds the secret."""

    __tablename__ = "lti_ticket"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    purpose: Mapped[str] = mapped_column(String(20))
    data: Mapped[str] = mapped_column(Text)
    expires_at: Mapped[int] = mapped_column(BigInteger, index=True)


class Identity(Base):
    """Who a person is on a platform: the subject of its launches."""

    __tablename__ = "identity"
    __table_args__ = (UniqueConstraint("platform_id", "subject"),)

    id: Mapped[int] = mapped_column(_Id, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    platform_id: Mapped[int] = mapped_column(ForeignKey("platform.id"))
    subject: Mapped[str] = mapped_column(String(255))


class CourseAssignment(Base):
    """An assignment in a course: its folder, and when and how often students may hand in.

    ``attempts`` are there at first, and one more comes every ``refill_s`` seconds; 0 attempts means
    any number. Each day after ``due_at`` takes ``late_penalty`` of the points, from 0 to 1, and
    after ``late_days`` nothing is taken any more.
    """

    __tablename__ = "course_assignment"

    id: Mapped[int] = mapped_column(_Id, primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"), index=True)
    folder: Mapped[str] = mapped_column(String(1000))
    title: Mapped[str] = mapped_column(String(200))
    salt: Mapped[str] = mapped_column(String(64))
    opens_at: Mapped[int | None] = mapped_column(BigInteger)
    due_at: Mapped[int | None] = mapped_column(BigInteger)
    late_days: Mapped[int] = mapped_column(Integer, default=0)
    late_penalty: Mapped[float] = mapped_column(Float, default=0.0)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    refill_s: Mapped[int] = mapped_column(Integer, default=0)
    counts: Mapped[Counts] = mapped_column(_words(Counts), default=Counts.BEST)
    shows_after_due: Mapped[bool] = mapped_column(Boolean, default=False)
    platform_id: Mapped[int | None] = mapped_column(ForeignKey("platform.id"))
    resource_link: Mapped[str] = mapped_column(String(500), default="")
    line_item: Mapped[str] = mapped_column(String(1000), default="")
    created_at: Mapped[int] = mapped_column(BigInteger)


class Content(Base):
    """The bytes of a hand-in, once for equal ones."""

    __tablename__ = "content"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    data: Mapped[bytes] = mapped_column(LargeBinary)


class HandIn(Base):
    """An attempt: what a student handed in, and when. ``number`` is that of the receipt.

    ``result_id`` is the result that holds now, None until there is one. ``same_as_id`` is an
    earlier attempt of the student with the same bytes. ``request_digest`` is that of the key by
    which a program says that a request is a repeat.
    """

    __tablename__ = "hand_in"
    __table_args__ = (
        Index("ix_hand_in_of_person", "assignment_id", "person_id", "id"),
        Index("ix_hand_in_request", "assignment_id", "person_id", "request_digest", unique=True),
    )

    id: Mapped[int] = mapped_column(_Id, primary_key=True)
    number: Mapped[str] = mapped_column(String(32), unique=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("course_assignment.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    received_at: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[str] = mapped_column(String(300))
    sha256: Mapped[str] = mapped_column(ForeignKey("content.sha256"), index=True)
    size_bytes: Mapped[int] = mapped_column(Integer)
    same_as_id: Mapped[int | None] = mapped_column(ForeignKey("hand_in.id"))
    # Not a foreign key: results refer to hand-ins already, and SQLite can't close a circle.
    result_id: Mapped[int | None] = mapped_column(BigInteger, unique=True)
    request_digest: Mapped[str | None] = mapped_column(String(64))


class Regrade(Base):
    """A grading of everybody anew, or of one hand-in, which counts once it is applied.

    One that was undone after it had been applied has ``undone_at``, too.
    """

    __tablename__ = "regrade"

    id: Mapped[int] = mapped_column(_Id, primary_key=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("course_assignment.id"), index=True)
    hand_in_id: Mapped[int | None] = mapped_column(ForeignKey("hand_in.id"))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[int] = mapped_column(BigInteger)
    applied_at: Mapped[int | None] = mapped_column(BigInteger)
    dropped_at: Mapped[int | None] = mapped_column(BigInteger)
    undone_at: Mapped[int | None] = mapped_column(BigInteger)


class Job(Base):
    """What is to be graded: a hand-in as it came (``regrade_id`` 0), or for a regrade.

    A job that is claimed belongs to its claimant until ``claimed_until``; then anybody may take it.
    It waits until ``not_before`` after a fault of the grader. ``result_id`` is what came of it; for
    a regrade, it doesn't count before that is applied, and ``replaced_id`` is the result that
    counted until then.
    """

    __tablename__ = "job"
    __table_args__ = (
        UniqueConstraint("hand_in_id", "regrade_id"),
        Index("ix_job_queue", "state", "regrade_id", "id"),
    )

    id: Mapped[int] = mapped_column(_Id, primary_key=True)
    hand_in_id: Mapped[int] = mapped_column(ForeignKey("hand_in.id"))
    regrade_id: Mapped[int] = mapped_column(BigInteger, default=0)
    state: Mapped[JobState] = mapped_column(_words(JobState))
    faults: Mapped[int] = mapped_column(Integer, default=0)
    claimed_by: Mapped[str] = mapped_column(String(64), default="")
    claimed_until: Mapped[int] = mapped_column(BigInteger, default=0)
    not_before: Mapped[int] = mapped_column(BigInteger, default=0)
    created_at: Mapped[int] = mapped_column(BigInteger)
    ended_at: Mapped[int | None] = mapped_column(BigInteger, index=True)
    result_id: Mapped[int | None] = mapped_column(BigInteger)
    replaced_id: Mapped[int | None] = mapped_column(BigInteger)


class Result(Base):
    """What grading a hand-in gave, once for each batch key. Points are None without a score.

    Report and page are empty if not even a report of the fault could be made; ``error`` says why.
    """

    __tablename__ = "result"
    __table_args__ = (UniqueConstraint("hand_in_id", "key"),)

    id: Mapped[int] = mapped_column(_Id, primary_key=True)
    hand_in_id: Mapped[int] = mapped_column(ForeignKey("hand_in.id"), index=True)
    key: Mapped[str] = mapped_column(String(64))
    status: Mapped[str] = mapped_column(String(20))
    is_fault: Mapped[bool] = mapped_column(Boolean, default=False)
    points: Mapped[float | None] = mapped_column(Float)
    max_points: Mapped[float] = mapped_column(Float)
    report: Mapped[bytes] = mapped_column(LargeBinary)
    page: Mapped[bytes] = mapped_column(LargeBinary)
    kept: Mapped[bytes] = mapped_column(LargeBinary, default=b"")
    error: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[int] = mapped_column(BigInteger)


class Decision(Base):
    """What an instructor decided about a student's work on an assignment; the newest holds.

    ``kind`` is ``override`` (these points count), ``excuse``, ``comment``, or ``extension`` (it is
    due at ``until``). A decision that was taken back has ``withdrawn_at``.
    """

    __tablename__ = "decision"
    __table_args__ = (Index("ix_decision_of_person", "assignment_id", "person_id"),)

    id: Mapped[int] = mapped_column(_Id, primary_key=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("course_assignment.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    points: Mapped[float | None] = mapped_column(Float)
    until: Mapped[int | None] = mapped_column(BigInteger)
    text: Mapped[str] = mapped_column(Text, default="")
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[int] = mapped_column(BigInteger)
    withdrawn_at: Mapped[int | None] = mapped_column(BigInteger)


class AnswerMark(Base):
    """The points that a person gave for an answer, whoever handed it in: see `report.marks`."""

    __tablename__ = "answer_mark"
    __table_args__ = (UniqueConstraint("assignment_id", "unit", "answer"),)

    id: Mapped[int] = mapped_column(_Id, primary_key=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("course_assignment.id"))
    unit: Mapped[str] = mapped_column(String(200))
    answer: Mapped[str] = mapped_column(String(64))
    points: Mapped[float] = mapped_column(Float)
    level: Mapped[str] = mapped_column(Text, default="")
    comment: Mapped[str] = mapped_column(Text, default="")
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[str] = mapped_column(String(40))


class AuditEntry(Base):
    """Who did what, when and why. Entries are only ever added, and name people by their id."""

    __tablename__ = "audit_entry"

    id: Mapped[int] = mapped_column(_Id, primary_key=True)
    course_id: Mapped[int | None] = mapped_column(BigInteger, index=True)
    by_id: Mapped[int | None] = mapped_column(BigInteger)
    about_id: Mapped[int | None] = mapped_column(BigInteger)
    action: Mapped[str] = mapped_column(String(40))
    reason: Mapped[str] = mapped_column(Text, default="")
    details: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[int] = mapped_column(BigInteger)


class OutboxEntry(Base):
    """A score to be sent to a platform. A repeat carries the same timestamp and changes nothing.

    Until ``claimed_until``, somebody is sending it.
    """

    __tablename__ = "outbox_entry"
    __table_args__ = (
        UniqueConstraint("assignment_id", "person_id", "stamp"),
        Index("ix_outbox_queue", "state", "next_try_at"),
    )

    id: Mapped[int] = mapped_column(_Id, primary_key=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("course_assignment.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    line_item: Mapped[str] = mapped_column(String(1000))
    score: Mapped[str] = mapped_column(Text)
    stamp: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[OutboxState] = mapped_column(_words(OutboxState))
    tries: Mapped[int] = mapped_column(Integer, default=0)
    next_try_at: Mapped[int] = mapped_column(BigInteger)
    claimed_until: Mapped[int] = mapped_column(BigInteger, default=0)
    answer: Mapped[str] = mapped_column(Text, default="")


class OneTimeLink(Base):
    """A link that works once: to log a person in, or to register a platform (``purpose``)."""

    __tablename__ = "one_time_link"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    purpose: Mapped[str] = mapped_column(String(20))
    course_id: Mapped[int | None] = mapped_column(ForeignKey("course.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    expires_at: Mapped[int] = mapped_column(BigInteger)
    used_at: Mapped[int | None] = mapped_column(BigInteger)


class ApiToken(Base):
    """A token of the JSON API: it acts for one person in one course."""

    __tablename__ = "api_token"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"))
    name: Mapped[str] = mapped_column(String(100), default="")
    created_at: Mapped[int] = mapped_column(BigInteger)
    revoked_at: Mapped[int | None] = mapped_column(BigInteger)


class WebSession(Base):
    """A browser that is logged in; its cookie holds the secret.

    ``course_id`` is the only course that it is good for, if whoever vouches for the person answers
    for that course only: an instructor of one course must not become a student of another.
    """

    __tablename__ = "web_session"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    course_id: Mapped[int | None] = mapped_column(ForeignKey("course.id"))
    csrf_token: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[int] = mapped_column(BigInteger)
    expires_at: Mapped[int] = mapped_column(BigInteger, index=True)


class Nonce(Base):
    """A value that may come once only, such as the nonce of a launch."""

    __tablename__ = "nonce"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    expires_at: Mapped[int] = mapped_column(BigInteger, index=True)


class Setting(Base):
    """A value that the service keeps for itself, such as its key for LTI."""

    __tablename__ = "setting"

    name: Mapped[str] = mapped_column(String(100), primary_key=True)
    value: Mapped[str] = mapped_column(Text)


# SQLite gives the number of a deleted row away again, unless it is asked not to; but a job that is
# being graded, or a page in a browser, must not mean somebody else after a person was deleted.
for _table in Base.metadata.tables.values():
    if "id" in _table.c:
        _table.kwargs["sqlite_autoincrement"] = True
