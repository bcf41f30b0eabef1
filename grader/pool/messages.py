"""The messages between a pool and its workers; both sides are our own code, and trusted."""

import msgspec


class PoolSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How a worker grades; the first message that it gets.

    ``limits`` override those of the assignment, and are named as the fields of `Limits`. ``salt``
    and ``is_class`` are those of `Seeds`. ``recordings`` is the folder of recordings, if there is
    one. ``has_pages`` asks for the student's page with each report, and ``keeps_answers`` for what
    is kept beside it.
    """

    assignment: str
    limits: dict[str, float] = {}
    isolation: str = "auto"
    salt: str = ""
    is_class: bool = False
    recordings: str = ""
    has_pages: bool = False
    keeps_answers: bool = False


class GradeRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A submission to grade: its bytes, or in ``problem`` the reason why it can't be graded.

    ``more_time`` multiplies the CPU time of each function. Without ``has_diagnosis`` no
    misconception is named and no picture drawn; the points are the same. The units ``proved`` are
    right, although ``only`` leaves them out.
    """

    name: str
    data: bytes = b""
    problem: str = ""
    seed: int | None = None
    only: tuple[str, ...] | None = None
    key: str = ""
    more_time: float = 1.0
    has_diagnosis: bool = True
    proved: tuple[str, ...] = ()


class GradeResult(msgspec.Struct, frozen=True, kw_only=True):
    """The report as it is written to a file, and the student's page if one was asked for.

    ``is_fault`` is set if the grader failed; the report then has no score. ``strays`` are the ids
    of checks whose questions depend on the answers. ``kept`` is what is kept beside the report, and
    never in it; see `grader.discovery`.
    """

    report: bytes
    page: bytes = b""
    is_fault: bool = False
    strays: tuple[str, ...] = ()
    kept: bytes = b""
