"""Requests to platforms: https only, public addresses only, bounded in size and time.

The addresses of a platform are chosen by whoever registers it, and our machine may reach what they
can't. So the address is checked that the connection is made to, after its name was resolved: a name
that resolves to something else a moment later, or a redirect, gets around nothing.
"""

import contextlib
import functools
import ipaddress
import os
import socket
import threading
from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
import urllib3
from pylti1p3.exception import LtiServiceException
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError
from urllib3.util.connection import create_connection

from grader.lti.connector import LtiHttpSession
from grader.service.lti.refusals import LtiRefusedError

_MAX_URL_CHARACTERS = 1000
_MAX_BODY_BYTES = 4 * 1024 * 1024
# A request takes no longer in all, however slowly the platform sends.
REQUEST_S = 30.0
_MOST_ADDRESSES = 2
_CONNECT_S = 5.0
_MAX_REDIRECTS = 3
_CHUNK_BYTES = 64 * 1024
# Addresses of IPv6 that stand for one of IPv4: those of a gateway to IPv4.
_TO_IPV4 = ipaddress.IPv6Network("64:ff9b::/96")

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class PlatformSession(LtiHttpSession):
    """An HTTP session for platforms that somebody has registered.

    It uses no proxy of the environment: a proxy would look names up itself.

    Args:
        allows_loopback: Whether platforms on this machine are allowed, for tests.
        request_s: How long a request may take in all.
    """

    def __init__(self, *, allows_loopback: bool = False, request_s: float = REQUEST_S) -> None:
        super().__init__()
        self.trust_env = False
        self.verify = os.environ.get("REQUESTS_CA_BUNDLE") or True
        self.allows_loopback = allows_loopback
        self._adapter = _Adapter(allows_loopback=allows_loopback, request_s=request_s)
        self.mount("https://", self._adapter)
        self.mount("http://", self._adapter)

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:  # noqa: ANN401 - the library's signature
        """Send a request.

        Raises:
            LtiRefusedError: The address is not allowed.
            LtiServiceException: The response is a redirect.
        """
        expect_platform_url(request.url or "", allows_loopback=self.allows_loopback)
        return super().send(request, **kwargs)

    def cut(self) -> None:
        """End the requests that are being made, and all later ones; from any thread."""
        self._adapter.cut()


def fetch_json(session: PlatformSession, url: str) -> object:
    """Fetch a document, over a few redirects, each of which is checked like the first address.

    Raises:
        LtiRefusedError: An address is not allowed, or there is no such document.
    """
    for _ in range(_MAX_REDIRECTS + 1):
        try:
            response = session.get(url, headers={"Accept": "application/json"})
        except LtiServiceException as error:
            url = urljoin(url, error.response.headers.get("Location", ""))
            continue
        except requests.RequestException as error:
            raise LtiRefusedError("the platform doesn't answer") from error
        if not response.ok:
            raise LtiRefusedError(f"the platform answers HTTP {response.status_code}")
        try:
            return response.json()
        except ValueError as error:
            raise LtiRefusedError("the platform's answer is not JSON") from error
    raise LtiRefusedError("the platform redirects too often")


