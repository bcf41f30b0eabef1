"""Who somebody is, as all that is shown of a class says it."""

import pytest

from grader.outputs.class_wording import show_who
from grader.report.class_model import Origin, Row, RowStatus, Student

ANNA, BEN = Student(id="1", name="Anna"), Student(id="2", email="ben@x.edu")


@pytest.mark.parametrize(
    ("student", "members", "name", "shown"),
    [
        (ANNA, (), "leeanna", "Anna"),
        (Student(id="4104"), (), "leekim", "leekim"),
        (Student(id="4104"), (), "", "4104"),
        (ANNA, (ANNA, BEN), "Team Red", "Anna, 2"),
        (Student(), (), "Team Red", "Team Red"),
        (Student(), (), "", "lab4_py"),
        (Student(name="a\nb\x1b[31m"), (), "", "a b\\x1b[31m"),
    ],
)
def test_who_somebody_is(
    student: Student, members: tuple[Student, ...], name: str, shown: str
) -> None:
    """A name, or else what the LMS writes before the id; all of a team."""
    row = Row(
        id="lab4_py",
        student=student,
        file="lab4.py",
        status=RowStatus.GRADED,
        score=1.0,
        max_score=1.0,
        members=members,
        origin=Origin(name=name),
    )

    assert show_who(row) == shown
