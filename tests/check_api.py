"""Makes docs/check-api.md from the signatures and docstrings of what files of checks import.

Run it as a program to write the page: ``python tests/check_api.py``.
"""

import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from types import FunctionType

from grader.checks import api
from grader.checks.plugin import MARKERS
from grader.checks.tracing import Handle, LibraryPath
from grader.observations.values import AnyValue

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "check-api.md"

# The names of `grader.checks.api` by what they are for, in the order in which one needs them.
GROUPS: dict[str, tuple[str, ...]] = {
    "Asking": ("Probe", "Result"),
    "Inputs": ("tensor", "leaf", "array", "ArrayInput", "Leaf"),
    "Scripts": (
        "Lab",
        "Handle",
        "torch_",
        "np_",
        "py_",
        "take",
        "frames",
        "figure",
        "figures",
        "raises",
    ),
    "Comparing": (
        "expect_close",
        "expect_all_close",
        "expect_shape",
        "expect_finite",
        "expect_step",
        "expect_same_leaf",
        "is_close",
    ),
    "Taking values apart": ("to_array", "to_parts", "to_sequence", "name_kind"),
    "Verdicts": ("WrongError", "UnwrittenError", "NotJudgedError", "precondition"),
    "Random results": ("Roughly",),
}

# A check gets these, and makes none.
_GIVEN = ("Probe", "Result", "Lab", "Handle")
# For what runs the checks, not for the checks themselves.
_INTERNAL = {"torch_call_facts", "example", "failed_step", "raising_example"}
_SECTION = re.compile(r"^(Args|Attributes|Returns|Raises):$", re.MULTILINE)
_ENTRY = re.compile(r"^ {4}(\*{0,2}\w+): ", re.MULTILINE)
_MAX_WIDTH = 100


def make_page() -> str:
    """Return the page: the markers, then every name with its signature and docstring."""
    parts = [_INTRODUCTION, "## Markers\n", *(f"- {one}" for one in _markers())]
    for group, names in GROUPS.items():
        parts.append(f"\n## {group}\n")
        parts += [part for name in names for part in _describe(name)]
    return "\n".join(parts).rstrip() + "\n"


def _markers() -> Iterator[str]:
    """Yield the markers that a check can have, as pytest lists them."""
    for line in MARKERS:
        marker, _, meaning = line.partition(": ")
        yield f"`@pytest.mark.{marker}`: {meaning}"


def _describe(name: str) -> Iterator[str]:
    """Yield the parts of the entry of a name."""
    value = getattr(api, name)
    yield f"### `{name}`\n"
    if isinstance(value, LibraryPath):
        module = object.__getattribute__(value, "_module")
        yield f"Stands for the module `{module}` in a script: `{name}.f(x)` calls its `f` inside.\n"
        return
    if name not in _GIVEN:
        yield _signature(name, value)
    yield _text(value, without=("Args",) if name in _GIVEN else ())
    if value is Handle:
        yield "A script can't do these with a value:\n"
        yield "\n".join(f"- {one}" for one in _refused()) + "\n"
    elif isinstance(value, type):
        yield from _members(name, value)


def _members(name: str, owner: type) -> Iterator[str]:
    """Yield the entries of the public methods and properties of a class."""
    for member, value in vars(owner).items():
        is_shown = not member.startswith("_") or member == "__getitem__"
        if not is_shown or member in _INTERNAL or isinstance(value, type):
            continue
        if isinstance(value, property):
            yield f"#### `{name}.{member}`\n"
            yield _text(value.fget)
        elif isinstance(value, FunctionType):
            yield f"#### `{name}.{member}`\n"
            yield _signature(f"{name.lower()}.{member}", value)
            yield _text(value)


