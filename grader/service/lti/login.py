"""The first step of a launch: the platform sends a browser, and we send it back with a nonce."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from grader.service.database.engine import Database
from grader.service.lti.platforms import find_platform
from grader.service.lti.refusals import LtiRefusedError
from grader.service.lti.tickets import LoginTicket, put_ticket
from grader.service.tokens import digest_of, new_secret

# What a platform sends, and what a tab of its own has to send again.
PARAMETERS = (
    "iss",
    "login_hint",
    "target_link_uri",
    "lti_message_hint",
    "lti_deployment_id",
    "client_id",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class BegunLogin:
    """A launch that has begun.

    Attributes:
        url: Where the browser goes next.
        browser: What the browser has to bring back in a cookie.
    """

    url: str
    browser: str


def begin(
    database: Database,
    parameters: Mapping[str, str],
    *,
    launch_url: str,
    browser: str,
    is_framed: bool,
) -> BegunLogin:
    """Begin a launch.

    Args:
        database: The database.
        parameters: What the platform has sent.
        launch_url: Where the platform sends the browser with the token.
        browser: What the browser has in its cookie already; empty for nothing.
        is_framed: Whether the browser shows us in a frame of another site.

    Raises:
        LtiRefusedError: The platform is not known, or has sent too little.
    """
    issuer, hint = parameters.get("iss", ""), parameters.get("login_hint", "")
    if not issuer or not hint:
        raise LtiRefusedError("the platform has sent no issuer, or no hint who logs in")
    nonce = new_secret()
    browser = browser or new_secret()
    with database.write() as session:
        platform = find_platform(session, issuer, parameters.get("client_id", ""))
        if platform is None:
            raise LtiRefusedError("this platform is not registered here")
        state = put_ticket(
            session,
            LoginTicket(
                platform_id=platform.id,
                nonce_digest=digest_of(nonce),
                browser_digest=digest_of(browser),
                is_framed=is_framed,
            ),
        )
        url, client_id = platform.authorization_url, platform.client_id
    query = {
        "scope": "openid",
        "response_type": "id_token",
        "response_mode": "form_post",
        "prompt": "none",
        "client_id": client_id,
        "redirect_uri": launch_url,
        "login_hint": hint,
        "state": state,
        "nonce": nonce,
    }
    if message_hint := parameters.get("lti_message_hint", ""):
        query["lti_message_hint"] = message_hint
    return BegunLogin(url=f"{url}{'&' if '?' in url else '?'}{urlencode(query)}", browser=browser)
