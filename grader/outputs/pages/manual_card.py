"""The answers that a person marks, on a student's page."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup, escape

from grader.outputs.escaping import escape_within
from grader.outputs.manual_view import ManualView, view_manual
from grader.outputs.pages.function_card import STYLES
from grader.report.budget import cut_text
from grader.report.model import ManualItem

_MAX_BYTES = 56 * 1024  # of HTML, of all answers
_MAX_ANSWER_BYTES = 12 * 1024
_MAX_ITEMS = 100
_ITEM_BYTES = 1200  # of the HTML around the texts
_TEXT_LIMITS = (4000, 600, 100, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class ManualCard:
    """An answer, ready for the template; ``style`` is a class of the sheet for its mark."""

    view: ManualView
    style: str
    answer: Markup


def make_manual_cards(items: Sequence[ManualItem]) -> tuple[ManualCard, ...]:
    """Make the cards of the answers of a report, which were escaped for a page.

    If they would be too long together, the texts around the answers are cut first, and the answers
    get what is left.
    """
    views = view_manual(items[:_MAX_ITEMS])
    for limit in _TEXT_LIMITS:
        views = tuple(_cut(one, limit) for one in views)
        size = sum(map(_size, views))
        if size <= _MAX_BYTES // 2:
            break
    room = max(0, _MAX_BYTES - sum(map(_size, views)))
    cards = []
    for left, view in zip(range(len(views), 0, -1), views, strict=True):
        answer, is_cut = escape_within(view.answer, min(_MAX_ANSWER_BYTES, room // left))
        room -= len(answer.encode())
        if is_cut or view.is_cut:
            answer += "\n... (cut here: the file that was handed in has all of it)"
        cards.append(ManualCard(view=view, style=STYLES[view.mark.color], answer=answer))
    return tuple(cards)


def _cut(view: ManualView, limit: int) -> ManualView:
    return replace(
        view,
        title=cut_text(view.title, max(limit, 100)),
        given=tuple(cut_text(one, limit) for one in view.given) if limit else (),
        remark=cut_text(view.remark, max(limit, 100)),
        rubric=tuple(cut_text(one, limit) for one in view.rubric) if limit else (),
    )


def _size(view: ManualView) -> int:
    texts = (view.title, *view.given, view.by, view.remark, *view.rubric)
    lines = 100 * (len(view.given) + len(view.rubric))
    return _ITEM_BYTES + lines + len(escape("".join(texts)).encode())
