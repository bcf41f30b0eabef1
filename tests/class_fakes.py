"""Made-up classes: summaries of any size, with names that break things."""

import random

from grader.report.class_figures import ClassFigures
from grader.report.class_model import ClassSummary, Skipped, Student
from grader.report.model import AssignmentInfo, ReportStatus, Status
from grader.report.outline import (
    CheckOutline,
    DiagnosisOutline,
    FunctionOutline,
    Outline,
    SubmissionOutline,
    TimingOutline,
)

ASSIGNMENT = AssignmentInfo(id="lab4", title="Lab 4: gradient descent with autograd", version="1")
RIGHT_TO_LEFT = "\N{RIGHT-TO-LEFT OVERRIDE}gpj.exe"
HOSTILE_NAMES = (
    "<script>window.pwned = 1</script>",
    "<img src=x onerror='window.pwned = 1'>",
    '"><svg onload=window.pwned=1>',
    "</style><script>window.pwned = 1</script>",
    "=cmd()|'/C calc'!A0",
    "\N{FULLWIDTH EQUALS SIGN}1+1",
    "a\r\nb\tc\x00d\x1b[31mred",
    RIGHT_TO_LEFT,
    "lone \udcf6 surrogate",
)
NAMES = (
    "Zoë Müller-Lüdenscheidt",
    "Siobhán O'Brien",
    "Smith, John",
    "\N{LATIN CAPITAL LETTER L WITH STROKE}ukasz W\N{LATIN SMALL LETTER O WITH ACUTE}jcik",
    "\N{PARTY POPPER} Party",
    "\u0645\u062d\u0645\u062f \u0639\u0644\u064a",
    "\u6f22\u5b57 \u592a\u90ce",
    "Very" + "long" * 49,
    "Very Long Name " * 14,
)
# The functions of the built-in lab, with their points.
FUNCTIONS = {
    "make_data": 5.0,
    "predict": 4.0,
    "mse": 6.0,
    "gradient": 8.0,
    "update": 11.0,
    "train": 8.0,
    "minibatches": 8.0,
    "train_minibatch": 8.0,
    "sigmoid": 5.0,
    "predict_proba": 4.0,
    "cross_entropy": 7.0,
    "update_logistic": 8.0,
    "train_logistic": 8.0,
    "plot_fit": 4.0,
    "animate_fit": 3.0,
    "answers": 3.0,
}
MAX_SCORE = 100.0


def check_outline(
    id_: str = "update/a", status: Status = Status.PASSED, **changes: object
) -> CheckOutline:
    """Return the outline of a check; one that passed has all its points."""
    fields: dict[str, object] = {"title": "It is right", "max_points": 1.0, **changes}
    earned = fields["max_points"] if status is Status.PASSED else 0.0
    return CheckOutline(id=id_, status=status, **{"points": earned, **fields})  # type: ignore[arg-type]


def make_outline(*checks: CheckOutline, **changes: object) -> Outline:
    """Return the outline of a report with these checks."""
    names = dict.fromkeys(check.id.partition("/")[0] for check in checks)
    functions = tuple(_function(name, checks) for name in names)
    fields: dict[str, object] = {
        "assignment": ASSIGNMENT,
        "submission": SubmissionOutline(name="lab4.py", sha256="0" * 64),
        "status": ReportStatus.GRADED,
        "score": sum(one.score for one in functions),
        "max_score": MAX_SCORE,
        "functions": functions,
        "timing": TimingOutline(total_s=0.5),
    }
    return Outline(**{**fields, **changes})  # type: ignore[arg-type]


def _function(name: str, checks: tuple[CheckOutline, ...]) -> FunctionOutline:
    own = tuple(check for check in checks if check.id.startswith(f"{name}/"))
    score = sum(check.points for check in own)
    max_score = sum(check.max_points for check in own)
    failed = [check.status for check in own if check.status is not Status.PASSED]
    status = Status.PARTIAL if score and failed else next(iter(failed), Status.PASSED)
    return FunctionOutline(name=name, status=status, score=score, max_score=max_score, checks=own)


def make_failure(status: ReportStatus, error: str) -> Outline:
    """Return the outline of a report without a grade."""
    has_failed = status is ReportStatus.GRADER_ERROR
    return make_outline(
        status=status,
        score=None if has_failed else 0.0,
        max_score=None if has_failed else MAX_SCORE,
        error=error,
    )


def make_class(count: int, *, names: tuple[str, ...] = NAMES, seed: int = 1) -> ClassSummary:
    """Return the summary of a class, with everything that a page can show.

    Args:
        count: How many students handed in; three more did not.
        names: The names of the first of them.
        seed: The seed from which the class is drawn.
    """
    chance = random.Random(seed)  # noqa: S311 - not a secret
    figures = ClassFigures()
    for place in range(count):
        name = names[place] if place < len(names) else f"Student {chance.randrange(10**6):06}"
        student = Student(id=f"s{place:05}", name=name, email=f"s{place}@example.edu")
        figures.add(
            _draw_submission(place, chance),
            id=f"s{place:05}",
            student=student,
            file=f"{name[:40]}.py",
        )
    for place in range(3):
        figures.add_absent(Student(id=f"a{place}", name=f"Absent {place}"))
    return figures.finish(
        assignment=ASSIGNMENT,
        max_score=MAX_SCORE,
        function_names=tuple(FUNCTIONS),
        skipped=(Skipped(path="submissions/notes.docx", reason="not a .py or .ipynb file"),),
        remarks=("2 submissions could not be matched with the roster.",),
        timing={"total_s": 2.5 * count},
    )


def _draw_submission(place: int, chance: random.Random) -> Outline:
    if place % 37 == 20:
        return make_failure(
            ReportStatus.UNREADABLE,
            "line 12 is not valid Python:\n    def broken(:\n               ^",
        )
    if place % 101 == 30:
        return make_failure(ReportStatus.GRADER_ERROR, "the forkserver is gone")
    skill = chance.betavariate(3, 1)
    checks = [
        _draw_check(f"{name}/{nth}", points / 2, skill, chance)
        for name, points in FUNCTIONS.items()
        for nth in ("right", "wrong")
    ]
    is_stopped = place % 53 == 7
    return make_outline(
        *checks,
        status=ReportStatus.STOPPED if is_stopped else ReportStatus.GRADED,
        timing=TimingOutline(total_s=round(chance.uniform(0.3, 12), 2)),
    )


def _draw_check(id_: str, points: float, skill: float, chance: random.Random) -> CheckOutline:
    function = id_.partition("/")[0]
    title = f"{function} is what it should be"
    is_easy, is_hard = function == "predict", id_ == "animate_fit/wrong"
    if is_easy or (chance.random() < skill and not is_hard):
        return check_outline(id_, max_points=points, title=title)
    kinds = (
        Status.FAILED,
        Status.FAILED,
        Status.FAILED,
        Status.ERROR,
        Status.MISSING,
        Status.LIMIT,
    )
    status = chance.choice(kinds)
    kind = chance.choice(("never-zeroed", "ascent", "sum-for-mean", "rebinds"))
    if status is not Status.FAILED:
        return check_outline(id_, status, max_points=points, title=title)
    wrong = f"The {function} goes wrong in the way called {kind}."
    return check_outline(
        id_,
        status,
        max_points=points,
        title=title,
        misconception=f"{function}/{kind}",
        hint=f"{wrong} Fix it.",
        diagnosis=DiagnosisOutline(title=wrong),
    )
