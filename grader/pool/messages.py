"""What the pool and its workers say to each other; both sides are ours, and trusted."""

import msgspec


class PoolSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How a worker grades: the first message that it gets.

    ``limits`` are by the names of the fields of `Limits`, and go before those of the assignment;
    ``has_pages`` asks for the student's page with each report.
    """

    assignment: str
    limits: dict[str, float] = {}
    isolation: str = "auto"
    salt: str = ""
    has_pages: bool = False


class GradeRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A submission to be graded: its bytes, or in ``problem`` why it can't be."""

    name: str
    data: bytes = b""
    problem: str = ""
    seed: int | None = None
    only: tuple[str, ...] | None = None
    key: str = ""


class GradeResult(msgspec.Struct, frozen=True, kw_only=True):
    """The report as it goes to a file, and the student's page if one was asked for.

    ``is_fault`` is set if the grader failed: the report has no score then.
    """

    report: bytes
    page: bytes = b""
    is_fault: bool = False
