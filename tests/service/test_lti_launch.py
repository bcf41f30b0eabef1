"""Launches from a platform: who gets in, as whom, and which tokens are refused."""

import base64
import dataclasses
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Iterator

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from httpx import Response
from lti_lms import (
    ASSISTANT,
    CLAIM,
    INSTRUCTOR,
    LEARNER,
    MENTOR,
    Claims,
    Lms,
    LmsHandler,
    complete,
    launch,
    start,
)
from lti_platform import CLIENT_ID, make_key, run_platform
from lti_site import add_platform, open_lti_site
from service_site import BOB, FIRST, LAB, Site
from sqlalchemy import func, select

from grader.service.clock import SECOND
from grader.service.database.engine import Database
from grader.service.database.tables import (
    CourseAssignment,
    Identity,
    LtiTicket,
    Member,
    Person,
    Platform,
    Role,
    WebSession,
)
from grader.service.lti.id_token import CLOCK_SKEW_S
from grader.service.lti.network import PlatformSession
from grader.service.lti.platform_keys import PlatformKeys


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, Lms]]:
    """Return a service and a platform for launches that are refused, which change nothing."""
    with (
        run_platform(Lms, LmsHandler) as lms,
        open_lti_site(tmp_path_factory.mktemp("strict"), lms) as site,
    ):
        yield site, lms


def role_in_course(database: Database, subject: str) -> Role | None:
    """Return the role of somebody from the platform in the first course."""
    with database.read() as session:
        return session.scalar(
            select(Member.role)
            .join(Identity, Identity.person_id == Member.person_id)
            .where(Identity.subject == subject, Member.course_id == FIRST)
        )


def count(database: Database, table: type[object]) -> int:
    """Return how many rows a table has."""
    with database.read() as session:
        return session.scalars(select(func.count()).select_from(table)).one()


def expect_refused(site: Site, response: Response, reason: str) -> None:
    """Make sure that nobody was logged in, and that the page says why."""
    assert response.status_code == 400
    assert reason in response.text
    assert "zerograd=" not in response.headers.get("set-cookie", "")
    assert count(site.database, WebSession) == 0
    assert count(site.database, Identity) == 0


def change_to(**changes: object) -> Callable[[Claims], None]:
    """Return a change of claims; None takes one out."""

    def change(claims: Claims) -> None:
        for name, value in changes.items():
            if value is None:
                claims.pop(name, None)
            else:
                claims[name] = value

    return change


def test_student_gets_to_the_assignment(lti_site: Site, lms: Lms) -> None:
    """A launch logs a student in, who can hand in then."""
    browser = lti_site.browser()

    response = launch(browser, lms, "ada")

    assert (response.status_code, response.headers["Location"]) == (303, f"/assignments/{LAB}")
    assert browser.get(f"/assignments/{LAB}").status_code == 200
    assert "Ada" in browser.get("/").text
    assert role_in_course(lti_site.database, "ada") is Role.STUDENT


@pytest.mark.parametrize("role", [INSTRUCTOR, ASSISTANT])
def test_teachers_and_assistants_are_instructors(lti_site: Site, lms: Lms, role: str) -> None:
    """Who teaches the platform's course is an instructor of ours."""
    response = launch(lti_site.browser(), lms, "tom", role)

    assert response.status_code == 303
    assert role_in_course(lti_site.database, "tom") is Role.INSTRUCTOR


def test_role_is_what_the_platform_says_last(lti_site: Site, lms: Lms) -> None:
    """An assistant who is one no more is a student from the next launch on."""
    launch(lti_site.browser(), lms, "tom", ASSISTANT)

    launch(lti_site.browser(), lms, "tom", LEARNER)

    assert role_in_course(lti_site.database, "tom") is Role.STUDENT


def test_person_is_known_again_by_the_subject_only(lti_site: Site, lms: Lms) -> None:
    """The same subject is the same person; the same email is not."""
    people = count(lti_site.database, Person)
    launch(lti_site.browser(), lms, "ada", change=change_to(email="ann@example.org"))
    launch(lti_site.browser(), lms, "ada", change=change_to(email="a@b.example", name="Ada L."))
    launch(lti_site.browser(), lms, "bob", change=change_to(email="a@b.example"))

    assert count(lti_site.database, Person) == people + 2
    with lti_site.database.read() as session:
        names = session.scalars(
            select(Person.name).join(Identity, Identity.person_id == Person.id)
        ).all()
    assert sorted(names) == ["Ada L.", "Bob"]


