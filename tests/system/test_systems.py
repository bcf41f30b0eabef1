"""On Windows and macOS the tests of what these don't have are left out, and no others."""

import pytest
from systems import NEED_FORK, NEED_LOCKS, TESTS, why_not


def test_every_file_that_is_left_out_exists() -> None:
    """A file that was renamed would run where it can't."""
    assert [path for path in NEED_LOCKS | NEED_FORK if not (TESTS / path).is_file()] == []


@pytest.mark.parametrize("platform", ["darwin", "win32"])
def test_most_tests_run_everywhere(platform: str) -> None:
    """Few files are left out as a whole, and those of the sandbox's limits are not among them."""
    files = [path.relative_to(TESTS).as_posix() for path in TESTS.rglob("test_*.py")]
    left_out = [path for path in files if why_not(path, "", platform=platform)]

    assert len(left_out) < len(files) / 10
    assert not why_not("sandbox/test_limits.py", "", platform=platform)


def test_on_linux_every_test_runs() -> None:
    """Neither a file nor the source of a test matters there."""
    assert not why_not("sandbox/test_locks.py", "os.fork()", platform="linux")


@pytest.mark.parametrize(
    ("source", "left_out_on"),
    [
        ("assert 1 == 1", []),
        ("path.symlink_to('file')", ["win32"]),
        ("pid = os.fork()", ["win32"]),
        ("run(without=(Lock.FILES,))", ["darwin", "win32"]),
        ("Path('/proc/self/status')", ["darwin", "win32"]),
    ],
)
def test_single_tests_are_left_out_by_what_they_use(source: str, left_out_on: list[str]) -> None:
    """A link, a mode or a signal is what most of them need."""
    systems = ("darwin", "win32")
    found = [platform for platform in systems if why_not("x.py", source, platform=platform)]

    assert found == left_out_on
