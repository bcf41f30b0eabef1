"""Each broken installation is named by its true cause, with what to do about it."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from broken_setups import can_mount, make_python, run_doctor

Done = subprocess.CompletedProcess[str]

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="made for Linux")
needs_mounts = pytest.mark.skipif(not can_mount(), reason="needs root with mounts of its own")


def found(done: Done, state: str) -> dict[str, str]:
    """Return the texts of all findings in a state, by name."""
    assert "Traceback" not in done.stderr
    findings = json.loads(done.stdout)["findings"]
    return {one["name"]: one["text"] for one in findings if one["state"] == state}


def remedy(done: Done, name: str) -> str:
    """Return what to do about a finding."""
    findings = json.loads(done.stdout)["findings"]
    text: str = next(one["remedy"] for one in findings if one["name"] == name and one["remedy"])
    return text


# --- torch --------------------------------------------------------------------------------


def test_torch_is_missing(tmp_path: Path) -> None:
    """It is named, and what to run; no grade is tried, which would only fail for that."""
    version = _torch_metadata()
    python = make_python(tmp_path / "venv", without=("torch", version, "torchgen", "functorch"))

    done = run_doctor("--json", python=python)

    assert done.returncode == 3
    assert found(done, "broken") == {"torch": "is not installed"}
    assert '-m pip install "torch<2.14,>=2.6"' in remedy(done, "torch")
    assert "grading" not in done.stdout


def _torch_metadata() -> str:
    from importlib.metadata import distribution

    return (
        Path(str(distribution("torch").locate_file("")))
        .joinpath(f"torch-{distribution('torch').version}.dist-info")
        .name
    )


@pytest.mark.parametrize("library", ["libtorch_cpu.so", "libtorch_python.so"])
def test_library_of_torch_is_broken(library: str, tmp_path: Path) -> None:
    """As after a download that was cut: torch is there, and can't be loaded."""
    python = make_python(tmp_path / "venv", files={f"torch/lib/{library}": "cut off"})

    done = run_doctor("--json", python=python)

    assert done.returncode == 3
    (text,) = found(done, "broken").values()
    assert text.startswith("is installed, but a library of it can't be loaded: ")
    assert library in text
    assert "pip install --force-reinstall torch" in remedy(done, "torch")


def test_library_of_torch_is_missing(tmp_path: Path) -> None:
    """As after a clean-up: the file is not there."""
    python = make_python(tmp_path / "venv", without=("torch/lib/libtorch_cpu.so",))

    done = run_doctor("--json", python=python)

    (text,) = found(done, "broken").values()
    assert "a library of it can't be loaded: libtorch_cpu.so: cannot open shared object" in text


@pytest.mark.parametrize(
    ("signal", "words"),
    [
        ("SIGILL", "its import crashes: it was killed by SIGILL: the processor lacks"),
        ("SIGKILL", "its import crashes: it was killed by SIGKILL: the system ended it"),
        ("SIGSEGV", "its import crashes: it was killed by SIGSEGV"),
    ],
)
def test_import_of_torch_crashes(signal: str, words: str, tmp_path: Path) -> None:
    """A crash ends a process of its own, and the others are imported all the same."""
    crash = f"import os, signal; os.kill(os.getpid(), signal.{signal})"
    python = make_python(tmp_path / "venv", files={"torch/__init__.py": crash})

    done = run_doctor("--json", python=python)

    assert done.returncode == 3
    assert list(found(done, "broken")) == ["torch"]
    assert words in found(done, "broken")["torch"]


def test_torch_is_too_old(tmp_path: Path) -> None:
    """The version is compared with what zerograd needs, as pip would."""
    python = make_python(
        tmp_path / "venv",
        without=(_torch_metadata(),),
        files={
            "torch-2.4.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: torch\nVersion: 2.4.0\n"
        },
    )

    done = run_doctor("--json", "--quick", python=python)

    assert done.returncode == 1
    text = "2.4.0 is installed, and zerograd needs 2.6 or newer, older than 2.14"
    assert found(done, "missing")["torch"] == text
    assert 'pip install "torch<2.14,>=2.6"' in remedy(done, "torch")


def test_another_package_is_missing(tmp_path: Path) -> None:
    """Even one that zerograd itself can't do without."""
    from importlib.metadata import distribution

    metadata = f"msgspec-{distribution('msgspec').version}.dist-info"
    python = make_python(tmp_path / "venv", without=("msgspec", metadata))

    done = run_doctor("--json", "--quick", python=python)

    assert done.returncode == 3
    assert found(done, "broken")["msgspec"] == "is not installed"


# --- locks --------------------------------------------------------------------------------