def test_same_subject_of_another_platform_is_somebody_else(lti_site: Site, lms: Lms) -> None:
    """A platform can't pass anybody for a person of another one."""
    launch(lti_site.browser(), lms, "ada")
    with lti_site.database.write() as session:
        first = session.scalars(select(Platform)).one()
        other = Platform(
            issuer="https://other.example", client_id="1", authorization_url="", token_url="",
            keys_url="", created_at=0,
        )  # fmt: skip
        session.add(other)
        session.flush()
        known = session.scalars(select(Identity).where(Identity.platform_id == first.id)).one()
        session.add(Identity(person_id=BOB, platform_id=other.id, subject=known.subject))
        person_id = known.person_id

    launch(lti_site.browser(), lms, "ada")

    with lti_site.database.read() as session:
        assert session.scalars(select(WebSession.person_id).distinct()).all() == [person_id]


def test_session_is_good_for_the_course_of_the_platform_only(lti_site: Site, lms: Lms) -> None:
    """A platform of one course lets nobody into another course."""
    launch(lti_site.browser(), lms, "ada")

    with lti_site.database.read() as session:
        assert session.scalars(select(WebSession.course_id)).all() == [FIRST]


def test_login_says_what_the_specification_asks_for(lti_site: Site, lms: Lms) -> None:
    """The platform gets all that it needs, and nobody can guess state and nonce."""
    browser = lti_site.browser()
    first, second = start(browser, lms, "ada"), start(browser, lms, "ada")

    assert first["scope"] == "openid"
    assert (first["response_type"], first["response_mode"]) == ("id_token", "form_post")
    assert (first["prompt"], first["client_id"]) == ("none", CLIENT_ID)
    assert first["redirect_uri"] == "http://127.0.0.1:8000/lti/launch"
    assert first["login_hint"] == "ada"
    assert json.loads(first["lti_message_hint"]) == {"resource": "link-1"}
    assert len({first["state"], second["state"], first["nonce"], second["nonce"]}) == 4
    assert min(len(first["state"]), len(first["nonce"])) >= 43


def test_two_launches_in_one_browser_both_work(lti_site: Site, lms: Lms) -> None:
    """A second tab doesn't spoil the launch of the first."""
    browser = lti_site.browser()
    sent = [start(browser, lms, "ada"), start(browser, lms, "ada")]

    for one in sent:
        token = lms.sign(complete(lms.message("ada"), one["nonce"]))
        response = browser.post("/lti/launch", data={"state": one["state"], "id_token": token})
        assert response.status_code == 303


def test_login_by_form_works_too(lti_site: Site, lms: Lms) -> None:
    """Some platforms begin with a form instead of a link, from their own site."""
    response = lti_site.browser().post(
        "/lti/login",
        data={"iss": lms.base, "login_hint": "ada", "client_id": CLIENT_ID},
        headers={"Origin": lms.base, "Sec-Fetch-Site": "cross-site"},
    )

    assert response.headers["Location"].startswith(f"{lms.base}/authorize?")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"iss": "https://elsewhere.example"}, "not registered"),
        ({"client_id": "7"}, "not registered"),
        ({"iss": ""}, "no issuer"),
        ({"login_hint": ""}, "no hint"),
    ],
)
def test_login_of_unknown_platform_is_refused(
    lti_site: Site, lms: Lms, changes: dict[str, str], reason: str
) -> None:
    """Only a platform that is registered can begin a launch; nobody is sent elsewhere."""
    given = {"iss": lms.base, "login_hint": "ada", "client_id": CLIENT_ID, **changes}

    response = lti_site.browser().get("/lti/login", params=given)

    assert response.status_code == 400
    assert reason in response.text
    assert count(lti_site.database, LtiTicket) == 0


def test_issuer_with_two_clients_has_to_name_one(lti_site: Site, lms: Lms) -> None:
    """Without a client id, only an issuer with one client is known."""
    given = {"iss": lms.base, "login_hint": "ada"}
    browser = lti_site.browser()
    assert browser.get("/lti/login", params=given).status_code == 303

    add_platform(lti_site, lms, client_id="another")

    assert browser.get("/lti/login", params=given).status_code == 400


