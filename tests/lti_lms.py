"""A learning platform on the loopback that launches, lists members, and asks for assignments.

lti1p3platform makes the messages and checks what comes back; this module adds the HTTP around it,
the registration of tools, and wrong messages on demand.
"""

import html
import json
import re
import time
import urllib.parse
from collections.abc import Callable, Mapping
from typing import Any

import httpx
import jwt
from lti1p3platform.constants import LTI_DEEP_LINKING_ACCEPTED_TYPES  # type: ignore[import-untyped]
from lti1p3platform.exceptions import LtiException  # type: ignore[import-untyped]
from lti1p3platform.membership import Context  # type: ignore[import-untyped]
from lti1p3platform.message_launch import LTIAdvantageMessageLaunchAbstract  # type: ignore[import-untyped]
from lti1p3platform.oidc_login import OIDCLoginAbstract  # type: ignore[import-untyped]
from lti1p3platform.registration import Registration  # type: ignore[import-untyped]
from lti1p3platform.request import Request  # type: ignore[import-untyped]
from lti1p3platform.service_connector import NamesRoleProvisioningService  # type: ignore[import-untyped]
from lti_platform import CLIENT_ID, LoopbackPlatform, PlatformHandler, make_key

CLAIM = "https://purl.imsglobal.org/spec/lti/claim/"
LEARNER = "http://purl.imsglobal.org/vocab/lis/v2/membership#Learner"
INSTRUCTOR = "http://purl.imsglobal.org/vocab/lis/v2/membership#Instructor"
ASSISTANT = "http://purl.imsglobal.org/vocab/lis/v2/membership/Instructor#TeachingAssistant"
MENTOR = "http://purl.imsglobal.org/vocab/lis/v2/membership#Mentor"
DEPLOYMENT = "deployment-1"
_PLATFORM = "https://purl.imsglobal.org/spec/lti-platform-configuration"
_TOOL = "https://purl.imsglobal.org/spec/lti-tool-configuration"

Claims = dict[str, Any]
Change = Callable[[Claims], object]


class _Request(Request):  # type: ignore[misc]
    def build_metadata(self, request: dict[str, object]) -> dict[str, object]:
        return request


class _Login(OIDCLoginAbstract):  # type: ignore[misc]
    def set_lti_message_hint(self, **hints: object) -> None:
        self._lti_message_hint = json.dumps(hints)

    def get_redirect(self, url: str) -> str:
        return url


class _Launch(LTIAdvantageMessageLaunchAbstract):  # type: ignore[misc]
    def render_launch_form(self, launch_data: dict[str, Any], **_options: object) -> dict[str, Any]:
        return launch_data


class _Members(NamesRoleProvisioningService):  # type: ignore[misc]
    def __init__(self, request: _Request, lms: "Lms") -> None:
        super().__init__(request, lms.conf, lms.members_url)
        self.lms = lms

    def get_member_data_page(self, **options: str) -> dict[str, Any]:
        page = int(options.get("page", 1))
        shown = self.lms.members[(page - 1) * self.lms.page_size : page * self.lms.page_size]
        return {"content": [dict(one) for one in shown], "has_next": False}

    def get_context_by_id(self) -> Context:
        return Context(id="course-7", label="C7", title="Course 7")


