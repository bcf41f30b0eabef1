"""Records what is right, and what known mistakes answer, so that nothing has to be asked again."""

import contextlib
import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed

import msgspec

from grader.checks.assignment import Assignment
from grader.errors import UsageError
from grader.oracle.recording import Recording
from grader.oracle.store import RecordingStore
from grader.resources import GradingResources
from grader.sandbox.host.limits import Confinement, Limits

OnRecorded = Callable[[int, int, str], None]


def record(
    assignment: Assignment,
    seeds: Sequence[int],
    *,
    jobs: int,
    store: RecordingStore | None = None,
    on_progress: OnRecorded = lambda _done, _total, _name: None,
) -> dict[int, Recording]:
    """Record an assignment with some seeds, with everything that its misconceptions answer.

    Args:
        assignment: The assignment.
        seeds: The seeds.
        jobs: How many seeds or units are recorded at the same time.
        store: Where recordings are looked up first and kept; None if nowhere.
        on_progress: Called before each part with its number, the number of parts, and its name.

    Returns:
        The recordings by seed.

    Raises:
        InternalError: The reference can't be loaded, or fails a check.
        UsageError: The recordings can't be kept.
    """
    limits = Limits.of(assignment.limits)
    with contextlib.ExitStack() as stack:
        free: queue.SimpleQueue[GradingResources] = queue.SimpleQueue()
        for _ in range(jobs):
            free.put(
                stack.enter_context(
                    GradingResources(
                        assignment, limits=limits, confinement=Confinement(), store=store
                    )
                )
            )
        run = _Run(assignment, free, on_progress, total=len(seeds) * (len(assignment.units) + 1))
        with ThreadPoolExecutor(max_workers=jobs) as pool:
            started = {seed: pool.submit(run.reference, seed) for seed in seeds}
            found = {seed: future.result() for seed, future in started.items()}
            parts = {
                pool.submit(run.known, unit.name, recording): (unit.name, seed)
                for seed, recording in found.items()
                for unit in assignment.units
            }
            known: dict[int, dict[str, bytes]] = {seed: {} for seed in seeds}
            for future in as_completed(parts):
                name, seed = parts[future]
                known[seed][name] = future.result()
        whole = {
            # In one order, so that the same is always recorded in the same bytes.
            seed: msgspec.structs.replace(one, known=dict(sorted(known[seed].items())))
            for seed, one in found.items()
        }
    if store is not None:
        for one in whole.values():
            if store.keep(one) is None:
                raise UsageError(f"the recordings can't be kept in {store.folder}")
    return whole


class _Run:
    """The parts of recordings, each made by whoever is free."""

    def __init__(
        self,
        assignment: Assignment,
        free: "queue.SimpleQueue[GradingResources]",
        on_progress: OnRecorded,
        *,
        total: int,
    ) -> None:
        self._assignment = assignment
        self._free = free
        self._on_progress = on_progress
        self._total = total
        self._done = 0
        self._counting = threading.Lock()

    def reference(self, seed: int) -> Recording:
        """Record what the reference answers with a seed."""
        with self._take(self._assignment.info.title) as resources:
            return resources.find_recording(seed) or resources.record(seed)

    def known(self, name: str, recording: Recording) -> bytes:
        """Return what the misconceptions of a unit answer with the seed of a recording."""
        with self._take(name) as resources:
            return resources.record_known(name, recording)

    @contextlib.contextmanager
    def _take(self, name: str) -> Iterator[GradingResources]:
        resources = self._free.get()
        try:
            with self._counting:
                self._on_progress(self._done, self._total, name)
                self._done += 1
            yield resources
        finally:
            self._free.put(resources)
