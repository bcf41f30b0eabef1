"""The cache of recordings: whole and of the right thing, or not there."""

import logging
import multiprocessing
import os
import stat
from pathlib import Path

import pytest

from grader.oracle import store as module
from grader.oracle.recording import Recording, write_recording
from grader.oracle.store import RecordingStore, cache_folder

KEY = "0123456789abcdef" * 4


def recording(seed: int = 7, key: str = KEY, size: int = 0) -> Recording:
    """Make a recording, with some content of a size."""
    return Recording(key=key, seed=seed, questions={}, known={"f": os.urandom(size)})


@pytest.fixture
def store(tmp_path: Path) -> RecordingStore:
    """Return a store in a folder that is not there yet."""
    return RecordingStore(tmp_path / "deep" / "cache")


def test_recording_is_found_again_by_key_and_seed(store: RecordingStore) -> None:
    """Another seed or key finds nothing, and nothing is created by looking."""
    assert store.find(KEY, 7) is None
    assert not store.folder.exists()

    path = store.keep(recording())

    assert path is not None
    found = store.find(KEY, 7)
    assert found is not None
    assert (found.key, found.seed) == (KEY, 7)
    assert store.find(KEY, 8) is None
    assert store.find("f" * 64, 7) is None


def test_only_its_owner_can_read_the_cache(store: RecordingStore) -> None:
    """What is right is nobody else's business."""
    path = store.keep(recording())

    assert path is not None
    assert stat.S_IMODE(store.folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(path.stat().st_mode) == 0o600  # also in a folder of another mode


def test_what_killed_processes_left_is_removed(store: RecordingStore) -> None:
    """A file that is still being written is younger."""
    store.folder.mkdir(parents=True)
    old, young = store.folder / ".zerograd-old", store.folder / ".zerograd-young"
    for one in (old, young):
        one.write_bytes(b"half")
    os.utime(old, (1, 1))

    store.keep(recording())

    assert not old.exists()
    assert young.exists()


def damage(content: bytes, how: str) -> bytes:
    """Change the content of a file in some way."""
    changed = bytearray(content)
    if how == "empty":
        return b""
    if how == "cut":
        return content[:-1]
    if how == "longer":
        return content + b"x"
    changed[{"header": 3, "digest": 30, "content": -3}[how]] ^= 1
    return bytes(changed)


@pytest.mark.parametrize("how", ["empty", "cut", "longer", "header", "digest", "content"])
def test_damaged_file_is_reported_once_and_made_anew(
    store: RecordingStore, how: str, caplog: pytest.LogCaptureFixture
) -> None:
    """It is not believed, and removed, so that the next one says nothing."""
    path = store.keep(recording())
    assert path is not None
    path.write_bytes(damage(path.read_bytes(), how))

    with caplog.at_level(logging.WARNING):
        assert store.find(KEY, 7) is None
        assert store.find(KEY, 7) is None

    (record,) = caplog.records
    assert str(path) in record.getMessage()
    assert "made anew" in record.getMessage()
    assert not path.exists()
    store.keep(recording())
    assert store.find(KEY, 7) is not None


@pytest.mark.parametrize("other", [recording(8), recording(key=KEY[:32] + "f" * 32)])
def test_renamed_file_is_not_believed(store: RecordingStore, other: Recording) -> None:
    """A whole recording of something else is not taken for this one."""
    path = store.keep(recording())
    assert path is not None
    path.write_bytes(write_recording(other))

    assert store.find(KEY, 7) is None


def test_folder_that_is_a_file_costs_nothing_but_the_recording(
    store: RecordingStore, caplog: pytest.LogCaptureFixture
) -> None:
    """What can't be kept is reported, and nothing is raised."""
    store.folder.parent.mkdir()
    store.folder.write_bytes(b"")

    with caplog.at_level(logging.WARNING):
        assert store.keep(recording()) is None

    assert "can't be kept" in caplog.text
    assert store.find(KEY, 7) is None


def test_something_else_in_its_place_costs_nothing_but_the_recording(
    store: RecordingStore,
) -> None:
    """A folder of that name is in the way."""
    path = store.keep(recording())
    assert path is not None
    path.unlink()
    path.mkdir()

    assert store.find(KEY, 7) is None
    assert store.keep(recording()) is None


def test_crash_while_it_is_written_leaves_the_old_one(
    store: RecordingStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file has its name only when all of it is on the disk."""
    path = store.keep(recording())
    assert path is not None
    before = path.read_bytes()

    def stop(_self: Path, _target: Path) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", stop)
    with pytest.raises(KeyboardInterrupt):
        store.keep(recording(size=100))

    assert path.read_bytes() == before
    assert [one.name for one in store.folder.iterdir()] == [path.name]


def _keep_often(folder: str, seed: int) -> None:
    store = RecordingStore(Path(folder))
    for _ in range(40):
        store.keep(recording(seed, size=50_000))


def test_processes_at_once_never_leave_half_a_file(
    store: RecordingStore, caplog: pytest.LogCaptureFixture
) -> None:
    """Whoever reads meanwhile finds a whole recording."""
    store.keep(recording())
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=_keep_often, args=(str(store.folder), 7)) for _ in range(2)]
    for one in writers:
        one.start()
    found = []
    while any(one.is_alive() for one in writers):
        found.append(store.find(KEY, 7))
    for one in writers:
        one.join()

    assert [one.exitcode for one in writers] == [0, 0]
    assert found
    assert None not in found
    assert not caplog.records
    assert len(list(store.folder.iterdir())) == 1


def test_cache_keeps_the_files_that_were_used_last(
    store: RecordingStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has at most its number of files, and removes nothing else."""
    monkeypatch.setattr(module, "_MOST_FILES", 3)
    store.folder.mkdir(parents=True)
    (store.folder / "mine.txt").write_bytes(b"")
    for seed in range(3):
        path = store.keep(recording(seed))
        assert path is not None
        os.utime(path, (1000 + seed, 1000 + seed))

    assert store.find(KEY, 0) is not None  # used just now
    store.keep(recording(3))

    assert [store.find(KEY, seed) is not None for seed in range(4)] == [True, False, True, True]
    assert len(list(store.folder.iterdir())) == 4


def test_huge_file_is_not_read(store: RecordingStore, caplog: pytest.LogCaptureFixture) -> None:
    """A file of a terabyte, which takes no room on the disk, is damaged like any other."""
    path = store.keep(recording())
    assert path is not None
    with path.open("r+b") as file:
        file.truncate(1 << 40)

    assert store.find(KEY, 7) is None
    assert "made anew" in caplog.text
    assert not path.exists()


def test_cache_is_where_it_is_asked_to_be(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """$ZEROGRAD_CACHE comes first; otherwise it is the system's place for caches."""
    monkeypatch.setenv("ZEROGRAD_CACHE", str(tmp_path))
    assert cache_folder() == tmp_path

    monkeypatch.delenv("ZEROGRAD_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert cache_folder().name == "zerograd"
    assert cache_folder().is_relative_to(tmp_path)