def test_launch_that_began_in_another_browser_is_refused(lti_site: Site, lms: Lms) -> None:
    """Nobody can be logged in as the attacker who began the launch."""
    sent = start(lti_site.browser(), lms, "eve")
    token = lms.sign(complete(lms.message("eve"), sent["nonce"]))

    response = lti_site.browser().post(
        "/lti/launch", data={"state": sent["state"], "id_token": token}
    )

    expect_refused(lti_site, response, "began in another browser")


def test_state_that_was_not_given_out_is_refused(lti_site: Site, lms: Lms) -> None:
    """A made-up state, or none, lets nobody in."""
    browser = lti_site.browser()
    sent = start(browser, lms, "ada")
    token = lms.sign(complete(lms.message("ada"), sent["nonce"]))

    for state in ("", "made up", sent["state"][:-1], sent["nonce"]):
        response = browser.post("/lti/launch", data={"state": state, "id_token": token})
        expect_refused(lti_site, response, "did not begin here")


def test_state_that_is_too_old_is_refused(lti_site: Site, lms: Lms) -> None:
    """A launch has to end within minutes."""
    browser = lti_site.browser()
    sent = start(browser, lms, "ada")
    with lti_site.database.write() as session:
        session.scalars(select(LtiTicket)).one().expires_at -= 601 * SECOND
    token = lms.sign(complete(lms.message("ada"), sent["nonce"]))

    response = browser.post("/lti/launch", data={"state": sent["state"], "id_token": token})

    expect_refused(lti_site, response, "has ended")


def test_launch_works_once(lti_site: Site, lms: Lms) -> None:
    """A form that is sent twice logs in once; so does a token with a new state."""
    browser = lti_site.browser()
    sent = start(browser, lms, "ada")
    token = lms.sign(complete(lms.message("ada"), sent["nonce"]))
    form = {"state": sent["state"], "id_token": token}
    assert browser.post("/lti/launch", data=form).status_code == 303

    again = browser.post("/lti/launch", data=form)
    new_state = {"state": start(browser, lms, "ada")["state"], "id_token": token}
    other = browser.post("/lti/launch", data=new_state)

    assert (again.status_code, other.status_code) == (400, 400)
    assert "used before" in again.text
    assert "its nonce is another" in other.text
    assert count(lti_site.database, WebSession) == 1


def test_nonce_works_once_even_if_a_login_gave_it_out_twice(lti_site: Site, lms: Lms) -> None:
    """The nonce of a token is remembered by itself, until the token has expired."""
    browser = lti_site.browser()
    sent = start(browser, lms, "ada")
    token = lms.sign(complete(lms.message("ada"), sent["nonce"]))
    with lti_site.database.write() as session:
        ticket = session.scalars(select(LtiTicket)).one()
        row = {one: getattr(ticket, one) for one in ("digest", "purpose", "data", "expires_at")}
    form = {"state": sent["state"], "id_token": token}
    assert browser.post("/lti/launch", data=form).status_code == 303
    with lti_site.database.write() as session:
        session.add(LtiTicket(**row))

    response = browser.post("/lti/launch", data=form)

    assert response.status_code == 400
    assert "this launch was used before" in response.text.lower()


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"aud": "another"}, "it is for another tool"),
        ({"aud": ["another", "and another"]}, "it is for another tool"),
        ({"aud": [CLIENT_ID, "another"], "azp": None}, "to which it goes"),
        ({"aud": [CLIENT_ID, "another"], "azp": "another"}, "issued to another tool"),
        ({"azp": "another"}, "issued to another tool"),
        ({"iss": "https://elsewhere.example"}, "from another platform"),
        ({"nonce": "made up"}, "its nonce is another"),
        ({"nonce": None}, "it has no nonce"),
        ({"exp": None}, "it has no exp"),
        ({"iat": None}, "it has no iat"),
        ({"sub": None}, "it has no sub"),
        ({"aud": None}, "it has no aud"),
        ({"iss": None}, "it has no iss"),
        ({"sub": ""}, "Must have a user"),
        ({"sub": "ä"}, "who comes"),
        ({"sub": 7}, "can&#39;t be read"),
        ({"sub": "x" * 256}, "who comes"),
        ({f"{CLAIM}deployment_id": "another"}, "deployment of the platform is not registered"),
        ({f"{CLAIM}deployment_id": None}, "Something is missing"),
        ({f"{CLAIM}message_type": "LtiSubmissionReviewRequest"}, "Something is missing"),
        ({f"{CLAIM}message_type": None}, "Something is missing"),
        ({f"{CLAIM}version": "1.1"}, "Incorrect version"),
        ({f"{CLAIM}version": None}, "Incorrect version"),
        ({f"{CLAIM}roles": None}, "Missing Roles"),
        ({f"{CLAIM}roles": []}, "you are neither"),
        ({f"{CLAIM}roles": [MENTOR]}, "you are neither"),
        ({f"{CLAIM}roles": "Learner"}, "Something is missing"),
        ({f"{CLAIM}roles": [7]}, "Something is missing"),
        ({f"{CLAIM}resource_link": None}, "Missing Resource Link"),
        ({f"{CLAIM}resource_link": "link-1"}, "Something is missing"),
        ({f"{CLAIM}context": None}, "has to come from a course"),
        ({f"{CLAIM}context": {"id": ""}}, "no usable id"),
        ({f"{CLAIM}context": {"id": "x" * 256}}, "no usable id"),
    ],
)
def test_wrong_message_is_refused(
    strict: tuple[Site, Lms], changes: dict[str, object], reason: str
) -> None:
    """A message is refused if anything in it is missing, or not for us."""
    lti_site, lms = strict
    response = launch(lti_site.browser(), lms, "ada", change=change_to(**changes))

    expect_refused(lti_site, response, reason.replace("'", "&#39;"))


