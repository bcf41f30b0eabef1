"""Marked regions are taken out, and what is left is valid Python."""

import pytest

from grader.authoring.release import render_notebook, render_script
from grader.errors import UsageError

STUB = 'raise NotImplementedError("lab 4: write f()")'


def refuse(text: str) -> str:
    """Return the text with which a reference is refused."""
    with pytest.raises(UsageError) as caught:
        render_script(text)
    return str(caught.value)


@pytest.mark.parametrize(
    ("code", "left"),
    [
        ("# BEGIN SOLUTION\nw = f()\n# END SOLUTION", "# your code here"),
        ("### BEGIN SOLUTION\nw = f()\n### END SOLUTION", "# your code here"),
        ("# BEGIN SOLUTION w\nw = f()\n# END SOLUTION w", "# your code here: w"),
        (
            "N = 3\n# BEGIN SOLUTION\nw = f()\n# END SOLUTION\nM = 4",
            "N = 3\n# your code here\nM = 4",
        ),
        (
            (
                "def f(x):\n    '''Doc.'''\n    y = 1\n    # BEGIN SOLUTION\n    y = x\n"
                "    # END SOLUTION\n    return y"
            ),
            "def f(x):\n    '''Doc.'''\n    y = 1\n    # your code here\n    return y",
        ),
        (
            "def f(x):\n    '''Doc.'''\n    # BEGIN SOLUTION\n    return x\n    # END SOLUTION",
            f"def f(x):\n    '''Doc.'''\n    {STUB}",
        ),
        (
            (
                "def f(x):\n    '''Doc.'''\n    for i in x:\n        # BEGIN SOLUTION\n"
                "        i()\n        # END SOLUTION\n    return x"
            ),
            (
                "def f(x):\n    '''Doc.'''\n    for i in x:\n        # your code here\n"
                f"        {STUB}\n    return x"
            ),
        ),
        (
            (
                "def f(x):\n    '''Doc.'''\n    if x:\n        y = 1\n    # BEGIN SOLUTION\n"
                "    elif y:\n        z = 2\n    else:\n        z = 3\n    # END SOLUTION\n"
                "    return y"
            ),
            (
                "def f(x):\n    '''Doc.'''\n    if x:\n        y = 1\n    # your code here\n"
                "    return y"
            ),
        ),
        (
            (
                "def f(x):\n    '''Doc.'''\n    if x:\n        y = 1\n    else:\n"
                "        # BEGIN SOLUTION\n        z = 2\n        # END SOLUTION\n    return y"
            ),
            (
                "def f(x):\n    '''Doc.'''\n    if x:\n        y = 1\n    else:\n"
                f"        # your code here\n        {STUB}\n    return y"
            ),
        ),
        (
            "class A:\n    # BEGIN SOLUTION\n    x = 3\n    # END SOLUTION",
            "class A:\n    # your code here\n    pass",
        ),
        (
            "class A:\n    '''Doc.'''\n    # BEGIN SOLUTION\n    x = 3\n    # END SOLUTION",
            "class A:\n    '''Doc.'''\n    # your code here",
        ),
        (
            (
                "# BEGIN SOLUTION\n@torch.no_grad()\n# END SOLUTION\ndef f(x):\n    '''Doc.'''\n"
                "    return x"
            ),
            f"# your code here\ndef f(x):\n    '''Doc.'''\n    {STUB}",
        ),
        (
            "NAMES = [\n    'a',\n    # BEGIN SOLUTION\n    'b',\n    # END SOLUTION\n]",
            "NAMES = [\n    'a',\n    # your code here\n]",
        ),
    ],
)
def test_region_is_replaced_by_a_comment(code: str, left: str) -> None:
    """A comment says where code is missing, and a block that would be empty gets a statement."""
    assert render_script(f"# %%\n{code}\n") == f"# %%\n{left}\n"


def test_function_whose_signature_is_marked_loses_its_body_too() -> None:
    """Only a region in the body says that the rest of the body may stay."""
    text = (
        "# %%\ndef f(\n    x,\n    # BEGIN SOLUTION\n    y=3,\n    # END SOLUTION\n):\n"
        "    '''Doc.'''\n    return secret\n"
    )

    assert "secret" not in render_script(text)


