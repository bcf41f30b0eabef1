"""The JSON API: a token acts for one person in one course, and sees what that person may see."""

import dataclasses
import hashlib
import html
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import msgspec
import pytest
from fakes import check_result, make_report
from service_site import (
    ANN,
    BOB,
    EVE,
    FILES_LAB,
    FIRST,
    INA,
    LAB,
    OTHER_LAB,
    OTTO,
    SECOND,
    Site,
    open_site,
    wrong_report,
)
from sqlalchemy import delete, func, select

from grader.report.class_model import ClassSummary
from grader.report.model import Report, ReportStatus, Status, Visibility
from grader.service.api_tokens import MOST_TOKENS, PREFIX, make_token
from grader.service.clock import DAY, now
from grader.service.database.tables import ApiToken, AuditEntry, HandIn, Member
from grader.service.web.api.operations import OPERATIONS

API = "/api/v1"
COURSE_OF = {ANN: FIRST, BOB: FIRST, INA: FIRST, EVE: SECOND, OTTO: SECOND}


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """Return a service with two courses."""
    with open_site(tmp_path) as made:
        yield made


class Program:
    """A program that has a token."""

    def __init__(self, site: Site, person_id: int) -> None:
        with site.database.write() as session:
            token = make_token(
                session, person_id, COURSE_OF[person_id], name="a program", by_id=None
            )
        self.token = token
        self._client = site.browser()
        self._client.headers["Authorization"] = f"Bearer {token}"

    def get(self, path: str, **headers: str) -> httpx.Response:
        """Ask."""
        return self._client.get(API + path, headers=headers)

    def hand_in(
        self, assignment_id: int = LAB, *files: tuple[str, bytes], student: str = "", key: str = ""
    ) -> httpx.Response:
        """Hand in, by default a small file."""
        return self._client.post(
            f"{API}/assignments/{assignment_id}/hand-ins",
            params={"student": student} if student else {},
            headers={"Idempotency-Key": key} if key else {},
            files=[("files", one) for one in files or (("lab.py", b"x = 1\n"),)],
        )


def count(site: Site) -> int:
    """Return how many hand-ins there are."""
    with site.database.read() as session:
        return session.scalar(select(func.count()).select_from(HandIn)) or 0


def test_student_hands_in_and_reads_the_report(site: Site) -> None:
    """From the token to the report: receipt, place in the queue, points, and the bytes again."""
    ann = Program(site, ANN)
    woken: list[int] = []
    site.state.wake = lambda: woken.append(count(site))

    receipt = ann.hand_in()
    number = receipt.json()["number"]

    assert receipt.status_code == 201
    assert receipt.headers["location"] == f"{API}/hand-ins/{number}"
    assert receipt.json()["sha256"] == hashlib.sha256(b"x = 1\n").hexdigest()
    assert woken == [1]
    state = ann.get(f"/hand-ins/{number}")
    assert (state.json()["state"], state.json()["place"]) == ("waiting", 0)
    assert int(state.headers["retry-after"]) >= 1
    missing = ann.get(f"/hand-ins/{number}/report")
    assert (missing.status_code, missing.json()["detail"]) == (404, "There is no report yet.")
    assert "retry-after" in missing.headers

    site.grade(number, wrong_report())

    state = ann.get(f"/hand-ins/{number}")
    assert state.json() | {"received_at": "", "number": "", "sha256": ""} == {
        "number": "",
        "assignment_id": LAB,
        "person": {"id": ANN, "name": "Ann", "student_id": "s1"},
        "received_at": "",
        "file": "lab.py",
        "size_bytes": 6,
        "sha256": "",
        "is_repeat": False,
        "state": "graded",
        "points": 1.0,
        "max_points": 2.0,
        "place": None,
    }
    assert "retry-after" not in state.headers
    report = msgspec.json.decode(ann.get(f"/hand-ins/{number}/report").content, type=Report)
    assert report.score == 1.0
    assert ann.get(f"/hand-ins/{number}/file").content == b"x = 1\n"


