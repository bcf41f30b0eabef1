"""``python -m grader FILE`` is ``grade FILE``."""

from grader.cli.grade import main

if __name__ == "__main__":
    main()
