#!/usr/bin/env bash
# A custom tester of MarkUs: runs in the folder with the student's files, and says a line of JSON for
# each function on standard output.
here=$(cd "$(dirname "$0")" && pwd)
grader=${ZEROGRAD:-$here/venv/bin/grader}
command -v "$grader" > /dev/null || grader=grader  # where it is installed already

exec "$grader" harness --for markus --root "${MARKUS_ROOT:-.}" --assignment @ASSIGNMENT@ @OPTIONS@
