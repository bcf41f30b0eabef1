"""A service that listens on loopback, for real browsers and for uploads that take their time."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from service_site import Site

from grader.service.sessions import start_session
from grader.service.web.app import make_app
from grader.service.web.auth import cookie_name


@contextmanager
def listening(site: Site) -> Iterator[str]:
    """Serve a site in a thread; yield its address."""
    config = uvicorn.Config(
        make_app(site.state), host="127.0.0.1", port=0, log_config=None, lifespan="off"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        deadline = time.monotonic() + 20
        while not server.started:
            assert time.monotonic() < deadline, "the server did not start"
            time.sleep(0.01)
        host, port = server.servers[0].sockets[0].getsockname()
        yield f"http://{host}:{port}"
    finally:
        server.should_exit = True
        server.force_exit = True  # browsers keep their connections
        thread.join()


def cookie_of(site: Site, person_id: int) -> tuple[str, str]:
    """Log somebody in; return the name and value of the cookie."""
    with site.database.write() as session:
        secret = start_session(session, person_id, course_id=None)
    return cookie_name(site.state.settings), secret
