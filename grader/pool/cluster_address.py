"""Which addresses of a Dask scheduler may be used, and with which certificates.

Whoever can connect to a scheduler or a worker of Dask can have any code run there: Dask unpickles
what it receives. So everything but loopback has to prove with a certificate that it belongs to the
cluster, in both directions.
"""

import ipaddress
import socket
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from grader.errors import UsageError


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificates:
    """What proves to a cluster who we are, and to us that it is the right one.

    Attributes:
        authority: The certificate of the authority that signed all certificates of the cluster.
        certificate: Our own certificate.
        key: The private key that belongs to it.
    """

    authority: Path
    certificate: Path
    key: Path


def expect_secure(address: str, certificates: Certificates | None) -> str:
    """Return the address to connect to, which others can neither read along with nor take over.

    Args:
        address: The address of a scheduler.
        certificates: The certificates, if there are any.

    Returns:
        The address; of a host without TLS, with its number in the place of its name, so that the
        name can't come to mean another host.

    Raises:
        UsageError: It is not ``tls://`` with certificates, nor ``tcp://`` on loopback.
    """
    scheme, host, port = _split(address)
    if scheme == "tls":
        if certificates is None:
            raise UsageError(
                f"{address} needs certificates: give --tls-ca, --tls-cert and --tls-key"
            )
        return address
    if certificates is not None:
        raise UsageError(f"certificates are for tls://, and {address} is not encrypted")
    numbers = _resolve(address, host, port)
    if not all(number.is_loopback for number in numbers):
        raise UsageError(
            f"{address} is not on this machine, and without TLS anybody in between could run code "
            "here and there: use tls:// and certificates"
        )
    number = numbers[0]
    return f"tcp://[{number}]:{port}" if number.version == 6 else f"tcp://{number}:{port}"  # noqa: PLR2004 - IPv6


def expect_loopback(what: str, address: str) -> None:
    """Require that a part of a cluster without TLS can be reached from this machine only.

    Args:
        what: What it is: the scheduler, or a worker.
        address: The address at which it says that it can be reached.

    Raises:
        UsageError: Others can reach it.
    """
    host = urlsplit(address).hostname or ""
    try:
        is_loopback = ipaddress.ip_address(host).is_loopback
    except ValueError:
        is_loopback = False
    if not is_loopback:
        raise UsageError(
            f"{what} listens on {address}, where others could run code on this machine: start it "
            "with --host 127.0.0.1, or use TLS"
        )


def _split(address: str) -> tuple[str, str, int]:
    problem = f"{address!a} is not the address of a scheduler, such as tls://scheduler:8786"
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError as error:
        raise UsageError(problem) from error
    if parts.scheme not in {"tls", "tcp"} or not parts.hostname or port is None:
        raise UsageError(problem)
    if parts.path or parts.query or parts.fragment or "@" in parts.netloc:
        raise UsageError(problem)
    return parts.scheme, parts.hostname, port


def _resolve(
    address: str, host: str, port: int
) -> list[ipaddress.IPv4Address | ipaddress.IPv6Address]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise UsageError(f"there is no host {host!a}, of {address!a}") from error
    # The first part of an IPv6 address may end with the name of an interface.
    return [ipaddress.ip_address(str(one[4][0]).partition("%")[0]) for one in found]
