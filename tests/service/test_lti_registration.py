"""Registering platforms: over a one-time link, and by hand."""

import dataclasses
import stat
from collections.abc import Iterator
from pathlib import Path

import jwt
import pytest
from httpx import Response
from lti_lms import DEPLOYMENT, Lms, field
from lti_platform import CLIENT_ID
from lti_site import add_platform, prepare
from service_site import FIRST, INA, ORIGIN, Site, open_site
from sqlalchemy import select

from grader.service.clock import DAY
from grader.service.database.engine import Database, sqlite_url
from grader.service.database.migrate import migrate
from grader.service.database.tables import AuditEntry, OneTimeLink, Platform
from grader.service.lti.platforms import NewPlatform, register
from grader.service.lti.refusals import LtiRefusedError
from grader.service.lti.tool import KEY_FILE, open_tool, public_keys
from grader.service.one_time_links import Purpose, make_link
from grader.service.settings import ServiceSettings

PLATFORM = "https://purl.imsglobal.org/spec/lti-platform-configuration"
TOOL = "https://purl.imsglobal.org/spec/lti-tool-configuration"


@pytest.fixture
def site(tmp_path: Path, lms: Lms) -> Iterator[Site]:
    """Return a service to which no platform is registered yet."""
    with open_site(tmp_path) as made:
        prepare(made, lms)
        yield made


def link_to_register(site: Site, *, course_id: int | None = FIRST) -> str:
    """Make a link; return its path."""
    with site.database.write() as session:
        secret = make_link(
            session,
            Purpose.REGISTRATION,
            course_id=course_id,
            made_by_id=INA if course_id else None,
        )
    return f"/lti/register/{secret}"


def open_link(site: Site, lms: Lms, path: str) -> Response:
    """Open a link as a platform does, and press the button."""
    browser = site.browser()
    page = browser.get(
        path,
        params={
            "openid_configuration": lms.configuration_url,
            "registration_token": "secret token",
        },
        headers={"Sec-Fetch-Dest": "iframe"},
    )
    assert page.status_code == 200, page.text
    assert "frame-ancestors *" in page.headers["Content-Security-Policy"]
    names = ("openid_configuration", "registration_token")
    return browser.post(path, data={name: field(page.text, name) for name in names})


def platforms(site: Site) -> list[Platform]:
    """Return the platforms that are registered."""
    with site.database.read() as session:
        return list(session.scalars(select(Platform)))


def test_platform_registers_over_a_link(site: Site, lms: Lms) -> None:
    """Both sides know each other afterwards, and it is recorded who made the link."""
    response = open_link(site, lms, link_to_register(site))

    assert response.status_code == 200
    assert "org.imsglobal.lti.close" in response.text
    (platform,) = platforms(site)
    assert (platform.issuer, platform.client_id) == (lms.base, CLIENT_ID)
    assert (platform.course_id, platform.deployments) == (FIRST, DEPLOYMENT)
    assert platform.authorization_url == f"{lms.base}/authorize"
    assert (platform.token_url, platform.keys_url) == (lms.token_url, f"{lms.base}/keys")
    assert platform.name == "loopback"
    with site.database.read() as session:
        entry = session.scalars(
            select(AuditEntry).where(AuditEntry.action == "registered a platform")
        ).one()
        assert (entry.by_id, entry.course_id) == (INA, FIRST)


def test_tool_says_what_the_specification_asks_for(site: Site, lms: Lms) -> None:
    """The platform learns our addresses, keys, scopes and messages; the token is shown to it."""
    open_link(site, lms, link_to_register(site))

    assert lms.tokens == ["Bearer secret token"]
    (said,) = lms.registrations
    assert said["application_type"] == "web"
    assert said["response_types"] == ["id_token"]
    assert set(said["grant_types"]) == {"implicit", "client_credentials"}
    assert said["initiate_login_uri"] == f"{ORIGIN}/lti/login"
    assert said["redirect_uris"] == [f"{ORIGIN}/lti/launch", f"{ORIGIN}/lti/deep-link"]
    assert said["jwks_uri"] == f"{ORIGIN}/lti/keys"
    assert said["token_endpoint_auth_method"] == "private_key_jwt"  # noqa: S105 - not one
    assert said["scope"].split() == [
        "https://purl.imsglobal.org/spec/lti-ags/scope/score",
        "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly",
    ]
    assert "logo_uri" not in said


