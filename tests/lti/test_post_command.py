"""The command ``grader post``: exit codes, streams, and resuming after an interrupt or a kill."""

import functools
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from lti_class import ADA, BOB, failed_by_us, graded, write_class, write_three
from lti_platform import Fault, LoopbackPlatform, make_key

from grader.cli.post import post
from grader.exports.text import GRADER_FAULT
from grader.lti.retry import RetryPolicy
from grader.report.class_model import Student

pytestmark = pytest.mark.slow

Run = Callable[..., Result]


@pytest.fixture
def settings(platform: LoopbackPlatform, tmp_path: Path) -> Path:
    """The settings of the platform."""
    return platform.write_settings(tmp_path)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the command; waiting takes no time."""
    quick = functools.partial(RetryPolicy, sleep=lambda _seconds: None)
    monkeypatch.setattr("grader.lti.retry.RetryPolicy", quick)

    def run_command(*arguments: object) -> Result:
        return CliRunner().invoke(post, ["--to", "lti", *map(str, arguments)])

    return run_command


def test_scores_are_sent_and_counted(
    platform: LoopbackPlatform, run: Run, settings: Path, tmp_path: Path
) -> None:
    """All scores are sent and counted; a second run sends none unless --resend is given."""
    folder = write_three(tmp_path / "results")

    done = run(folder, "--platform", settings)

    assert (done.exit_code, done.stdout, done.stderr) == (0, "3 sent\n", "")
    assert len(platform.scores) == 3
    again = run(folder, "--platform", settings)
    assert (again.exit_code, again.stdout) == (0, "3 unchanged\n")
    assert run(folder, "--platform", settings, "--resend").stdout == "3 sent\n"
    assert len((folder / "lti-log.jsonl").read_text().splitlines()) == 12


def test_dry_run_sends_nothing(
    platform: LoopbackPlatform, run: Run, settings: Path, tmp_path: Path
) -> None:
    """A dry run needs no key, prints what students would read, and leaves no log."""
    folder = write_three(tmp_path / "results")
    (tmp_path / "tool.pem").unlink()

    done = run(folder, "--platform", settings, "--dry-run")

    assert (done.exit_code, done.stderr, platform.paths) == (0, "", [])
    assert done.stdout.splitlines() == [
        "Ada (ada) as user u-ada: 11 of 12, Completed, FullyGraded",
        "    11 of 12 points.",
        "    mse: 1 of 1",
        "    update: 10 of 11",
        "Bob (bob) as user u-bob: 3 of 12, Completed, FullyGraded",
        "    3 of 12 points.",
        "    mse: 1 of 1",
        "    update: 2 of 11",
        "Eve (eve) as user u-eve: no score, Submitted, Failed",
        f"    {GRADER_FAULT}",
        "3 would be sent, 0 unchanged",
    ]
    assert not (folder / "lti-log.jsonl").exists()
    assert run(folder, "--dry-run").stdout == done.stdout


def test_dry_run_knows_what_is_there(run: Run, settings: Path, tmp_path: Path) -> None:
    """A dry run shows only the scores that have changed."""
    run(write_three(tmp_path / "results"), "--platform", settings)
    folder = write_three(tmp_path / "results", ada=2.0)

    done = run(folder, "--platform", settings, "--dry-run")

    assert done.stdout.startswith("Ada (ada) as user u-ada: 2 of 12")
    assert done.stdout.endswith("\n1 would be sent, 2 unchanged\n")


def test_score_that_stays_is_listed(
    platform: LoopbackPlatform, run: Run, settings: Path, tmp_path: Path
) -> None:
    """If the grader fails on a new hand-in, the score that was sent stays, and the run says so."""
    folder = write_class(tmp_path / "results", ("ada", (ADA,), graded(9.0)))
    run(folder, "--platform", settings)
    write_class(folder, ("ada", (ADA,), failed_by_us()))

    planned = run(folder, "--platform", settings, "--dry-run")
    done = run(folder, "--platform", settings)

    reason = "Ada (ada): there is no score, so the one that was sent before stays"
    assert planned.stdout == f"would not be sent: {reason}\n0 would be sent, 0 unchanged\n"
    assert (done.exit_code, done.stdout) == (1, "nothing was sent\n")
    assert done.stderr == f"not sent: {reason}\n"
    assert platform.scores["u-ada"]["scoreGiven"] == 9.0


def test_hostile_name_steers_neither_terminal_nor_log(
    run: Run, settings: Path, tmp_path: Path
) -> None:
    """A hostile name stays on its line, both on the terminal and in the log."""
    name = 'a\x1b[31m\r\nb"}\n{"outcome":"accepted"}'
    people = (Student(id="u-ada", name=name),)
    folder = write_class(tmp_path / "results", ("ada", people, graded(9.0, notes=(name,))))

    shown = run(folder, "--platform", settings, "--dry-run").stdout
    run(folder, "--platform", settings)

    assert all(one.isprintable() or one == "\n" for one in shown)
    assert shown.splitlines()[0].startswith(r'a\x1b[31m b"} {"outcome":"accepted"} (ada) as user')
    lines = map(json.loads, (folder / "lti-log.jsonl").read_bytes().split(b"\n")[:-1])
    assert [one["outcome"] for one in lines] == ["sending", "accepted"]


def test_student_without_a_user_id_is_reported(run: Run, settings: Path, tmp_path: Path) -> None:
    """A student without a user id is reported, and the others still get their scores."""
    users = tmp_path / "users.csv"
    users.write_text("lti_user_id,name\n77,Ada\n")
    folder = write_class(
        tmp_path / "results",
        ("ada", (ADA,), graded(9.0)),
        ("bob", (BOB,), graded(9.0)),
        ("", (Student(id="u-eve", name="Eve"),), None),
    )

    done = run(folder, "--platform", settings, "--users", users)

    assert done.exit_code == 1
    assert (
        done.stdout
        == "1 sent\n1 student on the roster did not hand in anything and gets no score\n"
    )
    assert done.stderr == "not sent: Bob (bob): the user id is not known\n"
    dry = run(folder, "--users", users, "--dry-run")
    assert (dry.exit_code, dry.stderr.startswith("would not be sent: Bob")) == (0, True)


def test_after_due_changes_what_is_sent(
    platform: LoopbackPlatform, run: Run, settings: Path, tmp_path: Path
) -> None:
    """A score is pending before the due date and complete with --after-due."""
    folder = write_class(tmp_path / "results", ("ada", (ADA,), graded(9.0, waiting=4.0)))

    assert run(folder, "--platform", settings).exit_code == 0
    assert platform.scores["u-ada"]["gradingProgress"] == "PendingManual"
    assert platform.scores["u-ada"]["scoreGiven"] == 9.0
    assert platform.scores["u-ada"]["scoreMaximum"] == 16.0
    assert run(folder, "--platform", settings, "--after-due").stdout == "1 sent\n"
    assert platform.scores["u-ada"]["gradingProgress"] == "FullyGraded"
    assert platform.scores["u-ada"]["scoreGiven"] == 13.0


def test_refused_score_is_reported(
    platform: LoopbackPlatform, run: Run, settings: Path, tmp_path: Path
) -> None:
    """A refused score is reported with the platform's reason, and the exit status is 1."""
    platform.ungradable.add("u-bob")

    done = run(write_three(tmp_path / "results"), "--platform", settings)

    assert (done.exit_code, done.stdout) == (1, "2 sent, 1 refused\n")
    assert done.stderr == (
        "not accepted: Bob (bob): HTTP 422 (user can't be graded in this course)\n"
    )


