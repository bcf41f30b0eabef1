"""Runs transactions in a thread, as they wait for the disk."""

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from grader.service.web.state import service_of

_Answer = TypeVar("_Answer")


async def reading(request: Request, look: Callable[[Session], _Answer]) -> _Answer:
    """Run a function in a transaction that reads; return what it returns."""

    def run() -> _Answer:
        with service_of(request).database.read() as session:
            return look(session)

    return await run_in_threadpool(run)


async def writing(request: Request, act: Callable[[Session], _Answer]) -> _Answer:
    """Run a function in a transaction that writes; return what it returns."""

    def run() -> _Answer:
        with service_of(request).database.write() as session:
            return act(session)

    return await run_in_threadpool(run)
