"""Puts a service under load, and looks afterwards whether it has kept what it promised.

The load comes from loopback, by students that hand in on pages and then ask for their place in the
queue, as the script on the page does. `benchmarks/serve_load.py` is the command, and a test runs
small loads.
"""

import asyncio
import contextlib
import itertools
import os
import random
import signal
import time
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import msgspec
from postgres import PostgresServer
from service_client import Browser, MadeCourse, NotTakenError, Service, Work
from service_process import ServerProcess
from sqlalchemy import and_, func, select

from grader.report.outline import read_outline
from grader.service.clock import SECOND
from grader.service.database.engine import Database
from grader.service.database.tables import HandIn, Job, JobState, Result

_SAMPLE_S = 0.5
_AGAIN_S = 0.3
_UNFINISHED = (JobState.WAITING, JobState.RUNNING)


@dataclass(slots=True)
class Sent:
    """A hand-in of a load.

    Attributes:
        kind: Which of the files it was of.
        number: The number of its receipt; empty if there is none.
        receipt_s: How long the receipt took.
        places: Its places in the queue, as they were seen.
    """

    kind: int
    number: str = ""
    receipt_s: float = 0.0
    places: list[int] = field(default_factory=list)

    @property
    def only_fell(self) -> bool:
        """Whether its place in the queue never rose."""
        return all(later <= earlier for earlier, later in itertools.pairwise(self.places))


@dataclass(slots=True)
class Run:
    """What a load has seen.

    Attributes:
        sent: All hand-ins.
        errors: What was answered instead of receipts, and how often.
        memory_bytes: The memory of the server, as it was seen.
        kills: What was killed, and how often.
        took_s: How long it took until all was graded.
    """

    sent: list[Sent] = field(default_factory=list)
    errors: "Counter[str]" = field(default_factory=Counter)
    memory_bytes: list[int] = field(default_factory=list)
    kills: "Counter[str]" = field(default_factory=Counter)
    took_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What the database has in the end.

    Attributes:
        hand_ins: How many hand-ins there are.
        without_report: Hand-ins without a report that holds, by number.
        unknown: Receipts that students have, and the database doesn't.
        strays: Results whose hand-in or job is missing.
        graded_twice: Hand-ins with more than one result.
        differing: Hand-ins whose points are not those of their report, or of an equal file.
        faults: Reports that say that the grader failed.
        report_s: The time from receipt to report of each, sorted.
    """

    hand_ins: int
    without_report: Sequence[str]
    unknown: Sequence[str]
    strays: int
    graded_twice: Sequence[str]
    differing: Sequence[str]
    faults: int
    report_s: Sequence[float]

    @property
    def is_whole(self) -> bool:
        """Whether nothing is lost, nothing is there twice, and no score differs."""
        return not (
            self.without_report
            or self.unknown
            or self.strays
            or self.graded_twice
            or self.differing
            or self.faults
        )


@dataclass(slots=True)
class Load:
    """Students who hand in.

    Args:
        server: The service.
        course: Their course.
        browsers: Their browsers.
        work: What they hand in.
        chance: Draws the moments.
    """

    server: ServerProcess
    course: MadeCourse
    browsers: Sequence[Browser]
    work: Work
    chance: random.Random
    run: Run = field(default_factory=Run)

    async def send(self, moments_s: Sequence[float], *, watches: bool, patience: int = 1) -> None:
        """Hand in at these moments, each by the next student.

        Args:
            moments_s: When, in seconds from now.
            watches: Whether students ask for their place until there is a report.
            patience: How often a student tries who gets no receipt.
        """
        service = Service(self.server.address)
        began = time.monotonic()

        async def one(place: int, moment_s: float) -> None:
            await asyncio.sleep(max(0.0, began + moment_s - time.monotonic()))
            browser = self.browsers[place % len(self.browsers)]
            sent = await self._hand_in(service, browser, place, patience)
            if watches and sent.number:
                await self._watch(service, browser, sent)

        try:
            await asyncio.gather(*(one(*pair) for pair in enumerate(moments_s)))
        finally:
            await service.close()

    async def _hand_in(self, service: Service, browser: Browser, place: int, patience: int) -> Sent:
        kind, name, data = self.work.nth(place)
        sent = Sent(kind)
        self.run.sent.append(sent)
        for _ in range(patience):
            began = time.monotonic()
            try:
                sent.number = await service.hand_in(browser, self.course.assignment_id, name, data)
            except (NotTakenError, httpx.HTTPError) as error:
                self.run.errors[_kind_of(error)] += 1
                await asyncio.sleep(_AGAIN_S)
            else:
                sent.receipt_s = time.monotonic() - began
                break
        return sent

    async def _watch(self, service: Service, browser: Browser, sent: Sent) -> None:
        """Ask for the place in the queue until there is a report, as the page's script does."""
        while True:
            try:
                state = await service.state(browser, sent.number)
            except httpx.HTTPError:
                await asyncio.sleep(_AGAIN_S)
                continue
            if state["is_ready"]:
                return
            if state["place"] is not None:
                sent.places.append(state["place"])
            await asyncio.sleep(float(state["pause_s"]))

    async def sample_memory(self) -> None:
        """Note the memory of the server, until this is cancelled."""
        while True:
            with contextlib.suppress(Exception):  # it may just have been killed
                self.run.memory_bytes.append(self.server.rss_bytes())
            await asyncio.sleep(_SAMPLE_S)


