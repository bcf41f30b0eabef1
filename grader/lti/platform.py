"""Reads what an LTI 1.3 platform and its tool know of each other, from a file in TOML."""

import ipaddress
import tomllib
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from grader.errors import UsageError

_MAX_BYTES = 64 * 1024


class _Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The file, as it is written."""

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
    """Where scores go, and who says so.

    Attributes:
        client_id: The id that the platform gave to the tool.
        token_url: Where the platform gives out access tokens.
        line_item: The URL of the column of its gradebook.
        key_path: The file with the tool's private key.
        key_id: What the platform knows the public key by; empty for its thumbprint.
        audience: Whom a request for a token is addressed to.
        deployment_id: Which deployment of the tool it is for; empty for any.
        issuer: What the platform calls itself; empty where that is not needed.
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
    """Read and check the file; the key is not read.

    Raises:
        UsageError: it can't be used, and why.
    """
    settings = _read(path)
    for name in ("client_id", "token_url", "line_item", "key_file"):
        if not getattr(settings, name).strip():
            raise UsageError(f"{path}: {name} is empty")
    for name in ("token_url", "line_item"):
        _check_url(getattr(settings, name), name=name, path=path)
    if settings.line_item.partition("?")[0].rstrip("/").endswith("/scores"):
        raise UsageError(
            f"{path}: line_item is the URL of the line item itself, without /scores at its end"
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
    # Somebody who mixes up the two files must not find the key on the screen: from here on
    # no message quotes what is in the file.
    if b"-----BEGIN" in data:
        raise UsageError(
            f"{path} has a key in it; its own file belongs in key_file, and its name in here"
        )
    if len(data) > _MAX_BYTES:
        raise UsageError(f"{path} is too large to be the settings of a platform")
    try:
        return msgspec.convert(tomllib.loads(data.decode()), _Settings)
    except msgspec.ValidationError as error:
        known = ", ".join(_Settings.__struct_fields__)
        raise UsageError(f"{path}: {error}; it can have {known}") from error
    except ValueError as error:
        raise UsageError(f"{path} is not TOML: {error}") from error


def _check_url(url: str, *, name: str, path: Path) -> None:
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError as error:
        raise UsageError(f"{path}: {name} is no URL: {error}") from error
    if parts.scheme not in ("http", "https") or not host:
        raise UsageError(f"{path}: {name} has to begin with https:// and the name of a host")
    if parts.scheme == "http" and not _is_loopback(host):
        raise UsageError(
            f"{path}: {name} has to begin with https://: over http anybody on the way could read "
            "the token and change grades"
        )
    if parts.username is not None or parts.password is not None:
        raise UsageError(f"{path}: {name} has a user name in it; the key is all that is needed")
    if parts.fragment or url.count("?") > 1 or not url.isprintable() or " " in url:
        raise UsageError(f"{path}: {name} is no URL: it has a #, a second ?, or a blank in it")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