def test_libseccomp_is_missing(tmp_path: Path) -> None:
    """The package pyseccomp is there, and finds no library."""
    python = make_python(
        tmp_path / "venv",
        without=("pyseccomp",),
        files={"pyseccomp.py": "raise RuntimeError('Unable to find libseccomp')"},
    )

    done = run_doctor("--json", "--quick", python=python)

    assert done.returncode == 1
    name = "lock on network and new processes"
    assert "libseccomp" in found(done, "missing")[name]
    assert "sudo apt install libseccomp2" in remedy(done, name)


@needs_mounts
def test_libseccomp_is_damaged() -> None:
    """The real library is there, and is empty."""
    hide = "for one in $(ls /usr/lib/*/libseccomp.so.2* /lib/*/libseccomp.so.2* 2>/dev/null); do "
    hide += 'mount --bind /dev/null "$(readlink -f "$one")" 2>/dev/null || true; done'

    done = run_doctor("--json", "--quick", as_root_of=hide)

    assert done.returncode == 1
    assert "libseccomp" in found(done, "missing")["lock on network and new processes"]


# What a kernel without Landlock answers, or one that was started without it.
_NO_LANDLOCK = """
import errno, pyseccomp
policy = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
policy.add_rule(pyseccomp.ERRNO(errno.{error}), "landlock_create_ruleset")
policy.load()
"""


@pytest.mark.parametrize(
    ("error", "text", "what_to_do"),
    [
        ("EOPNOTSUPP", "disabled at boot time", "add landlock to the list lsm="),
        ("ENOSYS", "Landlock syscalls not available", "use Linux 5.13 or newer"),
    ],
)
def test_landlock_is_off(error: str, text: str, what_to_do: str) -> None:
    """One finding for both locks, with what to do about a kernel of this kind."""
    done = run_doctor("--json", "--quick", before=_NO_LANDLOCK.format(error=error))

    assert done.returncode == 1
    name = "lock on reading and writing files, and on sending signals to other processes"
    assert text in found(done, "missing")[name]
    assert what_to_do in remedy(done, name)


@pytest.mark.slow
def test_grading_works_without_landlock() -> None:
    """A right solution still has full marks, and it is said what a submission can do."""
    done = run_doctor("--json", before=_NO_LANDLOCK.format(error="EOPNOTSUPP"))

    assert done.returncode == 1
    assert found(done, "missing")["sandbox"] == "a submission can read the assignment"
    assert "a right solution has full marks" in found(done, "well")["grading of lab4"]


@needs_mounts
def test_proc_is_not_mounted() -> None:
    """As in a chroot, or a container that was set up by hand."""
    done = run_doctor("--json", "--quick", as_root_of="mount -t tmpfs none /proc")

    assert done.returncode == 1
    assert found(done, "missing")["/proc"].startswith("is not mounted")


# --- places -------------------------------------------------------------------------------


def test_cache_can_not_be_written_to(tmp_path: Path) -> None:
    """Grading works without it, and takes longer."""
    (tmp_path / "file").touch()
    cache = tmp_path / "file" / "cache"

    done = run_doctor("--json", "--quick", environment={"ZEROGRAD_CACHE": str(cache)})

    assert done.returncode == 1
    assert found(done, "missing")["cache"].startswith(
        f"{cache} can't be written to: not a directory"
    )
    assert "ZEROGRAD_CACHE" in remedy(done, "cache")


@needs_mounts
def test_cache_is_read_only(tmp_path: Path) -> None:
    """Root may write anywhere, but not to this."""
    mount = f"mount -t tmpfs -o ro none {tmp_path}"

    done = run_doctor(
        "--json", "--quick", as_root_of=mount, environment={"ZEROGRAD_CACHE": str(tmp_path)}
    )

    assert "can't be written to: read-only file system" in found(done, "missing")["cache"]


@needs_mounts
def test_disk_is_full(tmp_path: Path) -> None:
    """Nothing can be graded, as submissions need a folder."""
    mount = f"mount -t tmpfs -o size=64k none {tmp_path}"

    done = run_doctor("--json", as_root_of=mount, environment={"TMPDIR": str(tmp_path)})

    assert done.returncode == 3
    assert found(done, "broken") == {"temporary folder": f"{tmp_path} is full"}
    assert "set TMPDIR to a folder on another disk" in remedy(done, "temporary folder")


def test_address_space_is_limited() -> None:
    """With ulimit -v, as on some shared machines, torch can't be loaded."""
    limit = "import resource; resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))"

    done = run_doctor("--json", "--quick", before=limit)

    assert "limits address space to 2.0 GiB (ulimit -v)" in found(done, "missing")["memory"]


# --- the installation ---------------------------------------------------------------------


def test_zerograd_is_installed_twice(tmp_path: Path) -> None:
    """Both places are named."""
    other = tmp_path / "other" / "zerograd-0.0.1.dist-info"
    other.mkdir(parents=True)
    (other / "METADATA").write_text("Metadata-Version: 2.1\nName: zerograd\nVersion: 0.0.1\n")

    done = run_doctor("--json", "--quick", environment={"PYTHONPATH": str(other.parent)})

    assert done.returncode == 1
    text = found(done, "missing")["zerograd"]
    assert "it is installed more than once" in text
    assert str(other.parent) in text