def test_token_says_for_whom_it_acts(site: Site) -> None:
    """Also which role that person has."""
    found = Program(site, INA).get("/me").json()

    assert found == {
        "person": {"id": INA, "name": "Ina", "student_id": ""},
        "role": "instructor",
        "course": {"id": FIRST, "name": "Course 1"},
    }


def test_assignments_are_those_of_the_course(site: Site) -> None:
    """With attempts, dates and points as the pages show them."""
    site.change(LAB, attempts=3, due_at=now() + DAY, late_days=2)
    site.grade(site.hand_in(), wrong_report())

    listed = Program(site, ANN).get("/assignments").json()["items"]

    assert [one["id"] for one in listed] == [LAB, FILES_LAB]
    lab = listed[0]
    assert (lab["attempts_left"], lab["points"], lab["max_points"]) == (2, 1.0, 2.0)
    assert lab["may_hand_in"] is True
    assert lab["due_at"] < lab["closes_at"]
    assert Program(site, ANN).get(f"/assignments/{LAB}").json() == lab


def test_several_files_are_one_hand_in(site: Site) -> None:
    """As on the page; it comes back as a zip."""
    ann = Program(site, ANN)

    number = ann.hand_in(FILES_LAB, ("model.py", b"m"), ("train.py", b"t")).json()["number"]

    with zipfile.ZipFile(io.BytesIO(ann.get(f"/hand-ins/{number}/file").content)) as archive:
        assert {one: archive.read(one) for one in archive.namelist()} == {
            "model.py": b"m",
            "train.py": b"t",
        }


def test_repeat_of_a_request_makes_no_other_hand_in(site: Site) -> None:
    """A program that got no answer asks again with its key, also after the due date."""
    ann = Program(site, ANN)
    first = ann.hand_in(key="k").json()
    site.change(LAB, due_at=now() - DAY)

    again = ann.hand_in(key="k")

    assert again.status_code == 201
    assert again.json() == first | {"is_repeat": True}
    assert count(site) == 1
    other = ann.hand_in(LAB, ("lab.py", b"y"), key="k")
    assert (other.status_code, count(site)) == (422, 1)
    assert "This key was used before" in other.json()["detail"]
    site.change(LAB, due_at=None)
    assert Program(site, BOB).hand_in(key="k").json()["number"] != first["number"]


@pytest.mark.parametrize(
    ("change", "status", "detail"),
    [
        ({"due_at": now() - DAY}, 409, "was due"),
        ({"opens_at": now() + DAY}, 409, "not open yet"),
        ({"attempts": 1}, 409, "no attempt left"),
    ],
)
def test_refused_hand_in_says_why(
    site: Site, change: dict[str, object], status: int, detail: str
) -> None:
    """It is a problem of RFC 9457, and nothing is kept."""
    site.hand_in(data=b"before")
    site.change(LAB, **change)

    answer = Program(site, ANN).hand_in()

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert detail in answer.json()["detail"]
    assert answer.json()["status"] == status
    assert count(site) == 1


def test_bytes_that_can_not_be_graded_are_refused(site: Site) -> None:
    """Nothing in a form, an empty file, something else than a form, and too much."""
    ann = Program(site, ANN)
    site.state.settings = dataclasses.replace(site.state.settings, max_upload_bytes=1000)

    assert ann.hand_in(LAB, ("lab.py", b"")).status_code == 422
    assert ann.hand_in(LAB, ("lab.docx", b"x")).status_code == 422
    assert ann.hand_in(LAB, ("lab.py", b"x" * 1001)).status_code == 413
    client = site.browser()
    plain = client.post(
        f"{API}/assignments/{LAB}/hand-ins",
        content=b"x",
        headers={"Authorization": f"Bearer {ann.token}"},
    )
    assert plain.status_code == 400
    assert count(site) == 0


