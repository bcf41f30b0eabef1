"""Requests to platforms: where they may go, and how large and slow answers may be."""

import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from lti_lms import Lms
from pylti1p3.exception import LtiServiceException
from urllib3.util.connection import create_connection

from grader.service.lti import network
from grader.service.lti.network import PlatformSession, expect_platform_url, fetch_json, is_public
from grader.service.lti.refusals import LtiRefusedError

PRIVATE = (
    "127.0.0.1", "127.8.8.8", "10.0.0.1", "172.16.3.4", "192.168.1.1", "169.254.169.254",
    "100.64.0.1", "0.0.0.1", "192.0.2.7", "198.18.0.1", "224.0.0.1", "255.255.255.255", "240.0.0.1",
    "::1", "::", "fe80::1", "fc00::1", "ff02::1", "2001:db8::1",
    # Addresses of IPv4 in those of IPv6.
    "::ffff:10.0.0.1", "::ffff:127.0.0.1", "2002:7f00:1::", "2002:0a00:0001::1",
    "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2001:0:0a00:0001::1",
)  # fmt: skip
PUBLIC = ("93.184.216.34", "8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808")


@pytest.mark.parametrize("address", PRIVATE)
def test_private_address_is_known(address: str) -> None:
    """What isn't on the public internet is known as such, however it is written."""
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_public_address_is_known(address: str) -> None:
    """Others are public."""
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "http://lms.example/", "ftp://lms.example/", "https://", "https:///path", "lms.example",
        "javascript:alert(1)", "https://me@lms.example/", "https://me:secret@lms.example/",
        "https://lms.example/#part", "https://lms.example/a b", "https://lms.example/\n",
        "https://lms.example:x/", "https://[::1/", "https://lms.example/ä", "file:///etc/passwd",
        "https://lms.example/" + "x" * 1000, "http://127.0.0.1/", "",
    ],
)  # fmt: skip
def test_address_of_a_platform_is_a_plain_https_url(url: str) -> None:
    """Other schemes, user names, and what different programs read differently are refused."""
    with pytest.raises(LtiRefusedError):
        expect_platform_url(url, allows_loopback=False)


def test_plain_http_is_for_loopback_in_tests_only() -> None:
    """If platforms on loopback are allowed, nothing else may be without https."""
    assert expect_platform_url("http://127.0.0.1:8080/x", allows_loopback=True)
    with pytest.raises(LtiRefusedError):
        expect_platform_url("http://lms.example/", allows_loopback=True)


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[list[str]]]:
    """Names and what they stand for, at the first look, the second and so on."""
    known: dict[str, list[list[str]]] = {}
    real = socket.getaddrinfo

    def look_up(host: str, port: int, *arguments: Any, **options: Any) -> list[Any]:  # noqa: ANN401
        if host not in known:
            return list(real(host, port, *arguments, **options))
        found = known[host].pop(0) if len(known[host]) > 1 else known[host][0]
        return [
            (
                socket.AF_INET6 if ":" in one else socket.AF_INET,
                socket.SOCK_STREAM,
                6,
                "",
                (one, port),
            )
            for one in found
        ]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return known


