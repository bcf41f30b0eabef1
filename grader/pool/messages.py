"""What the coordinator and its workers say to each other; both are ours."""

import msgspec


class PoolSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How a worker grades: said once, when it starts.

    ``limits`` are by the names that `Limits` has, over what the assignment says; ``has_pages`` asks
    for the student's page with each report.
    """

    assignment: str
    limits: dict[str, float] = {}
    isolation: str = "auto"
    salt: str = ""
    has_pages: bool = False


class GradeRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Grade this: the bytes of a submission, or why there are none that could be graded."""

    name: str
    data: bytes = b""
    problem: str = ""
    seed: int | None = None
    only: tuple[str, ...] | None = None
    key: str = ""


class GradeResult(msgspec.Struct, frozen=True, kw_only=True):
    """What came of it: the report as it goes to a file, and the student's page if asked for."""

    report: bytes
    page: bytes = b""
    is_fault: bool = False