def test_command_of_another_installation_comes_first(tmp_path: Path) -> None:
    """As with two environments, of which the wrong one is active."""
    (tmp_path / "grade").write_text("#!/bin/sh\n", encoding="utf-8")

    done = run_doctor("--json", "--quick", environment={"PATH": str(tmp_path)})

    text = f"the `grade` on the path is that of another installation: {tmp_path}"
    assert found(done, "missing")["commands"] == text


def test_start_method_is_unknown() -> None:
    """The variable is named."""
    done = run_doctor("--json", "--quick", environment={"ZEROGRAD_START_METHOD": "x"})

    assert done.returncode == 3
    assert "ZEROGRAD_START_METHOD must be" in found(done, "broken")["start method"]


def test_kit_is_damaged(tmp_path: Path) -> None:
    """A kit that is installed and can't be used is named, with where to get another."""
    (tmp_path / "lab5.zip").write_bytes(b"PK\x03\x04")

    done = run_doctor("--json", "--quick", environment={"ZEROGRAD_KITS": str(tmp_path)})

    assert done.returncode == 1
    assert "it is not a kit of zerograd" in found(done, "missing")["kit lab5"]


def test_settings_of_a_platform_are_wrong(tmp_path: Path) -> None:
    """They are checked without sending anything."""
    settings = tmp_path / "platform.toml"
    settings.write_text('client_id = "x"\n', encoding="utf-8")

    done = run_doctor("--json", "--quick", "--platform", str(settings))

    assert done.returncode == 1
    assert "platform.toml" in found(done, "missing")["LTI"]


def test_unknown_assignment_is_broken(tmp_path: Path) -> None:
    """It is read with --quick too."""
    (tmp_path / "assignment.toml").write_text("[[", encoding="utf-8")

    done = run_doctor("--json", "--quick", "--assignment", str(tmp_path))

    assert done.returncode == 3
    assert "assignment.toml is not TOML" in found(done, "broken")["assignment"]


# --- all is well, and how it is shown -----------------------------------------------------


@pytest.mark.slow
def test_this_machine_can_grade() -> None:
    """The reference gets full marks, and code that tries to get out is held."""
    done = run_doctor("--json")

    assert found(done, "broken") == {}
    assert "a right solution has full marks" in found(done, "well")["grading of lab4"]
    if not any(name.startswith("lock on") for name in found(done, "missing")):
        assert "is held" in found(done, "well")["sandbox"]


@pytest.fixture
def no_cache(tmp_path: Path) -> Callable[..., Done]:
    """Return a function that runs the doctor where only the cache is missing."""
    cache = tmp_path / "file"
    cache.touch()

    def run(*arguments: str, **environment: str) -> Done:
        variables = {"ZEROGRAD_CACHE": str(cache / "x"), **environment}
        return run_doctor("--quick", *arguments, environment=variables)

    return run


def test_text_says_what_to_do(no_cache: Callable[..., Done]) -> None:
    """Each finding begins with its state, and a summary ends it."""
    lines = no_cache().stdout.splitlines()

    (place,) = [n for n, line in enumerate(lines) if line.startswith("missing  cache: ")]
    what_to_do = next(line for line in lines[place:] if "->" in line)
    assert what_to_do.startswith("         -> make that folder writable")
    assert any(line.startswith("well     Python: 3.") for line in lines)
    assert "missing" in lines[-1]


@pytest.mark.parametrize("width", [60, 80, 120])
def test_text_fits_the_terminal(width: int, no_cache: Callable[..., Done]) -> None:
    """Findings are wrapped below their beginning; what to do is not, as it may be copied."""
    lines = no_cache(COLUMNS=str(width)).stdout.splitlines()

    too_wide = [
        line for line in lines if len(line) > width and "->" not in line and "/" not in line
    ]
    assert too_wide == []


def test_plain_text_has_no_columns(no_cache: Callable[..., Done]) -> None:
    """For a screen reader, each line stands alone."""
    lines = no_cache("--plain").stdout.splitlines()

    assert not any(line.startswith(" ") or "->" in line for line in lines)
    (place,) = [n for n, line in enumerate(lines) if line.startswith("missing: cache: ")]
    assert lines[place + 1].startswith("What to do: make that folder writable")


def test_json_has_all_of_it(no_cache: Callable[..., Done]) -> None:
    """Scripts get the state of the whole, too."""
    content = json.loads(no_cache("--json").stdout)

    assert (content["state"], content["can_grade"]) == ("missing", True)
    assert set(content["findings"][0]) == {"name", "state", "text", "remedy"}
