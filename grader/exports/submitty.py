"""The ``validation_results.json`` that a Submitty custom validator leaves.

The format is on the validation page of submitty.github.io. It has no word for "no score": Submitty
makes a score of 0 of every failure of a validator (``custom_doit`` in ``dispatch.cpp``). So nothing
is written if the grader failed.
"""

from collections.abc import Iterator, Mapping

from grader.exports.format import ExportedFile, LeftOut, Work, each_report
from grader.exports.json_text import to_json
from grader.exports.student_view import StudentView, student_view
from grader.exports.text import describe_in_full, describe_whole
from grader.outputs.manual_view import describe_item_in_full
from grader.report.model import FunctionResult, ManualItem, Report, ReportStatus, Status

_FILE = "validation_results.json"


def export(work: Work) -> Iterator[ExportedFile | LeftOut]:
    """Submitty: validation_results.json of a custom validator."""
    yield from each_report(work, _write, has_total=True)


def _write(report: Report, work: Work) -> Iterator[ExportedFile]:
    result = _describe(student_view(report, is_after_due=work.is_after_due))
    yield ExportedFile(_FILE, to_json(result))


def _describe(shown: StudentView) -> Mapping[str, object]:
    report = shown.report
    whole = describe_whole(shown)
    about_whole = "failure" if report.status is ReportStatus.UNREADABLE else "information"
    return {
        "status": "success",
        "data": {
            "score": shown.fraction,
            "message": [
                {"message": whole, "status": about_whole},
                *map(_message, report.functions),
                *map(_manual_message, report.manual),
            ],
            "status": _status_of_whole(shown),
        },
    }


def _message(function: FunctionResult) -> Mapping[str, str]:
    return {"message": describe_in_full(function), "status": _status(function.status)}


def _manual_message(item: ManualItem) -> Mapping[str, str]:
    if item.points is None:
        status = "information"
    elif item.points >= item.max_points:
        status = "success"
    else:
        status = "warning" if item.points else "failure"
    return {"message": describe_item_in_full(item), "status": status}


def _status(status: Status) -> str:
    match status:
        case Status.PASSED:
            return "success"
        case Status.PARTIAL:
            return "warning"
        case _:
            return "failure"


def _status_of_whole(shown: StudentView) -> str:
    if shown.is_full:
        return "success"
    return "warning" if shown.fraction else "failure"
