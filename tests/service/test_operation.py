"""What whoever runs the service relies on: health, metrics, logs, and how it stops."""

import io
import json
import logging
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from service_site import ANN, BOB, LAB, Site, open_site, wrong_report

from grader.service.address import last_address, remember_address
from grader.service.logs import JsonFormatter, request_id
from grader.service.metrics_token import FILE, ensure_token
from grader.service.stopping import Stopping
from grader.service.web.app import make_app
from grader.service.web.observing import ObservingMiddleware


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """Return a service."""
    with open_site(tmp_path / "data") as made:
        yield made


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Return what is logged from now on."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter())
    logger = logging.getLogger("grader.service")
    logger.addHandler(handler)
    level, logger.level = logger.level, logging.INFO
    yield stream
    logger.removeHandler(handler)
    logger.setLevel(level)


def events(log: io.StringIO) -> list[dict[str, object]]:
    """Return what was logged."""
    return [json.loads(line) for line in log.getvalue().splitlines()]


def metrics_of(text: str) -> dict[tuple[str, ...], float]:
    """Read metrics: by their name, and the values of their labels in the order of their names."""
    return {
        (sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_metrics_say_how_the_queue_stands(site: Site) -> None:
    """What waits, what was graded, with which status, and how long that took."""
    site.grade(site.hand_in(ANN), wrong_report())
    site.hand_in(BOB, data=b"y = 1")

    answer = site.browser().get("/metrics")

    assert answer.headers["content-type"].startswith("text/plain")
    found = metrics_of(answer.text)
    assert found["zerograd_hand_ins_total",] == 2
    assert found["zerograd_jobs", "hand-in", "waiting"] == 1
    assert found["zerograd_jobs", "regrade", "waiting"] == 0
    assert found["zerograd_oldest_job_seconds", "hand-in"] > 0
    assert found["zerograd_oldest_job_seconds", "regrade"] == 0
    assert found["zerograd_results_total", wrong_report().status.value] == 1
    assert found["zerograd_report_seconds_count",] == 1
    assert found["zerograd_report_seconds_bucket", "+Inf"] == 1
    assert found["zerograd_faults_total",] == 0
    assert found["zerograd_outbox", "waiting"] == 0


def test_metrics_of_an_empty_service_are_there(site: Site) -> None:
    """Nothing is missing before the first hand-in."""
    found = metrics_of(site.browser().get("/metrics").text)

    assert found["zerograd_hand_ins_total",] == found["zerograd_report_seconds_count",] == 0


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Forwarded-For": "198.51.100.7"},
        {"Forwarded": "for=198.51.100.7"},
        {"Via": "1.1 proxy"},
        {"Host": "grader.example.org"},
        {"Authorization": "Bearer wrong", "Via": "1.1 proxy"},
        {"Authorization": "Bearer ", "Via": "1.1 proxy"},
    ],
    ids=lambda one: " ".join(one.values()),
)
def test_metrics_are_not_there_for_others(site: Site, headers: dict[str, str]) -> None:
    """A proxy on this machine asks for somebody else."""
    ensure_token(site.state.settings.data)

    answer = site.browser().get("/metrics", headers=headers)

    assert answer.status_code == 404
    assert "zerograd_" not in answer.text


def test_token_opens_the_metrics(site: Site) -> None:
    """It is in a file that only its owner reads, and stays the same."""
    data = site.state.settings.data
    ensure_token(data)
    token = (data / FILE).read_text()
    ensure_token(data)

    answer = site.browser().get(
        "/metrics", headers={"Via": "1.1 proxy", "Authorization": f"Bearer {token}"}
    )

    assert answer.status_code == 200
    assert (data / FILE).read_text() == token
    assert (data / FILE).stat().st_mode & 0o077 == 0


def test_log_has_no_secret_and_no_name(site: Site, log: io.StringIO) -> None:
    """Of a request its pattern, status and id are there, and nothing of who asked for what."""
    app = make_app(site.state)
    observed = ObservingMiddleware(app, metrics=site.state.metrics)
    browser = site.browser_of(observed)  # type: ignore[arg-type] # an application too
    link = site.link(ANN)

    answer = browser.post(link)
    browser.upload(LAB, ("ann-secret-name.py", b"x = 1"))
    browser.get("/nothing/ann-secret-name")

    logged = [one for one in events(log) if one["event"] == "request"]
    assert answer.headers["x-request-id"] == logged[0]["request"]
    assert logged[0]["route"] == "/log-in/{secret}"
    assert logged[-1]["route"] == "(none)"
    assert link.rpartition("/")[2] not in log.getvalue()
    assert "ann" not in log.getvalue().lower()
    counted = metrics_of(site.browser().get("/metrics").text)
    assert counted["zerograd_receipt_seconds_count",] == 1


def test_error_is_logged_without_its_text() -> None:
    """It may quote anything; its kind and where it came from are enough to find it."""
    record_of = logging.LogRecord("x", logging.ERROR, "file", 1, "a route failed", None, None)
    try:
        raise ValueError("Ann's secret")
    except ValueError as error:
        record_of.exc_info = (type(error), error, error.__traceback__)
    token = request_id.set("abc")

    line = json.loads(JsonFormatter().format(record_of))

    request_id.reset(token)
    assert line["error"] == "ValueError"
    assert line["request"] == "abc"
    assert "test_operation.py" in line["at"][0]
    assert "secret" not in json.dumps(line)


def test_service_that_stops_takes_nothing_more(site: Site) -> None:
    """Health says so, a hand-in is refused with nothing kept, and pages are still answered."""
    browser = site.browser(ANN)
    token = browser.token()
    site.state.is_ready = lambda: False

    assert browser.get("/health").status_code == 503
    assert browser.get("/alive").status_code == 200
    assert browser.get("/").status_code == 200
    refused = browser.upload(LAB, ("lab.py", b"x = 1"), token=token)
    assert refused.status_code == 503
    assert "Nothing was kept" in refused.text
    assert "lab.py" not in browser.get(f"/assignments/{LAB}").text


def test_first_signal_stops_in_order_and_the_second_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """More of them change nothing."""
    called: list[str] = []
    ended = threading.Event()
    monkeypatch.setattr("grader.service.stopping._AT_ONCE_S", 3600.0)

    def end() -> None:
        called.append("at once")
        ended.set()

    stopping = Stopping(lambda: called.append("in order"), end)

    stopping.ask()
    assert stopping.has_begun
    assert called == ["in order"]
    stopping.ask()
    stopping.ask()
    assert ended.wait(20)
    assert called == ["in order", "at once"]


def test_links_are_made_for_the_address_of_the_last_start(site: Site) -> None:
    """Before the first start, it is the usual one."""
    with site.database.read() as session:
        assert last_address(session) == "http://127.0.0.1:8000"

    for address in ("http://127.0.0.1:9", "https://grader.example.org"):
        remember_address(site.database, address)

    with site.database.read() as session:
        assert last_address(session) == "https://grader.example.org"
