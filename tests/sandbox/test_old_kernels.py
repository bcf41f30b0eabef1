"""The lock on files also holds on older kernels, and says so where it holds only in part."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from py_landlock import landlock_sys

from grader.observations.locks import Lock
from grader.sandbox.host.forkserver import Forkserver
from grader.sandbox.host.session import Session

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="the locks need Linux"),
]

# Each is tried with PATH, a file outside the scratch folder that the user may write.
EMPTYING = {
    "by its path": "import os; os.truncate(PATH, 0)",
    "opened to be read": "import os; os.open(PATH, os.O_RDONLY | os.O_TRUNC)",
    "opened with no access": "import os; os.open(PATH, 3 | os.O_TRUNC)",
    "with flags in memory": """
import ctypes, os
how = (ctypes.c_uint64 * 3)(os.O_RDONLY | os.O_TRUNC, 0, 0)
ctypes.CDLL(None).syscall(437, -100, os.fsencode(PATH), how, 24)
""",
}
# Landlock's right to write stops these with every ABI.
WRITING = {
    "opened to be written": "open(PATH, 'w')",
    "created": "import ctypes, os; ctypes.CDLL(None).creat(os.fsencode(PATH), 0o600)",
    "opened to be changed": "import os; os.open(PATH, os.O_RDWR | os.O_TRUNC)",
    "renamed": "import os; os.rename(PATH, 'mine')",
    "replaced": "open('mine', 'w'); import os; os.rename('mine', PATH)",
    "linked": "import os; os.link(PATH, 'mine'); open('mine', 'w')",
    "removed": "import os; os.unlink(PATH)",
    "linked by a name": "import os; os.symlink(PATH, 'mine'); open('mine', 'w')",
}


@pytest.fixture
def victim(tmp_path: Path, forkserver: Forkserver, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a file that children may read, like one of a package; it has three bytes."""
    path = tmp_path / "victim"
    path.write_text("abc", encoding="utf-8")
    assert forkserver.versions  # waits until it knows what is readable
    folders = forkserver._folders
    monkeypatch.setattr(folders, "readable", (*folders.readable, str(tmp_path)))
    return path


@pytest.fixture(params=[1, 2, 3, 5, 7])
def abi(
    request: pytest.FixtureRequest, forkserver: Forkserver, monkeypatch: pytest.MonkeyPatch
) -> int:
    """Make children use no more than this version of Landlock's interface."""
    version = int(request.param)
    if landlock_sys.get_abi_version() < version:
        pytest.skip(f"this kernel's Landlock is older than ABI {version}")
    monkeypatch.setattr(forkserver, "landlock_abi_cap", version)
    return version


@pytest.mark.usefixtures("abi")
@pytest.mark.parametrize(
    "attack", [*EMPTYING.values(), *WRITING.values()], ids=[*EMPTYING.keys(), *WRITING.keys()]
)
def test_file_outside_stays_as_it_is(
    attack: str, victim: Path, printed: Callable[..., str]
) -> None:
    """No kernel lets a submission empty, write, link or remove a file outside its folder."""
    printed(f"PATH = {os.fspath(victim)!r}\n{attack}")

    assert victim.read_text(encoding="utf-8") == "abc"


@pytest.mark.parametrize("attack", EMPTYING.values(), ids=EMPTYING.keys())
def test_only_seccomp_keeps_files_from_being_emptied_below_abi_3(
    attack: str,
    victim: Path,
    printed: Callable[..., str],
    forkserver: Forkserver,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """These attacks succeed on Linux 5.13 to 6.1 without seccomp, so the test above can fail."""
    monkeypatch.setattr(forkserver, "landlock_abi_cap", 2)

    printed(f"PATH = {os.fspath(victim)!r}\n{attack}", without=(Lock.SYSCALLS,))

    assert victim.read_text(encoding="utf-8") == ""


USUAL_FILES = """
import os, pathlib, shutil, tempfile
pathlib.Path('a').write_text('one')
with open('a', 'r+') as file:
    file.truncate(1)
assert pathlib.Path('a').read_text() == 'o'
with open('a', 'a+') as file:
    file.write('two')
pathlib.Path('a').write_text('x')
shutil.copy2('a', 'b')
os.mkdir('folder')
shutil.move('b', 'folder/c')
os.rename('a', 'd')
with tempfile.TemporaryFile() as file:
    file.write(b'z')
with tempfile.NamedTemporaryFile() as file:
    file.truncate(5)
assert sorted(os.listdir()) == ['d', 'folder', 'submission.py'], os.listdir()
import numpy, torch
mapped = numpy.memmap('m', mode='w+', shape=10)
mapped[:] = 3
torch.save(torch.ones(3), 't')
assert torch.load('t').sum() == 3
print('WORKS')
"""


@pytest.mark.usefixtures("abi")
def test_files_in_the_scratch_folder_work_as_usual(printed: Callable[..., str]) -> None:
    """Writing, shortening, copying, moving and mapping files works in the scratch folder."""
    assert "WORKS" in printed(USUAL_FILES)


def test_lock_on_files_holds_in_part_without_seccomp(
    abi: int, open_source: Callable[..., Session]
) -> None:
    """Without seccomp, files are reported as locked in part, with what is left open."""
    whole, part = open_source("x = 1"), open_source("x = 1", without=(Lock.SYSCALLS,))
    assert whole.loaded.notes == part.loaded.notes == ()

    assert Lock.FILES in whole.locks.locks
    assert Lock.FILES not in part.locks.locks
    reason = part.locks.missing[Lock.FILES]
    assert reason.startswith("holds in part: ")
    assert "mode, owner, times" in reason
    assert ("emptied" in reason) == (abi < 3)
    assert ("ioctl" in reason) == (abi < 5)
