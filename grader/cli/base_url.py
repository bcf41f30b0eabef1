"""Reads the address by which browsers and platforms know the service."""

import ipaddress
import re
from urllib.parse import urlsplit

import click

_USUAL_PORTS = {"http": 80, "https": 443}
# Names of hosts as browsers send them; those in other scripts become these.
_HOST = re.compile(r"[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?)*")
_LONGEST_HOST = 253


def read_base_url(_context: click.Context, _option: click.Parameter, value: str) -> str:
    """Return an address as browsers write it in ``Origin``; empty if none is given.

    Raises:
        click.BadParameter: It isn't the whole address of a site, or others could read along.
    """
    if not value:
        return ""
    url = _normalize(value)
    if not url:
        raise click.BadParameter(
            f"{value[:200]!r} is not an address such as https://grader.example.org: write https://"
            " and the name of the host, without a path"
        )
    return url


def is_loopback(host: str) -> bool:
    """Return whether only this machine reaches a host."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _normalize(value: str) -> str:
    """Return an address in the one form that it has in ``Origin``; empty if it can't have one."""
    if not value.isprintable() or " " in value or "\\" in value:
        return ""
    try:
        parts = urlsplit(value)
        host, port = _read_host(parts.hostname or ""), parts.port
    except (ValueError, UnicodeError):
        return ""
    is_bare = parts.path in {"", "/"} and not (parts.query or parts.fragment or "?" in value)
    is_site = parts.scheme in _USUAL_PORTS and "@" not in parts.netloc and port != 0
    if not (host and is_bare and is_site and "#" not in value):
        return ""
    shown_port = "" if port in (None, _USUAL_PORTS[parts.scheme]) else f":{port}"
    return f"{parts.scheme}://{host}{shown_port}"


def _read_host(host: str) -> str:
    """Return a host as browsers send it; empty if it is none.

    Raises:
        ValueError: It looks like an address of IP version 6, and is none.
        UnicodeError: It can't be written in ASCII.
    """
    if ":" in host:
        return f"[{ipaddress.IPv6Address(host).compressed}]"
    plain = host if host.isascii() else host.encode("idna").decode("ascii")
    is_name = _HOST.fullmatch(plain) is not None and len(plain) <= _LONGEST_HOST
    return plain if is_name else ""
