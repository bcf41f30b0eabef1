"""The names of the collectors, as in the option ``--from`` and in `Origin.system`."""

import enum


class CollectorName(enum.StrEnum):
    """The name of a collector: an LMS whose export it reads, or another layout of files."""

    CANVAS = "canvas"
    FOLDER = "folder"
    GITHUB_CLASSROOM = "github-classroom"
    GRADESCOPE = "gradescope"
    MOODLE = "moodle"
    PATTERN = "pattern"
