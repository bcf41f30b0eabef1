"""Uploads are cut while they stream in: neither memory nor disk grows with what is sent."""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import psutil
import pytest
from service_live import cookie_of, listening
from service_site import ANN, BOB, LAB, Site, open_site
from sqlalchemy import func, select

from grader.service.database.tables import HandIn
from grader.service.web import taking, uploads

MIB = 1024 * 1024
END = b"\r\n--b--\r\n"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """Return a service that takes a megabyte."""
    with open_site(tmp_path, max_upload_bytes=MIB) as made:
        yield made


@pytest.fixture
def address(site: Site) -> Iterator[str]:
    """Let it listen."""
    with listening(site) as found:
        yield found


def count(site: Site) -> int:
    """Return how many hand-ins there are."""
    with site.database.read() as session:
        return session.scalar(select(func.count()).select_from(HandIn)) or 0


def begin_of(token: str) -> bytes:
    """Return a form up to the bytes of its file."""
    part = '--b\r\nContent-Disposition: form-data; name="{}"\r\n\r\n'.format
    return (part("csrf_token") + token + "\r\n" + part('files"; filename="lab.py')).encode()


class Sender:
    """Somebody who sends forms to a service that listens."""

    def __init__(self, site: Site, address: str, person_id: int = ANN) -> None:
        self.origin = address
        self.cookie = "=".join(cookie_of(site, person_id))
        self.headers = {"Cookie": self.cookie, "Origin": address}
        home = httpx.get(address, headers=self.headers).text
        self.token = home.partition('name="csrf_token" value="')[2].partition('"')[0]

    def send(self, size_bytes: int, *, claims_length: bool = True) -> httpx.Response:
        """Hand in so many bytes, made as they are sent."""
        begin, block = begin_of(self.token), b"#" * 65_536

        def body() -> Iterator[bytes]:
            yield begin
            for _ in range(size_bytes // len(block)):
                yield block
            yield b"#" * (size_bytes % len(block)) + END

        headers = {**self.headers, "Content-Type": "multipart/form-data; boundary=b"}
        if claims_length:
            headers["Content-Length"] = str(len(begin) + size_bytes + len(END))
        return httpx.post(
            f"{self.origin}/assignments/{LAB}/hand-in", content=body(), headers=headers, timeout=60
        )

    def begin(self, *, length: int = 100_000) -> socket.socket:
        """Begin to send, and leave the rest to the caller."""
        host, port = urlsplit(self.origin).hostname, urlsplit(self.origin).port
        opened = socket.create_connection((host, port or 80))
        opened.settimeout(30)
        opened.sendall(
            f"POST /assignments/{LAB}/hand-in HTTP/1.1\r\nHost: {host}:{port}\r\n"
            f"Cookie: {self.cookie}\r\nOrigin: {self.origin}\r\nContent-Length: {length}\r\n"
            "Content-Type: multipart/form-data; boundary=b\r\n\r\n".encode()
            + begin_of(self.token)
        )
        return opened


@pytest.mark.parametrize("size", [MIB - 1000, MIB + 1, 3 * MIB])
@pytest.mark.parametrize("claims_length", [True, False])
def test_size_is_what_arrives(size: int, *, claims_length: bool, site: Site, address: str) -> None:
    """Up to the limit it is a hand-in; beyond it the page says so, and nothing is kept."""
    answer = Sender(site, address).send(size, claims_length=claims_length)

    if size < MIB:
        assert answer.status_code == 303
    else:
        assert answer.status_code == 413
        assert "larger than 1 MiB, which is the limit" in answer.text
    assert count(site) == (size < MIB)


def test_sum_of_all_files_is_limited(site: Site) -> None:
    """Many files below the limit are as much as one above it."""
    ann = site.browser(ANN)

    answer = ann.upload(LAB, *((f"f{one}.txt", b"x" * (MIB // 4)) for one in range(5)))

    assert answer.status_code == 413
    assert ann.upload(LAB, pasted="x" * (MIB + 1)).status_code == 413


def test_many_large_uploads_grow_nothing(site: Site, address: str, tmp_path: Path) -> None:
    """Twenty times 16 MiB, a few at once: memory stays flat, and no file is left behind."""
    ann, bob = Sender(site, address), Sender(site, address, BOB)
    ann.send(16 * MIB)
    files = sorted(tmp_path.iterdir())  # none with PostgreSQL
    process = psutil.Process()
    before = process.memory_info().rss
    highest = [before]
    is_over = threading.Event()

    def watch() -> None:
        while not is_over.wait(0.02):
            highest.append(process.memory_info().rss)

    watcher = threading.Thread(target=watch)
    watcher.start()
    with ThreadPoolExecutor(4) as pool:
        senders = [ann, bob] * 10
        answers = list(pool.map(lambda one: one.send(16 * MIB).status_code, senders))
    is_over.set()
    watcher.join()

    assert set(answers) <= {413, 429}
    assert 413 in answers
    assert max(highest) - before < 24 * MIB
    assert sorted(tmp_path.iterdir()) == files
    open_files = [str(one.readlink()) for one in _descriptors()]
    assert not [one for one in open_files if one.startswith(str(tmp_path)) and "deleted" in one]


def _descriptors() -> list[Path]:
    return [one for one in Path("/proc/self/fd").iterdir() if one.is_symlink()]


def test_endless_upload_is_cut(site: Site, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What comes after the limit is thrown away, and after a while not even read."""
    monkeypatch.setattr(uploads, "_THROWN_AWAY_BYTES", MIB)
    sent = 0
    with Sender(site, address).begin(length=10**12) as opened, contextlib.suppress(OSError):
        for _ in range(1024):
            opened.sendall(b"#" * 65_536)
            sent += 65_536

    assert sent < 32 * MIB
    assert count(site) == 0


@pytest.mark.parametrize("pause_s", [10.0, 0.05])
def test_slow_upload_is_given_up(
    pause_s: float, site: Site, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether nothing comes any more, or a byte at a time: it ends, and blocks nobody else."""
    monkeypatch.setattr(uploads, "_IDLE_S", 0.5)
    monkeypatch.setattr(uploads, "_TOTAL_S", 1.0)
    begun = time.monotonic()
    answer = b""
    with Sender(site, address).begin() as opened:
        opened.settimeout(pause_s)
        while not answer and time.monotonic() - begun < 20:
            with contextlib.suppress(TimeoutError):
                answer = opened.recv(100)
            if not answer:
                opened.sendall(b"#")
        assert Sender(site, address, BOB).send(100).status_code == 303

    assert answer.startswith(b"HTTP/1.1 408")
    assert time.monotonic() - begun < 15
    assert count(site) == 1


def test_uploads_of_one_person_at_once_are_few(site: Site, address: str) -> None:
    """Nobody can hold many connections with half a hand-in each; others are not affected."""
    ann = Sender(site, address)
    opened = [ann.begin() for _ in range(taking._MAX_UPLOADS)]
    deadline = time.monotonic() + 10
    while site.state.uploads[ANN] < len(opened) and time.monotonic() < deadline:
        time.sleep(0.01)

    assert ann.send(100).status_code == 429
    assert Sender(site, address, BOB).send(100).status_code == 303
    for one in opened:
        one.close()
    while site.state.uploads[ANN] and time.monotonic() < deadline:
        time.sleep(0.01)

    assert ann.send(100).status_code == 303
    assert not site.state.uploads


def test_connection_that_breaks_leaves_nothing(site: Site, address: str) -> None:
    """Half a hand-in is none, and its student can hand in again."""
    ann = Sender(site, address)
    with ann.begin() as opened:
        opened.sendall(b"#" * 50_000)
    deadline = time.monotonic() + 10
    while site.state.uploads and time.monotonic() < deadline:
        time.sleep(0.01)

    assert not site.state.uploads
    assert count(site) == 0
    assert ann.send(100).status_code == 303
