"""A student hands in, waits, and sees the report: what the pages say and keep."""

import hashlib
import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from fakes import check_result, make_report
from manual_samples import waiting_item
from page_kinds import make_notebook
from page_samples import code
from report_samples import failed_report
from service_site import ANN, BOB, FILES_LAB, LAB, Browser, Site, open_site, wrong_report
from sqlalchemy import func, select

from grader.report.model import Report, ReportStatus, Status, Visibility
from grader.service.clock import DAY, SECOND, now
from grader.service.database.tables import Content, Counts, Decision, HandIn
from grader.submission.hand_in import is_packed, unpack


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """Return a service with two courses."""
    with open_site(tmp_path) as made:
        yield made


@pytest.fixture
def ann(site: Site) -> Browser:
    """Return the browser of a student."""
    return site.browser(ANN)


def text_of(html: str) -> str:
    """Return the text of a page, its white space as one space each."""
    body = html.partition("</head>")[2]
    return " ".join(re.sub(r"<[^>]*>", " ", re.sub(r"<script>.*?</script>", "", body)).split())


def kept(site: Site) -> tuple[str, bytes]:
    """Return the name and the bytes of the only hand-in."""
    with site.database.read() as session:
        hand_in, data = session.execute(
            select(HandIn, Content.data).join(Content, Content.sha256 == HandIn.sha256)
        ).one()
        return hand_in.name, data


def count(site: Site) -> int:
    """Return how many hand-ins there are."""
    with site.database.read() as session:
        return session.scalar(select(func.count()).select_from(HandIn)) or 0


def test_hand_in_gives_a_receipt_at_once(site: Site, ann: Browser) -> None:
    """It has number, time, name, size and digest, and the place in the queue."""
    site.hand_in(BOB, data=b"y = 2")
    data = b"x = 1\n"

    answer = ann.upload(LAB, ("lab.py", data))

    assert answer.status_code == 303
    shown = text_of(ann.get(answer.headers["location"]).text)
    number = answer.headers["location"].rpartition("/")[2]
    assert number in shown
    assert hashlib.sha256(data).hexdigest() in shown
    assert "lab.py , 6 bytes" in shown
    assert re.search(r"20\d\d-\d\d-\d\d \d\d:\d\d:\d\d UTC", shown)
    assert "1 hand-in is before it." in shown
    assert count(site) == 2


def test_service_hears_of_a_hand_in(site: Site, ann: Browser) -> None:
    """Whoever grades is woken, and not before there is something."""
    woken: list[int] = []
    site.state.wake = lambda: woken.append(count(site))

    ann.upload(LAB, ("lab.py", b"x"))

    assert woken == [1]


def test_pasted_code_is_a_file(site: Site, ann: Browser) -> None:
    """Its lines end as in a file, and it has the name that the assignment starts from."""
    answer = ann.upload(LAB, pasted="x = 1\r\ny = 'é'\r\n")

    assert answer.status_code == 303
    assert kept(site) == ("lab4.py", "x = 1\ny = 'é'\n".encode())


def test_notebook_is_taken_as_it_is(site: Site, ann: Browser) -> None:
    """Its bytes are not touched, and its digest is that of the file."""
    data = make_notebook(code("x = 1"))

    ann.upload(LAB, ("lab.ipynb", data))

    assert kept(site) == ("lab.ipynb", data)


def test_several_files_are_one_hand_in(site: Site, ann: Browser) -> None:
    """Where an assignment asks for several, they are packed; the receipt lists each."""
    model, train = b"import torch\n", b"import model\n"

    answer = ann.upload(
        FILES_LAB, ("train.py", train), ("model.py", model), ("extra.py", b""), ("notes.txt", b"x")
    )

    name, data = kept(site)
    assert name == "model.py and train.py"
    assert [one.name for one in unpack(data)] == ["model.py", "train.py", "extra.py"]
    shown = text_of(ann.get(answer.headers["location"]).text)
    assert hashlib.sha256(model).hexdigest() in shown
    assert hashlib.sha256(train).hexdigest() in shown
    again = ann.get(f"{answer.headers['location']}/file")
    assert again.headers["content-disposition"].startswith('attachment; filename="submission.zip"')
    with zipfile.ZipFile(io.BytesIO(again.content)) as archive:
        assert archive.read("model.py") == model
        assert archive.read("train.py") == train


