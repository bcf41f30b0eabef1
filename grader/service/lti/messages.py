"""What a platform says in the token of a launch."""

import enum
from collections.abc import Mapping, Sequence

import msgspec

_CLAIM = "https://purl.imsglobal.org/spec/lti/claim/"
SCORE_SCOPE = "https://purl.imsglobal.org/spec/lti-ags/scope/score"


class MessageType(enum.StrEnum):
    """What a launch is for."""

    RESOURCE_LINK = "LtiResourceLinkRequest"
    DEEP_LINKING = "LtiDeepLinkingRequest"


class _Claim(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a message; what we don't know in it is left alone."""


class Context(_Claim, frozen=True, kw_only=True):
    """A course of the platform."""

    id: str
    title: str = ""
    label: str = ""


class ResourceLink(_Claim, frozen=True, kw_only=True):
    """A link in a course of the platform."""

    id: str
    title: str = ""


class ScoreService(_Claim, frozen=True, kw_only=True):
    """Where scores go (AGS)."""

    scope: Sequence[str] = ()
    lineitem: str = ""


class MemberService(_Claim, frozen=True, kw_only=True):
    """Where the members of the course are listed (NRPS)."""

    context_memberships_url: str = ""


class DeepLinkingSettings(_Claim, frozen=True, kw_only=True):
    """Where the chosen assignment goes; ``data`` goes back as it came."""

    deep_link_return_url: str
    data: object = None


class Message(_Claim, frozen=True, kw_only=True):
    """A launch.

    Attributes:
        kind: What it is for.
        version: The version of LTI.
        deployment: Which deployment of ours it is from.
        subject: Who comes, as the platform calls them.
        roles: Their roles.
    """

    kind: MessageType = msgspec.field(name=f"{_CLAIM}message_type")
    version: str = msgspec.field(name=f"{_CLAIM}version")
    deployment: str = msgspec.field(name=f"{_CLAIM}deployment_id")
    subject: str = msgspec.field(name="sub")
    roles: Sequence[str] = msgspec.field(name=f"{_CLAIM}roles")
    name: str = ""
    given_name: str = ""
    family_name: str = ""
    email: str = ""
    context: Context | None = msgspec.field(name=f"{_CLAIM}context", default=None)
    resource_link: ResourceLink | None = msgspec.field(name=f"{_CLAIM}resource_link", default=None)
    custom: Mapping[str, object] = msgspec.field(name=f"{_CLAIM}custom", default_factory=dict)
    score_service: ScoreService | None = msgspec.field(
        name="https://purl.imsglobal.org/spec/lti-ags/claim/endpoint", default=None
    )
    member_service: MemberService | None = msgspec.field(
        name="https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice", default=None
    )
    deep_linking: DeepLinkingSettings | None = msgspec.field(
        name="https://purl.imsglobal.org/spec/lti-dl/claim/deep_linking_settings", default=None
    )

    @property
    def full_name(self) -> str:
        """The person's name, if the platform gives it."""
        return self.name or f"{self.given_name} {self.family_name}".strip()

    @property
    def line_item(self) -> str:
        """Where scores of this link go; empty if the platform takes none."""
        service = self.score_service
        return service.lineitem if service is not None and SCORE_SCOPE in service.scope else ""


def read_message(claims: Mapping[str, object]) -> Message:
    """Read the claims of a token.

    Raises:
        msgspec.ValidationError: Something is missing, or of another kind.
    """
    # Some platforms write null for what they don't give.
    return msgspec.convert({name: one for name, one in claims.items() if one is not None}, Message)