def test_score_that_the_platform_keeps_is_reported(
    platform: LoopbackPlatform, run: Run, settings: Path, tmp_path: Path
) -> None:
    """A later score on the platform is reported, but is not a failure."""
    folder = write_class(tmp_path / "results", ("ada", (ADA,), graded(9.0)))
    platform.scores["u-ada"] = {"timestamp": "2999-01-01T00:00:00.000Z"}

    done = run(folder, "--platform", settings)

    assert (done.exit_code, done.stdout) == (
        0,
        "1 already there or superseded\n",
    )
    assert done.stderr == "already there or superseded: Ada (ada): HTTP 409 (oldtimestamp)\n"


def test_rejected_key_is_a_usage_error(
    platform: LoopbackPlatform, run: Run, tmp_path: Path
) -> None:
    """If the platform rejects the key, nothing is sent and no part of the key is shown."""
    settings = platform.write_settings(tmp_path, key_name="stranger")

    done = run(write_three(tmp_path / "results"), "--platform", settings)

    assert (done.exit_code, platform.posts) == (2, [])
    assert "issues no token to client" in done.stderr
    assert make_key("stranger")[0].splitlines()[1] not in done.output


def test_unreachable_platform_is_reported(
    platform: LoopbackPlatform, run: Run, settings: Path, tmp_path: Path
) -> None:
    """An unreachable platform is reported, with an exit status of its own."""
    platform.token_faults += [Fault(status=503)] * 5

    done = run(write_three(tmp_path / "results"), "--platform", settings)

    assert (done.exit_code, done.stdout) == (3, "nothing was sent\n")
    assert "can't be reached: it issued no access token, because it answers HTTP 503" in done.stderr
    assert "3 scores were not sent" in done.stderr