def test_link_alone_explains_how_to_register(site: Site) -> None:
    """Opening the link without a platform, as a preview does, uses nothing up."""
    path = link_to_register(site)

    page = site.browser().get(path)

    assert page.status_code == 200
    assert f"{ORIGIN}/lti/login" in page.text
    assert f"{ORIGIN}/lti/keys" in page.text
    with site.database.read() as session:
        assert session.scalars(select(OneTimeLink)).one().used_at is None


def test_link_works_once(site: Site, lms: Lms) -> None:
    """A second platform can't come over the same link."""
    path = link_to_register(site)
    open_link(site, lms, path)

    again = site.browser().post(path, data={"openid_configuration": lms.configuration_url})

    assert again.status_code == 404
    assert len(platforms(site)) == len(lms.registrations) == 1


def test_wrong_or_old_link_registers_nothing(site: Site, lms: Lms) -> None:
    """A made-up link, one of another kind and one that is too old lead nowhere."""
    old = link_to_register(site)
    with site.database.write() as session:
        session.scalars(select(OneTimeLink)).one().expires_at -= 2 * DAY
        other = make_link(session, Purpose.LOGIN, course_id=FIRST, person_id=INA)
    for path in (old, f"/lti/register/{other}", "/lti/register/made-up"):
        data = {"openid_configuration": lms.configuration_url}
        assert site.browser().post(path, data=data).status_code == 404
        assert site.browser().get(path).status_code == 404

    assert lms.gets == []


def test_failed_registration_leaves_the_link_good(site: Site, lms: Lms) -> None:
    """If the platform doesn't answer, the same link can be tried again."""
    path = link_to_register(site)
    lms.answers["/configuration"] = (503, b"", {})
    assert open_link(site, lms, path).status_code == 400

    lms.answers.clear()

    assert open_link(site, lms, path).status_code == 200


def test_same_platform_is_not_registered_twice(site: Site, lms: Lms) -> None:
    """Nobody can replace the keys of a platform that is there."""
    open_link(site, lms, link_to_register(site))
    lms.configuration = {"jwks_uri": f"{lms.base}/other-keys"}

    response = open_link(site, lms, link_to_register(site, course_id=None))

    assert response.status_code == 400
    assert "registered already" in response.text
    (platform,) = platforms(site)
    assert platform.keys_url == f"{lms.base}/keys"


@pytest.mark.parametrize(
    "changes",
    [
        {"issuer": "https://canvas.instructure.com"},
        {"issuer": "http://10.0.0.1/"},
        {"issuer": None},
        {"jwks_uri": "http://10.0.0.1/keys"},
        {"jwks_uri": "file:///etc/passwd"},
        {"token_endpoint": "http://lms.example/token"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"registration_endpoint": "http://169.254.169.254/latest"},
        {"registration_endpoint": None},
        {PLATFORM: None},
        {PLATFORM: "text"},
    ],
)
def test_wrong_description_registers_nothing(
    site: Site, lms: Lms, changes: dict[str, object]
) -> None:
    """What a platform says about itself is checked before we say who we are."""
    lms.configuration = changes

    response = open_link(site, lms, link_to_register(site))

    assert response.status_code == 400
    assert platforms(site) == []
    assert lms.registrations == []


@pytest.mark.parametrize("url", ["http://10.0.0.1/x", "https://me@lms.example/", "/x", "x"])
def test_address_that_no_platform_has_is_refused_at_once(site: Site, url: str) -> None:
    """The page with the button isn't even shown."""
    path = link_to_register(site)

    assert site.browser().get(path, params={"openid_configuration": url}).status_code == 400
    assert site.browser().post(path, data={"openid_configuration": url}).status_code == 400


def test_private_address_is_not_asked(site: Site, lms: Lms) -> None:
    """Without the setting for tests, a platform on loopback or at a private address isn't asked."""
    site.state.settings = dataclasses.replace(site.state.settings, allows_insecure_platforms=False)
    site.state.lti = open_tool(site.state.settings, site.database)
    path = link_to_register(site)

    for host in ("127.0.0.1", "localhost", "10.0.0.1", "[::1]", "[::ffff:10.0.0.1]"):
        data = {"openid_configuration": f"https://{host}:{lms.base.rpartition(':')[2]}/x"}
        response = site.browser().post(path, data=data)
        assert response.status_code == 400
        assert "not public" in response.text
    assert lms.gets == []


