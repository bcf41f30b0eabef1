"""Where kits are: a file that was chosen, or an id among those that are installed."""

import os
import stat
from pathlib import Path

import pytest

from grader.checks.assignment import expect_whole, find_named, load_assignment
from grader.checks.kit_file import KitManifest, write_kit
from grader.checks.kits import find_installed, is_id, kits_folder, read_kit_bytes, unpack_kit
from grader.errors import AssignmentError, KitError, UsageError

CONTRACT: dict[str, object] = {
    "id": "lab5",
    "title": "Lab 5: kits",
    "version": "1",
    "points": 3,
    "functions": [{"name": "mse", "parameters": ["y_hat", "y"]}],
}


def a_kit(**changes: object) -> bytes:
    """Return a small kit without any check."""
    manifest = KitManifest(
        made_by="1.0",
        engine="",
        contract={**CONTRACT, **changes},
        stem="lab5",
        later={"mse": 3.0},
        seeds=(7,),
    )
    files = {"check_mse.py": b"", "exercises/lab5.py": b"", "recordings/7": b"recording"}
    return write_kit(manifest, files)


@pytest.fixture
def kits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of installed kits, with one of lab5."""
    folder = tmp_path / "kits"
    folder.mkdir()
    (folder / "lab5.zip").write_bytes(a_kit())
    monkeypatch.setenv("ZEROGRAD_KITS", str(folder))
    return folder


def test_kit_is_loaded_as_an_assignment(tmp_path: Path) -> None:
    """It has the contract, and neither a reference nor a program of a misconception."""
    (tmp_path / "any.zip").write_bytes(a_kit())

    loaded = load_assignment(tmp_path / "any.zip")

    assert loaded.info.id == "lab5"
    assert loaded.parameters == {"mse": ("y_hat", "y")}
    assert loaded.reference == ""
    assert loaded.later == {"mse": 3.0}
    assert loaded.is_judged_later("mse")


def test_kit_is_unpacked_where_nobody_else_can_read_it() -> None:
    """Its folder is private, holds no recording, and the same kit is unpacked once."""
    kit = unpack_kit(a_kit())

    assert stat.S_IMODE(kit.folder.stat().st_mode) == 0o700
    names = {path.relative_to(kit.folder).as_posix() for path in kit.folder.rglob("*")}
    assert names == {"check_mse.py", "exercises", "exercises/lab5.py"}
    assert kit.recordings == {7: b"recording"}
    assert unpack_kit(a_kit()) is kit


def test_installed_kit_is_found_by_its_id(kits: Path) -> None:
    """An id is enough, also for --assignment; a folder of that name comes first there."""
    assert find_installed("lab5") == kits / "lab5.zip"
    assert load_assignment("lab5").info.id == "lab5"
    assert find_installed("lab6") is None
    with pytest.raises(AssignmentError):
        load_assignment("lab6")


@pytest.mark.parametrize(
    "name",
    [
        "",
        "..",
        "../lab5",
        "kits/lab5",
        "/lab5",
        "lab5/",
        "~",
        "a b",
        "lab5\n",
        "https://x",
        "x" * 65,
    ],
)
def test_path_is_not_an_id(name: str, kits: Path) -> None:
    """Nothing that leads elsewhere is looked up, even if there is a kit."""
    (kits.parent / "lab5.zip").write_bytes(a_kit())

    assert not is_id(name)
    assert find_installed(name) is None


def test_folder_of_the_name_is_not_a_named_assignment(
    kits: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a notebook names is never a folder beside it, which may be a submission's own."""
    monkeypatch.chdir(kits.parent)
    for name in ("own", "lab5"):
        (kits.parent / name).mkdir()
        (kits.parent / name / "assignment.toml").touch()

    assert find_named("own") is None
    assert find_named("lab5") == kits / "lab5.zip"
    assert find_named("lab4") is not None


def test_folder_that_is_named_as_a_kit_is_none(kits: Path) -> None:
    """Neither as a file, nor among the installed ones."""
    (kits / "lab6.zip").mkdir()

    assert find_installed("lab6") is None
    with pytest.raises(AssignmentError, match="there is no"):
        load_assignment(kits / "lab6.zip")
    with pytest.raises(KitError):
        read_kit_bytes(kits / "lab6.zip")


def test_pipe_is_not_waited_for(tmp_path: Path) -> None:
    """A pipe that nobody writes to is refused at once."""
    os.mkfifo(tmp_path / "kit.zip")

    with pytest.raises(KitError, match="not a file"):
        read_kit_bytes(tmp_path / "kit.zip")


def test_large_file_is_not_read_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The size is bounded before anything is looked at."""
    monkeypatch.setattr("grader.checks.kits.MAX_KIT_BYTES", 100)
    (tmp_path / "kit.zip").write_bytes(bytes(101))

    with pytest.raises(KitError, match="more than"):
        read_kit_bytes(tmp_path / "kit.zip")


def test_error_names_the_file(tmp_path: Path) -> None:
    """A damaged kit is reported with its path, as a wrong usage."""
    path = tmp_path / "kit.zip"
    path.write_bytes(a_kit()[:-1])

    with pytest.raises(KitError, match=rf"the kit {path} can't be used: it was damaged"):
        load_assignment(path)


@pytest.mark.parametrize(
    "changes", [{"functions": "mse"}, {"points": "many"}, {"limits": 3}, {"files": ["../../etc"]}]
)
def test_contract_that_makes_no_sense_is_refused(
    changes: dict[str, object], tmp_path: Path
) -> None:
    """What is in the manifest is judged as the settings of an assignment are."""
    (tmp_path / "kit.zip").write_bytes(a_kit(**changes))

    with pytest.raises(KitError, match="can't be used"):
        load_assignment(tmp_path / "kit.zip")


def test_recordings_are_those_of_the_manifest() -> None:
    """A kit without the recording of a seed is refused when it is opened, not while it grades."""
    manifest = KitManifest(made_by="1", engine="", contract=CONTRACT, stem="lab5", seeds=(7,))

    for files in ({}, {"recordings/8": b""}, {"recordings/x": b""}):
        with pytest.raises(KitError, match="recording"):
            unpack_kit(write_kit(manifest, files))


def test_kit_is_not_whole(tmp_path: Path) -> None:
    """Commands of authors refuse it, and say how to get the whole built-in lab."""
    (tmp_path / "kit.zip").write_bytes(a_kit())
    (tmp_path / "lab4.zip").write_bytes(a_kit(id="lab4"))

    with pytest.raises(UsageError, match="lab5 is here as a student's kit"):
        expect_whole(load_assignment(tmp_path / "kit.zip"))
    with pytest.raises(UsageError, match="install zerograd-lab4"):
        expect_whole(load_assignment(tmp_path / "lab4.zip"))
    assert expect_whole(load_assignment("lab4")).kit is None


def test_folder_of_kits_is_the_users_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the variable, it is in the user's data."""
    monkeypatch.delenv("ZEROGRAD_KITS", raising=False)

    assert kits_folder().name == "kits"
    assert "zerograd" in kits_folder().parts