def test_zip_of_several_files_is_taken_apart(site: Site, ann: Browser) -> None:
    """It is the same hand-in as its files."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("lab/model.py", b"m")
        archive.writestr("lab/train.py", b"t")

    assert ann.upload(FILES_LAB, ("lab.zip", packed.getvalue())).status_code == 303

    assert is_packed(kept(site)[1])


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ([], "There is nothing to hand in"),
        ([("lab.py", b"")], "Nothing is in lab.py"),
        ([("lab.docx", b"PK")], "only lab.docx"),
        ([("a.py", b"x"), ("b.py", b"y")], "these are 2: a.py and b.py"),
        ([("lab.zip", b"PK\3\4")], "can&#39;t be used"),
    ],
)
def test_what_can_not_be_graded_is_refused_at_once(
    files: list[tuple[str, bytes]], reason: str, site: Site, ann: Browser
) -> None:
    """The page comes again and says why; nothing is kept, and no attempt is lost."""
    answer = ann.upload(LAB, *files)

    assert answer.status_code == 422
    assert reason in answer.text
    assert 'role="alert"' in answer.text
    assert count(site) == 0


def test_file_and_pasted_text_together_are_refused(site: Site, ann: Browser) -> None:
    """It isn't clear which one is meant."""
    assert ann.upload(LAB, ("lab.py", b"x"), pasted="y").status_code == 422
    assert count(site) == 0


def test_code_for_several_files_can_not_be_pasted(site: Site, ann: Browser) -> None:
    """The form has no field for it, and says what it wants."""
    assert "pasted" not in ann.get(f"/assignments/{FILES_LAB}").text
    assert "model.py and train.py" in ann.upload(FILES_LAB, pasted="x").text
    assert count(site) == 0


def test_due_dates_are_kept_to(site: Site, ann: Browser) -> None:
    """Before it opens and after the last late day nothing is taken, whatever form is sent."""
    site.change(LAB, opens_at=now() + DAY)
    assert "Hand-ins are taken from" in ann.get(f"/assignments/{LAB}").text
    assert ann.upload(LAB, ("lab.py", b"x")).status_code == 409
    site.change(LAB, opens_at=None, due_at=now() - SECOND)
    assert "Nothing is taken any more" in ann.get(f"/assignments/{LAB}").text
    assert ann.upload(LAB, ("lab.py", b"x")).status_code == 409
    assert count(site) == 0

    site.change(LAB, late_days=2, late_penalty=0.25)

    assert "What you hand in now is late" in text_of(ann.get(f"/assignments/{LAB}").text)
    answer = ann.upload(LAB, ("lab.py", b"x"))
    site.grade(answer.headers["location"].rpartition("/")[2])
    shown = text_of(ann.get(answer.headers["location"]).text)
    assert "1 of 1 points, 1 day late: counts 0.75" in shown


def test_attempts_run_out_and_come_back(site: Site, ann: Browser) -> None:
    """The page says how many are left and when the next one comes; equal files cost none."""
    site.change(LAB, attempts=2, refill_s=3600)
    assert "2 attempts are left" in ann.get(f"/assignments/{LAB}").text
    ann.upload(LAB, ("lab.py", b"1"))
    ann.upload(LAB, ("lab.py", b"1"))
    assert "1 attempt is left" in ann.get(f"/assignments/{LAB}").text
    ann.upload(LAB, ("lab.py", b"2"))

    shown = text_of(ann.get(f"/assignments/{LAB}").text)

    assert "No attempt is left for now. The next one comes" in shown
    answer = ann.upload(LAB, ("lab.py", b"3"))
    assert answer.status_code == 409
    assert "There is no attempt left for now. Nothing was kept." in answer.text


def test_report_is_shown_when_it_is_there(site: Site, ann: Browser) -> None:
    """Until then there is none; afterwards the page has it in a frame, and on a page of its own."""
    number = site.hand_in()
    assert ann.get(f"/hand-ins/{number}/report").status_code == 404
    assert ann.get(f"/hand-ins/{number}/state").json() == {
        "is_ready": False,
        "place": 0,
        "sentence": "It is next, or being graded right now.",
        "pause_s": 1,
    }

    site.grade(number, wrong_report())

    assert ann.get(f"/hand-ins/{number}/state").json()["is_ready"] is True
    page = ann.get(f"/hand-ins/{number}").text
    assert "1 of 2 points" in page
    assert f'src="/hand-ins/{number}/report"' in page
    report = ann.get(f"/hand-ins/{number}/report")
    assert "1 of 2 points" in report.text
    assert report.headers["content-security-policy"].startswith("sandbox allow-same-origin; ")


