"""The commands ``grader serve`` and ``grader work``: students hand in live."""

import functools
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from grader.cli.base_url import is_loopback, read_base_url
from grader.cli.cluster_options import Cluster, cluster_options
from grader.cli.command import Command
from grader.cli.exit_codes import ExitCode
from grader.cli.options import is_given
from grader.cli.service_options import data_options, service_errors
from grader.cli.values import WholeNumber

if TYPE_CHECKING:
    from collections.abc import Callable

    from grader.pool.jobs import LivePool
    from grader.pool.messages import PoolSettings

_MIB = 1024 * 1024
_LARGEST_PORT = 65535
_STOPPED = {
    ExitCode.WELL: "it was stopped with SIGTERM or Ctrl-C",
    ExitCode.USAGE: "wrong usage, or the address or the database can't be used",
}

_isolation_option = click.option(
    "--isolation",
    type=click.Choice(["required", "auto"]),
    default="required",
    show_default=True,
    help="Grade only with all locks (required), or with those that this machine has (auto).",
)
_workers_option = click.option(
    "--workers",
    type=WholeNumber(min=1),
    help="Submissions to grade at the same time.  [default: one per core]",
)


def _read_address(_context: click.Context, _option: click.Parameter, value: str) -> tuple[str, int]:
    """Split ``HOST:PORT``; an IPv6 address stands in brackets."""
    found = re.fullmatch(r"(?:\[([^\]]+)\]|([^:\[\]]+)):(\d{1,5})", value)
    if found is None or int(found[3]) > _LARGEST_PORT:
        raise click.BadParameter(f"{value[:200]!r} is not HOST:PORT, such as 127.0.0.1:8000")
    return found[1] or found[2], int(found[3])


@click.command(cls=Command, statuses=_STOPPED)
@data_options
@click.option(
    "--bind",
    metavar="HOST:PORT",
    default="127.0.0.1:8000",
    show_default=True,
    callback=_read_address,
    help="Address to listen on; port 0 is any that is free.",
)
@click.option(
    "--base-url",
    metavar="URL",
    envvar="ZEROGRAD_BASE_URL",
    default="",
    callback=read_base_url,
    help="Address by which browsers and platforms know the service, such as "
    "https://grader.example.org.  [default: the one that it listens on]",
)
@click.option(
    "--allow-http",
    is_flag=True,
    help="Listen on an address that others reach, although what they send is not encrypted.",
)
@_workers_option
@click.option(
    "--no-grading",
    is_flag=True,
    help="Only take hand-ins; `grader work` on other machines grades them.",
)
@_isolation_option
@click.option(
    "--upload-limit",
    metavar="MIB",
    type=WholeNumber(min=1, max=1024),
    default=10,
    show_default=True,
    help="MiB that a hand-in may have.",
)
@cluster_options
def serve(
    data: Path,
    database: str,
    bind: tuple[str, int],
    base_url: str,
    allow_http: bool,  # noqa: FBT001 - click passes options by name
    workers: int | None,
    no_grading: bool,  # noqa: FBT001
    isolation: str,
    upload_limit: int,
    cluster: Cluster | None,
) -> None:
    """Let students hand in live, and grade it.

    Students hand in on a page, or from within an LMS, and get a receipt at once and the report as
    soon as it is graded. `grader course` makes courses. Everything is kept in DIR, so the same
    command goes on where the one before ended.

    The first SIGTERM or Ctrl-C lets what is being graded end, the second one ends at once. Either
    way, nothing is lost.
    """
    host, port = bind
    _expect_private(host, base_url, allows_http=allow_http)
    if no_grading and (workers or cluster):
        raise click.UsageError("--no-grading leaves grading to others; leave out what is for it")
    make_pool = _on_cluster(cluster, data)
    with service_errors(writes_to=data):
        from grader.service.logs import log_to_stderr
        from grader.service.run import run_service
        from grader.service.settings import ServiceSettings

        if not no_grading and cluster is None:
            _expect_locks(isolation)
        log_to_stderr()
        run_service(
            ServiceSettings(
                data=data,
                host=host,
                port=port,
                database=database,
                base_url=base_url,
                workers=0 if no_grading else workers or os.cpu_count() or 1,
                isolation=isolation,
                max_upload_bytes=upload_limit * _MIB,
                cluster=cluster.address if cluster else "",
            ),
            on_start=lambda address: click.echo(f"zerograd serves at {address}"),
            make_pool=make_pool,
        )


@click.command(cls=Command, statuses=_STOPPED)
@data_options
@_workers_option
@_isolation_option
@cluster_options
def work(
    data: Path, database: str, workers: int | None, isolation: str, cluster: Cluster | None
) -> None:
    """Grade what was handed in to a service on another machine.

    The database has to be the one of `grader serve`, so it is one of PostgreSQL; DIR is a folder of
    this machine's own, for recordings. The folders of assignments must be here too, under the same
    paths.

    The first SIGTERM or Ctrl-C lets what is being graded end, the second one ends at once.
    """
    make_pool = _on_cluster(cluster, data)
    with service_errors(writes_to=data):
        from grader.service.logs import log_to_stderr
        from grader.service.run import run_dispatcher
        from grader.service.settings import ServiceSettings

        if cluster is None:
            _expect_locks(isolation)
        log_to_stderr()
        run_dispatcher(
            ServiceSettings(
                data=data,
                database=database,
                workers=workers or os.cpu_count() or 1,
                isolation=isolation,
            ),
            on_start=lambda: click.echo("zerograd grades what is in the queue"),
            make_pool=make_pool,
        )


def _expect_private(host: str, base_url: str, *, allows_http: bool) -> None:
    """Refuse to send what students hand in, and their sessions, through a network unencrypted.

    Raises:
        click.UsageError: Others reach the address, or know it by one without encryption.
    """
    if allows_http:
        return
    base = urlsplit(base_url)
    if base.scheme == "https":
        return
    if not is_loopback(host):
        raise click.UsageError(
            f"others reach {host}, so say by which https:// address they know the service: "
            "--base-url; a reverse proxy in front of it encrypts. --allow-http does without"
        )
    if base_url and not is_loopback(base.hostname or ""):
        raise click.UsageError(
            f"{base_url} is not encrypted: use https://, or --allow-http to do without"
        )


def _on_cluster(cluster: Cluster | None, data: Path) -> "Callable[[PoolSettings], LivePool] | None":
    if cluster is None:
        return None
    if is_given("workers"):
        raise click.UsageError("the workers of the cluster grade; leave out --workers")
    cluster.expect_library()
    return functools.partial(cluster.make_pool, without=(data,))


def _expect_locks(isolation: str) -> None:
    """Refuse to start where every hand-in would end in a fault.

    Raises:
        LocksMissingError: A lock is missing, and all are required.
    """
    if isolation != "required":
        return
    from grader.errors import LocksMissingError
    from grader.observations.locks import LOCK_WORDS
    from grader.sandbox.host.probes import which_locks_hold

    found = which_locks_hold()
    if isinstance(found, str):
        raise LocksMissingError(("all locks",), found)
    if found.missing:
        raise LocksMissingError(
            tuple(LOCK_WORDS[name] for name in found.missing),
            "`grader doctor` says what to do, and --isolation auto does without",
        )
