"""What we are to platforms: a key that we sign with, and the addresses that they are given."""

import contextlib
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
from anyio import CapacityLimiter
from pylti1p3.dynamic_registration import generate_key_pair
from pylti1p3.registration import Registration
from sqlalchemy import select
from sqlalchemy.orm import Session

from grader.lti.key import Key, read_key
from grader.service.database.engine import Database, add_unless_there
from grader.service.database.tables import Setting
from grader.service.lti.network import PlatformSession
from grader.service.lti.platform_keys import PlatformKeys
from grader.service.settings import ServiceSettings
from grader.system.placing import place_once, sync_folder

KEY_FILE = "lti_key.pem"
_KEY_BITS = 2048
_LAUNCHES_AT_ONCE = 12
_FETCHES_AT_ONCE = 2
# Each server has a key of its own, unless they share the data folder; platforms know them all.
_PUBLIC_KEY = "lti_public_key/"


@dataclass(frozen=True, slots=True, kw_only=True)
class LtiTool:
    """The service as a tool of platforms.

    Attributes:
        key: What it signs with.
        platform_keys: The keys of platforms, kept for a while.
        allows_loopback: Whether platforms on this machine are allowed, for tests.
        launching: Lets a few launches at once wait for platforms, so that slow ones keep no thread
            from other requests.
        fetching: The same for lists of members.
    """

    key: Key
    platform_keys: PlatformKeys
    allows_loopback: bool
    launching: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(_LAUNCHES_AT_ONCE))
    fetching: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(_FETCHES_AT_ONCE))

    def open_session(self) -> PlatformSession:
        """Return an HTTP session for requests to platforms."""
        return PlatformSession(allows_loopback=self.allows_loopback)


@dataclass(frozen=True, slots=True)
class ToolUrls:
    """The addresses that a platform is given.

    Args:
        origin: The origin that browsers and platforms know the service by.
    """

    origin: str

    @property
    def login(self) -> str:
        """Where a launch begins."""
        return f"{self.origin}/lti/login"

    @property
    def launch(self) -> str:
        """Where a launch ends."""
        return f"{self.origin}/lti/launch"

    @property
    def deep_link(self) -> str:
        """Where the choice of an assignment ends; another one, so that it is known beforehand."""
        return f"{self.origin}/lti/deep-link"

    @property
    def keys(self) -> str:
        """Where our public keys are."""
        return f"{self.origin}/lti/keys"


def open_tool(settings: ServiceSettings, database: Database) -> LtiTool:
    """Read the key, or make one at the first start; platforms can see its public half then.

    Raises:
        UsageError: The key can't be read or used.
    """
    path = settings.data / KEY_FILE
    if not path.exists():
        _make_key(path)
    key = read_key(path)
    public = dict(Registration.get_jwk(key.public))
    with database.write() as session:
        add_unless_there(
            session,
            Setting,
            name=_PUBLIC_KEY + str(public["kid"]),
            value=msgspec.json.encode(public).decode(),
        )
    allows_loopback = settings.allows_insecure_platforms
    return LtiTool(
        key=key,
        platform_keys=PlatformKeys(PlatformSession(allows_loopback=allows_loopback)),
        allows_loopback=allows_loopback,
    )


def public_keys(session: Session) -> Mapping[str, object]:
    """Return the public keys of all our servers, as platforms fetch them."""
    values = session.scalars(
        select(Setting.value).where(Setting.name.startswith(_PUBLIC_KEY)).order_by(Setting.name)
    )
    return {"keys": [msgspec.json.decode(one) for one in values]}


def _make_key(path: Path) -> None:
    """Make a key that only we can read, unless another process is quicker."""
    private, _ = generate_key_pair(key_size=_KEY_BITS)
    beside = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(private.encode())
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            place_once(beside, path)
        sync_folder(path.parent)
    finally:
        beside.unlink(missing_ok=True)
