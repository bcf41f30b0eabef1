"""Why code can't be parsed: a newer Python's, Python 2's, or two versions that Git didn't merge."""

import ast
import re
import sys
import time
from types import SimpleNamespace

import pytest

from grader.sandbox.guest import syntax_hints
from grader.sandbox.guest.syntax_hints import explain_syntax

pytestmark = pytest.mark.skipif(sys.version_info >= (3, 12), reason="this Python can parse it")


def _is_valid(source: str) -> bool:
    try:
        compile(source, "lab4.py", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    except SyntaxError:
        return False
    return True


def explain(source: str) -> str:
    """Return what is said of code that this Python can't parse."""
    with pytest.raises(SyntaxError) as caught:
        compile(source, "lab4.py", "exec")
    return explain_syntax(source, line=caught.value.lineno or 0, is_valid=_is_valid)


@pytest.mark.parametrize(
    ("source", "what"),
    [
        ('x = f"{d["a"]}"', "same quotes inside of its braces came with Python 3.12"),
        ("x = f'{y:{w}} {d['a']!r:>10} {{}}'", "same quotes inside of its braces"),
        ("x = f'{f'{f'{1}'}'}'", "same quotes inside of its braces"),
        ('x = f"{chr(10)}" + rf"{"}"}"', "same quotes inside of its braces"),
        ("x = f\"{'\\n'.join(a)}\"", "a backslash inside of its braces came with Python 3.12"),
        ('x = f"{\ny\n}"', "a comment or several lines inside of its braces came with Python 3.12"),
        ('x = f"""{\ny # y\n}"""', "a comment or several lines inside"),
        ("type X = int", "the statement `type X = ...` came with Python 3.12"),
        ("type X[T] = list[T]", "the statement `type X = ...` came with Python 3.12"),
        ("def f[T](x: T) -> T: return x", r"type parameters, as in `def f\[T\]\(x\)`, came"),
        ("async def f[*Ts, T: list[int] = int](x): pass", "type parameters"),
        ("class A[T]:\n    x: T", "type parameters"),
        ('x = t"{y}"', "t-strings came with Python 3.14"),
        ("try: x\nexcept A, B.C: y", "`except A, B:` without brackets came with Python 3.14"),
        ("lazy import torch\nlazy from a import b", "`lazy import` came with Python 3.15"),
        ("x = [*y for y in z]", "unpacking in a comprehension"),
        ("x = {**y for y in z}", "unpacking in a comprehension"),
        ('print "x"', "^this is Python 2, and in Python 3 print is a function"),
        ("try: x\nexcept A, e: y", "^this is Python 2, and in Python 3 it is `except A as e:`$"),
        (
            'print "x"\nraise A, "b"',
            "print is a function.*; this is Python 2, and in Python 3 it is `raise A",
        ),
        ('print f"{d["a"]}"\ntype X = int', "same quotes .*; the statement `type X"),
    ],
)
def test_code_of_another_python_is_called_what_it_is(source: str, what: str) -> None:
    """The message names what the code has, and which Python came with it."""
    message = explain(source)

    assert re.search(what, message)


@pytest.mark.parametrize(
    "source",
    [
        "def f(:",
        "x = f'{a",
        "x = 'it's'",
        "x = f'{a b}'",
        'x = f"{d["a"]}" = 3',
        "type = = 3",
        "def f[x, w]:\n    return x",
        "print x y",
        'x = """',
        "<<<<<<< HEAD\nx = 1\n",
        "if x = 3: pass",
        "x = [* for y in z]",
        "\\",
        "x = f'{(}'",
    ],
)
def test_nothing_is_guessed(source: str) -> None:
    """If the code can't be read without it either, nothing is said."""
    assert explain(source) == ""


def test_what_this_python_can_read_is_no_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    """What this Python has can't be why it can't read the code."""
    newer = SimpleNamespace(version_info=(3, 12, 0, "final", 0))
    monkeypatch.setattr(syntax_hints, "sys", newer)

    assert explain('x = f"{d["a"]}"') == ""
    assert explain('x = t"{y}"').startswith("t-strings came with Python 3.14")


def test_conflict_of_git_is_named_with_its_lines() -> None:
    """The lines with Git's marks are named."""
    source = "a = 1\n<<<<<<< HEAD\na = 2\n=======\na = 3\n>>>>>>> theirs\n"

    assert explain(source).startswith(
        "Git could not merge two versions, and both are in it, from line 2 (<<<<<<<) to line 6"
    )


def test_marks_of_git_in_a_text_are_no_conflict() -> None:
    """If the error is elsewhere, a text with such marks is not the reason."""
    source = '"""\n<<<<<<< a\n=======\n>>>>>>> b\n"""\nx = = 1\n'

    assert explain(source) == ""


@pytest.mark.parametrize(
    "source",
    [
        '"' * 200_000,
        "f'{" * 60_000,
        "[" * 200_000,
        "<<<<<<<\n" * 20_000,
        "<<<<<<<\n=======\n" * 10_000,
        "def f[" * 30_000,
        "def f" + "[a]" * 60_000,
        "type " * 40_000,
        "[* " * 60_000,
        "[*" + "a " * 90_000,
        "except A" + ", A" * 60_000,
        "print " * 30_000,
        "f'" + "{{" * 90_000,
    ],
    ids=lambda source: repr(source[:12]),
)
def test_time_is_bounded_whatever_the_code_is(source: str) -> None:
    """No code makes it take the square of its length."""
    started = time.process_time()

    explain_syntax(source, line=1, is_valid=lambda _: False)

    assert time.process_time() - started < 2