def shift(**seconds: int) -> Callable[[Claims], None]:
    """Return a change that sets times, in seconds from now."""

    def change(claims: Claims) -> None:
        claims.update({name: int(time.time()) + by for name, by in seconds.items()})

    return change


@pytest.mark.parametrize(
    ("times", "reason"),
    [
        ({"exp": -CLOCK_SKEW_S - 5, "iat": -400}, "it has expired"),
        ({"iat": CLOCK_SKEW_S + 30}, "from the future"),
        ({"nbf": CLOCK_SKEW_S + 30}, "from the future"),
        ({"exp": 25 * 3600}, "good for too long"),
    ],
    ids=["expired", "future", "not before", "too long"],
)
def test_token_of_another_time_is_refused(
    strict: tuple[Site, Lms], times: dict[str, int], reason: str
) -> None:
    """A token is good from when it was made until it expires."""
    lti_site, lms = strict
    response = launch(lti_site.browser(), lms, "ada", change=shift(**times))

    expect_refused(lti_site, response, reason)


@pytest.mark.parametrize(
    "times", [{"exp": -CLOCK_SKEW_S + 20, "iat": -400}, {"iat": CLOCK_SKEW_S - 20}]
)
def test_clock_of_the_platform_may_differ_a_little(
    lti_site: Site, lms: Lms, times: dict[str, int]
) -> None:
    """A minute of difference between the clocks locks nobody out."""
    assert launch(lti_site.browser(), lms, "ada", change=shift(**times)).status_code == 303


def test_several_audiences_are_fine_if_the_token_goes_to_us(lti_site: Site, lms: Lms) -> None:
    """The token may be for others too."""
    change = change_to(aud=["another", CLIENT_ID], azp=CLIENT_ID)

    assert launch(lti_site.browser(), lms, "ada", change=change).status_code == 303


def test_token_that_is_signed_by_another_key_is_refused(lti_site: Site, lms: Lms) -> None:
    """Neither the key of somebody else nor an unknown name of a key lets anybody in."""
    key = make_key("stranger")[0]

    expect_refused(
        lti_site, launch(lti_site.browser(), lms, "eve", key=key), "its signature is wrong"
    )
    expect_refused(
        lti_site,
        launch(lti_site.browser(), lms, "eve", headers={"kid": "unknown"}),
        "no key that this was signed with",
    )
    expect_refused(
        lti_site, launch(lti_site.browser(), lms, "eve", headers={"kid": ""}), "which key signed it"
    )