def expect_platform_url(url: str, *, allows_loopback: bool) -> str:
    """Return a URL, if a platform may have it.

    Raises:
        LtiRefusedError: It may not.
    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError as error:
        raise LtiRefusedError("an address of the platform is not a URL") from error
    is_plain = parts.scheme == "http" and allows_loopback and _is_loopback(host)
    if not host or (parts.scheme != "https" and not is_plain):
        raise LtiRefusedError("addresses of a platform must begin with https:// and a host name")
    if (
        parts.username is not None
        or parts.password is not None
        or parts.fragment
        or not url.isascii()
        or not url.isprintable()
        or " " in url
        or len(url) > _MAX_URL_CHARACTERS
    ):
        raise LtiRefusedError("an address of the platform is not a valid URL")
    return url


def is_public(text: str) -> bool:
    """Return whether an IP address is one of the public internet, also where it hides another."""
    address = ipaddress.ip_address(text)
    if isinstance(address, ipaddress.IPv6Address):
        for hidden in _hidden_in(address):
            if not is_public(str(hidden)):
                return False
    return address.is_global and not address.is_multicast


def _hidden_in(address: ipaddress.IPv6Address) -> list[_Address]:
    hidden: list[_Address] = []
    if address.ipv4_mapped is not None:
        hidden.append(address.ipv4_mapped)
    if address.sixtofour is not None:
        hidden.append(address.sixtofour)
    if address.teredo is not None:
        hidden.extend(address.teredo)
    if address in _TO_IPV4:
        hidden.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    return hidden


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class _Adapter(HTTPAdapter):
    """Connects to checked addresses, and reads bodies up to a limit."""

    def __init__(self, *, allows_loopback: bool, request_s: float) -> None:
        self._allows_loopback = allows_loopback
        self._request_s = request_s
        self._limits: set[_Limit] = set()
        self._is_cut = False
        super().__init__(max_retries=0)

    def cut(self) -> None:
        """End all requests, also later ones."""
        self._is_cut = True
        for one in list(self._limits):
            one.cut()

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:  # noqa: ANN401 - the library's signature
        """Make connections by our classes."""
        super().init_poolmanager(*arguments, **options)
        self.poolmanager.pool_classes_by_scheme = _pool_classes(self._allows_loopback)

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:  # type: ignore[override]  # noqa: ANN401
        """Send a request, and read the whole answer.

        Raises:
            requests.RequestException: There is no answer, or it is too large or takes too long.
        """
        kwargs["stream"] = True
        body = bytearray()
        with _time_limit(self._request_s) as limit, self._known(limit):
            response = super().send(request, **kwargs)
            try:
                for chunk in response.iter_content(_CHUNK_BYTES):
                    body += chunk
                    if len(body) > _MAX_BODY_BYTES:
                        raise requests.ConnectionError("the answer is too large")
            finally:
                response.close()
            if limit.is_over:  # what was read may look whole, and is not
                raise requests.ReadTimeout("the answer takes too long")
        response._content = bytes(body)  # noqa: SLF001 - where the library keeps what it has read
        return response

    @contextlib.contextmanager
    def _known(self, limit: "_Limit") -> Iterator[None]:
        self._limits.add(limit)
        if self._is_cut:
            limit.cut()
        try:
            yield
        finally:
            self._limits.discard(limit)


class _Watched(HTTPConnection):
    """A connection to a checked address, which `_time_limit` can cut."""

    is_loopback_allowed = False

    def request(self, *arguments: Any, **options: Any) -> None:  # noqa: ANN401 - the library's signature
        """Send a request over a connection that may have been made for an earlier one."""
        if self.sock is not None:
            _watch(self.sock)
        super().request(*arguments, **options)

    def _new_conn(self) -> socket.socket:
        connected = _connect(self, allows_loopback=self.is_loopback_allowed)
        _watch(connected)
        return connected


class _Limit:
    """The sockets of a request, each once more, so that they can be cut when time is over.

    The sockets themselves can't be: TLS and responses take them over, and hide them.

    Attributes:
        is_over: Whether it was cut.
    """

    def __init__(self) -> None:
        self._twins: list[socket.socket] = []
        self.is_over = False
        self._lock = threading.Lock()

    def watch(self, connected: socket.socket) -> None:
        """Cut a socket too when time is over, or at once if it is."""
        twin = socket.fromfd(connected.fileno(), connected.family, connected.type, connected.proto)
        with self._lock:
            self._twins.append(twin)
            if self.is_over:
                _shut(twin)

    def cut(self) -> None:
        """End the request; from any thread."""
        with self._lock:
            self.is_over = True
            for one in self._twins:
                _shut(one)

    def close(self) -> None:
        """Forget the sockets, which others may go on to use."""
        with self._lock:
            for one in self._twins:
                one.close()
            self._twins.clear()


class _Current(threading.local):
    """The limit of the request that a thread is making."""

    limit: _Limit | None = None


_current = _Current()


def _watch(connected: socket.socket) -> None:
    if _current.limit is not None:
        _current.limit.watch(connected)


@contextlib.contextmanager
def _time_limit(seconds: float) -> Iterator[_Limit]:
    """Cut the connection of a request that takes longer than this in all.

    Timeouts of sockets are for each byte that comes, so a platform that sends slowly enough would
    hold us for ever.
    """
    limit = _Limit()
    timer = threading.Timer(seconds, limit.cut)
    timer.daemon = True
    timer.start()
    _current.limit = limit
    try:
        yield limit
    finally:
        _current.limit = None
        timer.cancel()
        limit.close()


def _shut(one: socket.socket) -> None:
    with contextlib.suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)


@functools.cache
def _pool_classes(allows_loopback: bool) -> dict[str, type[urllib3.HTTPConnectionPool]]:  # noqa: FBT001 - a key of the cache
    class Plain(_Watched, HTTPConnection):
        is_loopback_allowed = allows_loopback

    class Encrypted(_Watched, HTTPSConnection):
        is_loopback_allowed = allows_loopback

    class PlainPool(urllib3.HTTPConnectionPool):
        ConnectionCls = Plain

    class EncryptedPool(urllib3.HTTPSConnectionPool):
        ConnectionCls = Encrypted

    return {"http": PlainPool, "https": EncryptedPool}


def _connect(connection: HTTPConnection, *, allows_loopback: bool) -> socket.socket:
    """Look a name up, check each address, and connect to one of those that were checked.

    The name stays in the connection, so certificates are checked against it.
    """
    host, port = connection.host, connection.port or 0
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError) as error:
        reason = error if isinstance(error, socket.gaierror) else socket.gaierror(str(error))
        raise NameResolutionError(host, connection, reason) from error
    # An IPv6 address may carry the name of an interface, such as %eth0.
    addresses = [str(one[4][0]).partition("%")[0] for one in found]
    for address in addresses:
        if not is_public(address) and not (allows_loopback and _is_loopback(address)):
            raise LtiRefusedError(
                "the platform's name stands for an address that is not public, and such platforms "
                "are not asked"
            )
    problem: OSError | None = None
    for address in addresses[:_MOST_ADDRESSES]:
        try:
            return create_connection(
                (address, port),
                _CONNECT_S,
                source_address=connection.source_address,
                socket_options=connection.socket_options,
            )
        except OSError as error:
            problem = error
    if isinstance(problem, TimeoutError):
        raise ConnectTimeoutError(connection, "no connection in time") from problem
    raise NewConnectionError(connection, f"no connection: {problem}") from problem