def test_other_functions_lose_their_bodies_as_always() -> None:
    """A region in one method changes nothing for the others."""
    text = (
        "# %%\nclass A:\n    def f(self):\n        '''Doc.'''\n        kept = 1\n"
        "        # BEGIN SOLUTION\n        secret\n        # END SOLUTION\n        return kept\n\n"
        "    def g(self):\n        '''Doc.'''\n        return secret\n"
    )

    script = render_script(text)

    assert "secret" not in script
    assert "return kept" in script
    assert 'raise NotImplementedError("lab 4: write A.g()")' in script


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("# BEGIN SOLUTION\nw = 1", "line 2: BEGIN SOLUTION without END SOLUTION in its cell"),
        ("N = 1\n# END SOLUTION", "line 3: END SOLUTION without BEGIN SOLUTION in its cell"),
        (
            "# BEGIN SOLUTION\nw = 1\n# BEGIN SOLUTION\nw = 2\n# END SOLUTION\n# END SOLUTION",
            (
                "line 4: BEGIN SOLUTION within the region that begins on line 2\n"
                "line 7: END SOLUTION without BEGIN SOLUTION in its cell"
            ),
        ),
        (
            "# BEGIN SOLUTION\n# w = 1\n# END SOLUTION",
            "line 2: there is no code between BEGIN SOLUTION and END SOLUTION",
        ),
        (
            "# BEGIN SOLUTION a\nw = 1\n# END SOLUTION b",
            "line 4: END SOLUTION names b, and its BEGIN does not",
        ),
        (
            "w = 1  # BEGIN SOLUTION\nN = 2",
            (
                "line 2: '# BEGIN SOLUTION' looks like a marker; write # BEGIN SOLUTION or "
                "# END SOLUTION on a line of its own"
            ),
        ),
        (
            "# begin solution\nN = 2",
            (
                "line 2: '# begin solution' looks like a marker; write # BEGIN SOLUTION or "
                "# END SOLUTION on a line of its own"
            ),
        ),
        (
            "### BEGIN HIDDEN TESTS\nN = 2",
            (
                "line 2: '### BEGIN HIDDEN TESTS' looks like a marker; write # BEGIN SOLUTION or "
                "# END SOLUTION on a line of its own"
            ),
        ),
        (
            'N = """\n# BEGIN SOLUTION\n"""',
            "line 3: a marker inside a string marks nothing",
        ),
        (
            "try:\n    import a\n# BEGIN SOLUTION\nexcept ImportError:\n    pass\n# END SOLUTION",
            (
                "line 4: what is left without the marked lines is not valid Python: "
                "expected 'except' or 'finally' block (line 4)"
            ),
        ),
    ],
)
def test_markers_that_do_not_fit_are_refused(code: str, message: str) -> None:
    """Each mistake with a marker has a line of its own, with its place."""
    assert refuse(f"# %%\n{code}\n") == message


def test_region_in_a_given_cell_is_refused() -> None:
    """A given cell stays whole, so it can't have a region."""
    text = '# %% tags=["given"]\n# BEGIN SOLUTION\nw = 1\n# END SOLUTION\n'

    assert refuse(text) == "line 2: BEGIN SOLUTION in a cell that is tagged `given`"


@pytest.mark.parametrize("tag", ["given", "demo"])
def test_marker_in_a_cell_that_is_not_python_is_refused(tag: str) -> None:
    """In a cell for bash nothing can be taken out."""
    text = (
        f'# %% tags=["{tag}"]\n# %%bash\n# echo 1\n# # BEGIN SOLUTION\n# echo 2\n# # END SOLUTION\n'
    )

    assert refuse(text) == (
        "line 4: a marker in a cell that is not Python marks nothing\n"
        "line 6: a marker in a cell that is not Python marks nothing"
    )


def test_region_in_a_timed_demo_is_taken_out() -> None:
    """A cell magic that runs its body hides no region."""
    text = '# %% tags=["demo"]\n# %%time\nprint(3)\n# BEGIN SOLUTION\nw = secret\n# END SOLUTION\n'

    assert "secret" not in render_script(text) + render_notebook(text)


def test_region_in_a_demo_is_taken_out() -> None:
    """A demo may leave something to students."""
    text = '# %% tags=["demo"]\nprint(3)\n# BEGIN SOLUTION\nw = secret\n# END SOLUTION\n'

    assert "secret" not in render_script(text) + render_notebook(text)
    assert "print(3)\n    # your code here" in render_script(text)


@pytest.mark.parametrize(
    ("begin", "end"),
    [
        ("BEGIN SOLUTION", "END SOLUTION"),
        ("<!-- BEGIN SOLUTION -->", "<!-- END SOLUTION -->"),
        ("### BEGIN SOLUTION", "### END SOLUTION"),
    ],
)
def test_written_answer_is_taken_out_of_a_text_cell(begin: str, end: str) -> None:
    """In text cells the markers are lines of the text."""
    text = f"# %% [markdown]\n# Why?\n#\n# {begin}\n# Secret.\n# {end}\n"

    assert render_script(text) == "# %% [markdown]\n# Why?\n#\n# *Your answer here.*\n"
    assert "Secret" not in render_notebook(text)


def test_open_region_in_a_text_cell_is_refused() -> None:
    """Text cells are as strict as code cells."""
    text = "# %% [markdown]\n# Why?\n#\n# BEGIN SOLUTION\n# Secret.\n"

    assert refuse(text) == "line 4: BEGIN SOLUTION without END SOLUTION in its cell"
