"""An assignment arrives on another machine whole, and as the same one."""

import hashlib
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from grader.checks.assignment import load_assignment
from grader.errors import UsageError
from grader.oracle.digests import describe_machine
from grader.pool import shipment as module
from grader.pool.messages import PoolSettings
from grader.pool.shipment import (
    expect_same_engine,
    pack_assignment,
    pack_settings,
    read_settings,
    settings_at,
    unpack_assignment,
)

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = sorted(
    path for path in (ROOT / "docs" / "examples").iterdir() if (path / "assignment.toml").is_file()
)


def ship(where: str | Path, folder: Path) -> None:
    """Pack an assignment, and unpack it in a folder."""
    archive = pack_assignment(load_assignment(where))
    unpack_assignment(archive, hashlib.sha256(archive).digest(), folder)


@pytest.mark.parametrize("where", ["lab4", *map(str, EXAMPLES)], ids=lambda one: Path(one).name)
def test_assignment_arrives_as_it_is(where: str, tmp_path: Path) -> None:
    """The built-in lab too, which keeps its reference elsewhere."""
    sent = load_assignment(where)

    ship(where, tmp_path)

    got = load_assignment(tmp_path)
    assert (got.info, got.units, got.points) == (sent.info, sent.units, sent.points)
    assert (got.reference, got.reference_files) == (sent.reference, sent.reference_files)
    assert [one.id for one in got.misconceptions] == [one.id for one in sent.misconceptions]
    assert got.material.files == sent.material.files
    assert {name: path.read_bytes() for name, path in got.material.paths.items()} == {
        name: path.read_bytes() for name, path in sent.material.paths.items()
    }
    checks = sorted(path.name for path in sent.folder.glob("check_*.py"))
    assert sorted(path.name for path in tmp_path.glob("check_*.py")) == checks


def test_same_files_are_the_same_bytes() -> None:
    """The digest says that two assignments are the same."""
    lab = load_assignment()

    assert pack_assignment(lab) == pack_assignment(lab)


def test_results_and_submissions_in_the_folder_are_not_sent(tmp_path: Path) -> None:
    """Nor is what is hidden, or compiled."""
    ship("lab4", tmp_path)
    for name in ("results/a.json", "handed_in/b.py", ".git/config", "__pycache__/c.pyc", "d.csv"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    without = (tmp_path / "results", tmp_path / "handed_in")

    packed = pack_assignment(load_assignment(tmp_path), without=without)

    names = zipfile.ZipFile(BytesIO(packed)).namelist()
    assert "d.csv" in names
    assert not [name for name in names if name.endswith(("a.json", "b.py", "config", ".pyc"))]


def test_reference_outside_of_the_folder_is_refused(tmp_path: Path) -> None:
    """The other machine could not find it."""
    ship("lab4", tmp_path / "lab")
    (tmp_path / "lab" / "reference" / "lab4.py").rename(tmp_path / "elsewhere.py")
    settings = tmp_path / "lab" / "assignment.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace('"lab4.py"', '"../elsewhere.py"'), encoding="utf-8")
    assignment = load_assignment(tmp_path / "lab")

    with pytest.raises(UsageError, match=r"elsewhere.py is not in the folder of the assignment"):
        pack_assignment(assignment)


def test_file_whose_name_other_systems_lack_is_refused(tmp_path: Path) -> None:
    """It is said before anything is sent."""
    ship("lab4", tmp_path)
    (tmp_path / "a:b.csv").write_bytes(b"")

    with pytest.raises(UsageError, match="a name that not every system can have"):
        pack_assignment(load_assignment(tmp_path))


@pytest.mark.parametrize("name", ["../out.py", "/out.py", "a/../../out.py", "c:out.py"])
def test_nothing_is_unpacked_outside_of_the_folder(name: str, tmp_path: Path) -> None:
    """Whatever a zip says."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(name, b"")
    data = buffer.getvalue()
    (tmp_path / "in").mkdir()

    with pytest.raises(UsageError, match="can't be the name of a file"):
        unpack_assignment(data, hashlib.sha256(data).digest(), tmp_path / "in")

    assert list(tmp_path.rglob("*.py")) == []


def test_other_bytes_are_refused(tmp_path: Path) -> None:
    """The digest is that of the settings."""
    with pytest.raises(UsageError, match="not arrived as it was sent"):
        unpack_assignment(pack_assignment(load_assignment()), b"other", tmp_path)


def test_settings_arrive_without_paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each machine has its own folders, and keeps recordings if the sender does."""
    monkeypatch.setenv("ZEROGRAD_CACHE", str(tmp_path / "cache"))
    sent = PoolSettings(
        assignment="/here", recordings="/there", salt="s", limits={"load_cpu_s": 3}, has_pages=True
    )

    frame = pack_settings(sent, b"")

    assert b"/here" not in frame
    assert b"/there" not in frame
    got = settings_at(read_settings(frame), tmp_path)
    assert (got.assignment, got.recordings) == (str(tmp_path), str(tmp_path / "cache"))
    assert (got.salt, got.limits, got.has_pages) == ("s", {"load_cpu_s": 3}, True)
    without = read_settings(pack_settings(PoolSettings(assignment="lab4"), b""))
    assert settings_at(without, tmp_path).recordings == ""


def test_another_zerograd_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """It could grade otherwise."""
    shipment = read_settings(pack_settings(PoolSettings(assignment="lab4"), b""))
    expect_same_engine(shipment)
    monkeypatch.setattr(module, "digest_engine", lambda: b"other")

    with pytest.raises(UsageError, match="another version of zerograd is installed there"):
        expect_same_engine(shipment)


def test_other_libraries_are_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another torch can round otherwise."""
    shipment = read_settings(pack_settings(PoolSettings(assignment="lab4"), b""))
    here = {**describe_machine(), "torch": "1.0"}
    monkeypatch.setattr(module, "describe_machine", lambda: here)

    with pytest.raises(UsageError, match=r"there is torch 1.0 instead of \d"):
        expect_same_engine(shipment)