def test_page_without_scripts_loads_itself_again(site: Site, ann: Browser) -> None:
    """It does while it waits, the less often the longer the queue; then no more."""
    number = site.hand_in()
    assert (
        '<noscript><meta http-equiv="refresh" content="5"></noscript>'
        in ann.get(f"/hand-ins/{number}").text
    )
    for one in range(120):
        site.hand_in(BOB, data=str(one).encode())
    last = site.hand_in(data=b"last")
    assert 'content="24"' in ann.get(f"/hand-ins/{last}").text

    site.grade(number)

    assert "http-equiv" not in ann.get(f"/hand-ins/{number}").text


def test_earlier_attempts_stay(site: Site, ann: Browser) -> None:
    """All are listed, the newest first, with the one that counts."""
    better = site.hand_in(data=b"1")
    site.grade(better, make_report(check_result("mse/a", max_points=2.0)))
    worse = site.hand_in(data=b"2")
    site.grade(worse, wrong_report())
    waiting = site.hand_in(data=b"3")

    def attempts() -> list[tuple[str, bool, str]]:
        page = ann.get(f"/assignments/{LAB}").text.partition('id="attempts"')[2]
        return [
            (number, "counts" in item, text_of(f"</head>{item}").rpartition("counts ")[2])
            for item in page.split("<li>")[1:]
            for number in re.findall(r"/hand-ins/([\w-]+)", item)
        ]

    assert [one[:2] for one in attempts()] == [(waiting, False), (worse, False), (better, True)]
    site.change(LAB, counts=Counts.LAST)
    assert [one[1] for one in attempts()] == [False, True, False]
    assert "those of your last attempt" in ann.get(f"/assignments/{LAB}").text


def test_fault_of_the_grader_costs_nothing(site: Site, ann: Browser) -> None:
    """The page says so, and the attempt is there again."""
    site.change(LAB, attempts=1)
    number = site.hand_in()
    site.grade(number, failed_report(ReportStatus.GRADER_ERROR, "the forkserver is gone"))

    assert "The grader failed; this costs no attempt" in ann.get(f"/hand-ins/{number}").text
    assert "1 attempt is left" in ann.get(f"/assignments/{LAB}").text


LATE = {"visibility": Visibility.AFTER_DUE_DATE}


def with_late_points(late: Status = Status.FAILED) -> Report:
    """Return a report with one point that is shown at once, and three that wait."""
    return make_report(
        check_result("mse/a"),
        check_result("mse/late", late, title="What waits", max_points=3.0, **LATE),
    )


def test_points_that_wait_are_shown_after_the_due_date(site: Site, ann: Browser) -> None:
    """Neither page nor points show them before, nor as long as others may hand in late."""
    number = site.hand_in()
    site.grade(number, with_late_points())

    def shown() -> tuple[bool, bool, bool]:
        pages = [ann.get(one).text for one in ("/", f"/assignments/{LAB}", f"/hand-ins/{number}")]
        report = ann.get(f"/hand-ins/{number}/report").text
        return (
            all("1 of 1 points" in one for one in pages),
            all("1 of 4 points" in one for one in pages),
            "What waits" in report,
        )

    assert shown() == (True, False, False)
    assert "3 more points depend on checks shown after" in ann.get(f"/hand-ins/{number}").text
    site.change(LAB, due_at=now() - DAY, late_days=2)
    assert shown() == (True, False, False)
    site.change(LAB, due_at=now() - 3 * DAY)
    assert shown() == (True, False, False)  # the assignment says nothing of it

    site.change(LAB, shows_after_due=True)

    assert shown() == (False, True, True)


def test_which_attempt_counts_says_nothing_of_points_that_wait(site: Site, ann: Browser) -> None:
    """The first of equal ones by what is shown counts, although a later one has more in truth."""
    first = site.hand_in(data=b"1")
    site.grade(first, with_late_points())
    second = site.hand_in(data=b"2")
    site.grade(second, with_late_points(Status.PASSED))

    assert 'class="tag">counts' in ann.get(f"/hand-ins/{first}").text
    assert 'class="tag">counts' not in ann.get(f"/hand-ins/{second}").text


