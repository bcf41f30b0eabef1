"""The ``xqueue_body`` of a reply to edX's XQueue, by the grader interface of xqueue-watcher.

It can't express a fault of the grader. Nothing is written then: if nobody replies, the queue hands
out the submission again.
"""

from collections.abc import Iterator

import msgspec

from grader.exports.format import ExportedFile, LeftOut, Work, each_report
from grader.exports.json_text import to_json
from grader.exports.markup import describe_as_markup
from grader.exports.student_view import student_view
from grader.report.model import Report

# edX stores the message with every attempt of every student, and sends it with each page that
# shows the problem.
_MAX_CHARACTERS = 50_000


class _Reply(msgspec.Struct, frozen=True, kw_only=True):
    """The reply. ``score`` is a fraction from 0 to 1, as in the watcher's own graders.

    ``msg`` must be well-formed XML with one root, or edX shows none of it.
    """

    correct: bool
    score: float
    msg: str


def export(work: Work) -> Iterator[ExportedFile | LeftOut]:
    """Open edX: xqueue_body of an XQueue reply."""
    yield from each_report(work, _write, has_total=True)


def _write(report: Report, work: Work) -> Iterator[ExportedFile]:
    shown = student_view(report, is_after_due=work.is_after_due)
    reply = _Reply(
        correct=shown.is_full,
        score=shown.fraction,
        msg=describe_as_markup(shown, max_characters=_MAX_CHARACTERS),
    )
    yield ExportedFile("xqueue_body.json", to_json(reply))
