"""The names of the collectors: of the option ``--from``, and of `Origin.system`."""

import enum


class CollectorName(enum.StrEnum):
    """Where submissions are collected from: an LMS's export, or another layout of files."""

    CANVAS = "canvas"
    FOLDER = "folder"
    GITHUB_CLASSROOM = "github-classroom"
    GRADESCOPE = "gradescope"
    MOODLE = "moodle"
    PATTERN = "pattern"
