"""Grades submissions with one oracle or another, and compares the reports."""

from collections.abc import Iterator
from pathlib import Path

import msgspec

from grader.pipeline import Grader
from grader.report.model import Report, ReportStatus
from grader.submission.hand_in import HandedIn, pack


def find_submissions(folder: Path) -> list[Path]:
    """List the submissions in a folder: files, and folders of files that are graded as one."""
    return [
        path
        for path in sorted(folder.iterdir())
        if path.suffix in (".py", ".ipynb")
        or (path.is_dir() and not path.name.startswith(("_", ".")))
    ]


def grade_path(grader: Grader, path: Path) -> Report:
    """Grade a submission; a folder is a hand-in of several files."""
    if not path.is_dir():
        return grader.grade(path)
    files = [HandedIn(one.name, one.name, one.read_bytes()) for one in sorted(path.glob("*.py"))]
    return grader.grade_data(pack(files), name=path.name)


def facts(value: object, place: str = "") -> Iterator[tuple[str, object]]:
    """Yield every fact of a report but its timing, with its place in the report."""
    match value:
        case dict():
            for key, one in value.items():
                if key != "timing":
                    yield from facts(one, f"{place}/{key}")
        case list() | tuple():
            yield f"{place}/length", len(value)
            for number, one in enumerate(value):
                yield from facts(one, f"{place}/{number}")
        case _:
            yield place, value


def differences(one: Report, other: Report) -> list[str]:
    """List the facts that differ between two reports."""
    before, after = (dict(facts(msgspec.to_builtins(report))) for report in (one, other))
    if one.status is other.status is ReportStatus.STOPPED:
        # A child that is killed for a forged message may be in the middle of printing.
        before.pop("/output", None), after.pop("/output", None)
    return [
        f"{fact}: {before.get(fact)!r} and {after.get(fact)!r}"
        for fact in sorted(before.keys() | after.keys())
        if before.get(fact) != after.get(fact)
    ]