@pytest.mark.parametrize("status", [400, 302, 500])
def test_refusal_of_the_platform_is_shown(site: Site, lms: Lms, status: int) -> None:
    """The status is shown, and nothing that the platform wrote."""
    lms.configuration = {"registration_endpoint": f"{lms.base}/refuses"}
    lms.refuses = status

    response = open_link(site, lms, link_to_register(site))

    assert response.status_code == 400
    assert f"HTTP {status}" in response.text
    assert "<script>" not in response.text
    assert platforms(site) == []


@pytest.mark.parametrize("answer", [{}, {"client_id": 7}, {"client_id": "7"}, {"client_id": ""}])
def test_answer_without_our_name_registers_nothing(
    site: Site, lms: Lms, answer: dict[str, object]
) -> None:
    """The platform has to say who we are there."""
    lms.registered = {**answer, TOOL: {}} if answer != {"client_id": "7"} else answer

    response = open_link(site, lms, link_to_register(site))

    assert response.status_code == 400
    assert platforms(site) == []


def test_key_is_made_once_and_is_secret(tmp_path: Path) -> None:
    """The key is made at the first start; only its owner can read it."""
    database = Database(sqlite_url(tmp_path))
    migrate(database)
    settings = ServiceSettings(data=tmp_path)

    first, second = open_tool(settings, database), open_tool(settings, database)

    assert first.key.private == second.key.private
    assert stat.S_IMODE((tmp_path / KEY_FILE).stat().st_mode) == 0o600
    assert [one.name for one in tmp_path.glob("*.pem*")] == [KEY_FILE]
    assert first.key.private not in repr(first)
    database.close()


def test_keys_of_all_servers_are_published(tmp_path: Path) -> None:
    """Platforms can check what any of several servers has signed; no private part is shown."""
    database = Database(sqlite_url(tmp_path))
    migrate(database)
    keys = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        keys.append(open_tool(ServiceSettings(data=tmp_path / name), database).key)

    with database.read() as session:
        published = public_keys(session)["keys"]

    assert isinstance(published, list)
    assert len(published) == 2
    for key in keys:
        token = jwt.encode({"a": 1}, key.private, "RS256")
        assert any(_verifies(token, one) for one in published)
    assert all(set(one) == {"kty", "kid", "n", "e", "alg", "use"} for one in published)
    database.close()


def test_platform_is_registered_by_hand(site: Site, lms: Lms) -> None:
    """The operator enters what the platform's administrator says."""
    platform_id = add_platform(site, lms, deployments=("1", "2", "1"))

    (platform,) = platforms(site)
    assert platform.id == platform_id
    assert platform.deployments == "1\n2"


@pytest.mark.parametrize(
    "changes",
    [
        {"issuer": "http://lms.example"}, {"issuer": "https://lms.example/?a"}, {"client_id": ""},
        {"client_id": "ä"}, {"client_id": "x" * 501}, {"keys_url": "http://lms.example/"},
        {"deployments": ("a\nb",)}, {"deployments": ("",)}, {"token_url": "x"},
        {"token_audience": "x" * 1001},
    ],
)  # fmt: skip
def test_wrong_entry_by_hand_is_refused(site: Site, changes: dict[str, object]) -> None:
    """What can't be right isn't kept."""
    fields: dict[str, object] = {
        "issuer": "https://lms.example",
        "client_id": "7",
        "authorization_url": "https://lms.example/authorize",
        "token_url": "https://lms.example/token",
        "keys_url": "https://lms.example/keys",
    }
    with pytest.raises(LtiRefusedError), site.database.write() as session:
        register(
            session,
            NewPlatform(**{**fields, **changes}),  # type: ignore[arg-type]
            allows_loopback=False,
        )

    assert platforms(site) == []


def _verifies(token: str, key: dict[str, object]) -> bool:
    try:
        jwt.decode(token, jwt.PyJWK(key).key, algorithms=["RS256"])
    except jwt.InvalidSignatureError:
        return False
    return True