def test_instructor_hands_in_for_a_student(site: Site) -> None:
    """By the id on the roster or the email, as when somebody mails a file; the audit has it."""
    ina = Program(site, INA)

    by_id, by_email = ina.hand_in(student="s1"), ina.hand_in(student="BOB@example.org")

    found = ina.get(f"/assignments/{LAB}/hand-ins").json()["items"]
    assert [one["person"]["name"] for one in found] == ["Ann", "Bob"]
    assert [one["number"] for one in found] == [by_id.json()["number"], by_email.json()["number"]]
    assert ina.hand_in(student="s9").status_code == 404
    with site.database.read() as session:
        noted = session.execute(
            select(AuditEntry.by_id, AuditEntry.about_id).where(
                AuditEntry.action == "handed in for a student"
            )
        ).all()
    assert [tuple(one) for one in noted] == [(INA, ANN), (INA, BOB)]


def test_student_hands_in_for_nobody_else(site: Site) -> None:
    """The answer is the same whether the course has such a student or not."""
    ann = Program(site, ANN)

    others, nobody = ann.hand_in(student="s2"), ann.hand_in(student="s9")

    assert (others.status_code, others.json()) == (404, nobody.json())
    assert count(site) == 0
    assert ann.hand_in(student="s1").status_code == 201


def test_list_has_pages(site: Site) -> None:
    """Whoever goes on after the last one of a page sees each hand-in once."""
    numbers = [site.hand_in(ANN if one % 2 else BOB, data=b"%d" % one) for one in range(7)]
    ina, seen = Program(site, INA), list[str]()
    after: str | None = ""

    while after is not None:
        page = ina.get(f"/assignments/{LAB}/hand-ins?limit=3&after={after}").json()
        assert len(page["items"]) <= 3
        seen += [one["number"] for one in page["items"]]
        after = page["next"]

    assert seen == numbers
    of_bob = ina.get(f"/assignments/{LAB}/hand-ins?student=s2").json()["items"]
    assert [one["number"] for one in of_bob] == numbers[::2]
    own = Program(site, ANN).get(f"/assignments/{LAB}/hand-ins").json()["items"]
    assert [one["number"] for one in own] == numbers[1::2]


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "limit=x", "after=" + "x" * 65])
def test_list_refuses_what_it_can_not_do(site: Site, query: str) -> None:
    """The answer says which value it is."""
    answer = Program(site, ANN).get(f"/assignments/{LAB}/hand-ins?{query}")

    assert answer.status_code == 422
    assert query.partition("=")[0] in answer.json()["detail"]


def test_list_does_not_go_on_after_somebody_elses(site: Site) -> None:
    """A number or a student that isn't one's own is as unknown as any other."""
    number, ann = site.hand_in(BOB), Program(site, ANN)

    for query in (f"after={number}", "after=nothing", "student=s2", "student=s9"):
        assert ann.get(f"/assignments/{LAB}/hand-ins?{query}").status_code == 404


def test_points_and_checks_that_wait_are_not_shown(site: Site) -> None:
    """A student sees neither before the due date, and an instructor sees both."""
    site.change(LAB, due_at=now() + DAY, shows_after_due=True)
    number = site.hand_in()
    late = check_result(
        "mse/late", Status.PASSED, max_points=3.0, visibility=Visibility.AFTER_DUE_DATE
    )
    hidden = check_result(
        "mse/hidden", Status.FAILED, message="SECRET", visibility=Visibility.HIDDEN
    )
    site.grade(number, make_report(check_result("mse/a"), late, hidden))

    def seen_by(person_id: int) -> tuple[float, bool, bool]:
        program = Program(site, person_id)
        text = program.get(f"/hand-ins/{number}/report").text
        points = program.get(f"/hand-ins/{number}").json()["points"]
        listed = program.get(f"/assignments/{LAB}/hand-ins").json()["items"][0]["points"]
        assert points == listed
        return points, "mse/late" in text, "SECRET" in text

    assert seen_by(INA) == (4.0, True, True)
    assert seen_by(ANN)[1:] == (False, False)
    assert seen_by(ANN)[0] < 4.0
    site.change(LAB, due_at=now() - DAY)
    assert seen_by(ANN)[1:] == (True, False)


