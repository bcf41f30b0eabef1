"""The second step of a launch: the token that the platform has signed."""

import hmac
from collections.abc import Mapping
from typing import Any

import jwt
import msgspec
from pylti1p3.exception import LtiException
from pylti1p3.message_validators.deep_link import DeepLinkMessageValidator
from pylti1p3.message_validators.resource_message import ResourceMessageValidator
from sqlalchemy import delete
from sqlalchemy.orm import Session

from grader.lti.users import is_user_id
from grader.service.clock import SECOND, now
from grader.service.database.engine import Database, add_unless_there
from grader.service.database.tables import Nonce, Platform, Role
from grader.service.lti.messages import Message, MessageType, read_message
from grader.service.lti.platform_keys import ALGORITHM, PlatformKeys
from grader.service.lti.platforms import add_deployment, deployments_of
from grader.service.lti.refusals import LtiRefusedError
from grader.service.lti.roles import role_of
from grader.service.lti.tickets import LoginTicket, take_ticket
from grader.service.tokens import digest_of

# How far the platform's clock may be from ours.
CLOCK_SKEW_S = 60
# A token is good for minutes. One that claims to be good for longer is taken, but its nonce has to
# be remembered as long as that, so there is a limit.
_LONGEST_LIFE_S = 24 * 60 * 60
_MAX_TOKEN_CHARACTERS = 128 * 1024
_REQUIRED = ["iss", "aud", "sub", "exp", "iat", "nonce"]
_VALIDATORS = (ResourceMessageValidator(), DeepLinkMessageValidator())


class VerifiedLaunch(msgspec.Struct, frozen=True, kw_only=True):
    """A launch that the platform has signed, for the browser that it began in."""

    platform_id: int
    message: Message
    is_framed: bool


def verify(
    database: Database,
    keys: PlatformKeys,
    *,
    state: str,
    id_token: str,
    browser: str,
) -> VerifiedLaunch:
    """Check a token, and use up the state and the nonce of its launch.

    Args:
        database: The database.
        keys: The keys of platforms.
        state: The state that came with the token.
        id_token: The token.
        browser: What the browser has in its cookie.

    Raises:
        LtiRefusedError: Something about it is wrong. The state is used up all the same, so that
            nobody can try tokens.
    """
    with database.write() as session:
        ticket = take_ticket(session, LoginTicket, state)
        platform = None if ticket is None else session.get(Platform, ticket.platform_id)
        if platform is not None:
            session.expunge(platform)
    if ticket is None or platform is None:
        raise LtiRefusedError(
            "this launch has ended, was used before, or did not begin here; open it from the "
            "platform again"
        )
    is_same_browser = hmac.compare_digest(digest_of(browser), ticket.browser_digest)
    if not is_same_browser and not ticket.is_framed:
        raise LtiRefusedError(
            "this launch began in another browser, or the browser keeps no cookies; allow cookies "
            "of this site, and open the launch from the platform again"
        )
    claims = _decode(id_token, platform, keys)
    if not hmac.compare_digest(digest_of(str(claims["nonce"])), ticket.nonce_digest):
        raise LtiRefusedError("the token is not for this launch: its nonce is another")
    message = _read(claims)
    if not is_same_browser and message.kind is not MessageType.DEEP_LINKING:
        raise LtiRefusedError("this launch has to be opened in a tab of its own")
    with database.write() as session:
        _use_up(session, platform.id, claims)
        _expect_deployment(session, platform.id, message)
    return VerifiedLaunch(platform_id=platform.id, message=message, is_framed=ticket.is_framed)


