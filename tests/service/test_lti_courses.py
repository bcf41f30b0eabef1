"""Courses of a platform here: connecting, members, links, and the choice of an assignment."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from httpx import Response
from lti_lms import (
    ASSISTANT,
    CLAIM,
    INSTRUCTOR,
    LEARNER,
    MENTOR,
    Change,
    Claims,
    Lms,
    complete,
    field,
    launch,
)
from lti_platform import CLIENT_ID
from lti_site import add_platform, prepare
from service_site import EVE, FILES_LAB, FIRST, INA, LAB, ORIGIN, OTHER_LAB, OTTO, Site, open_site
from sqlalchemy import select

from grader.service.clock import SECOND
from grader.service.database.rows import as_dict
from grader.service.database.tables import (
    AuditEntry,
    Course,
    CourseAssignment,
    Identity,
    LtiContext,
    LtiTicket,
    Member,
    OutboxEntry,
    OutboxState,
    Person,
    Role,
)

ITEM = {"type": "ltiResourceLink", "url": f"{ORIGIN}/lti/launch", "title": "Lab 1"}


@pytest.fixture
def unconnected(tmp_path: Path, lms: Lms) -> Iterator[Site]:
    """Return a service whose first course the platform was registered for, but isn't connected."""
    with open_site(tmp_path) as site:
        prepare(site, lms)
        add_platform(site, lms)
        yield site


@pytest.fixture
def for_all(tmp_path: Path, lms: Lms) -> Iterator[Site]:
    """Return a service for which the operator has registered the platform for all courses."""
    with open_site(tmp_path) as site:
        prepare(site, lms)
        add_platform(site, lms, course_id=None)
        yield site


def roles(site: Site, course_id: int = FIRST) -> dict[str, Role]:
    """Return the roles of all who came from the platform, by their subjects."""
    with site.database.read() as session:
        found = session.execute(
            select(Identity.subject, Member.role)
            .join(Member, Member.person_id == Identity.person_id)
            .where(Member.course_id == course_id)
        )
        return as_dict(found)


def assignment(site: Site, assignment_id: int = LAB) -> CourseAssignment:
    """Return an assignment."""
    with site.database.read() as session:
        return session.get_one(CourseAssignment, assignment_id)


def path_of(response: Response) -> str:
    """Return where a response leads."""
    assert response.status_code == 303, response.text
    return str(response.headers["Location"])


# --- connecting a course


def test_instructor_who_is_logged_in_connects_the_course(unconnected: Site, lms: Lms) -> None:
    """Only after an instructor here has said so, the platform's roles count."""
    path = path_of(launch(unconnected.browser(), lms, "tom", INSTRUCTOR))
    assert roles(unconnected) == {}
    browser = unconnected.browser(INA)

    page = browser.get(path)
    assert "Course 7" in page.text
    assert lms.base in page.text
    done = browser.submit(path)

    assert done.status_code == 200
    assert launch(unconnected.browser(), lms, "tom", INSTRUCTOR).status_code == 303
    assert roles(unconnected) == {"tom": Role.INSTRUCTOR}
    with unconnected.database.read() as session:
        entry = session.scalars(
            select(AuditEntry).where(AuditEntry.action == "connected a course of a platform")
        ).one()
        assert entry.by_id == INA


@pytest.mark.parametrize("who", [None, EVE, OTTO, 1])
def test_nobody_else_connects_the_course(who: int | None, unconnected: Site, lms: Lms) -> None:
    """Neither the platform's instructor alone, nor a student, nor another course's instructor."""
    path = path_of(launch(unconnected.browser(), lms, "tom", INSTRUCTOR))
    browser = unconnected.browser(who)

    page, answer = browser.get(path), browser.submit(path)

    assert "Course 1" not in page.text.partition("<main")[2]
    assert "<form method" not in page.text.partition("<main")[2]
    assert answer.status_code in (401, 404)
    with unconnected.database.read() as session:
        assert session.scalars(select(LtiContext)).all() == []


def test_connecting_needs_the_token_of_the_session(unconnected: Site, lms: Lms) -> None:
    """Another site can't have an instructor's browser connect a course."""
    path = path_of(launch(unconnected.browser(), lms, "tom", INSTRUCTOR))
    browser = unconnected.browser(INA)

    assert browser.post(path).status_code == 403
    assert browser.post(path, headers={"Origin": "https://evil.example"}).status_code == 403
    assert browser.submit(path.replace("connect/", "connect/x")).status_code == 404


