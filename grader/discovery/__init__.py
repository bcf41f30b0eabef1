"""Finds what a class gets wrong that nobody has named, and gives names again.

Theory of operation
-------------------
While a submission is graded, the diagnosis reduces what it answers about each wrong unit to
fingerprints. `kept` keeps these beside the report, in a file that only the instructor can read,
with all that the diagnosis went by. So two things can be done later without grading anew:

- `rename` gives names again when other misconceptions are known: it goes through the very code
  that the diagnosis goes through, with the answers of today's misconceptions out of a recording.
- `cluster` finds submissions that fail a unit and answer alike on all questions about it. That is
  proof, not resemblance: their fingerprints are the same, up to rounding, as those of a submission
  and a misconception have to be. It says nothing about how they came to be the same.

`split` parts fingerprints into a structure that must be equal and numbers that numpy compares, so
that ten thousand submissions take seconds. `unit_source` finds the code of a unit.

Nothing here runs code of a submission. `rename` may record what misconceptions answer, in
sandboxes, as `grader record` does.

Start reading at `cluster.find_clusters`.
"""
