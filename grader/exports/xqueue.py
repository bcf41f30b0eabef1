"""The ``xqueue_body`` of an answer to edX's XQueue, by the grader interface of xqueue-watcher.

It has no word for a fault of the grader: then nothing is answered, and the queue hands the
submission out again.
"""

from collections.abc import Iterator

import msgspec

from grader.exports.format import ExportedFile, LeftOut, Work, each_report
from grader.exports.json_text import to_json
from grader.exports.markup import describe_as_markup
from grader.exports.student_view import student_view
from grader.report.model import Report

# It is kept with every attempt of every student, and sent with each page that shows the problem.
_MAX_CHARACTERS = 50_000


class _Reply(msgspec.Struct, frozen=True, kw_only=True):
    """All that a queue takes.

    ``score`` is a fraction, as the watcher's graders have it. ``msg`` has to be well-formed XML
    with one root, or the student reads nothing of it.
    """

    correct: bool
    score: float
    msg: str


def export(work: Work) -> Iterator[ExportedFile | LeftOut]:
    """xqueue_body of an answer to edX's XQueue."""
    yield from each_report(work, _write)


def _write(report: Report, work: Work) -> Iterator[ExportedFile]:
    shown = student_view(report, is_after_due=work.is_after_due)
    answer = _Reply(
        correct=shown.is_full,
        score=shown.fraction,
        msg=describe_as_markup(shown, max_characters=_MAX_CHARACTERS),
    )
    yield ExportedFile("xqueue_body.json", to_json(answer))