@pytest.fixture
def connected(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the addresses that were connected to; no connection is made."""
    seen: list[str] = []

    def connect(address: tuple[str, int], *_arguments: object, **_options: object) -> object:
        seen.append(address[0])
        raise ConnectionRefusedError

    monkeypatch.setattr(network, "create_connection", connect)
    return seen


@pytest.mark.parametrize("address", PRIVATE)
def test_name_of_a_private_address_is_not_connected_to(
    address: str, names: dict[str, list[list[str]]], connected: list[str]
) -> None:
    """A public name may stand for a private address; nothing is sent there."""
    names["lms.example"] = [[address]]

    with pytest.raises(LtiRefusedError, match="not public"):
        fetch_json(PlatformSession(), "https://lms.example/keys")

    assert connected == []


def test_one_private_address_of_several_is_enough_to_refuse(
    names: dict[str, list[list[str]]], connected: list[str]
) -> None:
    """A name that stands for a public and a private address is refused as a whole."""
    names["lms.example"] = [["93.184.216.34", "10.0.0.1"]]

    with pytest.raises(LtiRefusedError, match="not public"):
        fetch_json(PlatformSession(), "https://lms.example/keys")

    assert connected == []


def test_connection_goes_to_the_address_that_was_checked(
    names: dict[str, list[list[str]]], connected: list[str]
) -> None:
    """A name that changes its address after the check (DNS rebinding) gains nothing."""
    names["lms.example"] = [["93.184.216.34"], ["127.0.0.1"]]

    with pytest.raises(LtiRefusedError, match="doesn't answer"):
        fetch_json(PlatformSession(), "https://lms.example/keys")

    assert connected == ["93.184.216.34"]


def test_loopback_is_refused_unless_it_is_allowed(lms: Lms) -> None:
    """Only for tests may a platform be on this machine."""
    url = f"{lms.base}/keys"
    assert fetch_json(PlatformSession(allows_loopback=True), url)

    with pytest.raises(LtiRefusedError):
        fetch_json(PlatformSession(), url)
    with pytest.raises(LtiRefusedError, match="not public"):
        fetch_json(PlatformSession(), url.replace("http:", "https:"))
    assert lms.gets == ["/keys"]


@pytest.mark.parametrize(
    "target",
    ["http://10.0.0.1/", "https://inside.example/", "file:///etc/passwd", "http://[::1", ""],
)
def test_redirect_is_checked_like_the_first_address(
    target: str,
    lms: Lms,
    names: dict[str, list[list[str]]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A redirect to a private address, by number or by name, leads nowhere."""
    real, connected = create_connection, set()

    def connect(address: tuple[str, int], *arguments: Any, **options: Any) -> object:  # noqa: ANN401
        connected.add(address[0])
        return real(address, *arguments, **options)

    monkeypatch.setattr(network, "create_connection", connect)
    names["inside.example"] = [["10.0.0.1"]]
    lms.answers["/away"] = (302, b"", {"Location": target})

    with pytest.raises(LtiRefusedError):
        fetch_json(PlatformSession(allows_loopback=True), f"{lms.base}/away")

    assert connected == {"127.0.0.1"}


def test_redirects_end(lms: Lms) -> None:
    """A platform that redirects in a circle is left after a few."""
    lms.answers["/away"] = (302, b"", {"Location": "/away"})

    with pytest.raises(LtiRefusedError, match="too often"):
        fetch_json(PlatformSession(allows_loopback=True), f"{lms.base}/away")

    assert len(lms.gets) == 4


def test_redirect_within_the_platform_is_followed(lms: Lms) -> None:
    """Keys may have moved."""
    lms.answers["/old"] = (301, b"", {"Location": f"{lms.base}/keys"})

    assert fetch_json(PlatformSession(allows_loopback=True), f"{lms.base}/old")


def test_post_is_not_redirected(lms: Lms) -> None:
    """A redirect of a score is an error: a GET elsewhere would look like a success."""
    lms.answers["/away"] = (302, b"", {"Location": "/keys"})

    with pytest.raises(LtiServiceException):
        PlatformSession(allows_loopback=True).get(f"{lms.base}/away")


def test_large_answer_is_left(lms: Lms, monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer without end doesn't fill the memory."""
    monkeypatch.setattr(network, "_MAX_BODY_BYTES", 100_000)
    lms.answers["/large"] = (200, b"x" * 200_000, {})

    with pytest.raises(requests.ConnectionError, match="too large"):
        PlatformSession(allows_loopback=True).get(f"{lms.base}/large")


@pytest.fixture
def dripping() -> Iterator[tuple[str, list[bytes]]]:
    """A server that sends its bytes one after another, some in a second, for ever."""
    start: list[bytes] = []
    is_over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    client, _ = server.accept()
                except OSError:
                    return
                with client:
                    try:
                        client.sendall(start[0])
                        while not is_over.wait(0.05):
                            client.sendall(b"x")
                    except OSError:
                        continue

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}", start
        finally:
            is_over.set()
            server.shutdown(socket.SHUT_RDWR)
            thread.join()


@pytest.mark.parametrize(
    "head", [b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n"]
)
def test_slow_answer_is_cut(head: bytes, dripping: tuple[str, list[bytes]]) -> None:
    """A platform that sends a byte now and then holds nobody for longer than the limit."""
    url, start = dripping
    start.append(head)
    began = time.monotonic()

    with pytest.raises(requests.RequestException):
        PlatformSession(allows_loopback=True, request_s=0.5).get(url)

    assert 0.4 < time.monotonic() - began < 20


def test_requests_can_be_cut_from_another_thread(dripping: tuple[str, list[bytes]]) -> None:
    """Whoever stops the service doesn't wait for a slow platform."""
    url, start = dripping
    start.append(b"HTTP/1.1 200 OK\r\nX: ")
    session = PlatformSession(allows_loopback=True)
    timer = threading.Timer(0.3, session.cut)
    timer.start()

    with pytest.raises(requests.RequestException):
        session.get(url)
    with pytest.raises(requests.RequestException):
        session.get(url)


def test_proxy_of_the_environment_is_not_used(lms: Lms, monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy would look names up itself, behind our back."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)

    assert fetch_json(PlatformSession(allows_loopback=True), f"{lms.base}/keys")
