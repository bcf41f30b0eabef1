"""What nobody may do: see another's work, send another's forms, leave the path, break it."""

import html
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from httpx import Response
from service_site import (
    ANN,
    BOB,
    EVE,
    FILES_LAB,
    FIRST,
    INA,
    LAB,
    ORIGIN,
    OTHER_LAB,
    OTTO,
    SECOND,
    Browser,
    Site,
    open_site,
)
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError
from starlette.requests import Request
from starlette.responses import Response as StarletteResponse
from starlette.routing import Route

from grader.service.database.tables import CourseAssignment, HandIn, Member
from grader.service.web import student, taking, ways_in
from grader.service.web.app import make_app
from grader.service.web.auth import cookie_name
from grader.service.web.file_names import attachment, clean_name
from grader.service.web.state import ServiceState

# Whoever asks may have these.
OPEN = {"/health", "/alive", "/metrics", "/join/{code}", "/log-in/{secret}", "/me/{secret}"}
# These have ways of their own to know who asks, and tests of their own.
ELSEWHERE = ("/lti/", "/api/")
# The forms of students.
OWN = {
    "/log-out",
    "/courses/{course_id:int}/personal-link",
    "/assignments/{assignment_id:int}/hand-in",
}
EVIL = "https://evil.example"
HOSTILE = "{{ 7777 * 1111 }}{% raw %}<script>alert(1)</script>\"'><img src=x onerror=alert(2)>.py"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """Return a service with two courses."""
    with open_site(tmp_path) as made:
        yield made


def count(site: Site) -> int:
    """Return how many hand-ins there are."""
    with site.database.read() as session:
        return session.scalar(select(func.count()).select_from(HandIn)) or 0


def routes(site: Site) -> list[tuple[str, str]]:
    """List the method and path of each route that needs a session."""
    return [
        (method, route.path)
        for route in make_app(site.state).routes
        if isinstance(route, Route)
        for method in sorted((route.methods or set()) - {"HEAD"})
        if route.path not in OPEN and not route.path.startswith(ELSEWHERE)
    ]


def fill(path: str, *, number: str, assignment_id: int, course_id: int) -> str:
    """Put values into the path of a route."""
    known = {
        "{number}": number,
        "{assignment_id:int}": str(assignment_id),
        "{course_id:int}": str(course_id),
    }
    return re.sub(r"{[^}]*}", lambda one: known.get(one[0], "1" if ":int" in one[0] else "x"), path)


def ask(browser: Browser, method: str, path: str) -> Response:
    """Ask as a page of the service would, with the token of the session."""
    token = browser.token() if browser.get("/").status_code == 200 else ""
    if method == "GET":
        return browser.get(path)
    if path.endswith("/hand-in"):
        return browser.post(
            path, data={"csrf_token": token}, files={"files": ("lab.py", b"x", "text/plain")}
        )
    return browser.post(path, data={"csrf_token": token})


def test_nobody_sees_anything(site: Site) -> None:
    """Every route asks who it is first, whether what it names exists or not."""
    number = site.hand_in()
    browser = site.browser()

    for exists in (True, False):
        for method, path in routes(site):
            filled = fill(
                path,
                number=number if exists else "none",
                assignment_id=LAB if exists else 99,
                course_id=FIRST if exists else 99,
            )
            answer = ask(browser, method, filled)
            refusals = (401, 404) if "{secret}" in path else (401,)
            assert answer.status_code in refusals, (method, filled)
            assert "Lab" not in answer.text
    assert count(site) == 1


@pytest.mark.parametrize("person_id", [EVE, OTTO])
def test_other_courses_do_not_exist(person_id: int, site: Site) -> None:
    """Neither student nor instructor of another course finds out whether something is there."""
    number = site.hand_in()
    site.grade(number)
    browser = site.browser(person_id)
    tried = [one for one in routes(site) if "{" in one[1]]
    assert len(tried) >= 6

    for method, path in tried:
        there = ask(browser, method, fill(path, number=number, assignment_id=LAB, course_id=FIRST))
        not_there = ask(browser, method, fill(path, number="none", assignment_id=99, course_id=99))
        assert (method, path, there.status_code) == (method, path, 404)
        assert there.text == not_there.text
        assert dict(there.headers) == dict(not_there.headers)
    assert count(site) == 1


