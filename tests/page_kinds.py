"""A page of every kind that the grader writes, for tests that hold for all of them."""

import base64
import functools
import io
import json
import struct
import zlib
from typing import TYPE_CHECKING

import msgspec
from class_fakes import (
    ASSIGNMENT,
    FUNCTIONS,
    HOSTILE_NAMES,
    MAX_SCORE,
    NAMES,
    check_outline,
    make_class,
    make_failure,
    make_outline,
)
from fakes import check_result, make_report
from manual_samples import marked_item, waiting_item
from page_samples import (
    code,
    display,
    hostile_notebook,
    hostile_report,
    picture,
    stream,
    with_pictures,
)

from grader.outputs.class_page import write_class_page
from grader.outputs.notebook_html import line_to_html, report_to_html
from grader.outputs.pages.brief_page import render_brief_page
from grader.outputs.pages.student_page import render_student_page
from grader.report.class_figures import ClassFigures
from grader.report.class_model import ClassSummary, ClusterFigures, Skipped, Student
from grader.report.model import (
    DrawnAs,
    Example,
    IsolationInfo,
    LaterPoints,
    LoadingNote,
    NoteKind,
    Picture,
    Report,
    ReportStatus,
    SelfCheck,
    Series,
    Status,
    SubmissionInfo,
    Visibility,
)
from grader.report.outline import ManualOutline

if TYPE_CHECKING:
    from collections.abc import Callable

_EXAMPLE = Example(
    code="w = torch.tensor([1., 2.], requires_grad=True)\nprint(update(x, y, w, lr=0.1))",
    got="tensor([1.0000, 2.0000], requires_grad=True)",
    expected="tensor([0.9500, 1.9000], requires_grad=True)",
)
_LONG = "TransformerBlock.forward_with_attention"
_FAILURE: dict[str, object] = {
    "message": "update(x, y, w, lr) should move w against the gradient, but w stays where it is.",
    "hint": "Subtract lr times the gradient from w, inside torch.no_grad().",
    "section": "4. Gradient descent",
    "misconception": "update/never-steps",
    "example": _EXAMPLE,
}


def _right() -> Report:
    return make_report(
        *(check_result(f"{name}/a", title=f"{name} is right") for name in FUNCTIONS),
        output="epoch 1\nepoch 2\n",
    )


def _wrong() -> Report:
    report = make_report(
        check_result("make_data/a", title="make_data returns as many samples as asked for"),
        check_result("update/a", Status.FAILED, title="w moves", **_FAILURE),
        check_result("update/b", title="the loss is returned"),
        check_result("update/c", Status.FAILED, title="w stays a leaf", **_FAILURE),
        check_result("train/a", Status.ERROR, message="IndexError: list index out of range"),
        check_result("minibatches/a", Status.LIMIT, message="did not end within 10 seconds"),
        check_result("sigmoid/a", Status.MISSING, title="sigmoid is between 0 and 1"),
        check_result("predict/a", Status.MISSING, message="predict is a tensor here"),
        check_result(f"{_LONG}/a", Status.FAILED, title="it attends", **_FAILURE),
        notes=("cell 7 was left out, because it hung", "x" * 300),
        loading=(LoadingNote(kind=NoteKind.RAISED, text="cell 3 raised NameError: name 'nn'"),),
        output="a line " * 400,
        isolation=IsolationInfo(mode="auto", missing={"files": "no Landlock here"}),
        environment={"python": "3.11.9", "torch": "2.9.1", "zerograd": "1.0"},
    )
    functions = tuple(
        msgspec.structs.replace(one, pictures=(picture(), _fit()) if one.name == "update" else ())
        for one in report.functions
    )
    return msgspec.structs.replace(report, functions=functions)


