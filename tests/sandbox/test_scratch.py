"""Scratch folders are measured and removed, whatever a submission has made of them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from grader.sandbox.host import scratch, scratch_by_path
from grader.sandbox.host.scratch import measure_folder, remove_folder

MODES = [0o000, 0o100, 0o300, 0o400, 0o500, 0o600]
_AS_USER = """
import os, sys
from pathlib import Path
from grader.sandbox.host.scratch import measure_folder, remove_folder
folder, mode = Path(sys.argv[1]), int(sys.argv[2])
(folder / "d" / "e").mkdir(parents=True)
(folder / "d" / "e" / "f").write_bytes(bytes(100_000))
(folder / "d" / "e").chmod(mode)
(folder / "d").chmod(mode)
print("open" if os.access(folder / "d", os.R_OK | os.W_OK | os.X_OK) else "closed")
size_bytes, entries = measure_folder(folder, at_most_files=10)
print(size_bytes >= 100_000, entries)
remove_folder(folder)
print(folder.exists())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="setpriv is part of Linux")
@pytest.mark.parametrize("mode", MODES, ids=oct)
def test_folders_that_their_owner_may_not_list_are_measured_and_removed(
    tmp_path: Path, mode: int
) -> None:
    """A normal user can't list a folder made with mode 300, and may change its mode."""
    folder = tmp_path / "scratch"
    command = [sys.executable, "-c", _AS_USER, str(folder), str(mode)]
    if os.geteuid() == 0:  # who may list anything
        command = ["setpriv", "--bounding-set=-all", "--inh-caps=-all", "--", *command]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("there is no setpriv")
    if done.stdout.startswith("open") or "setpriv" in done.stderr:
        pytest.skip("the rights of root can't be given up here")

    assert done.stdout.split() == ["closed", "True", "3", "False"], done.stderr


@pytest.fixture(params=["by descriptor", "by path"])
def _each_way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run a test as on Windows too, where folders can't be opened."""
    if request.param == "by path":
        monkeypatch.setattr(scratch, "_CAN_DESCEND", False)
        monkeypatch.setattr(scratch_by_path, "_PATIENCE_S", 0.1)


def test_folder_that_is_nested_deeply_is_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Depth costs no descriptors: what is too deep is moved up, also beside a like name."""
    monkeypatch.setattr(scratch, "_MAX_DEPTH", 5)
    folder = tmp_path / "scratch"
    (folder / "moved-1" / "x").mkdir(parents=True)
    (folder / "moved-2").write_text("x")
    deep = folder
    for name in "ab" * 30:
        deep /= name
        deep.mkdir(parents=True)
        (deep / "file").write_text("x")

    size = measure_folder(folder, at_most_files=1000)
    remove_folder(folder)

    assert size[1] == 1001  # reported as too much
    assert not folder.exists()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("_each_way")
def test_removing_has_an_end(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without locks, another process may fill a folder faster than it is emptied."""
    folder = tmp_path / "scratch"
    (folder / "a" / "b").mkdir(parents=True)

    remove_folder(folder, patience_s=0)

    assert folder.exists()
    assert capsys.readouterr().err == f"zerograd: can't remove {folder}: it takes too long\n"


@pytest.mark.usefixtures("_each_way")
def test_folder_that_is_filled_meanwhile_is_emptied_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What comes into a folder while it is removed is removed as well."""
    folder = tmp_path / "scratch"
    (folder / "a" / "b").mkdir(parents=True)
    (folder / "file").touch()
    late = [folder / "z", folder / "a" / "y", folder / "a" / "x"]
    rmdir = os.rmdir

    def rmdir_late(name: str, *, dir_fd: int | None = None) -> None:
        if late and not any(late[-1].parent.iterdir()):
            late.pop().mkdir()
        rmdir(name, dir_fd=dir_fd)

    monkeypatch.setattr(os, "rmdir", rmdir_late)

    remove_folder(folder)

    assert not folder.exists()
    assert not late


@pytest.mark.parametrize("at_once", [1, 3, 4, 100])
def test_folder_is_emptied_piece_by_piece(
    at_once: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many entries it has, few are held in memory at a time."""
    monkeypatch.setattr(scratch, "_AT_ONCE", at_once)
    folder = tmp_path / "scratch"
    for number in range(4):
        (folder / "a" / str(number) / "b").mkdir(parents=True)
        (folder / f"file-{number}").touch()

    remove_folder(folder)

    assert not folder.exists()


@pytest.mark.usefixtures("_each_way")
def test_links_are_not_followed(tmp_path: Path) -> None:
    """What a link leads to is neither counted, nor changed, nor removed."""
    outside = tmp_path / "outside"
    outside.mkdir(mode=0o500)
    folder = tmp_path / "scratch"
    folder.mkdir()
    (folder / "link").symlink_to(outside)

    _, entries = measure_folder(folder, at_most_files=9)
    remove_folder(folder)

    assert entries == 1
    assert not folder.exists()
    assert outside.stat().st_mode & 0o777 == 0o500


@pytest.mark.usefixtures("_each_way")
def test_link_or_file_in_place_of_a_folder_is_removed(tmp_path: Path) -> None:
    """Only the link is removed. A folder that isn't there is ignored."""
    (tmp_path / "outside").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "outside")
    (tmp_path / "file").write_text("x")

    for name in ("link", "file", "nothing"):
        remove_folder(tmp_path / name)

    assert [one.name for one in tmp_path.iterdir()] == ["outside"]
    assert measure_folder(tmp_path / "nothing", at_most_files=9) == (0, 0)


@pytest.mark.usefixtures("_each_way")
def test_counting_stops_early(tmp_path: Path) -> None:
    """Above the limit the number of files doesn't matter."""
    for number in range(10):
        (tmp_path / str(number)).touch()

    assert measure_folder(tmp_path, at_most_files=10)[1] == 10
    assert measure_folder(tmp_path, at_most_files=4)[1] == 5


@pytest.mark.usefixtures("_each_way")
def test_folder_that_cannot_be_removed_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is left behind in silence."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    (folder / "file").touch()

    def fail(*_: object, **__: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "unlink", fail)
    remove_folder(folder)

    assert capsys.readouterr().err == (
        f"zerograd: can't remove {folder}: Operation not permitted\n"
    )