def test_classmates_see_nothing_of_each_other(site: Site) -> None:
    """A hand-in is its student's; its number alone is worth nothing."""
    number = site.hand_in()
    site.grade(number)
    bob = site.browser(BOB)

    for part in ("", "/state", "/report", "/file"):
        there = bob.get(f"/hand-ins/{number}{part}")
        assert there.status_code == 404
        assert there.text == bob.get(f"/hand-ins/none{part}").text
    assert number not in bob.get(f"/assignments/{LAB}").text
    assert site.browser(ANN).get(f"/hand-ins/{number}/file").status_code == 200


def test_who_left_the_course_sees_nothing_any_more(site: Site) -> None:
    """A person who is not a member keeps neither assignments nor reports."""
    number = site.hand_in()
    with site.database.write() as session:
        session.delete(session.scalars(select(Member).where(Member.person_id == ANN)).one())
    ann = site.browser(ANN)

    assert ann.get(f"/assignments/{LAB}").status_code == 404
    assert ann.get(f"/hand-ins/{number}").status_code == 404
    assert "You are in no course yet" in ann.get("/").text


def test_session_of_one_course_is_worth_nothing_in_another(site: Site) -> None:
    """An instructor of a second course who logs somebody in gets into that course only."""
    number = site.hand_in()
    with site.database.write() as session:
        session.add(Member(course_id=SECOND, person_id=ANN, role="student"))
    browser = site.browser(ANN, course_id=SECOND)

    assert browser.get(f"/assignments/{OTHER_LAB}").status_code == 200
    assert browser.get(f"/assignments/{LAB}").status_code == 404
    assert browser.get(f"/hand-ins/{number}/report").status_code == 404
    assert "Course 1" not in browser.get("/").text


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": EVIL},
        {"Origin": "null"},
        {"Origin": f"{ORIGIN}.evil.example"},
        {"Origin": "http://127.0.0.1:8001"},
        {"Origin": ORIGIN, "Sec-Fetch-Site": "cross-site"},
        {"Origin": ORIGIN, "Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {},
    ],
)
def test_forms_of_other_sites_do_nothing(headers: dict[str, str], site: Site) -> None:
    """Also with the right token, and also where nobody is logged in yet."""
    ann = site.browser(ANN)
    token = ann.token()
    del ann.headers["origin"]
    link = site.link(BOB)

    answers = [
        ann.post("/log-out", data={"csrf_token": token}, headers=headers),
        ann.post(link, headers=headers),
        ann.post(f"/join/{site.code}", data={"who": "s2"}, headers=headers),
        ann.post(
            f"/assignments/{LAB}/hand-in",
            data={"csrf_token": token},
            files={"files": ("lab.py", b"x")},
            headers=headers,
        ),
    ]

    assert [one.status_code for one in answers] == [403] * 4
    assert not any("set-cookie" in one.headers for one in answers)
    assert count(site) == 0
    assert ann.get("/").status_code == 200
    assert site.browser().get(link).status_code == 200


@pytest.mark.parametrize("headers", [{"Origin": ORIGIN}, {"Sec-Fetch-Site": "same-origin"}])
def test_own_forms_are_taken_with_either_header(headers: dict[str, str], site: Site) -> None:
    """Not all browsers send both."""
    ann = site.browser(ANN)
    token = ann.token()
    del ann.headers["origin"]

    assert ann.post("/log-out", data={"csrf_token": token}, headers=headers).status_code == 200


def test_form_needs_the_token_of_its_session(site: Site) -> None:
    """None, a made-up one, that of another and one of an earlier session are refused."""
    ann, bob = site.browser(ANN), site.browser(BOB)
    earlier = site.browser(ANN).token()

    for token in ("", "x", "é", bob.token(), earlier):
        for method, path in routes(site):
            if method != "POST":
                continue
            filled = fill(path, number="n", assignment_id=LAB, course_id=FIRST)
            kind: dict[str, object] = (
                {"files": {"files": ("lab.py", b"x")}} if path.endswith("/hand-in") else {}
            )
            answer = ann.post(filled, data={"csrf_token": token}, **kind)  # type: ignore[arg-type]
            # What only instructors have isn't there for a student, token or not.
            assert answer.status_code in (403, 404), path
            assert answer.status_code == 403 or path not in OWN, path
    assert count(site) == 0
    assert ann.get("/").status_code == 200


def test_token_can_come_in_a_header(site: Site) -> None:
    """Scripts of the pages may send it so."""
    ann = site.browser(ANN)

    assert ann.post("/log-out", headers={"X-CSRF-Token": ann.token()}).status_code == 200


def test_looking_changes_nothing(site: Site) -> None:
    """What changes something can't be done by a link or a picture."""
    ann = site.browser(ANN)

    for method, path in routes(site):
        if method == "POST" and ("GET", path) not in routes(site):
            filled = fill(path, number="n", assignment_id=LAB, course_id=FIRST)
            assert ann.get(filled).status_code == 405
    assert ann.get("/").status_code == 200