def test_report_that_is_known_is_not_sent_again(site: Site) -> None:
    """As long as nothing has changed in what may be seen."""
    ann, number = Program(site, ANN), site.hand_in()
    site.grade(number)
    tag = ann.get(f"/hand-ins/{number}/report").headers["etag"]

    again = ann.get(f"/hand-ins/{number}/report", **{"If-None-Match": f'W/"x", {tag}'})

    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    site.change(LAB, due_at=now() - DAY, shows_after_due=True)
    after = ann.get(f"/hand-ins/{number}/report", **{"If-None-Match": tag})
    assert after.status_code == 200


def test_fault_of_the_grader_is_no_zero(site: Site) -> None:
    """It has no points, and is called what it is."""
    ann, number = Program(site, ANN), site.hand_in()
    report = make_report(check_result("mse/a"))
    site.grade(
        number,
        msgspec.structs.replace(
            report,
            status=ReportStatus.GRADER_ERROR,
            score=None,
            max_score=None,
            error="gone",
            functions=(),
        ),
    )

    found = ann.get(f"/hand-ins/{number}").json()

    assert (found["state"], found["points"]) == ("failed", None)


def test_class_is_for_instructors(site: Site) -> None:
    """It is what a batch writes."""
    site.grade(site.hand_in(), wrong_report())
    ina = Program(site, INA)

    answer = ina.get(f"/assignments/{LAB}/class")

    summary = msgspec.json.decode(answer.content, type=ClassSummary)
    assert {one.student.name for one in summary.rows} == {"Ann", "Bob"}
    tag = answer.headers["etag"]
    assert ina.get(f"/assignments/{LAB}/class", **{"If-None-Match": tag}).status_code == 304
    assert Program(site, ANN).get(f"/assignments/{LAB}/class").status_code == 404


def addresses(site: Site) -> list[tuple[str, str]]:
    """Return method and address of each operation, for what Ann has handed in."""
    number = site.hand_in()
    site.grade(number)
    values = {"{assignment_id:int}": str(LAB), "{number}": number}
    found = []
    for one in OPERATIONS:
        path = one.path
        for name, value in values.items():
            path = path.replace(name, value)
        found.append((one.method, path))
    return found


def test_nothing_is_there_without_a_good_token(site: Site) -> None:
    """Nobody's token, a revoked one, one of a person who left, a cookie: all are the same."""
    client, left = site.browser(), Program(site, BOB)
    with site.database.write() as session:
        revoked = make_token(session, ANN, FIRST, name="old", by_id=None)
        session.scalars(select(ApiToken).where(ApiToken.name == "old")).one().revoked_at = now()
        session.execute(delete(Member).where(Member.person_id == BOB))
    headers = [
        {},
        {"Authorization": "Bearer"},
        {"Authorization": f"Basic {revoked}"},
        {"Authorization": f"Bearer {revoked}"},
        {"Authorization": f"Bearer {left.token}"},
        {"Authorization": f"Bearer {PREFIX}{'x' * 5000}"},
    ]
    with_cookie = site.browser(ANN)

    for method, path in addresses(site):
        for one in headers:
            answer = client.request(method, API + path, headers=one)
            assert answer.status_code == 401, (method, path, one)
            assert answer.headers["www-authenticate"].startswith("Bearer")
        assert with_cookie.request(method, API + path).status_code == 401
    assert count(site) == 1