def _signature(name: str, value: object) -> str:
    """Return a signature as code, one parameter a line if it is long."""
    is_exception = isinstance(value, type) and issubclass(value, BaseException)
    if is_exception and "__init__" not in vars(value):
        return f"```python\n{name}(message)\n```\n"
    found = inspect.signature(value)  # type: ignore[arg-type]
    if name.endswith("__getitem__"):
        return f"```python\n{name.partition('.')[0]}[key]\n```\n"
    shown = list(_parameters(found))
    is_made = isinstance(value, type)
    returns = "" if is_made else f" -> {_annotation(found.return_annotation)}"
    line = f"{name}({', '.join(shown)}){returns}"
    if len(line) > _MAX_WIDTH:
        line = "\n".join([f"{name}(", *(f"    {one}," for one in shown), f"){returns}"])
    return f"```python\n{line}\n```\n"


def _parameters(signature: inspect.Signature) -> Iterator[str]:
    """Yield the parameters of a signature as they are written, with a star before keywords."""
    parameters = [one for one in signature.parameters.values() if one.name != "self"]
    kinds = [one.kind for one in parameters]
    for place, one in enumerate(parameters):
        is_keyword = one.kind is one.KEYWORD_ONLY
        if is_keyword and not {one.KEYWORD_ONLY, one.VAR_POSITIONAL} & set(kinds[:place]):
            yield "*"
        stars = "*" * (one.kind is one.VAR_POSITIONAL) + "**" * (one.kind is one.VAR_KEYWORD)
        text = f"{stars}{one.name}: {_annotation(one.annotation)}"
        if one.default is not one.empty:
            is_type = isinstance(one.default, type)
            text += f" = {f'np.{one.default.__name__}' if is_type else repr(one.default)}"
        yield text


def _annotation(annotation: object) -> str:
    """Return an annotation with the names of types alone, without those of their modules."""
    if annotation == AnyValue:
        return "AnyValue"
    if isinstance(annotation, type) and not hasattr(annotation, "__args__"):
        text = annotation.__name__
    else:
        text = str(annotation)
    return re.sub(
        r"\b(?:[a-z_]+\.)+(?=[A-Z])|numpy\.(?=ndarray)|np\.(?=ndarray)", "", text
    ).replace("'ndarray'", "ndarray")


def _text(value: object, *, without: tuple[str, ...] = ()) -> str:
    """Return a docstring in Markdown: its text, and its sections as lists."""
    found = _SECTION.split(inspect.getdoc(value) or "")
    parts = [found[0].strip()]
    for section, body in zip(found[1::2], found[2::2], strict=True):
        if section in without:
            continue
        if section == "Returns":
            parts.append(f"*Returns* {_one_line(body)[0].lower()}{_one_line(body)[1:]}")
            continue
        entries = _ENTRY.split(f"\n{body}")[1:]
        pairs = zip(entries[::2], entries[1::2], strict=True)
        parts.append("\n".join(f"- `{name}`: {_one_line(text)}" for name, text in pairs))
        if section == "Raises":
            parts[-1] = f"*Raises*\n\n{parts[-1]}"
    return "\n\n".join(parts).replace("``", "`") + "\n"


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _refused() -> list[str]:
    """Return what handles refuse, in the words of their messages."""
    found = (
        value.__closure__[0].cell_contents
        for value in vars(Handle).values()
        if isinstance(value, FunctionType) and value.__closure__ and value.__name__ == "refuse"
    )
    return list(dict.fromkeys(found))


_INTRODUCTION = """\
# What checks are written with

<!-- page run by: tests/test_check_api.py -->

The reference to `grader.checks.api`, from which a file of checks imports. How to use it is in
[Checks](authors/checks.md). `tests/check_api.py` makes this page from the docstrings.

`AnyValue` is what a submission's value is reduced to before it is sent: `Number`, `Text`, `Array`,
`Items`, `Mapping`, `Nothing`, `Axes`, `Animation`, or `Opaque` for all others. They are in
`grader.observations.values`.
"""


if __name__ == "__main__":
    PAGE.write_text(make_page(), "utf-8")
