"""Compares the reports of two runs of ``grader batch`` over the same submissions.

Statuses, scores, points and the misconceptions that are named must be equal; messages may differ.
Use it for changes that must not change how submissions are graded::

    grader batch tests/submissions --out before     # with the older grader
    grader batch tests/submissions --out after      # with the newer one
    python tests/benchmarks/compare_reports.py before after
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path


def verdicts(report: dict[str, object]) -> Iterator[tuple[str, object]]:
    """Yield the facts of a report without its messages: the name and the value of each."""
    for name in ("status", "score", "max_score", "seed"):
        yield name, report[name]
    functions: list[dict[str, object]] = report["functions"]  # type: ignore[assignment] # JSON
    for function in functions:
        yield f"{function['name']}: status", function["status"]
        yield f"{function['name']}: score", function["score"]
        checks: list[dict[str, object]] = function["checks"]  # type: ignore[assignment] # JSON
        for check in checks:
            for fact in ("status", "points", "max_points", "misconception", "section"):
                yield f"{check['id']}: {fact}", check[fact]
            yield f"{check['id']}: has an example", check["example"] is not None


def differences(before: Path, after: Path) -> Iterator[str]:
    """Compare two folders of reports, and yield a line for each difference."""
    old, new = (
        {path.name: json.loads(path.read_bytes()) for path in (folder / "reports").glob("*.json")}
        for folder in (before, after)
    )
    for name in sorted(old.keys() ^ new.keys()):
        yield f"{name}: only {'before' if name in old else 'after'}"
    for name in sorted(old.keys() & new.keys()):
        facts = dict(verdicts(old[name])), dict(verdicts(new[name]))
        for fact in sorted(facts[0].keys() | facts[1].keys()):
            was, is_now = facts[0].get(fact), facts[1].get(fact)
            if was != is_now:
                yield f"{name}: {fact} was {was!r}, is {is_now!r}"


def main() -> None:
    """Print the differences; exit with 1 if there are any."""
    before, after = map(Path, sys.argv[1:])
    found = list(differences(before, after))
    print(*found, f"{len(found)} differences", sep="\n")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