def test_student_of_an_unconnected_course_waits(unconnected: Site, lms: Lms) -> None:
    """A student can neither connect a course nor get in before."""
    response = launch(unconnected.browser(), lms, "ada")

    assert response.status_code == 400
    assert "not connected yet" in response.text
    assert roles(unconnected) == {}


def test_platform_of_the_operator_makes_a_course_for_each_of_its_own(
    for_all: Site, lms: Lms
) -> None:
    """The first instructor's launch makes the course; others join that one, and see no other."""
    assert launch(for_all.browser(), lms, "ada").status_code == 400
    browser = for_all.browser()
    launch(browser, lms, "tom", INSTRUCTOR)
    launch(for_all.browser(), lms, "tia", INSTRUCTOR)

    def another(claims: Claims) -> None:
        claims[f"{CLAIM}context"] = {"id": "course-8"}

    launch(for_all.browser(), lms, "ulf", INSTRUCTOR, change=another)

    with for_all.database.read() as session:
        made = session.scalars(select(Course).where(Course.id > 2).order_by(Course.id)).all()
        assert [one.name for one in made] == ["Course 7", "Course"]
    assert set(roles(for_all, made[0].id)) == {"tom", "tia"}
    assert set(roles(for_all, made[1].id)) == {"ulf"}
    assert browser.get(f"/assignments/{LAB}").status_code == 404


# --- links and line items


def test_instructor_chooses_the_assignment_of_a_link(lti_site: Site, lms: Lms) -> None:
    """A link that was made by hand gets its assignment at the first launch of an instructor."""

    def by_hand(claims: Claims) -> None:
        claims[f"{CLAIM}resource_link"] = {"id": "link-2"}

    assert launch(lti_site.browser(), lms, "ada", change=by_hand).status_code == 400
    browser = lti_site.browser()
    path = path_of(launch(browser, lms, "tom", INSTRUCTOR, change=by_hand))
    assert "Lab 3" in browser.get(path).text
    assert "Lab 2" not in browser.get(path).text

    done = browser.submit(path, assignment=str(FILES_LAB))

    assert path_of(done) == f"/assignments/{FILES_LAB}"
    found = assignment(lti_site, FILES_LAB)
    assert (found.resource_link, found.line_item) == ("link-2", lms.line_item)
    assert path_of(launch(lti_site.browser(), lms, "ada", change=by_hand)) == path_of(done)
    assert browser.submit(path, assignment=str(LAB)).status_code == 404


@pytest.mark.parametrize("chosen", ["", str(OTHER_LAB), "99", "x", "-1"])
def test_only_assignments_of_the_course_can_be_chosen(
    chosen: str, lti_site: Site, lms: Lms
) -> None:
    """What isn't of this course can't be bound to its link."""

    def by_hand(claims: Claims) -> None:
        claims[f"{CLAIM}resource_link"] = {"id": "link-2"}

    browser = lti_site.browser()
    path = path_of(launch(browser, lms, "tom", INSTRUCTOR, change=by_hand))

    assert browser.submit(path, assignment=chosen).status_code == 400
    assert assignment(lti_site, OTHER_LAB).resource_link == ""


def test_choice_belongs_to_who_was_asked(lti_site: Site, lms: Lms) -> None:
    """Nobody else can choose, whoever knows the address; nor who is an instructor no more."""

    def by_hand(claims: Claims) -> None:
        claims[f"{CLAIM}resource_link"] = {"id": "link-2"}

    browser = lti_site.browser()
    path = path_of(launch(browser, lms, "tom", INSTRUCTOR, change=by_hand))
    for who in (None, INA, OTTO, EVE):
        assert lti_site.browser(who).get(path).status_code in (401, 404)
        assert lti_site.browser(who).submit(path, assignment=str(LAB)).status_code in (401, 404)

    launch(lti_site.browser(), lms, "tom", LEARNER)

    assert browser.get(path).status_code == 404


def named(number: int | str, link: str = "link-9") -> Change:
    """Return a change: the link names its assignment, as one that we have placed does."""

    def change(claims: Claims) -> None:
        claims[f"{CLAIM}resource_link"] = {"id": link}
        claims[f"{CLAIM}custom"] = {"assignment": str(number)}

    return change