class Lms(LoopbackPlatform):
    """The platform.

    Attributes:
        members: The members that it lists, as in NRPS.
        page_size: How many of them are on a page.
        registrations: What tools have said about themselves.
        tokens: The bearer tokens that came with registrations.
        configuration: Changes of what it says about itself.
        gets: The path of each GET.
        answers: What `get` answers on some paths, instead of what it would.
        published: The names of the keys that it publishes.
        refuses: The status with which it refuses a registration at ``/refuses``.
        registered: What it answers to a registration, if it isn't what it should.
    """

    def __init__(self, base: str) -> None:
        super().__init__(base)
        self.members_url = f"{base}/members"
        self.members: list[dict[str, Any]] = []
        self.page_size = 50
        self.registrations: list[dict[str, Any]] = []
        self.tokens: list[str] = []
        self.configuration: dict[str, Any] = {}
        self.gets: list[str] = []
        self.answers: dict[str, tuple[int, bytes, dict[str, str]]] = {}
        self.published = ["platform"]
        self.refuses = 400
        self.registered: dict[str, Any] | None = None

    @property
    def configuration_url(self) -> str:
        """Where it describes itself."""
        return f"{self.base}/configuration"

    def know_tool(self, origin: str, keys: dict[str, Any]) -> None:
        """Learn a tool's addresses and keys."""
        self.conf._registration.set_launch_url(f"{origin}/lti/launch").set_deeplink_launch_url(
            f"{origin}/lti/deep-link"
        ).set_oidc_login_url(f"{origin}/lti/login").set_deployment_id(DEPLOYMENT).set_tool_key_set(
            keys
        )
        self.tool_key = jwt.PyJWK(keys["keys"][0]).key

    def login_url(self, user: str, *, is_deep_linking: bool = False) -> str:
        """Return where a browser goes when somebody opens a link."""
        login = _Login(None, self.conf)
        login.set_lti_message_hint(resource="link-1")
        if is_deep_linking:
            login.set_deeplinking_launch_url()
        return str(login.prepare_preflight_url(user))

    def message(self, user: str, role: str = LEARNER, *, is_deep_linking: bool = False) -> Claims:
        """Make a right message, but for nonce and times."""
        launch = _Launch(_Request({}), self.conf)
        launch._registration = self.conf.get_registration()
        launch.set_user_data(
            user, [role], full_name=user.title(), email_address=f"{user}@lms.example"
        )
        launch.set_launch_context_claim("course-7", context_title="Course 7")
        launch.set_nrps(self.members_url)
        if is_deep_linking:
            launch.set_dl(
                f"{self.base}/deep-link-return",
                accept_types=LTI_DEEP_LINKING_ACCEPTED_TYPES,
                extra_data={"csrf": "x"},
            )
            claims = dict(launch.get_launch_message())
            claims[f"{CLAIM}message_type"] = "LtiDeepLinkingRequest"
            claims.update(launch._deep_linking_launch_data or {})
            return claims
        launch.set_resource_link_claim("link-1", title="Lab 4")
        launch.set_ags(f"{self.base}/lineitems", self.line_item)
        return dict(launch.get_launch_message())

    def sign(
        self,
        claims: Claims,
        *,
        key: str | None = None,
        algorithm: str = "RS256",
        headers: dict[str, Any] | None = None,
    ) -> str:
        """Sign a message."""
        secret = make_key("platform")[0] if key is None else key
        known = {"kid": self.conf.get_registration().get_kid()}
        return jwt.encode(
            claims, "" if algorithm == "none" else secret, algorithm, {**known, **(headers or {})}
        )

    def get(self, path: str, headers: Mapping[str, str]) -> tuple[int, bytes, dict[str, str]]:
        """Answer a GET."""
        self.gets.append(path)
        where = urllib.parse.urlsplit(path)
        if path in self.answers:
            return self.answers[path]
        if where.path == "/keys":
            keys = [Registration.get_jwk(make_key(name)[1]) for name in self.published]
            return _json({"keys": keys})
        if where.path == "/configuration":
            return _json({**self.describe(), **self.configuration})
        if where.path == "/members":
            query = dict(urllib.parse.parse_qsl(where.query))
            return self._list(query, headers)
        return 404, b"", {}

    def describe(self) -> dict[str, Any]:
        """Return what it says about itself."""
        return {
            "issuer": self.base,
            "authorization_endpoint": f"{self.base}/authorize",
            "token_endpoint": self.token_url,
            "jwks_uri": f"{self.base}/keys",
            "registration_endpoint": f"{self.base}/register",
            _PLATFORM: {"product_family_code": "loopback", "version": "1"},
        }

    def register_tool(self, body: bytes, token: str) -> tuple[int, bytes, dict[str, str]]:
        """Register a tool that has described itself."""
        described = json.loads(body)
        self.registrations.append(described)
        self.tokens.append(token)
        if self.registered is not None:
            return _json(self.registered)
        tool = {**described[_TOOL], "deployment_id": DEPLOYMENT}
        return _json({**described, "client_id": CLIENT_ID, _TOOL: tool})

    def read_answer(self, token: str) -> tuple[list[dict[str, Any]], Claims]:
        """Check what a tool answers when an assignment was chosen, as the library does."""
        items = self.conf.validate_deeplinking_resp({"JWT": token})
        return items, jwt.decode(token, self.tool_key, algorithms=["RS256"], audience=self.base)

    def _list(
        self, query: dict[str, str], headers: Mapping[str, str]
    ) -> tuple[int, bytes, dict[str, str]]:
        request = _Request({"method": "GET", "headers": headers, "get_data": query})
        try:
            with self.lock:
                response = _Members(request, self).handle_get_members()
        except (LtiException, jwt.PyJWTError) as error:
            return 401, str(error).encode(), {}
        page = int(query.get("page", 1))
        more = {}
        if len(self.members) > page * self.page_size:
            more = {"Link": f'<{self.members_url}?page={page + 1}>; rel="next"'}
        status, body, found = _json(response.result)
        return status, body, {**found, **more}


class LmsHandler(PlatformHandler):
    """Answers requests to the platform."""

    platform: Lms

    def do_GET(self) -> None:  # noqa: N802
        """Answer a GET."""
        self.answer(*self.platform.get(self.path, dict(self.headers)))

    def do_POST(self) -> None:  # noqa: N802
        """Answer a registration, or what others answer too."""
        if self.path not in ("/register", "/refuses"):
            super().do_POST()
            return
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/refuses":
            self.answer(self.platform.refuses, b"<script>", {"Location": "/elsewhere"})
            return
        self.answer(*self.platform.register_tool(body, self.headers.get("Authorization", "")))


def start(browser: httpx.Client, lms: Lms, user: str, **options: bool) -> dict[str, str]:
    """Begin a launch; return what the tool sends to the platform's login."""
    response = browser.get(lms.login_url(user, **options))
    assert response.status_code == 303, response.text
    return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(response.headers["Location"]).query))


def complete(claims: Claims, nonce: str) -> Claims:
    """Add nonce and times to a message."""
    moment = int(time.time())
    return {**claims, "nonce": nonce, "iat": moment, "exp": moment + 300}


def launch(
    browser: httpx.Client,
    lms: Lms,
    user: str,
    role: str = LEARNER,
    *,
    change: Change = lambda _claims: None,
    is_deep_linking: bool = False,
    **signing: Any,  # noqa: ANN401 - as `Lms.sign` has them
) -> httpx.Response:
    """Launch as somebody; ``change`` may make the message wrong."""
    sent = start(browser, lms, user, is_deep_linking=is_deep_linking)
    claims = complete(lms.message(user, role, is_deep_linking=is_deep_linking), sent["nonce"])
    change(claims)
    token = lms.sign(claims, **signing)
    return browser.post(sent["redirect_uri"], data={"state": sent["state"], "id_token": token})


def field(page: str, name: str) -> str:
    """Return the value of a field on a page."""
    found = re.search(rf'name="{re.escape(name)}" value="([^"]*)"', page)
    assert found is not None, page
    return html.unescape(found[1])


def _json(content: object) -> tuple[int, bytes, dict[str, str]]:
    return 200, json.dumps(content).encode(), {"Content-Type": "application/json"}