@pytest.mark.parametrize(
    ("base_url", "host", "is_taken"),
    [
        ("", "127.0.0.1:8000", True),
        ("", "[::1]:8000", True),
        ("", "localhost", True),
        ("", "192.168.1.5", True),
        ("", "evil.example", False),
        ("", "localhost.evil.example", False),
        ("", "127.0.0.1.evil.example", False),
        ("", "[::1", False),
        ("", "", False),
        ("https://grader.example.org", "grader.example.org", True),
        ("https://grader.example.org", "GRADER.example.org", True),
        ("https://grader.example.org", "127.0.0.1:8000", False),
        ("https://grader.example.org", "grader.example.org:8443", False),
        ("https://grader.example.org", "evil.example", False),
        ("https://grader.example.org", "grader.example.org@evil.example", False),
    ],
)
def test_other_hosts_are_refused(
    base_url: str, host: str, *, is_taken: bool, tmp_path: Path
) -> None:
    """A name that somebody has pointed at the service gets nothing out of it."""
    with open_site(tmp_path, base_url=base_url) as site:
        answer = site.browser(ANN).get("/", headers={"Host": host})

        assert answer.status_code == (200 if is_taken else 421)
        assert ("Ann" in answer.text) is is_taken
        assert site.browser().get("/alive", headers={"Host": host}).status_code == 200


def test_links_have_the_address_of_the_service(tmp_path: Path) -> None:
    """A personal link is never one to the host that a request has named."""
    with open_site(tmp_path, base_url="https://grader.example.org") as site:
        answer = site.browser().post(
            f"/join/{site.code}",
            data={"who": "s1"},
            headers={"X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"},
        )

        assert "https://grader.example.org/me/" in answer.text
        assert "evil" not in answer.text


def test_cookie_goes_nowhere_else(tmp_path: Path) -> None:
    """Scripts don't see it, other sites' forms don't send it, other hosts can't set it."""
    with (
        open_site(tmp_path / "a") as plain,
        open_site(tmp_path / "b", base_url="https://grader.example.org") as secure,
    ):
        cookies = [
            one.browser().post(f"/join/{one.code}", data={"who": "s1"}).headers["set-cookie"]
            for one in (plain, secure)
        ]
        transport = secure.browser().get("/").headers["strict-transport-security"]

    for cookie in cookies:
        assert "; HttpOnly" in cookie
        assert "; SameSite=lax" in cookie
        assert "; Path=/" in cookie
        assert "domain" not in cookie.lower()
    assert cookies[0].startswith("zerograd=")
    assert cookies[1].startswith("__Host-zerograd=")
    assert "; Secure" in cookies[1]
    assert transport.startswith("max-age=")


def test_every_answer_has_its_headers(site: Site) -> None:
    """Pages, errors, reports, files and redirects: none is sniffed, framed or kept in a cache."""
    number = site.hand_in()
    site.grade(number)
    ann = site.browser(ANN)
    answers = [
        ann.get("/"),
        ann.get("/none"),
        ann.get("/alive"),
        ann.get(f"/hand-ins/{number}/report"),
        ann.get(f"/hand-ins/{number}/file"),
        ann.get(f"/hand-ins/{number}/state"),
        ann.upload(LAB, ("lab.py", b"y")),
        ann.get("/", headers={"Host": "evil.example"}),
        site.browser().get("/"),
    ]

    for answer in answers:
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy or answer is answers[3]
        assert "unsafe-inline" not in policy or answer is answers[3]
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "same-origin"
        assert answer.headers["cache-control"] == "no-store"


def test_nothing_leads_elsewhere(site: Site) -> None:
    """No parameter changes where a login, a hand-in or the way out leads."""
    ann = site.browser()
    query = f"?next={EVIL}&url={EVIL}&redirect={EVIL}&return_to=//evil.example"

    answers = [
        ann.post(site.link(INA, course_id=None) + query, data={"next": EVIL}),
        site.browser(ANN).submit("/log-out" + query, next=EVIL),
        site.browser().get("//evil.example/"),
        site.browser().get("/%2f%2fevil.example"),
        site.browser(ANN).get("/hand-ins//evil.example"),
        site.browser(ANN).get(f"/assignments/{LAB}/"),
    ]

    for answer in answers:
        assert "evil" not in answer.headers.get("location", "")
        assert "evil" not in answer.text
    assert answers[0].headers["location"] == "/"


