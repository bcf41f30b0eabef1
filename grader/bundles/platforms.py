"""Where each platform puts things, and what it lets a grader do and say.

Sources: docs/specs.md of Gradescope, docs/externalGrading.md of PrairieLearn,
custom-graders/v2/README.md of Coursera, the runners of GitHub Classroom, markus-autotesting.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class GradingPlatform:
    """A platform that can run a grader of ours.

    Attributes:
        root: The folder that the others are in.
        submission: Where the student's files are.
        results: Where the results go; empty for standard output.
        printed_file: Which of the format's files goes there.
        has_words_for_faults: Whether a result can say that the grader failed. If not, a failing
            script says it.
        has_fallback: Whether a result that says so stands there before the grader runs.
        least_s: The least time that a container has.
        most_s: The most.
    """

    root: str = "."
    submission: str = "."
    results: str = ""
    printed_file: str = ""
    has_words_for_faults: bool = False
    has_fallback: bool = False
    least_s: float = 0.0
    most_s: float = 3600.0


PLATFORMS: Mapping[str, GradingPlatform] = {
    "coursera": GradingPlatform(
        root="/shared", submission="submission", results=".", least_s=300.0
    ),
    "github-classroom": GradingPlatform(printed_file="result.b64"),
    "gradescope": GradingPlatform(
        root="/autograder",
        submission="submission",
        results="results",
        has_words_for_faults=True,
        has_fallback=True,
        most_s=2400.0,
    ),
    "markus": GradingPlatform(printed_file="markus.jsonl", has_words_for_faults=True),
    "prairielearn": GradingPlatform(
        root="/grade",
        submission="student",
        results="results",
        has_words_for_faults=True,
        has_fallback=True,
        most_s=600.0,
    ),
}
