"""What an assignment gives lies in the folder of each child: fresh, read-only, and for free."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from sessions import call

from grader.errors import InternalError
from grader.observations.locks import Lock
from grader.observations.messages import CodeBlock, Lent, Outcome
from grader.sandbox.host.account import Account
from grader.sandbox.host.forkserver import Forkserver
from grader.sandbox.host.given import Given, GivenCopies
from grader.sandbox.host.limits import MIB, Confinement, Limits
from grader.sandbox.host.session import Session, Source, open_session

pytestmark = pytest.mark.slow

DATA = "x,y\n1,2\n3,4\n"
UTILS = "import os\nPLACE = os.path.basename(__file__)\ndef double(x): return 2 * x\n"
Open = Callable[..., Session]


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> Given:
    """Return two data files, a large one, a module, a package, and modules with bad names."""
    folder = tmp_path_factory.mktemp("assignment")
    texts = {
        "data.csv": DATA,
        "other.csv": "z\n7\n",
        "utils.py": UTILS,
        "tools/__init__.py": "from tools.inner import seven\n",
        "tools/inner.py": "def seven(): return 7\n",
        "math.py": "def double(x): raise AssertionError\n",
        "colorsys.py": "def double(x): raise AssertionError\n",
    }
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    (folder / "large.bin").write_bytes(bytes(16 * MIB))
    return Given(
        files={
            "data.csv": folder / "data.csv",
            "data/train/x.csv": folder / "other.csv",
            "large.bin": folder / "large.bin",
        },
        modules={name: folder / name for name in texts if name.endswith(".py")},
    )


@pytest.fixture(scope="module")
def forkserver(given: Given) -> Iterator[Forkserver]:
    """Return a forkserver whose children are given these."""
    with Forkserver(given=given) as server:
        yield server


@pytest.fixture
def open_source(forkserver: Forkserver) -> Iterator[Open]:
    """Return a function that opens a session on a script or a notebook."""
    with ExitStack() as stack:

        def open_it(
            *sources: str,
            is_notebook: bool = False,
            limits: Limits | None = None,
            without: tuple[Lock, ...] = (),
        ) -> Session:
            source = Source(
                name="submission.ipynb" if is_notebook else "submission.py",
                blocks=tuple(CodeBlock(label="", source=one) for one in sources),
                is_notebook=is_notebook,
                parameters={"f": ("n",), "g": ("n",)},
            )
            account = Account(limits or Limits(), functions=2)
            return stack.enter_context(
                open_session(
                    forkserver, source, account=account, confinement=Confinement(without=without)
                )
            )

        yield open_it


def said(session: Session) -> str:
    """Return what a submission has printed, and what it raised while it was loaded."""
    notes = [f"{note.raised.type_name}: {note.raised.text}" for note in session.loaded.notes
             if note.raised]  # fmt: skip
    return "\n".join([session.output()[0].strip(), *notes]).strip()


READ = {
    "open": "print(open('data.csv').read())",
    "dot": "print(open('./data.csv').read())",
    "numpy": "import numpy as np; print(np.loadtxt('./data.csv', delimiter=',', skiprows=1)[1, 1])",
    "genfromtxt": "import numpy as np; print(np.genfromtxt('data.csv', delimiter=',').shape)",
    "csv": "import csv; print(list(csv.DictReader(open('data.csv')))[1]['y'])",
    "pathlib": "from pathlib import Path; print(Path('data.csv').read_text())",
    "absolute": "import os; print(open(os.path.abspath('data.csv')).read())",
    "resolved": "from pathlib import Path; print(Path('data.csv').resolve().read_text())",
    "in the working folder": "import os; print(open(os.path.join(os.getcwd(), 'data.csv')).read())",
    "mapped": "import mmap; f = open('data.csv', 'rb'); "
    "print(mmap.mmap(f.fileno(), 0, access=mmap.ACCESS_READ)[:3])",
    "copied": "import shutil; shutil.copy('data.csv', 'b.csv'); print(open('b.csv').read())",
    "sub-folder": "print(open('data/train/x.csv').read())",
    "listed": "import os; print(sorted(os.listdir())); print(os.listdir('data/train'))",
    "walked": "import os; print([f for _, _, files in os.walk('.') for f in files])",
    "globbed": "import glob; print(glob.glob('**/*.csv', recursive=True))",
    "asked for": "import os; print(os.path.exists('data.csv'), os.path.isfile('data/train/x.csv'),"
    " os.path.getsize('data.csv'), os.path.isdir('data'))",
}
SEEN = {
    "numpy": "4.0",
    "genfromtxt": "(3, 2)",
    "csv": "4",
    "mapped": "b'x,y'",
    "sub-folder": "z\n7",
    "asked for": "True True 12 True",
}


@pytest.mark.parametrize("way", READ)
def test_given_file_is_read_in_any_way(way: str, open_source: Open) -> None:
    """A given file is found by every way to name it from the working folder."""
    text = said(open_source(READ[way]))

    if way in ("listed", "walked", "globbed"):
        assert "data.csv" in text
        assert "x.csv" in text
    else:
        assert text == SEEN.get(way, DATA.strip())


def test_given_file_is_beside_the_script(open_source: Open) -> None:
    """A script finds a given file beside itself."""
    source = "from pathlib import Path\nprint((Path(__file__).parent / 'data.csv').read_text())\n"

    assert said(open_source(source)) == DATA.strip()


def test_given_file_is_there_for_a_notebook(open_source: Open) -> None:
    """The cells of a notebook find a given file."""
    assert said(open_source("x = open('data.csv')", "print(x.read())", is_notebook=True)) == (
        DATA.strip()
    )


CHANGES = {
    "overwritten": "open('data.csv', 'w').write('wrong')",
    "appended": "open('data.csv', 'a').write('wrong')",
    "emptied": "import os; os.truncate('data.csv', 0)",
    "of a copy": "import os; open(os.path.realpath('data.csv'), 'w').write('wrong')",
    "removed copy": "import os; os.remove(os.path.realpath('data.csv'))",
    "beside a copy": "import os; open(os.path.dirname(os.path.realpath('data.csv')) + '/b', 'w')",
    "linked copy": "import os; os.link(os.path.realpath('data.csv'), 'b'); open('b', 'w')",
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize(
    "without", [(), (Lock.FILES, Lock.SYSCALLS)], ids=["locked", "without locks"]
)
def test_given_file_cannot_be_changed(
    change: str, without: tuple[Lock, ...], open_source: Open
) -> None:
    """What a child does to a given file is refused, or at least the next child has it afresh."""
    first = open_source(change, without=without)
    if not without:
        assert "Error" in said(first)
    first.close()

    assert said(open_source("print(open('data.csv').read())")) == DATA.strip()


REPLACED = {
    "removed": "os.remove('data.csv')",
    "own file": "os.remove('data.csv'); open('data.csv', 'w').write('own')",
    "renamed": "os.rename('data.csv', 'b.csv')",
    "another link": "os.remove('data.csv'); os.symlink('nowhere', 'data.csv')",
    "folder removed": "shutil.rmtree('data'); os.remove('data.csv')",
    "other folder": "os.mkdir('new'); os.chdir('new'); os.remove('../data.csv')",
}


@pytest.mark.parametrize("replace", REPLACED.values(), ids=REPLACED)
def test_given_file_is_back_for_each_call(replace: str, open_source: Open) -> None:
    """A submission that replaces or removes a given file has it again in the next call."""
    session = open_source(
        f"import os, shutil\ndef f(n):\n    {replace}\n    return n\n"
        "def g(n): return len(open('data.csv').read() + open('data/train/x.csv').read())\n"
    )

    assert call(session, "f").outcome is Outcome.RETURNED
    answer = call(session, "g")

    assert answer.outcome is Outcome.RETURNED
    assert answer.steps[0].returned.value == len(DATA) + 4  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "hostile",
    [
        "os.remove('data.csv'); os.mkdir('data.csv')",
        "shutil.rmtree('data'); os.symlink('/', 'data')",
        "shutil.rmtree('data'); open('data', 'w')",
        "os.readlink = os.symlink = os.unlink = None; os.remove('data.csv')",
    ],
)
def test_submission_that_spoils_its_folder_hurts_only_itself(
    hostile: str, open_source: Open
) -> None:
    """A child whose given files can't be put back goes on, and the next child has them."""
    source = f"import os, shutil\ndef f(n):\n    {hostile}\n    return n\ndef g(n): return n\n"
    session = open_source(source)

    assert call(session, "f").outcome is Outcome.RETURNED
    assert call(session, "g").outcome is Outcome.RETURNED
    assert said(open_source("print(open('data/train/x.csv').read())")) == "z\n7"


