"""A class has the same results on one machine, on a cluster, and in shards: real graders."""

import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from dask_cluster import ROOT, Cluster, open_cluster, wait_until

pytestmark = pytest.mark.slow

SUBMISSIONS = ROOT / "tests" / "submissions"
CLASS = (
    "right_plain.py",
    "wrong_update_never_zeroed.ipynb",
    "wrong_mse_item_cuts_graph.py",
    "hostile_exit_at_import.py",
)
_TIME = re.compile(r'<section aria-labelledby="time".*?</section>', re.DOTALL)


def command(*arguments: object) -> list[str]:
    """Return the command that grades a class; a salt of its own would ask something else."""
    options = ("--function-limit", "2", "--salt", "salt")
    program = "from grader.cli.start import grader; grader()"
    return [sys.executable, "-c", program, "batch", *map(str, arguments), *options]


def run(*arguments: object, expected: int = 0) -> str:
    """Run the command, check its exit status, and return what it has printed."""
    done = subprocess.run(
        command(*arguments), capture_output=True, text=True, check=False, cwd=ROOT, timeout=500
    )
    assert done.returncode == expected, done.stdout + done.stderr
    return done.stdout + done.stderr


def results(out: Path) -> dict[str, object]:
    """Read all files of a class, without the times in them."""
    found: dict[str, object] = {}
    for path in sorted(out.rglob("*")):
        name = str(path.relative_to(out))
        if path.suffix == ".json":
            found[name] = json.loads(path.read_bytes())
            found[name].pop("timing")  # type: ignore[attr-defined] # an object
        elif path.suffix == ".html":
            found[name] = _TIME.sub("", path.read_text(encoding="utf-8"))
        elif path.is_file() and not path.name.startswith("."):
            found[name] = path.read_bytes()
    return found


@pytest.fixture(scope="module")
def small_class(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with some submissions."""
    folder = tmp_path_factory.mktemp("class")
    for name in CLASS:
        (folder / name).write_bytes((SUBMISSIONS / name).read_bytes())
    return folder


@pytest.fixture(scope="module")
def local(small_class: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """Grade the class on this machine, and return its results."""
    out = tmp_path_factory.mktemp("local")
    run(small_class, "--out", out, "--jobs", 2)
    return results(out)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Start a scheduler and two workers."""
    with open_cluster(tmp_path_factory.mktemp("cluster"), workers=2) as started:
        wait_until(lambda: started.log().count("Registered to") == 2)
        yield started


def test_cluster_writes_the_same_bytes(
    small_class: Path, local: dict[str, object], cluster: Cluster, tmp_path: Path
) -> None:
    """Reports, pages, gradebook and what is kept for the instructor are equal to the last byte."""
    run(small_class, "--out", tmp_path, "--cluster", cluster.address)

    assert results(tmp_path) == local


def test_shards_write_the_same_bytes(
    small_class: Path, local: dict[str, object], tmp_path: Path
) -> None:
    """Two jobs at the same time, and then the class."""
    shards = [
        subprocess.Popen(
            command(small_class, "--out", tmp_path, "--jobs", 1, "--shard", f"{number}/2"),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=ROOT,
        )
        for number in (1, 2)
    ]
    said = [shard.communicate(timeout=500)[0] for shard in shards]
    assert [shard.returncode for shard in shards] == [0, 0], said
    assert sum(int(text.split(": ")[1].split()[0]) for text in said) == len(CLASS)
    assert not (tmp_path / "gradebook.csv").exists()

    said_at_last = run(small_class, "--out", tmp_path, "--jobs", 1)

    assert f"{len(CLASS)} unchanged" in said_at_last
    assert results(tmp_path) == local


def test_interrupted_cluster_goes_on_with_the_same_command(
    small_class: Path, local: dict[str, object], cluster: Cluster, tmp_path: Path
) -> None:
    """Ctrl-C ends it soon, and keeps what was graded."""
    arguments = (small_class, "--out", tmp_path, "--cluster", cluster.address)
    with subprocess.Popen(
        command(*arguments), stderr=subprocess.PIPE, text=True, cwd=ROOT
    ) as running:
        wait_until(lambda: list(tmp_path.glob("reports/*.json")), within_s=200)
        interrupted = time.monotonic()
        running.send_signal(signal.SIGINT)
        _, said = running.communicate(timeout=100)

    assert time.monotonic() - interrupted < 60
    if running.returncode:  # it may have graded the last one meanwhile
        assert running.returncode == 130
        assert "run the same command to continue" in said
        assert "Traceback" not in said
    run(*arguments)
    assert results(tmp_path) == local


def test_lost_scheduler_ends_the_batch_and_another_goes_on(
    small_class: Path, local: dict[str, object], tmp_path: Path
) -> None:
    """It is a fault of the machines: exit status 3, one line, and no report is lost."""
    out = tmp_path / "out"
    with open_cluster(tmp_path / "cluster", workers=1) as cluster:
        arguments = (small_class, "--out", out, "--cluster", cluster.address)
        with subprocess.Popen(
            command(*arguments), stderr=subprocess.PIPE, text=True, cwd=ROOT
        ) as running:
            wait_until(lambda: list(out.glob("reports/*.json")), within_s=200)
            assert cluster.scheduler is not None
            cluster.scheduler.kill()
            _, said = running.communicate(timeout=200)

    if running.returncode:  # as above
        assert running.returncode == 3
        assert f"the scheduler {cluster.address} no longer answers: " in said
        assert "run the same command to continue" in said
        assert "Traceback" not in said
    run(small_class, "--out", out, "--jobs", 2)
    assert results(out) == local


def test_wrong_cluster_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    """It is wrong usage, whatever PATH is."""
    said = run(tmp_path, "--out", tmp_path, "--cluster", "tcp://192.0.2.1:8786", expected=2)

    assert "not on this machine" in said
    assert "use tls://" in said


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (("--cluster", "tls://grading:8786"), "--tls-ca, --tls-cert and --tls-key"),
        (("--cluster", "grading"), "such as tls://scheduler:8786"),
        (("--tls-ca", __file__), "name it with --cluster"),
        (("--cluster", "tls://grading:8786", "--tls-ca", __file__), "belong together"),
        (("--shard", "0/4"), "the first of 4 is 1/4"),
        (("--shard", "three"), "the third of eight is 3/8"),
    ],
)
def test_options_that_cannot_be_meant_are_refused(
    tmp_path: Path, options: tuple[str, ...], reason: str
) -> None:
    """With what to write instead."""
    assert reason in " ".join(
        run(tmp_path, "--out", tmp_path / "out", *options, expected=2).split()
    )
    assert not (tmp_path / "out").exists()
