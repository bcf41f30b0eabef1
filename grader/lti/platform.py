"""Read the settings of an LTI 1.3 platform, and of the tool there, from a TOML file."""

import ipaddress
import tomllib
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from grader.errors import UsageError

_MAX_BYTES = 64 * 1024


class _Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The fields of the file."""

    client_id: str
    token_url: str
    line_item: str
    key_file: str
    key_id: str = ""
    audience: str = ""
    deployment_id: str = ""
    issuer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LtiPlatform:
    """Where scores go, and how the tool identifies itself there.

    Attributes:
        client_id: The id that the platform gave to the tool.
        token_url: The URL at which the platform issues access tokens.
        line_item: The URL of the line item: one column of the platform's gradebook.
        key_path: The file with the tool's private key.
        key_id: The id of the public key on the platform; empty for its thumbprint.
        audience: The audience of a request for a token.
        deployment_id: The deployment of the tool that a token is for; empty for any.
        issuer: The platform's issuer id; empty if it is not needed.
    """

    client_id: str
    token_url: str
    line_item: str
    key_path: Path
    key_id: str = ""
    audience: str
    deployment_id: str = ""
    issuer: str = ""


def read_platform(path: Path) -> LtiPlatform:
    """Read and check the settings; the key is not read.

    An empty ``audience`` becomes ``token_url``, and ``key_file`` is relative to the settings file.

    Raises:
        UsageError: The settings can't be used; the message says why.
    """
    settings = _read(path)
    for name in ("client_id", "token_url", "line_item", "key_file"):
        if not getattr(settings, name).strip():
            raise UsageError(f"{path}: {name} is empty")
    for name in ("token_url", "line_item"):
        _check_url(getattr(settings, name), name=name, path=path)
    if settings.line_item.partition("?")[0].rstrip("/").endswith("/scores"):
        raise UsageError(
            f"{path}: line_item has to be the URL of the line item itself, without /scores at its "
            "end"
        )
    return LtiPlatform(
        client_id=settings.client_id,
        token_url=settings.token_url,
        line_item=settings.line_item,
        key_path=path.parent / Path(settings.key_file).expanduser(),
        key_id=settings.key_id,
        audience=settings.audience or settings.token_url,
        deployment_id=settings.deployment_id,
        issuer=settings.issuer,
    )


def _read(path: Path) -> _Settings:
    try:
        with path.open("rb") as file:
            data = file.read(_MAX_BYTES + 1)
    except OSError as error:
        raise UsageError(f"can't read {path}: {error.strerror}") from error
    # If the key file is given here by mistake, no message may quote it.
    if b"-----BEGIN" in data:
        raise UsageError(
            f"{path} contains a key; keep the key in another file, and name that file in key_file"
        )
    if len(data) > _MAX_BYTES:
        raise UsageError(
            f"{path} is too large for the settings of a platform: more than {_MAX_BYTES} bytes"
        )
    try:
        return msgspec.convert(tomllib.loads(data.decode()), _Settings)
    except msgspec.ValidationError as error:
        known = ", ".join(_Settings.__struct_fields__)
        raise UsageError(f"{path}: {error}; known settings: {known}") from error
    except ValueError as error:
        raise UsageError(f"{path} is not TOML: {error}") from error


def _check_url(url: str, *, name: str, path: Path) -> None:
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError as error:
        raise UsageError(f"{path}: {name} is not a URL: {error}") from error
    if parts.scheme not in ("http", "https") or not host:
        raise UsageError(f"{path}: {name} has to begin with https:// and a host name")
    if parts.scheme == "http" and not _is_loopback(host):
        raise UsageError(
            f"{path}: {name} has to begin with https://: with http, anybody on the network path "
            "could read the token and change grades"
        )
    if parts.username is not None or parts.password is not None:
        raise UsageError(
            f"{path}: {name} contains a user name or password; remove it, the key is enough"
        )
    if parts.fragment or url.count("?") > 1 or not url.isprintable() or " " in url:
        raise UsageError(
            f"{path}: {name} is not a valid URL: it contains a #, a second ?, a space or a "
            "character that can't be printed"
        )


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
