"""Starts the service with a made-up course, and lets its class hand in: ``make serve-demo``.

    python tests/serve_demo.py FOLDER [--port N] [--students 30] [--minutes 5] [--seed N]

FOLDER is made anew each time. The class hands in over HTTP, as browsers do; most students do so
once or twice, and the links that are printed are for two people of whom nobody else is one.
"""

import argparse
import asyncio
import random
import shutil
import signal
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import httpx
from service_client import (
    Browser,
    MadeCourse,
    NotTakenError,
    Service,
    Work,
    log_in_all,
    make_course,
    make_work,
    student_link,
)
from service_process import ServerProcess, free_port

from grader.service.clock import DAY, now
from grader.service.courses import AssignmentSettings
from grader.service.database.engine import Database, sqlite_url
from grader.service.database.migrate import migrate

_ASSIGNMENT = "lab4"
_KINDS = 20
_ATTEMPTS_EACH = 2


def main() -> int:
    """Serve until Ctrl-C."""
    asked = _read_arguments()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends the service too
    shutil.rmtree(asked.folder, ignore_errors=True)
    data = asked.folder / "data"
    data.mkdir(parents=True, mode=0o700)
    settings = AssignmentSettings(due_at=now() + 7 * DAY, late_days=2, late_penalty=0.1)
    with closing(Database(sqlite_url(data))) as database:
        migrate(database)
        course = make_course(database, _ASSIGNMENT, students=asked.students + 1, settings=settings)
        work = make_work(_ASSIGNMENT, asked.folder / "class", kinds=_KINDS, seed=asked.seed)
        # The last student is whoever tries the demo.
        you = student_link(database, course, course.students[-1])
        rest = replace(course, students=course.students[:-1])
        browsers = log_in_all(database, rest, cookie="zerograd")
    server = ServerProcess(
        data, workers=2, options=("--isolation", "auto"), port=asked.port or free_port()
    )
    _say("starting the service ...")
    try:
        server.start()
    except AssertionError as error:  # such as a port that is taken
        _say(f"it did not start: {error}")
        return 1
    try:
        _print_links(server, course, you, asked)
        asyncio.run(_hand_in(server, course, browsers, work, asked))
        _say("The class has handed in. The service goes on until Ctrl-C.")
        server.wait(patience_s=None)
    except KeyboardInterrupt:
        _say("stopping: what is being graded ends first")
    finally:
        try:
            server.stop()
        except KeyboardInterrupt:  # once more: at once
            server.stop()
    return 0


def _print_links(
    server: ServerProcess, course: MadeCourse, student: str, asked: argparse.Namespace
) -> None:
    address = server.address
    _say(
        f"""
The service is at {address}.
Its class of {asked.students} hands in over {asked.minutes:g} minutes.
Open each link in a browser of its own, or one of them in a private window. They work once:

    instructor  {address}/log-in/{course.instructor}
    student     {address}/log-in/{student}

A file for the student to hand in: exercises/lab4.py, or one of tests/submissions.
Its data are in {asked.folder}; Ctrl-C ends it.
"""
    )


async def _hand_in(
    server: ServerProcess,
    course: MadeCourse,
    browsers: list[Browser],
    work: Work,
    asked: argparse.Namespace,
) -> None:
    """Let the class hand in at random moments, more of them towards the end, as classes do."""
    chance = random.Random(asked.seed)  # noqa: S311 - draws moments
    count = len(browsers) * _ATTEMPTS_EACH
    moments = sorted(asked.minutes * 60 * chance.random() ** 0.6 for _ in range(count))
    service = Service(server.address)
    loop = asyncio.get_running_loop()
    began = loop.time()
    try:
        for place, moment in enumerate(moments):
            await asyncio.sleep(max(0.0, began + moment - loop.time()))
            _, name, data = work.nth(place)
            browser = chance.choice(browsers)
            try:
                await service.hand_in(browser, course.assignment_id, name, data)
            except (NotTakenError, httpx.HTTPError) as error:
                _say(f"not taken: {error}")
    finally:
        await service.close()


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--port", type=int, default=8000, help="0 for any that is free")
    parser.add_argument("--students", type=int, default=30)
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
