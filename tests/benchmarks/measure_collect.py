"""Measures the time and memory that it takes to collect a class from one zip.

    python tests/benchmarks/measure_collect.py [--count N]

The time is compared with that of listing the zip. Each student has a notebook of 100 KB. The
exports have the form of those in tests/lms_samples.py, with simple names.
"""

import argparse
import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

_NOTEBOOK = b"0123456789abcde\n" * 6400


def _names(shape: str, number: int) -> list[str]:
    match shape:
        case "canvas":
            return [f"name{number}_{10_000 + number}_{500_000 + number}_lab4.ipynb"]
        case "moodle":
            return [f"First{number} Last_{90_000 + number}_assignsubmission_file/lab4.ipynb"]
        case "gradescope":
            return [f"assignment_1_export/submission_{70_000 + number}/lab4.ipynb"]
        case _:
            git = [
                f"lab-4-user{number}/.git/objects/{part:02x}/{number:038x}" for part in range(30)
            ]
            return [f"lab-4-user{number}/lab4.ipynb", f"lab-4-user{number}/.git/HEAD", *git]


def _metadata(count: int) -> str:
    results = "".join(
        f"    - name: check {check}\n      output: |\n        right\n        or wrong\n"
        for check in range(60)
    )
    return "---\n" + "".join(
        f"submission_{70_000 + number}:\n  :submitters:\n  - :name: N {number}\n"
        f"    :sid: '{number}'\n    :email: n{number}@x.edu\n  :results:\n    tests:\n{results}"
        for number in range(count)
    )


def make(path: Path, shape: str, count: int) -> None:
    """Write an export of a class to a zip file."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        if shape == "gradescope":
            archive.writestr("assignment_1_export/submission_metadata.yml", _metadata(count))
        for number in range(count):
            for name in _names(shape, number):
                archive.writestr(name, _NOTEBOOK if name.endswith(".ipynb") else b"x")


def collect_and_read(path: Path, shape: str, count: int) -> None:
    """Collect, then read all submissions one by one as a batch does; print time and memory."""
    from grader.batch.collectors.choose import collect

    started = time.perf_counter()
    with zipfile.ZipFile(path) as archive:
        archive.infolist()
    listed = time.perf_counter() - started
    before_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.perf_counter()
    entries = collect([path], stem="lab4", out=path.with_name("out")).entries
    collected = time.perf_counter() - started
    grown_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kib
    if len(entries) != count:
        sys.exit(f"found {len(entries)} of {count} submissions")
    size = sum(len(entry.read()) for entry in entries)
    read_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kib
    print(
        f"{shape:<17} {count} students in {collected:.2f} s, {collected / listed:.0f} times "
        f"listing the zip; {grown_kib / 1024:.0f} MiB, and {read_kib / 1024:.0f} MiB after all "
        f"{size / 2**20:.0f} MiB were read one by one"
    )


def main() -> None:
    """Print the figures, measuring each form of export in its own process."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--only", nargs=2, metavar=("PATH", "SHAPE"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.only:
        collect_and_read(Path(options.only[0]), options.only[1], options.count)
        return
    for shape in ("canvas", "moodle", "gradescope", "github-classroom"):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "export.zip"
            make(path, shape, options.count)
            again = [sys.executable, __file__, "--count", str(options.count), "--only"]
            subprocess.run([*again, path, shape], check=True)


if __name__ == "__main__":
    main()
