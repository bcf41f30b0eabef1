#!/usr/bin/env bash
# A custom tester for MarkUs. It runs in the folder with the student's files and prints a line of JSON
# for each function.
here=$(cd "$(dirname "$0")" && pwd)
grader=${ZEROGRAD:-$here/venv/bin/grader}
command -v "$grader" > /dev/null || grader=grader  # it may be installed on the PATH instead

exec "$grader" harness --for markus --root "${MARKUS_ROOT:-.}" --assignment @ASSIGNMENT@ @OPTIONS@