@pytest.mark.parametrize(
    "path",
    [
        "/../../etc/passwd",
        "/hand-ins/..%2f..%2fetc%2fpasswd/file",
        "/hand-ins/%00/file",
        "/hand-ins/%ff%fe",
        "/hand-ins/é",
        "/hand-ins/' OR 1=1 --",
        "/hand-ins/%25",
        "/assignments/-1",
        "/assignments/1e3",
        "/assignments/9223372036854775808",
        "/assignments/" + "9" * 5000,
        "/assignments/\N{ARABIC-INDIC DIGIT ONE}",
        "/join/' OR '1'='1",
        "/log-in/%00",
        "/me/" + "x" * 10_000,
        "/hand-ins/{{7*7}}",
    ],
)
def test_paths_that_mean_nothing_are_not_found(path: str, site: Site) -> None:
    """None is an error of the service, none finds anything, and none is repeated."""
    site.hand_in()
    for person in (None, ANN, INA):
        answer = site.browser(person).get(path)

        assert answer.status_code in (401, 404)
        assert "8640247" not in answer.text.partition("</style>")[2]


def test_names_of_people_courses_and_files_are_only_text(site: Site) -> None:
    """Whatever is in them, nothing of it is a template, an element or a script."""
    with site.database.write() as session:
        member = session.scalars(select(Member).where(Member.person_id == ANN)).one()
        course_id = member.course_id
    with site.database.write() as session:
        from grader.service.database.tables import Course, Person

        session.get_one(Course, course_id).name = HOSTILE
        session.get_one(Person, ANN).name = HOSTILE
        session.get_one(CourseAssignment, LAB).title = HOSTILE
    ann = site.browser(ANN)
    answer = ann.upload(LAB, (HOSTILE, b"x"))
    number = answer.headers["location"].rpartition("/")[2]
    site.grade(number)

    pages = [
        ann.get("/"),
        ann.get(f"/assignments/{LAB}"),
        ann.get(f"/hand-ins/{number}"),
        ann.upload(LAB, (HOSTILE, b"")),
        ann.upload(LAB, (HOSTILE + ".docx", b"x")),
        site.browser().get(f"/join/{site.code}"),
        site.browser().get(site.link(ANN)),
        site.browser().submit(f"/join/{site.code}", who=HOSTILE),
        site.browser(INA).get(f"/hand-ins/{number}"),
    ]

    for page in pages:
        assert "<script>alert" not in page.text
        assert "<img" not in page.text
        body = page.text.partition("</style>")[2].partition("<script>")[0]
        assert "8640247" not in html.unescape(body)
        assert "{{ 7777 * 1111 }}" in html.unescape(page.text)


@pytest.mark.parametrize(
    ("name", "cleaned"),
    [
        ("lab.py", "lab.py"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\ann\\lab.py", "lab.py"),
        ("..", "submission"),
        ("", "submission"),
        ("/", "submission"),
        ("a\0b\r\nSet-Cookie: x.py", "a_b__Set-Cookie: x.py"),
        ("gpj.\u202eyp.py", "gpj._yp.py"),
        ("\ud800.py", "_.py"),
        ("Lösung 1.py", "Lösung 1.py"),
        ("x" * 5000 + ".ipynb", "x" * 150 + ".ipynb"),
        ("x." + "y" * 5000, "x." + "y" * 19),
    ],
)
def test_names_of_files_are_short_and_visible(name: str, cleaned: str) -> None:
    """Only the last part stays, and nothing in it is invisible or ends a header."""
    assert clean_name(name) == cleaned
    header = attachment(name)
    assert header.isascii()
    assert header.count('"') == 2
    assert "\r" not in header
    assert "\n" not in header


@pytest.mark.parametrize("name", ['a"; filename="evil.exe', "a\r\nX-Evil: 1.py", "é\u202e\0.py"])
def test_hostile_name_reaches_neither_database_nor_header(name: str, site: Site) -> None:
    """A download has the cleaned name, and no header more."""
    number = site.browser(ANN).upload(LAB, (name, b"x")).headers.get("location", "")
    if number:  # it has an ending that can be graded
        answer = site.browser(ANN).get(f"{number}/file")
        assert "x-evil" not in answer.headers
        assert answer.headers["content-disposition"].count('"') == 2
    with site.database.read() as session:
        assert not [one for one in session.scalars(select(HandIn.name)) if "\0" in one]


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=b", b"nonsense"),
        ("multipart/form-data; boundary=b", b"--b\r\nContent-Disposition: form-data\r\n\r\n"),
        ("multipart/form-data; boundary=b", b"--b\r\n" + b"X: y\r\n" * 1000),
        ("multipart/form-data; boundary=b", b"--b\r\nX: " + b"y" * 100_000),
        ("multipart/form-data; boundary=" + "b" * 5000, b"x"),
        ("application/x-www-form-urlencoded", b"csrf_token=x"),
        ("application/json", b"{}"),
        ("", b""),
    ],
)
def test_bodies_that_are_no_form_are_refused(kind: str, body: bytes, site: Site) -> None:
    """Neither the parser nor the page falls over, and nothing is kept."""
    answer = site.browser(ANN).post(
        f"/assignments/{LAB}/hand-in", content=body, headers={"Content-Type": kind}
    )

    assert answer.status_code == 400
    assert count(site) == 0