def _fit() -> Picture:
    x = tuple(float(place) for place in range(12))
    series = [
        Series(label="data", role="data", drawn_as=DrawnAs.POINTS, x=x, y=x[::-1]),
        Series(label="yours", role="student", drawn_as=DrawnAs.LINE, x=x, y=(3.0,) * 12),
        Series(label="right", role="right", drawn_as=DrawnAs.LINE, x=x, y=x[::-1]),
    ]
    return Picture(title="The fit", x_label="feature", y_label="target", series=tuple(series))


def _hidden() -> Report:
    return make_report(
        check_result("mse/a"),
        check_result("mse/b", Status.FAILED, visibility=Visibility.HIDDEN, **_FAILURE),
        output="what was printed",
    )


def _late() -> Report:
    late = Visibility.AFTER_DUE_DATE
    return make_report(
        check_result("mse/a"),
        check_result("mse/b", Status.FAILED, visibility=late, max_points=3.0),
        check_result("update/a", Status.FAILED, visibility=late, max_points=4.0),
    )


def _manual() -> Report:
    items = (
        waiting_item("essay", 5.0, answer="Because of the chain rule.\n\nAnd so on. " * 12),
        marked_item(3.0, "plot", 4.0, comment="The axes have no labels.\nWell done otherwise."),
        marked_item(0.0, "proof", 2.0),
    )
    return make_report(check_result("mse/a"), manual=items, score=4.0, max_score=12.0)


def _self_check() -> Report:
    return make_report(
        check_result("mse/a"),
        check_result("train/a", Status.NOT_JUDGED, max_points=3.0),
        score=1.0,
        max_score=4.0,
        self_check=SelfCheck(later=(LaterPoints(name="answers", max_points=3.0),), open_points=3.0),
    )


def _failed(status: ReportStatus, error: str) -> Report:
    has_failed = status is ReportStatus.GRADER_ERROR
    points = None if has_failed else 100.0
    return make_report(status=status, error=error, score=points and 0.0, max_score=points)


def make_png(width: int = 1, height: int = 1) -> str:
    """Return a grey PNG image in base64."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = (b"\0" + b"\x80" * width) * height
    data = b"\x89PNG\r\n\x1a\n"
    for name, content in ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")):
        check = zlib.crc32(name + content)
        data += struct.pack(">I", len(content)) + name + content + struct.pack(">I", check)
    return base64.b64encode(data).decode("ascii")


def make_notebook(*cells: object) -> bytes:
    """Return a notebook of cells: code as strings, texts as (type, source), others as they are."""
    made: list[object] = []
    for cell in cells:
        match cell:
            case str():
                made.append({"cell_type": "code", "source": cell, "outputs": []})
            case (str(kind), source):
                made.append({"cell_type": kind, "source": source})
            case _:
                made.append(cell)
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": made}).encode()


def _notebook() -> bytes:
    """Return a notebook with everything that a student can write and that can be a barrier."""
    wide = " | ".join(f"column {place}" for place in range(12))
    return make_notebook(
        ("markdown", "### A heading that begins deep\n\n# Then a high one\n\n##### And a deep one"),
        ("markdown", "#\n\n## ![only a picture](a.png)\n\n## [](https://example.org/without-text)"),
        (
            "markdown",
            "See [the docs](https://example.org/docs), `code`, **bold** and *italic*.\n\n"
            "1. one\n   - two\n\n> a quote\n\n- [ ] to do\n\n" + "a" * 400,
        ),
        ("markdown", "| | loss |\n|---|---|\n| first | 3.5 |\n| | 2.5 |"),
        ("markdown", f"| {wide} |\n{'|---' * 12}|\n| {wide} |"),
        ("markdown", "```python\ndef f(x):\n    return 'a string'  # a comment\n```\n\n$$x^2$$"),
        code(
            "import torch\n\n\ndef update(x, y, w, lr):\n    return x * 1.5  # "
            + "a comment " * 30,
            stream("a line\n" * 200),
            display(image__png=make_png(900, 300), text__plain="<Figure>"),
        ),
        ("markdown", "###### The deepest\n\ntext\n\n#### Less deep"),
        code("def make_data(n):\n    return n", stream("short")),
        code("1 / 0", {"output_type": "error", "ename": "E", "traceback": ["Zero" * 60, "x"]}),
    )


@functools.cache
def student_pages() -> dict[str, str]:
    """Return a student's page of every kind, by name."""
    wrong = _wrong()
    long_name = SubmissionInfo(name="Very" + "Long" * 60 + ".py", sha256="f" * 64, format="python")
    stopped = make_report(
        check_result("mse/a"), check_result("train/a", Status.LIMIT), status=ReportStatus.STOPPED
    )
    unreadable = _failed(ReportStatus.UNREADABLE, "line 1 is not Python:\n" + "x" * 200)
    return {
        "right": render_student_page(_right()),
        "wrong": render_student_page(wrong),
        "long-names": render_student_page(
            msgspec.structs.replace(
                with_pictures(wrong, picture(title="long" * 40, label="label" * 20)),
                submission=long_name,
            )
        ),
        "notebook": render_student_page(wrong, notebook=_notebook()),
        "hostile": render_student_page(hostile_report(), notebook=hostile_notebook(make_notebook)),
        "stopped": render_student_page(stopped),
        "unreadable": render_student_page(unreadable),
        "fault": render_student_page(_failed(ReportStatus.GRADER_ERROR, "the forkserver is gone")),
        "hidden": render_student_page(_hidden()),
        "late": render_student_page(_late()),
        "manual": render_student_page(_manual()),
        "self-check": render_student_page(_self_check()),
        "no-functions": render_student_page(make_report()),
        "brief": render_brief_page(msgspec.structs.replace(wrong, manual=_manual().manual), "why"),
        "brief-hostile": render_brief_page(hostile_report(), "why" * 60),
    }


