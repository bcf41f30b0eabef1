"""The scores that ``grader post --to lti`` sends, as a file to read or to send by other means."""

from collections.abc import Iterator
from datetime import UTC, datetime

import msgspec

from grader.exports.format import ExportedFile, LeftOut, Work, leave_out_without_report
from grader.exports.lti_score import make_score

_NO_USER = "the report has no user id; give one with --set user=ID"


def export(work: Work) -> Iterator[ExportedFile | LeftOut]:
    """LTI 1.3: AGS scores, as `grader post` sends them.

    Settings: ``user`` is the user id of a single report; in a class, each student's id is used.
    ``timestamp`` is in ISO 8601 with a time zone, by default now.
    """
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    timestamp, user = work.setting("timestamp", now), work.setting("user")
    lines: list[bytes] = []
    for item in work.items:
        row = item.row
        if not row.id:
            yield from leave_out_without_report(item)
            continue
        for person in row.people:
            user_id = user if work.is_single else person.id
            if not user_id:
                yield LeftOut(row.id, _NO_USER if work.is_single else "the student has no id")
                continue
            score = make_score(
                row,
                item.read_with_reason(is_after_due=work.is_after_due),
                user_id=user_id,
                timestamp=timestamp,
                is_after_due=work.is_after_due,
                counted=item.counted,
            )
            lines.append(msgspec.json.encode(score) + b"\n")
    yield ExportedFile("scores.jsonl", b"".join(lines))