def test_many_wrong_tokens_have_to_wait_and_a_right_one_does_not(site: Site) -> None:
    """A whole campus can have one address, so whoever tries tokens there locks out nobody."""
    client = site.browser()

    answers = [
        client.get(f"{API}/me", headers={"Authorization": f"Bearer x{one}"}).status_code
        for one in range(40)
    ]

    assert set(answers) == {401, 429}
    right = Program(site, ANN).get("/me")
    assert right.status_code == 200


@pytest.mark.parametrize("person_id", [BOB, EVE, OTTO])
def test_others_see_nothing_of_a_student(site: Site, person_id: int) -> None:
    """A classmate, a student and an instructor of another course."""
    other = Program(site, person_id)

    for method, path in addresses(site):
        if "hand-ins/" in path or (person_id != BOB and "assignments/" in path):
            answer = other.get(path) if method == "GET" else other.hand_in()
            assert answer.status_code == 404, (method, path)
        elif method == "GET":
            assert '"Ann"' not in other.get(path).text, path
    assert Program(site, ANN).hand_in(OTHER_LAB).status_code == 404


def test_token_is_good_for_its_course_only(site: Site) -> None:
    """Also if its person is in both courses."""
    with site.database.write() as session:
        session.add(Member(course_id=SECOND, person_id=ANN, role="instructor"))
    ann = Program(site, ANN)

    assert ann.get(f"/assignments/{OTHER_LAB}").status_code == 404
    assert ann.get(f"/assignments/{OTHER_LAB}/class").status_code == 404
    assert ann.get("/me").json()["role"] == "student"


def test_token_is_made_shown_once_and_revoked_on_its_page(site: Site) -> None:
    """Only its digest is kept."""
    ann = site.browser(ANN)
    assert "There are none." in ann.get("/tokens").text

    page = ann.submit("/tokens", name="my <b>script</b>", course_id=str(FIRST)).text
    token = page.partition('class="secret">')[2].partition("<")[0]

    assert token.startswith(PREFIX)
    headers = {"Authorization": f"Bearer {token}"}
    assert site.browser().get(f"{API}/me", headers=headers).json()["person"]["id"] == ANN
    listed = ann.get("/tokens").text
    assert token not in listed
    assert "my &lt;b&gt;script" in listed
    digest = hashlib.sha256(token.encode()).hexdigest()
    assert site.browser(BOB).submit("/tokens/revoke", token=digest).status_code == 404
    assert "The token is revoked." in ann.submit("/tokens/revoke", token=digest).text
    assert site.browser().get(f"{API}/me", headers=headers).status_code == 401


def test_tokens_are_made_for_own_courses_and_not_without_end(site: Site) -> None:
    """Neither for another course, nor in a session that is good for one course only."""
    ann = site.browser(ANN)

    assert ann.submit("/tokens", name="x", course_id=str(SECOND)).status_code == 404
    assert ann.submit("/tokens", name=" ", course_id=str(FIRST)).status_code == 422
    assert ann.post("/tokens", data={"name": "x", "course_id": str(FIRST)}).status_code == 403
    with site.database.write() as session:
        session.add(Member(course_id=SECOND, person_id=ANN, role="student"))
    limited = site.browser(ANN, course_id=FIRST)
    assert limited.submit("/tokens", name="x", course_id=str(SECOND)).status_code == 404
    with site.database.write() as session:
        for _ in range(MOST_TOKENS):
            make_token(session, ANN, FIRST, name="x", by_id=None)
    answer = ann.submit("/tokens", name="x", course_id=str(FIRST))
    assert (answer.status_code, "Revoke one first" in answer.text) == (422, True)


def test_page_and_description_need_no_token(site: Site) -> None:
    """They say the same: every operation is in both."""
    client = site.browser()

    page, document = client.get(f"{API}/"), client.get(f"{API}/openapi.json").json()

    assert page.status_code == 200
    described = [
        one["operationId"] for paths in document["paths"].values() for one in paths.values()
    ]
    assert sorted(described) == sorted(one.id for one in OPERATIONS)
    for one in OPERATIONS:
        assert one.summary in html.unescape(page.text)