def _rows_of(summary: ClassSummary, count: int) -> tuple[str, ...]:
    return tuple(row.id for row in summary.rows if row.id)[:count]


def _with_everything(summary: ClassSummary) -> ClassSummary:
    """Add clusters to a class."""
    first = ClusterFigures(
        function="mse",
        students=14,
        rows=_rows_of(summary, 14),
        checks=("mse/values",),
        example=Example(code="print(mse(1, 2))\n" + "x" * 300, got="2.\n" * 60, expected="1."),
        shortest=_rows_of(summary, 1)[0],
        code="def mse(y_hat, y):\n    return y_hat - y\n" * 30,
        is_code_cut=True,
    )
    second = msgspec.structs.replace(first, function=_LONG, example=None, message="w stays " * 30)
    many = tuple(msgspec.structs.replace(first, students=2, rows=first.rows[:2]) for _ in range(12))
    return msgspec.structs.replace(summary, clusters=(first, second, *many))


def _with_manual() -> ClassSummary:
    """Return a class in which a person marks answers, and in which code was stopped."""
    raised = LoadingNote(kind=NoteKind.RAISED, subject="NameError", text="cell 1 raised NameError")
    figures = ClassFigures()
    for place in range(6):
        points = None if place % 2 else 2.0 * place
        figures.add(
            make_outline(
                check_outline("update/a", Status.FAILED if place else Status.PASSED),
                check_outline("update/b"),
                check_outline(f"{_LONG}/a", Status.NOT_JUDGED),
                manual=(
                    ManualOutline(id="essay", title="Explain why", max_points=8.0, points=points),
                ),
                loading=(raised,),
            ),
            id=f"s{place}",
            student=Student(id=f"s{place}", name=f"Student {place}"),
            file="lab4.py",
        )
    return figures.finish(assignment=ASSIGNMENT, max_score=10, function_names=("update", _LONG))