def _decode(id_token: str, platform: Platform, keys: PlatformKeys) -> Mapping[str, Any]:
    """Check the signature and all that is about when, from whom and for whom a token is."""
    if len(id_token) > _MAX_TOKEN_CHARACTERS:
        raise LtiRefusedError("the token is too large")
    try:
        header = jwt.get_unverified_header(id_token)
        # The algorithm is ours to choose: with that of the token, a public key is a password.
        if header.get("alg") != ALGORITHM:
            raise LtiRefusedError(f"the token is not signed by {ALGORITHM}")
        key_id = header.get("kid")
        if not isinstance(key_id, str) or not key_id:
            raise LtiRefusedError("the token doesn't say which key signed it")
        claims: Mapping[str, Any] = jwt.decode(
            id_token,
            keys.find(platform.keys_url, key_id),
            algorithms=[ALGORITHM],
            audience=platform.client_id,
            issuer=platform.issuer,
            leeway=CLOCK_SKEW_S,
            options={"require": _REQUIRED},
        )
    except jwt.PyJWTError as error:
        raise LtiRefusedError(f"the token is refused: {_describe(error)}") from error
    audience = claims["aud"]
    if claims.get("azp", platform.client_id) != platform.client_id:
        raise LtiRefusedError("the token was issued to another tool")
    if isinstance(audience, list) and len(audience) > 1 and "azp" not in claims:
        raise LtiRefusedError("the token is for several tools, and doesn't say to which it goes")
    if claims["exp"] - claims["iat"] > _LONGEST_LIFE_S:
        raise LtiRefusedError("the token is good for too long")
    return claims


def _describe(error: jwt.PyJWTError) -> str:
    """Say what is wrong with a token, and quote nothing of it."""
    match error:
        case jwt.ExpiredSignatureError():
            return "it has expired"
        case jwt.ImmatureSignatureError():
            return "it is from the future; is the platform's clock right?"
        case jwt.InvalidAudienceError():
            return "it is for another tool"
        case jwt.InvalidIssuerError():
            return "it is from another platform"
        case jwt.MissingRequiredClaimError(claim=claim):
            return f"it has no {claim}"
        case jwt.InvalidSignatureError():
            return "its signature is wrong"
    return "it can't be read"


def _read(claims: Mapping[str, Any]) -> Message:
    """Read what a message says, if it is one that we know, whole, and of somebody we let in."""
    try:
        for validator in _VALIDATORS:
            if validator.can_validate(claims):
                validator.validate(claims)
        message = read_message(claims)
    except LtiException as error:
        raise LtiRefusedError(f"the message is refused: {error}") from error
    except (msgspec.ValidationError, AttributeError, TypeError) as error:
        raise LtiRefusedError("something is missing in the message, or of another kind") from error
    if not is_user_id(message.subject):
        raise LtiRefusedError("the message doesn't say who comes")
    role = role_of(message.roles)
    if role is None:
        raise LtiRefusedError(
            "only students and instructors of the course can come in, and the platform says that "
            "you are neither"
        )
    if message.kind is MessageType.DEEP_LINKING and role is not Role.INSTRUCTOR:
        raise LtiRefusedError("only instructors can choose assignments")
    return message


def _use_up(session: Session, platform_id: int, claims: Mapping[str, Any]) -> None:
    """Remember a nonce until its token has expired.

    Raises:
        LtiRefusedError: It was used before.
    """
    expires_at = (int(claims["exp"]) + 2 * CLOCK_SKEW_S) * SECOND
    digest = digest_of(f"{platform_id} {claims['nonce']}")
    session.execute(delete(Nonce).where(Nonce.expires_at <= now()))
    if not add_unless_there(session, Nonce, digest=digest, expires_at=expires_at):
        raise LtiRefusedError("this launch was used before")


def _expect_deployment(session: Session, platform_id: int, message: Message) -> None:
    """Refuse an unknown deployment; the first one that an instructor comes from is kept."""
    platform = session.get_one(Platform, platform_id)
    if not deployments_of(platform):
        session.refresh(platform, with_for_update=True)
    known = deployments_of(platform)
    if message.deployment in known:
        return
    if known or role_of(message.roles) is not Role.INSTRUCTOR:
        raise LtiRefusedError("this deployment of the platform is not registered here")
    add_deployment(platform, message.deployment)