def test_form_that_breaks_off_is_not_a_hand_in(site: Site) -> None:
    """Half a file is never graded as if it were whole."""
    ann = site.browser(ANN)
    body = (
        f'--b\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{ann.token()}\r\n'
        '--b\r\nContent-Disposition: form-data; name="files"; filename="lab.py"\r\n\r\nx = 1\n'
    ).encode()
    kind = {"Content-Type": "multipart/form-data; boundary=b"}
    path = f"/assignments/{LAB}/hand-in"

    assert ann.post(path, content=body, headers=kind).status_code == 400
    assert count(site) == 0
    assert ann.post(path, content=body + b"\r\n--b--\r\n", headers=kind).status_code == 303


def test_too_many_parts_are_refused(site: Site) -> None:
    """A form has a hundred files at most, and few fields."""
    ann = site.browser(ANN)

    files = ann.upload(FILES_LAB, *((f"f{one}.py", b"x") for one in range(101)))
    fields = ann.post(
        f"/assignments/{LAB}/hand-in",
        data={f"f{one}": "x" for one in range(100)},
        files={"files": ("lab.py", b"x")},
    )

    assert (files.status_code, fields.status_code) == (400, 400)
    assert count(site) == 0


def test_large_forms_without_files_are_cut(site: Site) -> None:
    """No form but a hand-in may be large."""
    answer = site.browser(ANN).post("/log-out", data={"csrf_token": "x" * 2_000_000})

    assert answer.status_code == 413


def test_crash_says_nothing_of_its_cause(site: Site) -> None:
    """Its page has the headers of all pages; what happened is in the log."""

    async def crash(_request: Request) -> StarletteResponse:
        raise ValueError("/srv/database.py")

    app = make_app(site.state)
    app.router.routes.append(Route("/crash", crash))
    answer = site.browser_of(app).get("/crash")

    assert answer.status_code == 500
    assert "/srv" not in answer.text
    assert "not yours" in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_database_that_is_away_is_no_crash(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever hands in then has no receipt, and reads that it is worth another try."""
    ann = site.browser(ANN)
    token = ann.token()

    def lose(*_args: object, **_named: object) -> None:
        raise OperationalError("INSERT", {}, Exception("/srv is gone"))

    monkeypatch.setattr(taking, "take", lose)
    answer = ann.upload(LAB, ("lab.py", b"x"), token=token)

    assert answer.status_code == 503
    assert "What has a receipt is kept" in answer.text
    assert "/srv" not in answer.text


def test_hand_ins_of_one_person_are_limited(site: Site) -> None:
    """A script in a loop doesn't fill the queue for everybody else."""
    ann, bob = site.browser(ANN), site.browser(BOB)

    answers = [ann.upload(LAB, ("lab.py", str(one).encode())).status_code for one in range(16)]

    assert answers == [303] * 15 + [429]
    assert bob.upload(LAB, ("lab.py", b"x")).status_code == 303


def test_cookie_of_http_is_not_taken_with_https(tmp_path: Path) -> None:
    """Somebody in the network can set one without ``__Host-``; it is not read."""
    with open_site(tmp_path, base_url="https://grader.example.org") as site:
        ann = site.browser(ANN)
        secret = ann.cookies[cookie_name(site.state.settings)]
        other = site.browser()
        other.hold("zerograd", secret)

        assert ann.get("/").status_code == 200
        assert other.get("/").status_code == 401


def test_all_modules_of_routes_are_asked(site: Site) -> None:
    """The tests above try what is there: a route that is not in the application is in none."""
    paths = {path for _, path in routes(site)} | OPEN

    assert {one.path for one in (*student.ROUTES, *ways_in.ROUTES)} <= paths
    assert isinstance(site.state, ServiceState)