def test_link_that_we_have_placed_names_its_assignment(lti_site: Site, lms: Lms) -> None:
    """A student may be the first to open it."""
    response = launch(lti_site.browser(), lms, "ada", change=named(FILES_LAB))

    assert path_of(response) == f"/assignments/{FILES_LAB}"
    found = assignment(lti_site, FILES_LAB)
    assert (found.resource_link, found.line_item) == ("link-9", lms.line_item)


@pytest.mark.parametrize("number", [OTHER_LAB, 99, "x", "-1", "1" * 30, ""])
def test_link_names_no_assignment_of_another_course(
    number: int | str, lti_site: Site, lms: Lms
) -> None:
    """What a link names is looked for in its course only."""
    response = launch(lti_site.browser(), lms, "ada", change=named(number))

    assert response.status_code == 400
    assert "no assignment has been chosen" in response.text.lower()
    assert assignment(lti_site, OTHER_LAB).resource_link == ""


def test_second_link_takes_the_scores_only_if_an_instructor_says_so(
    lti_site: Site, lms: Lms
) -> None:
    """A student over a copy of the link changes nothing; an instructor is asked."""
    copy = named(LAB)
    launch(lti_site.browser(), lms, "ada")
    with lti_site.database.read() as session:
        person_id = session.scalars(select(Identity.person_id)).one()
    lti_site.grade(lti_site.hand_in(person_id))
    first_item, lms.line_item = lms.line_item, f"{lms.base}/another"

    student = launch(lti_site.browser(), lms, "ada", change=copy)
    assert path_of(student) == f"/assignments/{LAB}"
    assert assignment(lti_site).line_item == first_item
    browser = lti_site.browser()
    path = path_of(launch(browser, lms, "tom", INSTRUCTOR, change=copy))
    assert "another link" in browser.get(path).text
    browser.submit(path, assignment=str(LAB))

    assert assignment(lti_site).line_item == lms.line_item
    with lti_site.database.read() as session:
        entries = session.scalars(select(OutboxEntry).order_by(OutboxEntry.id)).all()
    assert [(one.line_item, one.state) for one in entries] == [
        (first_item, OutboxState.SUPERSEDED),
        (lms.line_item, OutboxState.WAITING),
    ]


def test_link_without_the_right_to_score_has_no_line_item(lti_site: Site, lms: Lms) -> None:
    """If the platform takes no scores, none are sent."""

    def read_only(claims: Claims) -> None:
        claims["https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"]["scope"] = [
            "https://purl.imsglobal.org/spec/lti-ags/scope/result.readonly"
        ]

    assert launch(lti_site.browser(), lms, "ada", change=read_only).status_code == 303
    assert assignment(lti_site).line_item == ""


@pytest.mark.parametrize("url", ["http://10.0.0.1/items", "file:///etc/passwd", "javascript:x"])
def test_addresses_in_a_launch_are_checked(url: str, lti_site: Site, lms: Lms) -> None:
    """A signed launch may lie about where things go, too."""

    def scores(claims: Claims) -> None:
        claims["https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"]["lineitem"] = url

    def members(claims: Claims) -> None:
        claims["https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"] = {
            "context_memberships_url": url
        }

    for change in (scores, members):
        assert launch(lti_site.browser(), lms, "tom", INSTRUCTOR, change=change).status_code == 400


# --- names and roles


def listed(user: str, role: str = LEARNER, **fields: object) -> dict[str, object]:
    """Return a member as a platform lists it."""
    return {"user_id": user, "roles": [role], "name": user.title(), **fields}


def again(site: Site) -> None:
    """Let the members be fetched again at once."""
    with site.database.write() as session:
        session.scalars(select(LtiContext)).one().members_at -= 700 * SECOND