def _with_problems() -> ClassSummary:
    """Return a class with submissions that can't be graded, and some on which the grader failed."""
    long = "line 12 is not valid Python:\n" + "    def broken(:\n" * 20 + "x" * 400
    failures = [make_failure(ReportStatus.UNREADABLE, error) for error in (long, *["short"] * 7)]
    failures += [make_failure(ReportStatus.GRADER_ERROR, error) for error in ("gone", "x" * 160)]
    figures = ClassFigures()
    for place, failure in enumerate(failures):
        student = Student(id=f"s{place}", name=f"Student {place}")
        figures.add(failure, id=f"s{place}", student=student, file="lab4.py")
    return figures.finish(
        assignment=ASSIGNMENT, max_score=MAX_SCORE, function_names=tuple(FUNCTIONS)
    )


def _roster_only(*, skipped: tuple[Skipped, ...] = ()) -> ClassSummary:
    figures = ClassFigures()
    for place in range(25):
        figures.add_absent(Student(id=f"a{place}", name=f"Absent {place}"))
    return figures.finish(
        assignment=ASSIGNMENT, max_score=MAX_SCORE, function_names=tuple(FUNCTIONS), skipped=skipped
    )


def _empty() -> ClassSummary:
    return ClassFigures().finish(
        assignment=ASSIGNMENT, max_score=MAX_SCORE, function_names=tuple(FUNCTIONS)
    )


def class_page(summary: ClassSummary) -> str:
    """Return the page of a class."""
    file = io.StringIO(newline="")
    write_class_page(summary, file)
    return file.getvalue()


@functools.cache
def class_pages() -> dict[str, str]:
    """Return a page of every kind of class, by name."""
    hostile = make_class(18, names=(*NAMES, *HOSTILE_NAMES))
    return {
        "class": class_page(_with_everything(hostile)),
        "class-manual": class_page(_with_manual()),
        "class-problems": class_page(_with_problems()),
        "class-one": class_page(make_class(1)),
        "class-absent": class_page(_roster_only(skipped=(Skipped(path="a.txt", reason="why"),))),
        "class-empty": class_page(_empty()),
    }


_FRONT_END = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>A notebook</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
html {{ background: #fff; color: #000; font: 14px/1.3 system-ui, sans-serif; }}
@media (prefers-color-scheme: dark) {{ html {{ background: #111; color: #fff; }} }}
body {{ margin: 8px; }}
</style></head>
<body><main><h1>A notebook</h1>{}</main></body></html>
"""


@functools.cache
def notebook_outputs() -> dict[str, str]:
    """Return what ``%grade`` shows, by name, each in a page like that of a notebook."""
    makers: dict[str, Callable[[], Report]] = {
        "right": _right,
        "wrong": _wrong,
        "hostile": hostile_report,
        "manual": _manual,
        "late": _late,
        "self-check": _self_check,
        "unreadable": lambda: _failed(ReportStatus.UNREADABLE, "x" * 300),
    }
    shown = {name: report_to_html(make()) for name, make in makers.items()}
    shown["progress"] = line_to_html("grading ... 3 of 16")
    return {f"grade-{name}": _FRONT_END.format(html) for name, html in shown.items()}


STUDENT_KINDS = (
    "right", "wrong", "long-names", "notebook", "hostile", "stopped", "unreadable", "fault",
    "hidden", "late", "manual", "self-check", "no-functions", "brief", "brief-hostile",
)  # fmt: skip
CLASS_KINDS = (
    "class", "class-manual", "class-problems", "class-one", "class-absent", "class-empty",
)  # fmt: skip
GRADE_KINDS = (
    "grade-right", "grade-wrong", "grade-hostile", "grade-manual", "grade-late",
    "grade-self-check", "grade-unreadable", "grade-progress",
)  # fmt: skip
KINDS = (*STUDENT_KINDS, *CLASS_KINDS, *GRADE_KINDS)


def page_of_kind(kind: str) -> str:
    """Return the page of a kind of `KINDS`."""
    for kinds, make in (
        (STUDENT_KINDS, student_pages),
        (CLASS_KINDS, class_pages),
        (GRADE_KINDS, notebook_outputs),
    ):
        if kind in kinds:
            pages = make()
            assert tuple(pages) == kinds
            return pages[kind]
    raise KeyError(kind)
