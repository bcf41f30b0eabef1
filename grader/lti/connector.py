"""pylti1p3's connection to a platform, with timeouts and without redirects or a shared cache."""

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
_READ_TIMEOUT_S = 30.0
_DEPLOYMENT_CLAIM = "https://purl.imsglobal.org/spec/lti/claim/deployment_id"


class LtiHttpSession(requests.Session):
    """An HTTP session with timeouts that follows no redirects.

    Attributes:
        last_status: The HTTP status of the last response; 0 if there was none.
    """

    def __init__(self) -> None:
        super().__init__()
        self.headers["User-Agent"] = f"zerograd/{grader.__version__}"
        # Without an auth of our own, requests replaces the token by the password in a .netrc.
        self.auth = _leave_unchanged
        self.last_status = 0

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:  # noqa: ANN401 - the library's signature
        """Send a request.

        Raises:
            LtiServiceException: The response is a redirect. If it were followed, the score would
                become a GET, and a login page at the other end would look like a success.
            requests.RequestException: There is no response.
        """
        kwargs["timeout"] = (_CONNECT_TIMEOUT_S, _READ_TIMEOUT_S)
        kwargs["allow_redirects"] = False
        self.last_status = 0
        try:
            response = super().send(request, **kwargs)
        except requests.RequestException:
            raise
        except ValueError as error:
            # The library reads where a redirect leads, also if it doesn't follow.
            raise requests.exceptions.InvalidURL("a redirect to what is not a URL") from error
        self.last_status = response.status_code
        if HTTPStatus.MULTIPLE_CHOICES <= response.status_code < HTTPStatus.BAD_REQUEST:
            raise LtiServiceException("redirected", response)
        return response


class Connector(ServiceConnector):
    """A connection that keeps its access token in memory.

    Attributes:
        token: The token; empty if there is none. Assign an empty string to forget it.
        token_lifetime_s: How long the token is valid according to the platform; 0 if it didn't say.
    """

    def __init__(self, platform: LtiPlatform, key: Key, session: LtiHttpSession) -> None:
        super().__init__(_Registration(platform, key), session)
        self._deployment_id = platform.deployment_id
        self.token = ""
        self.token_lifetime_s = 0.0

    def encode_jwt(
        self, message: dict[str, str | int], private_key: str, headers: dict[str, str]
    ) -> str:
        """Sign a request for a token; it names the deployment, if the settings do."""
        if self._deployment_id:
            message = {**message, _DEPLOYMENT_CLAIM: self._deployment_id}
        return super().encode_jwt(message, private_key, headers)

    def _scope_key(self, scopes: Iterable[str]) -> str:
        # There is one scope, so there is one token. The library's method computes an MD5, which
        # some machines forbid.
        return " ".join(scopes)

    def _get_cached_access_token(self, scope_key: str) -> str | None:  # noqa: ARG002 - the library's signature
        return self.token or None

    def _cache_access_token(
        self,
        scope_key: str,  # noqa: ARG002
        access_token: object,
        expires_in: Any,  # noqa: ANN401 - whatever the platform wrote
    ) -> None:
        if not isinstance(access_token, str) or not access_token.isascii():
            raise TypeError("the access token is not an ASCII string")
        self.token = access_token
        try:
            self.token_lifetime_s = float(expires_in)
        except (TypeError, ValueError):
            self.token_lifetime_s = 0.0


class _Registration(Registration):
    """What the library has to know about the tool and the platform."""

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
        """Return the id of the key on the platform; by default its thumbprint."""
        return self._key_id or super().get_kid()


def _leave_unchanged(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request
