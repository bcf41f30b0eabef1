"""Dynamic registration: a platform and we exchange addresses, over a one-time link."""

import dataclasses
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import msgspec
import requests
from pylti1p3.dynamic_registration import DynamicRegistration
from pylti1p3.exception import LtiException, LtiServiceException
from sqlalchemy import select

from grader.service.database.engine import Database
from grader.service.database.tables import OneTimeLink
from grader.service.lti.messages import SCORE_SCOPE, MessageType
from grader.service.lti.network import PlatformSession, expect_platform_url, fetch_json
from grader.service.lti.platforms import NewPlatform, register
from grader.service.lti.refusals import LtiRefusedError
from grader.service.lti.tool import LtiTool, ToolUrls
from grader.service.one_time_links import Purpose, find_link, use_link
from grader.service.tokens import digest_of

_PLATFORM = "https://purl.imsglobal.org/spec/lti-platform-configuration"
_TOOL = "https://purl.imsglobal.org/spec/lti-tool-configuration"
_MEMBERS_SCOPE = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"
_NAME = "zerograd"
_DESCRIPTION = "Grades exercises in automatic differentiation and neural networks on hand-in."


class _PlatformAbout(msgspec.Struct, frozen=True, kw_only=True):
    product_family_code: str = ""


class _Configuration(msgspec.Struct, frozen=True, kw_only=True):
    """What a platform says about itself."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    registration_endpoint: str
    about: _PlatformAbout = msgspec.field(name=_PLATFORM)
    authorization_server: str = ""


class _ToolConfiguration(msgspec.Struct, frozen=True, kw_only=True):
    deployment_id: str = ""


class _Registered(msgspec.Struct, frozen=True, kw_only=True):
    """What a platform answers: who we are there."""

    client_id: str
    tool: _ToolConfiguration = msgspec.field(name=_TOOL)


def register_dynamically(
    database: Database,
    tool: LtiTool,
    urls: ToolUrls,
    *,
    secret: str,
    configuration_url: str,
    token: str,
) -> str:
    """Register a platform over a one-time link; the link is used up if it works.

    Args:
        database: The database.
        tool: What we are to platforms.
        urls: The addresses that the platform is given.
        secret: The secret of the link.
        configuration_url: Where the platform describes itself; anybody may have chosen it.
        token: What the platform wants to see with the registration; may be empty.

    Returns:
        The issuer of the platform.

    Raises:
        LtiRefusedError: Nothing was registered here.
    """
    with database.read() as session:
        if find_link(session, Purpose.REGISTRATION, secret) is None:
            raise LtiRefusedError("this link was used before, is too old, or is not one")
    with tool.open_session() as http:
        new = _Registration(http, urls, configuration_url, token).run()
    with database.write() as session:
        made_by = session.scalar(
            select(OneTimeLink.made_by_id).where(OneTimeLink.digest == digest_of(secret))
        )
        target = use_link(session, Purpose.REGISTRATION, secret)
        if target is None:
            raise LtiRefusedError("this link was used by somebody else just now")
        register(
            session,
            dataclasses.replace(new, course_id=target.course_id),
            allows_loopback=tool.allows_loopback,
            by_id=made_by,
        )
    return new.issuer


class _Registration(DynamicRegistration):
    """pylti1p3's registration, over connections that go to checked addresses."""

    client_name = _NAME
    description = _DESCRIPTION

    def __init__(
        self, http: PlatformSession, urls: ToolUrls, configuration_url: str, token: str
    ) -> None:
        self._http = http
        self._urls = urls
        self._configuration_url = configuration_url
        self._token = token
        self._configuration: _Configuration | None = None

    def run(self) -> NewPlatform:
        """Register, and return the platform.

        Raises:
            LtiRefusedError: It didn't work.
        """
        try:
            new: object = self.register()
        except LtiServiceException as error:
            status = error.response.status_code
            raise LtiRefusedError(
                f"the platform refuses the registration: it answers HTTP {status}"
            ) from error
        except requests.RequestException as error:
            raise LtiRefusedError("the platform doesn't answer") from error
        except (LtiException, AssertionError) as error:
            raise LtiRefusedError("the platform's answer is not that of a platform") from error
        assert isinstance(new, NewPlatform)  # noqa: S101 - by `complete_registration`
        return new

    def get_request_session(self) -> PlatformSession:
        return self._http

    def get_openid_configuration_endpoint(self) -> str:
        return self._configuration_url

    def get_registration_token(self) -> Any:  # noqa: ANN401 - the library takes None too
        return self._token or None

    def get_openid_configuration(self) -> dict[str, Any]:
        """Fetch what the platform says about itself, and check it before we say who we are."""
        allows_loopback = self._http.allows_loopback
        expect_platform_url(self._configuration_url, allows_loopback=allows_loopback)
        document = fetch_json(self._http, self._configuration_url)
        try:
            found = msgspec.convert(document, _Configuration)
        except msgspec.ValidationError as error:
            raise LtiRefusedError("the platform's description of itself is incomplete") from error
        for url in (
            found.issuer,
            found.authorization_endpoint,
            found.token_endpoint,
            found.jwks_uri,
            found.registration_endpoint,
        ):
            expect_platform_url(url, allows_loopback=allows_loopback)
        # The specification asks for this: else anybody could pass for anybody's platform.
        if urlsplit(found.issuer).hostname != urlsplit(self._configuration_url).hostname:
            raise LtiRefusedError("the issuer of the platform is not the host that describes it")
        self._configuration = found
        return dict(document)  # type: ignore[call-overload, no-any-return] # converted above

    def get_initiate_login_uri(self) -> str:
        return self._urls.login

    def get_jwks_uri(self) -> str:
        return self._urls.keys

    def get_redirect_uris(self) -> list[str]:
        return [self._urls.launch, self._urls.deep_link]

    def get_scopes(self) -> list[str]:
        return [SCORE_SCOPE, _MEMBERS_SCOPE]

    def get_domain(self) -> str:
        return urlsplit(self._urls.origin).netloc

    def get_target_link_uri(self) -> str:
        return self._urls.launch

    def get_claims(self) -> list[str]:
        return ["iss", "sub", "name", "given_name", "family_name", "email"]

    def get_messages(self) -> list[dict[str, str]]:
        return [
            {"type": MessageType.RESOURCE_LINK, "target_link_uri": self._urls.launch},
            {
                "type": MessageType.DEEP_LINKING,
                "target_link_uri": self._urls.deep_link,
                "label": "Choose an assignment",
            },
        ]

    def get_logo_uri(self) -> str:
        return ""

    def lti_registration_data(self) -> dict[str, Any]:
        """Return what we say about ourselves; there is no logo."""
        data = super().lti_registration_data()
        del data["logo_uri"]
        return data

    def complete_registration(
        self, _configuration: Mapping[str, Any], registered: Mapping[str, Any]
    ) -> NewPlatform:
        """Return the platform that has registered us."""
        found = self._configuration
        assert found is not None  # noqa: S101 - it was fetched first
        try:
            ours = msgspec.convert(registered, _Registered)
        except msgspec.ValidationError as error:
            raise LtiRefusedError("the platform's answer doesn't say who we are there") from error
        deployment = ours.tool.deployment_id
        return NewPlatform(
            issuer=found.issuer,
            client_id=ours.client_id,
            authorization_url=found.authorization_endpoint,
            token_url=found.token_endpoint,
            token_audience=found.authorization_server,
            keys_url=found.jwks_uri,
            deployments=(deployment,) if deployment else (),
            name=found.about.product_family_code,
        )
