"""Puts `grader serve` under load on loopback, and says whether it holds what it must.

    python tests/benchmarks/serve_load.py burst [--count 1000] [--within 60]
    python tests/benchmarks/serve_load.py steady [--count 600] [--per-second 1]
    python tests/benchmarks/serve_load.py kills [--count 600] [--per-second 3] [--kills 100]

All three take --postgres (a server of its own, by the wheel of the tests), --students, --kinds (how
many different files the class hands in), --workers, --assignment, --seed, and --json FILE.

The load generator, the server and its workers share this machine, so figures are those of a busy
one; the load before and the busy share of the processors are printed with them.
"""

import argparse
import contextlib
import os
import random
import sys
import tempfile
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from postgres import PostgresServer, run_postgres
from service_client import log_in_all, make_course, make_work, random_seed
from service_load import (
    Kept,
    Load,
    Run,
    as_json,
    burst,
    data_folder,
    look_at,
    percentile,
    serving,
    steady,
    with_kills,
)
from service_process import ServerProcess

from grader.service.database.engine import Database, sqlite_url
from grader.service.database.migrate import migrate

_MIB = 1024 * 1024
# What it must hold: seconds, and growth of the memory once it is warm.
_RECEIPT_P99_S = 0.3
_REPORT_P95_S = 3.0
_GROWTH_MIB = 32
_WARM_SHARE = 0.25
_COUNTS = {"burst": 1000, "steady": 600, "kills": 600}
_RATES = {"burst": 0.0, "steady": 1.0, "kills": 3.0}


def main() -> int:
    """Run a load, print its figures, and return 0 if all holds."""
    asked = _read_arguments()
    print(f"seed {asked.seed}; load of this machine before: {os.getloadavg()[0]:.1f}")
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="zg-load-")))
        postgres = stack.enter_context(run_postgres()) if asked.postgres else None
        data = data_folder(folder)
        url = postgres.new_database() if postgres else sqlite_url(data)
        database = stack.enter_context(contextlib.closing(Database(url)))
        migrate(database)
        course = make_course(database, asked.assignment, students=asked.students)
        server = ServerProcess(data, database=url if postgres else "", workers=asked.workers)
        load = Load(
            server=server,
            course=course,
            browsers=log_in_all(database, course, cookie="zerograd"),
            work=make_work(asked.assignment, folder / "class", kinds=asked.kinds, seed=asked.seed),
            chance=random.Random(asked.seed),  # noqa: S311 - draws moments
        )
        with serving(server):
            psutil.cpu_percent()
            run = _run(asked, load, database, postgres)
            busy = psutil.cpu_percent()
        kept = look_at(database, run)
    if asked.json:
        asked.json.write_bytes(as_json(run, kept))
    print(f"processors busy: {busy:.0f} % of {os.cpu_count()}")
    return 0 if _print(asked.kind, run, kept) else 1


def _run(
    asked: argparse.Namespace, load: Load, database: Database, postgres: PostgresServer | None
) -> Run:
    match asked.kind:
        case "burst":
            return burst(load, count=asked.count, within_s=asked.within, database=database)
        case "steady":
            return steady(load, count=asked.count, per_second=asked.per_second, database=database)
        case _:
            return with_kills(
                load,
                count=asked.count,
                per_second=asked.per_second,
                kills=asked.kills,
                database=database,
                postgres=postgres,
            )


def _print(kind: str, run: Run, kept: Kept) -> bool:
    """Print the figures; return whether what must hold does."""
    receipts = [one.receipt_s for one in run.sent if one.number]
    p99, p95 = percentile(receipts, 99), percentile(kept.report_s, 95)
    rose = sum(not one.only_fell for one in run.sent)
    growth = _growth_mib(run.memory_bytes)
    print(f"{len(run.sent)} hand-ins, {len(receipts)} receipts, all done in {run.took_s:.0f} s")
    print(f"receipt: p50 {percentile(receipts, 50) * 1000:.0f} ms, p99 {p99 * 1000:.0f} ms")
    print(f"report: p50 {percentile(kept.report_s, 50):.1f} s, p95 {p95:.1f} s")
    print(f"memory of the server: {_peak_mib(run.memory_bytes):.0f} MiB, grew by {growth:.0f} MiB")
    if run.kills:
        print(f"killed: {', '.join(f'{one} {count} times' for one, count in run.kills.items())}")
    for error, count in run.errors.most_common(5):
        print(f"{count} times instead of a receipt: {error}")
    holds = {
        "each receipt has a report": not (kept.without_report or kept.unknown),
        "each report has a receipt": kept.strays == 0,
        "none is graded twice": not kept.graded_twice,
        "no score differs": not kept.differing,
        "no report of a fault": kept.faults == 0,
        "each student has a receipt": len(receipts) == len(run.sent),
        "places in the queue only fall": rose == 0,
    }
    if kind != "kills":
        holds["no errors"] = not run.errors
        holds[f"memory grows by at most {_GROWTH_MIB} MiB"] = growth <= _GROWTH_MIB
    if kind == "burst":
        holds[f"receipt p99 at most {_RECEIPT_P99_S * 1000:.0f} ms"] = p99 <= _RECEIPT_P99_S
    if kind == "steady":
        holds[f"report p95 at most {_REPORT_P95_S:g} s"] = p95 <= _REPORT_P95_S
    for what, is_so in holds.items():
        print(f"{'holds' if is_so else 'BROKEN'}: {what}")
    return all(holds.values())


def _growth_mib(samples: "list[int]") -> float:
    """Return by how much the memory grew from when the server was warm to the end."""
    if not samples:
        return 0.0
    warm = samples[int(len(samples) * _WARM_SHARE)]
    return (samples[-1] - warm) / _MIB


def _peak_mib(samples: "list[int]") -> float:
    return max(samples, default=0) / _MIB


def _read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("kind", choices=list(_COUNTS))
    parser.add_argument("--count", type=int)
    parser.add_argument("--within", type=float, default=60.0, help="seconds, of a burst")
    parser.add_argument("--per-second", type=float)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--students", type=int)
    parser.add_argument("--kinds", type=int, default=20)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--assignment", default="lab4")
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--seed", type=int, default=random_seed())
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    asked.count = asked.count or _COUNTS[asked.kind]
    asked.per_second = asked.per_second or _RATES[asked.kind]
    # A student may hand in 15 times a minute.
    asked.students = asked.students or min(asked.count, 1000)
    return asked


if __name__ == "__main__":
    sys.exit(main())