def test_given_files_use_up_nothing(open_source: Open) -> None:
    """Given files count neither as disk nor as files that the submission has."""
    source = (
        "import time\ndef f(n):\n    open('own', 'w').write('a')\n    time.sleep(0.3)\n"
        "    return len(open('large.bin', 'rb').read())\n"
        "def g(n):\n    open('own', 'wb').write(bytes(1 << 20))\n    time.sleep(0.3)\n"
    )
    session = open_source(source, limits=Limits(disk_bytes=64 * 1024, files=2))

    assert call(session, "f").outcome is Outcome.RETURNED
    assert call(session, "g").outcome is Outcome.DISK_LIMIT


def test_support_can_be_imported(open_source: Open) -> None:
    """Modules and packages that are given can be imported, and also opened as files."""
    session = open_source(
        "import utils\nfrom utils import double\nfrom tools import seven\nimport tools.inner\n"
        "print(utils.PLACE, double(3), seven(), 'double' in open('utils.py').read())\n"
    )

    assert said(session) == "utils.py 6 7 True"


@pytest.mark.parametrize(
    "line",
    [
        "%run utils.py",
        "%run ./utils.py",
        "%run -i utils",
        "get_ipython().run_line_magic('run', 'utils.py')",
    ],
)
def test_support_can_be_run_by_a_magic(line: str, open_source: Open) -> None:
    """%run of a given module brings all its names; of anything else it is left out."""
    session = open_source(line, "print(double(4))", is_notebook=True)
    other = open_source(
        line.replace("utils", "other"), "print('went on')", "double(4)", is_notebook=True
    )

    assert said(session) == "8"
    assert said(other) == "went on\nNameError: name 'double' is not defined"