@pytest.mark.filterwarnings("ignore::jwt.InsecureKeyLengthWarning")
def test_other_algorithms_are_refused(lti_site: Site, lms: Lms) -> None:
    """Unsigned tokens, and those signed with a public key as a password, let nobody in."""
    public = make_key("platform")[1]
    expect_refused(
        lti_site, launch(lti_site.browser(), lms, "eve", algorithm="none"), "not signed by RS256"
    )
    expect_refused(
        lti_site,
        launch(lti_site.browser(), lms, "eve", key="p" * 40, algorithm="HS256"),
        "not signed by RS256",
    )
    # The library refuses to make this one, so it is made by hand.
    browser = lti_site.browser()
    sent = start(browser, lms, "eve")
    token = _hs256(lms, complete(lms.message("eve"), sent["nonce"]), public.encode())
    response = browser.post("/lti/launch", data={"state": sent["state"], "id_token": token})
    expect_refused(lti_site, response, "not signed by RS256")
    # Nor do keys that are for another algorithm count, even if their name is right.
    expect_refused(
        lti_site,
        launch(lti_site.browser(), lms, "eve", algorithm="RS512"),
        "not signed by RS256",
    )


def test_signature_covers_the_message(lti_site: Site, lms: Lms) -> None:
    """A student can't become an instructor by changing the token on its way."""
    browser = lti_site.browser()
    sent = start(browser, lms, "eve")
    claims = complete(lms.message("eve"), sent["nonce"])
    head, _, signature = lms.sign(claims).split(".")
    changed = _part({**claims, f"{CLAIM}roles": [INSTRUCTOR]})

    response = browser.post(
        "/lti/launch", data={"state": sent["state"], "id_token": f"{head}.{changed}.{signature}"}
    )

    expect_refused(lti_site, response, "its signature is wrong")


@pytest.mark.parametrize("token", ["", "a.b.c", "x", "ä.ö.ü", "." * 10, "e30.e30.e30"])
def test_what_is_not_a_token_is_refused(strict: tuple[Site, Lms], token: str) -> None:
    """Garbage is refused without a crash, also if there is a lot of it."""
    lti_site, lms = strict
    token *= 140_000 if token == "x" else 1  # noqa: S105 - not a password
    browser = lti_site.browser()
    sent = start(browser, lms, "eve")

    response = browser.post("/lti/launch", data={"state": sent["state"], "id_token": token})

    assert response.status_code == 400


def test_error_of_the_platform_is_shown(lti_site: Site) -> None:
    """If the platform has logged nobody in, the page says so, and not what the platform wrote."""
    response = lti_site.browser().post(
        "/lti/launch", data={"error": "login_required", "error_description": "<script>"}
    )

    assert response.status_code == 400
    assert "has not logged you in" in response.text
    assert "<script>" not in response.text


def test_new_key_of_the_platform_is_found(lti_site: Site, lms: Lms) -> None:
    """A platform may change its key: an unknown one is looked for, but not by each launch."""
    assert launch(lti_site.browser(), lms, "ada").status_code == 303
    lms.published = ["new", "platform"]
    new = lms.conf.get_registration().get_jwk(make_key("new")[1])["kid"]
    keys = lti_site.state.lti.platform_keys  # type: ignore[union-attr]

    first = launch(lti_site.browser(), lms, "ada", key=make_key("new")[0], headers={"kid": new})
    keys._kept[f"{lms.base}/keys"].asked_at -= 31
    second = launch(lti_site.browser(), lms, "ada", key=make_key("new")[0], headers={"kid": new})

    assert (first.status_code, second.status_code) == (400, 303)
    assert lms.gets.count("/keys") == 2


def test_keys_of_other_kinds_are_skipped(lms: Lms) -> None:
    """Keys that are small, for encryption or for other algorithms sign nothing here."""
    good = lms.conf.get_registration().get_jwk(make_key("platform")[1])
    small = jwt.algorithms.RSAAlgorithm.to_jwk(_small_key(), as_dict=True)
    listed = [
        "text",
        {**small, "kid": "small"},
        {**good, "kid": "encrypts", "use": "enc"},
        {**good, "kid": "other", "alg": "RS512"},
        {"kty": "oct", "kid": "password", "k": "c2VjcmV0"},
        {**good, "kid": 7},
        {**good, "kid": "broken", "n": "!"},
        {**good, "kid": "good"},
    ]
    lms.answers["/keys"] = (200, json.dumps({"keys": listed}).encode(), {})
    keys = PlatformKeys(PlatformSession(allows_loopback=True))

    assert keys.find(f"{lms.base}/keys", "good").key_size == 2048
    assert set(keys._kept[f"{lms.base}/keys"].keys) == {"good"}


