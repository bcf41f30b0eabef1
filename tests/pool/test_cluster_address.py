"""Without certificates, a cluster is on this machine or is refused."""

import socket
from pathlib import Path

import pytest

from grader.errors import UsageError
from grader.pool.cluster_address import Certificates, expect_loopback, expect_secure

FILES = Certificates(authority=Path("a"), certificate=Path("b"), key=Path("c"))


def resolve_to(monkeypatch: pytest.MonkeyPatch, *numbers: str) -> None:
    """Let every name mean these addresses."""

    def getaddrinfo(_: str, port: int, **__: object) -> list[object]:
        return [(2, 1, 6, "", (number, port)) for number in numbers]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)


@pytest.mark.parametrize(
    ("address", "used"),
    [
        ("tcp://127.0.0.1:8786", "tcp://127.0.0.1:8786"),
        ("tcp://127.9.9.9:1", "tcp://127.9.9.9:1"),
        ("tcp://[::1]:8786", "tcp://[::1]:8786"),
    ],
)
def test_loopback_needs_no_certificates(address: str, used: str) -> None:
    """Nobody else can connect to it."""
    assert expect_secure(address, None) == used


def test_name_is_resolved_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is connected to is the address that was judged, and not the name."""
    resolve_to(monkeypatch, "127.0.0.1")

    assert expect_secure("tcp://grading:8786", None) == "tcp://127.0.0.1:8786"


@pytest.mark.parametrize(
    "numbers",
    [("192.168.7.2",), ("127.0.0.1", "10.0.0.1"), ("fe80::1%eth0",), ("0.0.0.0",)],  # noqa: S104 - refused
)
def test_other_machine_needs_tls(monkeypatch: pytest.MonkeyPatch, numbers: tuple[str, ...]) -> None:
    """Also if only one of the addresses of a name is elsewhere."""
    resolve_to(monkeypatch, *numbers)

    with pytest.raises(UsageError, match=r"tcp://grading:8786 is not on this machine.*use tls://"):
        expect_secure("tcp://grading:8786", None)


def test_name_that_means_nothing_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is said which name that is."""

    def getaddrinfo(*_: object, **__: object) -> list[object]:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)

    with pytest.raises(UsageError, match="there is no host 'gradin'"):
        expect_secure("tcp://gradin:8786", None)


def test_tls_needs_certificates_and_they_need_tls() -> None:
    """Neither is any use alone."""
    assert expect_secure("tls://grading:8786", FILES) == "tls://grading:8786"
    with pytest.raises(UsageError, match="--tls-ca, --tls-cert and --tls-key"):
        expect_secure("tls://grading:8786", None)
    with pytest.raises(UsageError, match="is not encrypted"):
        expect_secure("tcp://127.0.0.1:8786", FILES)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "grading",
        "grading:8786",
        "127.0.0.1:8786",
        "tls://grading",
        "tls://:8786",
        "tls://grading:port",
        "tls://grading:99999",
        "tls://grading:8786/path",
        "tls://me@grading:8786",
        "inproc://1/2/3",
        "ucx://grading:8786",
        "ws://grading:8786",
        "http://grading:8786",
        "tls://[::1:8786",
    ],
)
def test_what_is_no_address_of_a_scheduler_is_refused(address: str) -> None:
    """The message shows what one looks like."""
    with pytest.raises(UsageError, match="tls://scheduler:8786"):
        expect_secure(address, None)


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:8786", "tcp://[::1]:8786"])
def test_part_on_loopback_is_accepted(address: str) -> None:
    """Only this machine reaches it."""
    expect_loopback("the scheduler", address)


@pytest.mark.parametrize(
    "address", ["tcp://0.0.0.0:8786", "tcp://192.168.7.2:8786", "tcp://[::]:1", "tcp://name:1", ""]
)
def test_part_that_others_can_reach_is_refused(address: str) -> None:
    """Whoever reaches it could run code."""
    with pytest.raises(UsageError, match=r"the scheduler listens on .*--host 127.0.0.1"):
        expect_loopback("the scheduler", address)
