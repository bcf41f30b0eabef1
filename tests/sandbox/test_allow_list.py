"""The list of files that a child may read has installed packages, and nothing of zerograd's."""

import subprocess
import sys
import sysconfig
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.observations.locks import Lock
from grader.sandbox.host.allow_list import allow_list
from grader.sandbox.host.forkserver import Forkserver


def test_other_checkout_on_the_path_is_hidden_completely(tmp_path: Path) -> None:
    """A checkout on the path is hidden completely, even if another one is grading."""
    other = tmp_path / "other"
    for folder in ("grader", "reference", "tests"):
        (other / folder).mkdir(parents=True)
    (other / "pyproject.toml").touch()

    allowed = allow_list([str(other)], hidden=[tmp_path / "mine" / "grader"])

    assert not [path for path in allowed if Path(path).is_relative_to(other)]


def test_packages_beside_an_installed_grader_stay_readable(tmp_path: Path) -> None:
    """In site-packages only what zerograd has put there is hidden."""
    packages = tmp_path / "site-packages"
    for name in ("grader", "torch", "zerograd-0.1.0.dist-info"):
        (packages / name).mkdir(parents=True)

    allowed = allow_list([str(packages)], hidden=[])

    assert [path for path in allowed if Path(path).is_relative_to(tmp_path)] == [
        str(packages / "torch")
    ]


PACKAGES = {
    "of another environment": "other/lib/python3.11/site-packages",
    "of Debian": "usr/lib/python3/dist-packages",
    "of the user": "home/.local/lib/python3.11/site-packages",
    "a folder in site-packages": "lib/site-packages/win32/lib",
}


@pytest.mark.parametrize("place", PACKAGES.values(), ids=PACKAGES.keys())
def test_folders_of_installed_packages_are_readable(place: str, tmp_path: Path) -> None:
    """Whatever environment it is of, a folder for installed packages is readable."""
    folder = tmp_path / place
    folder.mkdir(parents=True)

    assert str(folder.resolve()) in allow_list([str(folder)], hidden=[])


def test_egg_in_site_packages_is_readable(tmp_path: Path) -> None:
    """A zip file with a package in it is readable as well."""
    egg = tmp_path / "site-packages" / "old.egg"
    egg.parent.mkdir()
    egg.touch()

    assert str(egg.resolve()) in allow_list([str(egg)], hidden=[])


def _base_path() -> list[str]:
    """Return the sys.path of the Python that this environment was made with."""
    python = Path(sys.base_prefix) / "bin" / Path(sys.executable).resolve().name
    done = subprocess.run(
        [str(python), "-I", "-S", "-c", "import sys; print(*sys.path, sep='\\n')"],
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.split("\n")


def test_standard_library_is_readable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The standard library is readable wherever it is: its folder, extensions and zip file."""
    library = tmp_path / "opt" / "lib" / "python3.11"
    (library / "lib-dynload").mkdir(parents=True)
    version = f"{sys.version_info.major}{sys.version_info.minor}"
    archive = library.parent / f"python{version}.zip"
    archive.touch()
    paths = dict.fromkeys(("stdlib", "platstdlib", "purelib", "platlib"), str(library))
    monkeypatch.setattr(sysconfig, "get_paths", lambda *_: paths)

    allowed = allow_list(list(map(str, (archive, library, library / "lib-dynload"))), hidden=[])

    assert {str(archive), str(library)} <= set(allowed)


def test_whole_path_of_this_python_but_projects_is_readable() -> None:
    """Everything that Python itself puts on its path is readable."""
    entries = [Path(entry).resolve() for entry in _base_path() if entry]
    existing = [entry for entry in entries if entry.exists()]

    allowed = [Path(path) for path in allow_list(list(map(str, entries)), hidden=[])]

    assert existing
    for entry in existing:
        assert any(path.is_relative_to(entry) or entry.is_relative_to(path) for path in allowed)


def test_packages_folder_that_is_a_link_is_readable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The own folder for packages is readable even if it is a link to one of another name."""
    real, link = tmp_path / "data", tmp_path / "site-packages"
    real.mkdir()
    link.symlink_to(real)
    paths = dict.fromkeys(("stdlib", "platstdlib"), "/usr/lib/python3")
    paths |= dict.fromkeys(("purelib", "platlib"), str(link))
    monkeypatch.setattr(sysconfig, "get_paths", lambda *_: paths)

    allowed = allow_list([str(link)], hidden=[])

    assert str(real) in allowed


def test_project_on_the_path_is_not_readable(tmp_path: Path) -> None:
    """A folder that a .pth file names, also one above or beside packages, is not readable."""
    course = tmp_path / "course"
    (course / "solutions").mkdir(parents=True)
    (course / "venv" / "site-packages").mkdir(parents=True)
    link = tmp_path / "site-packages" / "course"
    link.parent.mkdir()
    link.symlink_to(course)
    beside = course / "venv" / "site-packages" / ".." / ".."

    allowed = allow_list(list(map(str, (course, link, beside, "/"))), hidden=[])

    assert not [path for path in allowed if Path(path).is_relative_to(tmp_path)]
    assert "/" not in allowed


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="the lock on files needs Linux")
def test_submission_cannot_read_a_course_that_a_pth_file_names(
    tmp_path: Path,
    forkserver: Forkserver,
    printed: Callable[..., str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A submission can't read solutions in a folder on the path, but can without the lock."""
    solution = tmp_path / "solution.py"
    solution.write_text("SECRET = 1", encoding="utf-8")
    assert forkserver.versions
    path = (*map(str, sys.path), str(tmp_path))
    folders = forkserver._folders
    monkeypatch.setattr(folders, "readable", allow_list(path, hidden=folders._hidden))
    attack = f"print(open({str(solution)!r}).read())"

    assert "SECRET" not in printed(attack)
    assert "SECRET" in printed(attack, without=(Lock.FILES,))
