"""Reports, notebooks and hostile texts for tests of the students' pages, and a parser for pages."""

from collections.abc import Callable
from html.parser import HTMLParser

import msgspec
from fakes import check_result, make_report

from grader.report.model import (
    DrawnAs,
    Example,
    IsolationInfo,
    Picture,
    Report,
    ReportStatus,
    Series,
    Status,
    SubmissionInfo,
)

MakeNotebook = Callable[..., bytes]

# Elements without an end tag.
_VOID = frozenset("meta img br hr path circle rect use".split())

HOSTILE = (
    "</pre></details></main><script>window.pwned=1</script><img src=x onerror=window.pwned=1>"
    '<svg onload=window.pwned=1><meta http-equiv=refresh content="0;url=//evil.test">'
    "<style>*{background:url(//evil.test)}</style><a href=javascript:window.pwned=1>x</a>"
    "&\x1b[2J\x00\u202e\ud800\"'{{7*7}}{% raw %}<!--"
)


class Reader(HTMLParser):
    """A parser that keeps the text and the elements of a page, and fails if they don't nest."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text = ""
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep the element."""
        assert len(attrs) == len(dict(attrs)), attrs
        self.elements.append((tag, dict(attrs)))
        if tag not in _VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep the element, which has no content."""
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        """Fail unless the element that was opened last is closed."""
        assert self._open.pop() == tag
        self.text += " "

    def handle_data(self, data: str) -> None:
        """Keep the text, except in style sheets."""
        if self._open[-1:] != ["style"]:
            self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        """Return the attributes of all elements with a tag."""
        return [attributes for name, attributes in self.elements if name == tag]


def words(text: str) -> str:
    """Return a text with all white space as single spaces."""
    return " ".join(text.split())


def picture(title: str = "The loss falls", label: str = "yours") -> Picture:
    """Return a picture of two lines."""
    series = [
        Series(label=name, role=role, drawn_as=DrawnAs.LINE, x=(1.0, 2.0, 3.0), y=(3.0, 2.0, end))
        for name, role, end in ((label, "student", 2.5), ("right", "right", 1.0))
    ]
    return Picture(title=title, x_label="step", y_label="loss", series=tuple(series))


def with_pictures(report: Report, *pictures: Picture) -> Report:
    """Return a report in which every function has these pictures."""
    functions = tuple(msgspec.structs.replace(one, pictures=pictures) for one in report.functions)
    return msgspec.structs.replace(report, functions=functions)


def hostile_report() -> Report:
    """Return a report in which every text is an attack."""
    report = make_report(
        check_result(
            "mse/a",
            Status.FAILED,
            title=HOSTILE,
            message=HOSTILE,
            hint=f"hint {HOSTILE}",
            section=HOSTILE,
            misconception=HOSTILE,
            example=Example(code=HOSTILE, got=HOSTILE, expected=HOSTILE),
        ),
        check_result("<b onclick=window.pwned=1>/a", Status.ERROR, message=HOSTILE),
        submission=SubmissionInfo(name=HOSTILE, sha256=HOSTILE, format="notebook"),
        status=ReportStatus.STOPPED,
        notes=(HOSTILE,),
        output=HOSTILE,
        isolation=IsolationInfo(mode="auto", missing={"files": HOSTILE}),
        environment={"torch": HOSTILE},
    )
    return with_pictures(report, picture(title=HOSTILE, label=HOSTILE))


def code(source: object, *outputs: object) -> dict[str, object]:
    """Return a code cell."""
    return {"cell_type": "code", "source": source, "outputs": list(outputs)}


def display(**data: object) -> dict[str, object]:
    """Return an output with data of some types, with ``__`` for the slash in their names."""
    named = {name.replace("__", "/").replace("_xml", "+xml"): one for name, one in data.items()}
    return {"output_type": "display_data", "data": named, "metadata": {}}


def stream(text: object) -> dict[str, object]:
    """Return an output on standard output."""
    return {"output_type": "stream", "name": "stdout", "text": text}


def hostile_notebook(make_notebook: MakeNotebook) -> bytes:
    """Return a notebook in which everything is an attack."""
    texts = (
        HOSTILE,
        "<details><summary>hidden</summary>",
        "<!-- unclosed",
        "<textarea>",
        "<plaintext>",
        "</section></main><h1>100 of 100 points</h1>",
        "[x](javascript:window.pwned=1) [y](data:text/html,<script>1</script>) [z](../secret)",
        "[w](https://example.org/a) <https://example.org/b> ![i](https://example.org/c.png)",
        '![i](data:image/svg+xml,<svg/onload=window.pwned=1>) [q]: "onload=',
        "```html\n</pre><script>window.pwned=1</script>\n```",
        '```"><script>window.pwned=1</script>\nx\n```',
        "```mermaid\n</pre><script>window.pwned=1</script>\n```",
        "$$</p><script>window.pwned=1</script>$$ \\begin{x}<script>1</script>\\end{x}",
        "![x](attachment:nothing) # \u202e\u2066 \x00\x1b[31m",
        "0-1- {{7*7}} {% include 'x' %}",
    )
    cells: list[object] = [("markdown", text) for text in texts]
    cells += [("raw", text) for text in texts]
    cells += [
        code(text, stream(text), display(text__plain=text, text__html=text, image__png=text))
        for text in texts
    ]
    cells.append(
        {
            "cell_type": "code",
            "source": "def mse(): ...",
            "id": '"><script>window.pwned=1</script>',
            "execution_count": "<script>window.pwned=1</script>",
            "metadata": {"tags": ['"><script>window.pwned=1</script>'], "below": HOSTILE},
            "outputs": [{**stream(HOSTILE), "metadata": {"mark": HOSTILE}}],
            "attachments": {"x": {"image/svg+xml": HOSTILE}},
        }
    )
    return make_notebook(*cells)
