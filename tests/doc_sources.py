"""Code on pages that is copied from files which other tests run."""

import functools

from doc_pages import DOCS, ROOT

# Assignments that tests verify, pairs and the lab, from which pages copy their code.
_FOLDERS = (
    DOCS / "examples",
    DOCS / "pairs",
    ROOT / "grader" / "authoring" / "template",
    ROOT / "grader" / "assignments" / "lab4",
)


@functools.cache
def _sources() -> list[str]:
    return [
        f"\n{path.read_text(encoding='utf-8')}"
        for folder in _FOLDERS
        for path in sorted(folder.rglob("*"))
        if path.suffix in {".py", ".toml"} and "exercises" not in path.parts
    ]


def is_copied(text: str) -> bool:
    """Return whether whole lines are copied verbatim from an example, a template or the lab."""
    return any(f"\n{text}" in source for source in _sources())
