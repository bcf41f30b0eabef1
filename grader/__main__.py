"""``python -m grader FILE`` is ``grade FILE``."""

from grader.cli.start import grade

if __name__ == "__main__":
    grade()