def test_exposed_key_gives_a_warning(run: Run, settings: Path, tmp_path: Path) -> None:
    """A key that others can open gives a warning, but is used."""
    (tmp_path / "tool.pem").chmod(0o644)

    done = run(write_three(tmp_path / "results"), "--platform", settings)

    assert done.exit_code == 0
    assert done.stderr.startswith(
        "warning: other users of this machine can open the key; run: chmod 600"
    )


def test_without_settings_there_is_nowhere_to_send(run: Run, tmp_path: Path) -> None:
    """Without the settings of a platform, sending is a usage error."""
    done = run(write_three(tmp_path / "results"))

    assert done.exit_code == 2
    assert "--platform" in done.stderr


def test_without_its_libraries_it_says_what_to_install(
    run: Run, settings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the extra's libraries the message says what to install; a dry run works."""
    for name in ("grader.lti.client", "grader.lti.key"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.setitem(sys.modules, "pylti1p3.assignments_grades", None)
    folder = write_three(tmp_path / "results")

    done = run(folder, "--platform", settings)

    assert done.exit_code == 2
    assert 'pip install "zerograd[lti]"' in done.stderr
    assert run(folder, "--platform", settings, "--dry-run").exit_code == 0


def test_planning_needs_none_of_the_libraries_that_send() -> None:
    """What a dry run imports works without requests, cryptography and pylti1p3."""
    program = """
import sys
sys.modules.update(dict.fromkeys(("requests", "cryptography", "pylti1p3")))
import grader.lti.plan, grader.lti.post, grader.lti.terminal
"""

    subprocess.run([sys.executable, "-c", program], check=True)


def test_interrupt_is_reported(
    platform: LoopbackPlatform,
    run: Run,
    settings: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An interrupt is reported with the progress so far, and the same command resumes."""
    folder = write_three(tmp_path / "results")
    platform.score_faults += [None, Fault(status=503)]

    def interrupt(_seconds: float) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        impatient = functools.partial(RetryPolicy, sleep=interrupt)
        patched.setattr("grader.lti.retry.RetryPolicy", impatient)
        done = run(folder, "--platform", settings)

    assert done.exit_code == 130
    assert "interrupted after 1 of 3 scores" in done.stderr
    assert run(folder, "--platform", settings).stdout == "2 sent, 1 unchanged\n"


def test_kill_between_score_and_log_changes_nothing(
    platform: LoopbackPlatform, run: Run, settings: Path, tmp_path: Path
) -> None:
    """After a kill, the score that was being sent is sent again; earlier ones are not."""
    folder = write_three(tmp_path / "results")
    arguments = ["--to", "lti", str(folder), "--platform", str(settings)]
    process = subprocess.Popen(
        [sys.executable, "-c", "from grader.cli.post import post; post()", *arguments],
        env={**os.environ, "NO_PROXY": "*"},
    )

    def kill_at_the_second() -> None:
        if len(platform.scores) == 2:
            process.send_signal(signal.SIGKILL)
            process.wait(timeout=10)

    platform.on_store = kill_at_the_second
    assert process.wait(timeout=60) == -signal.SIGKILL
    platform.on_store = lambda: None
    before = platform.scores["u-bob"]

    done = run(folder, "--platform", settings)

    assert (done.exit_code, done.stdout) == (0, "2 sent, 1 unchanged\n")
    after = platform.scores["u-bob"]
    assert before["timestamp"] < after["timestamp"]
    assert {**before, "timestamp": ""} == {**after, "timestamp": ""}