def test_members_of_the_platform_fill_the_course(lti_site: Site, lms: Lms) -> None:
    """When an instructor comes, all pages of the platform's list are read."""
    lms.page_size = 3
    lms.members = [
        listed("tom", INSTRUCTOR),
        listed("tia", ASSISTANT, email="tia@lms.example"),
        *(listed(f"s{one}", given_name="S") for one in range(5)),
        listed("old", status="Inactive"),
        listed("mum", MENTOR),
        {"user_id": "odd", "roles": "Learner"},
        {"user_id": "ünknown", "roles": [LEARNER]},
        {"user_id": "nameless", "roles": [LEARNER], "name": None},
    ]

    launch(lti_site.browser(), lms, "tom", INSTRUCTOR)

    students = {f"s{one}" for one in range(5)} | {"nameless"}
    assert roles(lti_site) == {
        "tom": Role.INSTRUCTOR,
        "tia": Role.INSTRUCTOR,
        **dict.fromkeys(students, Role.STUDENT),
    }
    with lti_site.database.read() as session:
        tia = session.scalars(select(Person).where(Person.name == "Tia")).one()
        assert tia.email == "tia@lms.example"


def test_student_fetches_no_members_and_instructors_not_too_often(lti_site: Site, lms: Lms) -> None:
    """The platform is asked when an instructor comes, and then not for a while."""
    lms.members = [listed("tom", INSTRUCTOR)]
    launch(lti_site.browser(), lms, "ada")
    assert not any("members" in one for one in lms.gets)

    for _ in range(3):
        launch(lti_site.browser(), lms, "tom", INSTRUCTOR)

    assert sum("members" in one for one in lms.gets) == 1


def test_assistant_who_is_not_listed_any_more_sees_no_more(lti_site: Site, lms: Lms) -> None:
    """Who has left the platform's course is an instructor here no more; students stay."""
    lms.members = [listed("tom", INSTRUCTOR), listed("tia", ASSISTANT), listed("ada")]
    launch(lti_site.browser(), lms, "tom", INSTRUCTOR)
    again(lti_site)
    lms.members = [listed("bob")]

    launch(lti_site.browser(), lms, "tom", INSTRUCTOR)

    assert roles(lti_site) == {
        "tom": Role.INSTRUCTOR,  # has just come as one
        "tia": Role.STUDENT,
        "ada": Role.STUDENT,
        "bob": Role.STUDENT,
    }
    with lti_site.database.read() as session:
        ina = session.scalars(select(Member).where(Member.person_id == INA)).one()
        assert ina.role is Role.INSTRUCTOR  # who is one here, and not from the platform


@pytest.mark.parametrize(
    "answer",
    [
        (500, b"", {}),
        (200, b"no JSON", {}),
        (200, b"[]", {}),
        (200, b'{"members": {"a": 1}}', {}),
        (200, b'{"members": [1, null, "x", {}]}', {}),
        (302, b"", {"Location": "http://10.0.0.1/"}),
        (200, b'{"members": []}', {"Link": '<http://10.0.0.1/>; rel="next"'}),
        (200, b'{"members": []}', {"Link": '</members>; rel="next"'}),
    ],
)
def test_broken_list_of_members_spoils_no_launch(
    answer: tuple[int, bytes, dict[str, str]], lti_site: Site, lms: Lms
) -> None:
    """The instructor gets in whatever the platform answers."""
    lms.answers["/members"] = answer

    assert launch(lti_site.browser(), lms, "tom", INSTRUCTOR).status_code == 303
    assert roles(lti_site) == {"tom": Role.INSTRUCTOR}


# --- deep linking


def place(site: Site, lms: Lms, chosen: int | str = LAB) -> Response:
    """Choose an assignment for the platform, as in its frame, where there are no cookies."""
    browser = site.browser()
    sent = browser.get(
        lms.login_url("tom", is_deep_linking=True), headers={"Sec-Fetch-Dest": "iframe"}
    )
    assert sent.status_code == 303
    page = launch(site.browser(), lms, "tom", INSTRUCTOR, is_deep_linking=True)
    assert page.status_code == 200, page.text
    assert "frame-ancestors *" in page.headers["Content-Security-Policy"]
    found = re.search(r'action="(/lti/deep-link/[\w-]+)"', page.text)
    assert found is not None
    return site.browser().post(found[1], data={"assignment": str(chosen)})


def test_chosen_assignment_goes_back_to_the_platform(lti_site: Site, lms: Lms) -> None:
    """The platform's side takes the answer: its signature, its data and the link with a line."""
    page = place(lti_site, lms)

    assert f'action="{lms.base}/deep-link-return"' in page.text
    assert f"form-action 'self' {lms.base};" in page.headers["Content-Security-Policy"]
    (item,), claims = lms.read_answer(field(page.text, "JWT"))
    assert {name: item[name] for name in ITEM} == ITEM
    assert item["custom"] == {"assignment": str(LAB)}
    assert item["lineItem"] == {"label": "Lab 1", "scoreMaximum": 100.0, "resourceId": str(LAB)}
    assert item["window"] == {"targetName": "_blank"}
    assert claims["iss"] == CLIENT_ID
    assert claims[f"{CLAIM}deployment_id"] == "deployment-1"
    assert claims["https://purl.imsglobal.org/spec/lti-dl/claim/data"] == {"csrf": "x"}