def burst(load: Load, *, count: int, within_s: float, database: Database) -> Run:
    """Hand in so many times within so many seconds, at random moments; wait for all reports."""
    moments = sorted(load.chance.uniform(0, within_s) for _ in range(count))
    return _run(load, load.send(moments, watches=True), database)


def steady(load: Load, *, count: int, per_second: float, database: Database) -> Run:
    """Hand in so many times, one after another in equal steps; wait for all reports."""
    moments = [one / per_second for one in range(count)]
    return _run(load, load.send(moments, watches=True), database)


def with_kills(
    load: Load,
    *,
    count: int,
    per_second: float,
    kills: int,
    database: Database,
    postgres: PostgresServer | None,
) -> Run:
    """Hand in while server, workers and connections are killed at random moments."""
    moments = [one / per_second for one in range(count)]
    length_s = moments[-1]
    targets: list[tuple[str, Callable[[], Awaitable[bool]]]] = [
        ("server", lambda: _kill_server(load)),
        ("worker", lambda: _kill_worker(load)),
    ]
    if postgres is not None:
        targets.append(("connections", lambda: _cut(postgres)))

    async def both() -> None:
        sending = asyncio.create_task(load.send(moments, watches=False, patience=1000))
        done = 0
        while done < kills:
            await asyncio.sleep(load.chance.expovariate(kills / max(length_s, 1.0)))
            name, kill = load.chance.choice(targets)
            if await kill():
                load.run.kills[name] += 1
                done += 1
        await sending

    return _run(load, both(), database)


def _run(load: Load, sending: Awaitable[None], database: Database) -> Run:
    async def all_of_it() -> None:
        sampling = asyncio.create_task(load.sample_memory())
        await sending
        await _wait_until_done(database)
        sampling.cancel()

    began = time.monotonic()
    asyncio.run(all_of_it())
    load.run.took_s = time.monotonic() - began
    return load.run


async def _wait_until_done(database: Database) -> None:
    while await asyncio.to_thread(count_unfinished, database):  # noqa: ASYNC110 - of another process
        await asyncio.sleep(_AGAIN_S)


def count_unfinished(database: Database) -> int:
    """Return how many jobs are not done."""
    with database.read() as session:
        return (
            session.scalar(select(func.count()).select_from(Job).where(Job.state.in_(_UNFINISHED)))
            or 0
        )


async def _kill_server(load: Load) -> bool:
    load.server.kill()
    load.server.spawn()
    await asyncio.to_thread(load.server.wait_until_healthy)
    return True


async def _kill_worker(load: Load) -> bool:
    found = load.server.worker_pids()
    if not found:
        return False
    with contextlib.suppress(ProcessLookupError):
        os.kill(load.chance.choice(found), signal.SIGKILL)
        return True
    return False


async def _cut(postgres: PostgresServer) -> bool:
    return await asyncio.to_thread(postgres.cut_connections) > 0


def look_at(database: Database, run: Run) -> Kept:
    """Compare what the database has with what students were promised."""
    kinds = {one.number: one.kind for one in run.sent if one.number}
    with database.read() as session:
        # None for a result that isn't there, which the types don't know.
        rows: Sequence[Any] = session.execute(
            select(HandIn.number, HandIn.received_at, Job.ended_at, Result)
            .outerjoin(Job, and_(Job.hand_in_id == HandIn.id, Job.regrade_id == 0))
            .outerjoin(Result, Result.id == HandIn.result_id)
        ).all()
        counts = session.execute(
            select(HandIn.number, func.count())
            .join(Result, Result.hand_in_id == HandIn.id)
            .group_by(HandIn.number)
        ).all()
        strays = session.scalar(
            select(func.count())
            .select_from(Result)
            .outerjoin(Job, Job.result_id == Result.id)
            .where(Job.id.is_(None))
        )
        points: dict[int, set[float | None]] = defaultdict(set)
        differing = []
        for number, _, _, result in rows:
            if result is None:
                continue
            if read_outline(result.report).score != result.points:
                differing.append(number)
            if number in kinds:
                points[kinds[number]].add(result.points)
    uneven = {kind for kind, found in points.items() if len(found) > 1}
    return Kept(
        hand_ins=len(rows),
        without_report=[number for number, _, _, result in rows if result is None],
        unknown=sorted(kinds.keys() - {row[0] for row in rows}),
        strays=strays or 0,
        graded_twice=[number for number, count in counts if count > 1],
        differing=differing + [number for number, kind in kinds.items() if kind in uneven],
        faults=sum(result is not None and result.is_fault for *_, result in rows),
        report_s=sorted(
            (ended - received) / SECOND for _, received, ended, _ in rows if ended is not None
        ),
    )


def percentile(values: Sequence[float], percent: float) -> float:
    """Return the value below which so many percent of all are."""
    ordered = sorted(values)
    if not ordered:
        return float("nan")
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]


def _kind_of(error: Exception) -> str:
    text = str(error)[:80] if isinstance(error, NotTakenError) else ""
    return f"{type(error).__name__} {text}".strip()


def as_json(run: Run, kept: Kept) -> bytes:
    """Return all figures of a run."""
    return msgspec.json.encode({"run": run, "kept": kept})


@contextlib.contextmanager
def serving(server: ServerProcess) -> Iterator[ServerProcess]:
    """Start a service; leaving the context stops it."""
    server.start()
    try:
        yield server
    finally:
        server.stop()


def data_folder(folder: Path) -> Path:
    """Return a data folder below another one, which is there."""
    data = folder / "data"
    data.mkdir(mode=0o700)
    return data
