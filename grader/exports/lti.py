"""The scores that `grader post --to lti` sends, as files: to look at, or to send in another way."""

from collections.abc import Iterator
from datetime import UTC, datetime

import msgspec

from grader.exports.format import ExportedFile, LeftOut, Work
from grader.exports.lti_score import make_score

_NO_USER = "nobody knows its user id: give it with --set user=ID"


def export(work: Work) -> Iterator[ExportedFile | LeftOut]:
    """Scores of LTI 1.3 AGS, as `grader post` sends them.

    Settings: ``user`` is the user id of a single report; in a class it is each student's id.
    ``timestamp``, in ISO 8601 with a zone, is now unless it is given.
    """
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    timestamp, user = work.setting("timestamp", now), work.setting("user")
    lines: list[bytes] = []
    for item in work.items:
        row = item.row
        if not row.id:
            continue
        for person in row.people:
            user_id = user if work.is_single else person.id
            if not user_id:
                yield LeftOut(row.id, _NO_USER if work.is_single else "it has no student id")
                continue
            score = make_score(
                row,
                item.read(),
                user_id=user_id,
                timestamp=timestamp,
                is_after_due=work.is_after_due,
            )
            lines.append(msgspec.json.encode(score) + b"\n")
    yield ExportedFile("scores.jsonl", b"".join(lines))