def test_support_shadows_nothing(open_source: Open) -> None:
    """A module of Python comes before one that is given under the same name."""
    session = open_source("import math, colorsys\nprint(math.pi > 3, hasattr(colorsys, 'double'))")

    assert said(session) == "True False"


def test_support_can_be_used_by_what_is_lent(forkserver: Forkserver) -> None:
    """Lent functions import what is given too."""
    source = Source(
        name="submission.py",
        blocks=(CodeBlock(label="", source="def f(n): return g(n)\ndef g(n): return 0\n"),),
        is_notebook=False,
        parameters={"f": ("n",), "g": ("n",)},
        lent=Lent(
            source="from utils import double\ndef g(n): return double(n)\n",
            parameters={"g": ("n",)},
        ),
    )
    account = Account(Limits(), functions=2)
    with open_session(forkserver, source, account=account, confinement=Confinement()) as session:
        answer = call(session, "f")

    assert answer.steps[0].returned.value == 6  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "replace",
    ["open('data.csv', 'w').write('own')", *REPLACED.values()],
    ids=["written", *REPLACED],
)
def test_copies_are_put_back_where_links_need_a_right(
    replace: str, open_source: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On Windows a child gets copies; they are as they were in each call, and count as nothing."""

    def refuse(_self: Path, _target: Path) -> None:
        raise OSError(22, "A required privilege is not held by the client")

    monkeypatch.setattr(Path, "symlink_to", refuse)
    session = open_source(
        f"import os, shutil\ndef f(n):\n    {replace}\n    return n\n"
        "def g(n): return len(open('data.csv').read() + open('data/train/x.csv').read())"
        " + 100 * os.path.islink('data.csv') + 1000 * os.path.islink('utils.py')\n",
        limits=Limits(disk_bytes=64 * 1024, files=9),
    )

    assert call(session, "f").outcome is Outcome.RETURNED
    answer = call(session, "g")

    assert answer.outcome is Outcome.RETURNED
    assert answer.steps[0].returned.value == len(DATA) + 4  # type: ignore[union-attr]


def test_copies_are_made_again_if_they_were_changed(given: Given, tmp_path: Path) -> None:
    """A copy that somebody has changed, with its size and time as before, is made again."""
    copies = GivenCopies(given, tmp_path)
    copies.refresh()
    copy = tmp_path / "given/files/data.csv"
    before = copy.stat()
    copies.refresh()
    assert copy.stat().st_ino == before.st_ino  # not copied twice
    copy.chmod(0o644)
    copy.write_text(DATA.upper())
    copy.chmod(0o444)
    os.utime(copy, ns=(before.st_atime_ns, before.st_mtime_ns))

    copies.refresh()

    assert copy.read_text() == DATA
    assert copy.stat().st_mode & 0o777 == 0o444


def test_file_that_cannot_be_copied_is_a_fault(tmp_path: Path) -> None:
    """A file that is gone when the forkserver starts is a fault of the grader, with its name."""
    with (
        pytest.raises(InternalError, match=r"gone\.csv can't be copied"),
        Forkserver(given=Given(files={"gone.csv": tmp_path / "gone.csv"})),
    ):
        pass