def test_notebook_is_shown_again_after_the_due_date(site: Site, ann: Browser) -> None:
    """The page is made anew then, with the notebook on it."""
    data = make_notebook(code("def mse(y_hat, y):\n    return 'in the notebook'"))
    number = site.hand_in(name="lab.ipynb", data=data)
    report = with_late_points()
    site.grade(
        number,
        msgspec.structs.replace(
            report, submission=msgspec.structs.replace(report.submission, format="notebook")
        ),
    )
    site.change(LAB, due_at=now() - DAY, shows_after_due=True)

    shown = ann.get(f"/hand-ins/{number}/report").text

    assert "in the notebook" in shown
    assert "What waits" in shown


def test_answers_that_wait_for_a_person_are_said(site: Site, ann: Browser) -> None:
    """The points are those so far."""
    number = site.hand_in()
    site.grade(
        number,
        make_report(
            check_result("mse/a"), manual=(waiting_item("essay", 5.0),), score=1.0, max_score=6.0
        ),
    )

    assert "1 of 6 points so far" in text_of(ann.get(f"/hand-ins/{number}").text)


def test_decisions_of_the_instructor_are_shown(site: Site, ann: Browser) -> None:
    """An override, a comment and an excuse; what was withdrawn is not."""
    site.grade(site.hand_in())
    with site.database.write() as session:
        for kind, points, text, withdrawn in (
            ("override", 0.5, "why", None),
            ("comment", None, "Well <b>done</b>", None),
            ("comment", None, "taken back", 1),
            ("excuse", None, "ill", None),
        ):
            session.add(
                Decision(
                    assignment_id=LAB, person_id=ANN, kind=kind, points=points, text=text, at=1,
                    withdrawn_at=withdrawn,
                )
            )  # fmt: skip

    page = ann.get(f"/assignments/{LAB}").text

    assert "0.5 of 1 points" in page
    assert "as your instructor decided" in page
    assert "Well &lt;b&gt;done&lt;/b&gt;" in page
    assert "taken back" not in page
    assert "You are excused" in page
    assert "ill" not in text_of(page).replace("still", "")
    assert "You are excused" in ann.get("/").text


def test_own_file_comes_back_as_it_was(site: Site, ann: Browser) -> None:
    """The bytes are the same, and no browser runs them or shows them as a page."""
    data = b"<script>alert(1)</script>\r\n\0\xff"
    number = site.hand_in(name="lab.py", data=data)

    answer = ann.get(f"/hand-ins/{number}/file")

    assert answer.content == data
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith('attachment; filename="lab.py"')
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_made_up_pack_of_files_comes_back_as_it_was(site: Site, ann: Browser) -> None:
    """Bytes that look like several files and are not are a file."""
    data = b"zerograd: files\0nonsense"
    number = site.hand_in(data=data)

    assert ann.get(f"/hand-ins/{number}/file").content == data
    assert hashlib.sha256(data).hexdigest() in ann.get(f"/hand-ins/{number}").text


def test_broken_assignment_still_takes_hand_ins(site: Site, ann: Browser) -> None:
    """What is handed in before a deadline is kept, also if the folder is away for a moment."""
    site.change(LAB, folder="/nowhere")

    assert ann.upload(LAB, ("lab.py", b"x")).status_code == 303
    assert count(site) == 1


def test_instructor_sees_a_hand_in_of_the_course(site: Site) -> None:
    """With the name of its student."""
    number = site.hand_in()
    ina = site.browser(3)

    assert "Handed in by Ann" in ina.get(f"/hand-ins/{number}").text
    assert ina.get(f"/hand-ins/{number}/file").status_code == 200


def test_home_lists_assignments_with_how_they_stand(site: Site, ann: Browser) -> None:
    """A student sees each with its due date and points, and nothing of another course."""
    site.grade(site.hand_in(), wrong_report())
    site.change(FILES_LAB, due_at=now() - DAY)

    shown = text_of(ann.get("/").text)

    assert "Lab 1 No due date 1 of 2 points" in shown
    assert "Lab 3 Closed Not handed in" in shown
    assert "Lab 2" not in shown