@pytest.mark.parametrize(
    "answer", [(200, b"no JSON", {}), (200, b"[]", {}), (404, b"", {}), (200, b'{"keys": 7}', {})]
)
def test_platform_without_keys_lets_nobody_in(
    lti_site: Site, lms: Lms, answer: tuple[int, bytes, dict[str, str]]
) -> None:
    """If the keys can't be read, the launch is refused, and says so."""
    lms.answers["/keys"] = answer

    expect_refused(lti_site, launch(lti_site.browser(), lms, "ada"), "The platform")


def test_first_deployment_of_an_instructor_is_kept(lti_site: Site, lms: Lms) -> None:
    """If none is registered, an instructor's launch decides; a student's doesn't."""
    with lti_site.database.write() as session:
        session.scalars(select(Platform)).one().deployments = ""
    other = change_to(**{f"{CLAIM}deployment_id": "other"})

    assert launch(lti_site.browser(), lms, "eve", change=other).status_code == 400
    assert launch(lti_site.browser(), lms, "tom", INSTRUCTOR).status_code == 303
    assert launch(lti_site.browser(), lms, "ada").status_code == 303
    assert launch(lti_site.browser(), lms, "tom", INSTRUCTOR, change=other).status_code == 400


def test_launch_in_a_frame_opens_a_tab_of_its_own(lti_site: Site, lms: Lms) -> None:
    """In a frame the page has a link, which begins the launch anew in a tab."""
    browser = lti_site.browser()

    page = browser.get(lms.login_url("ada"), headers={"Sec-Fetch-Dest": "iframe"})

    assert page.status_code == 200
    assert 'target="_blank"' in page.text
    assert "frame-ancestors *" in page.headers["Content-Security-Policy"]
    assert "set-cookie" not in page.headers
    link = page.text.partition('href="http://127.0.0.1:8000')[2].partition('"')[0]
    again = browser.get(link.replace("&amp;", "&"), headers={"Sec-Fetch-Dest": "document"})
    assert again.status_code == 303
    assert "login_hint=ada" in again.headers["Location"]


def test_cookie_of_a_launch_comes_back_from_another_site_over_https_only(
    lti_site: Site, lms: Lms
) -> None:
    """The platform's form is another site's, so the cookie says that it may come along."""
    lti_site.state.settings = dataclasses.replace(
        lti_site.state.settings, base_url="https://grader.example.org"
    )
    url = lms.login_url("ada").replace("http://127.0.0.1:8000", "https://grader.example.org")

    cookie = lti_site.browser().get(url).headers["set-cookie"]

    assert cookie.startswith("__Host-zerograd-launch=")
    for part in ("HttpOnly", "Path=/", "SameSite=none", "Secure", "Max-Age=600"):
        assert part in cookie


def test_line_item_of_the_link_is_kept(lti_site: Site, lms: Lms) -> None:
    """Scores go to the line item of the launch, also if the platform moves it."""
    launch(lti_site.browser(), lms, "ada")
    with lti_site.database.read() as session:
        assert session.get_one(CourseAssignment, LAB).line_item == lms.line_item

    lms.line_item = f"{lms.base}/moved"
    launch(lti_site.browser(), lms, "ada")

    with lti_site.database.read() as session:
        assert session.get_one(CourseAssignment, LAB).line_item == f"{lms.base}/moved"


def _part(content: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()


def _hs256(lms: Lms, claims: Claims, secret: bytes) -> str:
    head = {"alg": "HS256", "typ": "JWT", "kid": lms.conf.get_registration().get_kid()}
    signed = f"{_part(head)}.{_part(claims)}"
    digest = hmac.new(secret, signed.encode(), hashlib.sha256).digest()
    return f"{signed}.{base64.urlsafe_b64encode(digest).rstrip(b'=').decode()}"


def _small_key() -> rsa.RSAPublicKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=1024).public_key()  # noqa: S505 - to be skipped
