"""pylti1p3's connection to a platform, with limits of time and without surprises."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

import requests
from pylti1p3.exception import LtiServiceException
from pylti1p3.registration import Registration
from pylti1p3.service_connector import ServiceConnector

import grader
from grader.lti.key import Key
from grader.lti.platform import LtiPlatform

_CONNECT_TIMEOUT_S = 10.0
_ANSWER_TIMEOUT_S = 30.0
_DEPLOYMENT_CLAIM = "https://purl.imsglobal.org/spec/lti/claim/deployment_id"


class LtiHttpSession(requests.Session):
    """A session that waits for no answer without end, and follows no redirect.

    Attributes:
        last_status: The HTTP status of the last answer.
    """

    def __init__(self) -> None:
        super().__init__()
        self.headers["User-Agent"] = f"zerograd/{grader.__version__}"
        # Without an own one, requests puts what a .netrc has in place of the token.
        self.auth = _leave_as_it_is
        self.last_status = 0

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:  # noqa: ANN401 - as the library has it
        """Send a request.

        Raises:
            LtiServiceException: the answer is a redirect. Followed, it would turn a score into a
                GET, and what comes of that, such as a page to log in on, into a success.
        """
        kwargs["timeout"] = (_CONNECT_TIMEOUT_S, _ANSWER_TIMEOUT_S)
        kwargs["allow_redirects"] = False
        self.last_status = 0
        response = super().send(request, **kwargs)
        self.last_status = response.status_code
        if HTTPStatus.MULTIPLE_CHOICES <= response.status_code < HTTPStatus.BAD_REQUEST:
            raise LtiServiceException("This is a redirect.", response)
        return response


class Connector(ServiceConnector):
    """A connection that keeps its token in memory, until it is told to forget it.

    Attributes:
        token: The token; empty where there is none.
        token_lifetime_s: How long the platform said that it holds; 0 where it didn't say.
    """

    def __init__(self, platform: LtiPlatform, key: Key, session: LtiHttpSession) -> None:
        super().__init__(_Registration(platform, key), session)
        self._deployment_id = platform.deployment_id
        self.token = ""
        self.token_lifetime_s = 0.0

    def encode_jwt(
        self, message: dict[str, str | int], private_key: str, headers: dict[str, str]
    ) -> str:
        """Sign what asks for a token; it names the deployment, if one was given."""
        if self._deployment_id:
            message = {**message, _DEPLOYMENT_CLAIM: self._deployment_id}
        return super().encode_jwt(message, private_key, headers)

    def _scope_key(self, scopes: Iterable[str]) -> str:
        # There is one scope, and so one token. The library's own is an MD5, which not every
        # machine allows.
        return " ".join(scopes)

    def _get_cached_access_token(self, scope_key: str) -> str | None:  # noqa: ARG002 - the library's name
        return self.token or None

    def _cache_access_token(
        self,
        scope_key: str,  # noqa: ARG002
        access_token: object,
        expires_in: Any,  # noqa: ANN401 - as the platform wrote it
    ) -> None:
        if not isinstance(access_token, str) or not access_token.isascii():
            raise TypeError("no token")
        self.token = access_token
        try:
            self.token_lifetime_s = float(expires_in)
        except (TypeError, ValueError):
            self.token_lifetime_s = 0.0


class _Registration(Registration):
    """What the library has to know of the two sides."""

    def __init__(self, platform: LtiPlatform, key: Key) -> None:
        self._key_id = platform.key_id
        self.set_client_id(platform.client_id)
        self.set_auth_token_url(platform.token_url)
        self.set_auth_audience(platform.audience)
        self.set_tool_private_key(key.private)
        self.set_tool_public_key(key.public)
        if platform.issuer:
            self.set_issuer(platform.issuer)

    def get_kid(self) -> str | None:
        """Give what the platform knows the key by: its thumbprint, where nothing else was said."""
        return self._key_id or super().get_kid()


def _leave_as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request
