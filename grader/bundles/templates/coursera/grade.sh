#!/usr/bin/env bash
# Coursera runs this for each submission. It fails only if the grader itself failed: feedback.json
# can't say that, and a 0 would be wrong.
root=${SHARED_ROOT:-/shared}
here=$(cd "$(dirname "$0")" && pwd)
grader=${ZEROGRAD:-grader}

rm -f "$root/feedback.json" "$root/htmlFeedback.html"
exec "$grader" harness --for coursera --root "$root" --assignment @ASSIGNMENT@ @OPTIONS@