def test_framed_choice_needs_no_cookie_and_gives_no_session(lti_site: Site, lms: Lms) -> None:
    """In a frame cookies are not to be had; nobody is logged in by a choice."""
    begun = lti_site.browser().get(
        lms.login_url("tom", is_deep_linking=True), headers={"Sec-Fetch-Dest": "iframe"}
    )
    sent = dict(re.findall(r"[?&](state|nonce)=([^&]+)", begun.headers["Location"]))
    token = lms.sign(complete(lms.message("tom", INSTRUCTOR, is_deep_linking=True), sent["nonce"]))
    page = lti_site.browser().post("/lti/launch", data={"state": sent["state"], "id_token": token})

    assert page.status_code == 200
    assert "Lab 1" in page.text
    assert "set-cookie" not in page.headers


def test_framed_login_opens_no_way_around_the_cookie(lti_site: Site, lms: Lms) -> None:
    """Whoever says that deep linking begins, and then launches a link, needs the cookie."""
    begun = lti_site.browser().get(
        lms.login_url("eve", is_deep_linking=True), headers={"Sec-Fetch-Dest": "iframe"}
    )
    sent = dict(re.findall(r"[?&](state|nonce)=([^&]+)", begun.headers["Location"]))
    token = lms.sign(complete(lms.message("eve"), sent["nonce"]))
    response = lti_site.browser().post(
        "/lti/launch", data={"state": sent["state"], "id_token": token}
    )

    assert response.status_code == 400
    assert "tab of its own" in response.text


@pytest.mark.parametrize("chosen", ["", OTHER_LAB, 99, "x", "1" * 40])
def test_only_assignments_of_the_course_are_placed(
    chosen: int | str, lti_site: Site, lms: Lms
) -> None:
    """An assignment of another course doesn't go out."""
    page = place(lti_site, lms, chosen)

    assert page.status_code == 400
    assert "JWT" not in page.text


def test_choice_works_once(lti_site: Site, lms: Lms) -> None:
    """A form that is sent again makes no second answer."""
    page = launch(lti_site.browser(), lms, "tom", INSTRUCTOR, is_deep_linking=True)
    path = re.findall(r'action="(/lti/deep-link/[\w-]+)"', page.text)[0]
    data = {"assignment": str(LAB)}

    first, second = (lti_site.browser().post(path, data=data) for _ in range(2))

    assert (first.status_code, second.status_code) == (200, 400)
    assert lti_site.browser().post("/lti/deep-link/made-up", data=data).status_code == 400
    with lti_site.database.read() as session:
        assert session.scalars(select(LtiTicket)).all() == []


def test_student_can_not_choose(lti_site: Site, lms: Lms) -> None:
    """Deep linking is for instructors."""
    response = launch(lti_site.browser(), lms, "eve", LEARNER, is_deep_linking=True)

    assert response.status_code == 400
    assert "only instructors" in response.text.lower()


def test_return_address_is_checked(lti_site: Site, lms: Lms) -> None:
    """A script is not an address; nothing is sent there."""

    def script(claims: Claims) -> None:
        settings = claims["https://purl.imsglobal.org/spec/lti-dl/claim/deep_linking_settings"]
        settings["deep_link_return_url"] = "javascript:alert(1)"

    response = launch(
        lti_site.browser(), lms, "tom", INSTRUCTOR, is_deep_linking=True, change=script
    )

    assert response.status_code == 400


def test_names_of_a_platform_are_escaped(lti_site: Site, lms: Lms) -> None:
    """What a platform calls people and courses runs nowhere."""

    def hostile(claims: Claims) -> None:
        claims["name"] = "<script>alert(1)</script>{{7*7}}"

    browser = lti_site.browser()
    launch(browser, lms, "eve", change=hostile)

    page = browser.get("/")
    assert "&lt;script&gt;alert(1)" in page.text
    assert "<script>alert" not in page.text
