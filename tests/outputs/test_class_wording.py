"""The name under which a row is shown."""

import pytest

from grader.outputs.class_wording import name_people
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
def test_name_of_the_people_of_a_row(
    student: Student, members: tuple[Student, ...], name: str, shown: str
) -> None:
    """A row is named by its students, or else by what the LMS calls it, or else by its id."""
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

    assert name_people(row) == shown
