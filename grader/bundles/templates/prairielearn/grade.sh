#!/usr/bin/env bash
# PrairieLearn runs this for each submission. It leaves a valid results.json whatever happens.
root=${GRADE_ROOT:-/grade}
here=$(cd "$(dirname "$0")" && pwd)
grader=${ZEROGRAD:-grader}

mkdir -p "$root/results"
# This result remains if the grader itself is killed, for example for lack of memory.
cp "$here/fallback.json" "$root/results/results.json"
"$grader" harness --for prairielearn --root "$root" --assignment @ASSIGNMENT@ @OPTIONS@
exit 0
