"""What tests of instructors' work need: hand-ins with points, jobs that are graded, a platform."""

import msgspec
from fakes import check_result, make_report
from service_site import LAB, Site
from sqlalchemy.orm import Session

from grader.outputs.pages.student_page import render_student_page
from grader.report.model import Report, ReportStatus, Status
from grader.service import queue
from grader.service.clock import now
from grader.service.database.tables import CourseAssignment, Platform
from grader.service.queue import NewResult
from grader.service.scores import standing, store_result

POINTS = 4.0
_PLATFORM = {
    "issuer": "https://lms",
    "client_id": "c",
    "authorization_url": "https://lms/authorize",
    "token_url": "https://lms/token",
    "keys_url": "https://lms/keys",
}


def report_of(points: float) -> Report:
    """Return a report with so many of `POINTS`."""
    return make_report(
        *(
            check_result(f"mse/{place}", Status.PASSED if place < points else Status.FAILED)
            for place in range(int(POINTS))
        )
    )


def handed_in(site: Site, person_id: int, points: float, *, data: bytes = b"x") -> str:
    """Hand in, and grade it; return the number."""
    number = site.hand_in(person_id, data=data)
    site.grade(number, report_of(points))
    return number


def grade_jobs(site: Site, points: dict[int, float | None], key: str = "new") -> None:
    """Grade what waits: each student has so many points, None for a fault of the grader."""
    for job in queue.claim(site.database, "test", at_most=100):
        given = points[job.person_id]
        is_fault = given is None
        report = report_of(given or 0.0)
        result = NewResult(
            key=key,
            status=(ReportStatus.GRADER_ERROR if is_fault else report.status).value,
            is_fault=is_fault,
            points=given,
            max_points=POINTS,
            report=b"" if is_fault else msgspec.json.encode(report),
            page=b"" if is_fault else render_student_page(report).encode(),
            error="the sandbox is gone" if is_fault else "",
        )
        store_result(site.database, job, result)


def points_of(site: Site, person_id: int) -> float | None:
    """Return the points that count for a student."""
    with site.database.read() as session:
        return standing(session, session.get_one(CourseAssignment, LAB), person_id).points


def add_platform(session: Session) -> None:
    """Add a platform, with the id 1."""
    session.add(Platform(id=1, name="The LMS", created_at=now(), **_PLATFORM))
    session.flush()
