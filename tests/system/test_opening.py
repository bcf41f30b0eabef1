"""Files are opened without waiting and, where that is asked for, without following links."""

import errno
import os
import stat
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from grader.system import opening
from grader.system.opening import flags, is_link, open_to_read

_SYMLINK_TAG, _JUNCTION_TAG, _ONEDRIVE_TAG = 0xA000_000C, 0xA000_0003, 0x9000_001A


@pytest.fixture(params=["while it is opened", "before it is opened"])
def _each_way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Look for a link in the way of Linux and macOS, and in that of Windows."""
    if request.param == "before it is opened":
        monkeypatch.setattr(opening, "_NO_LINK", 0)


def status_of(tag: int) -> os.stat_result:
    """Return a status as Windows gives it, of a file with a reparse point."""
    return cast("os.stat_result", SimpleNamespace(st_mode=stat.S_IFREG | 0o666, st_reparse_tag=tag))


@pytest.mark.usefixtures("_each_way")
def test_a_link_is_opened_only_on_request(tmp_path: Path) -> None:
    """A link is refused as a link, whichever way the system has for it."""
    (tmp_path / "file").write_bytes(b"w\r\n\x1a")
    (tmp_path / "link").symlink_to("file")

    with pytest.raises(OSError, match="symbolic links") as caught:
        open_to_read(tmp_path / "link", follow_links=False)

    assert caught.value.errno == errno.ELOOP
    for name, follows in (("file", False), ("file", True), ("link", True)):
        with os.fdopen(open_to_read(tmp_path / name, follow_links=follows), "rb") as file:
            assert file.read() == b"w\r\n\x1a"


@pytest.mark.usefixtures("_each_way")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    """Nobody writes to the pipe, and it is open all the same."""
    os.mkfifo(tmp_path / "pipe")

    os.close(open_to_read(tmp_path / "pipe", follow_links=False))


@pytest.mark.usefixtures("_each_way")
def test_a_missing_file_is_missing(tmp_path: Path) -> None:
    """It is reported as such, not as a link."""
    with pytest.raises(FileNotFoundError):
        open_to_read(tmp_path / "nothing", follow_links=False)


@pytest.mark.parametrize(
    ("tag", "expected"), [(0, False), (_SYMLINK_TAG, True), (_JUNCTION_TAG, True)]
)
def test_junctions_are_links(tag: int, *, expected: bool) -> None:
    """Python calls a junction a folder, although it leads anywhere."""
    assert is_link(status_of(tag)) is expected


def test_a_file_that_onedrive_has_not_fetched_is_a_file() -> None:
    """It has a reparse point as well, and many students keep their work there."""
    assert not is_link(status_of(_ONEDRIVE_TAG))


def test_flags_that_a_system_lacks_are_left_out() -> None:
    """No system has all of them."""
    assert flags("O_RDWR", "O_CREAT", "O_NEVER_HEARD_OF") == os.O_RDWR | os.O_CREAT
