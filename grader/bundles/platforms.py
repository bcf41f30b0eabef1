"""The platforms that can run a bundle: their folders, time limits, and how to report faults.

Sources: docs/specs.md of Gradescope, docs/externalGrading.md of PrairieLearn,
custom-graders/v2/README.md of Coursera, the runners of GitHub Classroom, markus-autotesting.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class GradingPlatform:
    """A platform that can run a bundle.

    Attributes:
        root: The folder that the others are relative to.
        submission: The folder with the student's files.
        results: The folder for the results; empty if the result is printed.
        printed_file: The file of the format that is printed, if ``results`` is empty.
        can_report_faults: Whether a result can say that the grader failed. If not, the script has
            to fail.
        has_fallback: Whether the script leaves a result that says so before the grader runs.
        shows_options: Whether students can read the scripts, and so a salt in them.
        min_time_s: The shortest time limit that a container should have, in seconds.
        max_time_s: The longest time limit that the platform allows, in seconds.
    """

    root: str = "."
    submission: str = "."
    results: str = ""
    printed_file: str = ""
    can_report_faults: bool = False
    has_fallback: bool = False
    shows_options: bool = False
    min_time_s: float = 0.0
    max_time_s: float = 3600.0


PLATFORMS: Mapping[str, GradingPlatform] = {
    "coursera": GradingPlatform(
        root="/shared", submission="submission", results=".", min_time_s=300.0
    ),
    "github-classroom": GradingPlatform(printed_file="result.b64", shows_options=True),
    "gradescope": GradingPlatform(
        root="/autograder",
        submission="submission",
        results="results",
        can_report_faults=True,
        has_fallback=True,
        max_time_s=2400.0,
    ),
    "markus": GradingPlatform(printed_file="markus.jsonl", can_report_faults=True),
    "prairielearn": GradingPlatform(
        root="/grade",
        submission="student",
        results="results",
        can_report_faults=True,
        has_fallback=True,
        max_time_s=600.0,
    ),
}
