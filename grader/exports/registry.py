"""Find formats by name: our own and those of other installed packages."""

from importlib import metadata

from grader.errors import UsageError
from grader.exports.format import Export

GROUP = "zerograd.exports"


def list_formats() -> list[str]:
    """List the names of all formats."""
    return sorted(metadata.entry_points(group=GROUP).names)


def load_format(name: str) -> Export:
    """Import a format and return its function.

    Raises:
        UsageError: If no format has this name, or it can't be imported.
    """
    found = {one.name: one for one in metadata.entry_points(group=GROUP)}
    if name not in found:
        raise UsageError(f'unknown format "{name}"; known formats: {", ".join(sorted(found))}')
    try:
        export: Export = found[name].load()
    except (ImportError, AttributeError) as error:
        raise UsageError(f'the format "{name}" can\'t be used: {error}') from error
    return export


def describe_format(name: str) -> str:
    """Return the first line of a format's docstring, or the reason why it can't be used."""
    try:
        text = (load_format(name).__doc__ or "").strip()
    except UsageError as error:
        return str(error)
    return text.partition("\n")[0].rstrip(".")
