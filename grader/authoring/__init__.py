"""The tools for authors: write, release and verify an assignment, and make up a class for it.

Theory of operation
===================

An assignment starts as a folder that `new` copies from ``template``; what the files in it mean is
explained in ``docs/authors/``. These modules work on an assignment that has been loaded:

- `release` makes the exercise for students from the reference, by editing its source. `exercise`
  goes through the cells (`reference_cells`): `regions` takes out what the author has marked, and
  `blanking` the bodies and the answers. What is left must be `harmless`, or it is refused.
- `verify` grades the reference, the stub and one submission for each misconception in a pool of
  workers (`grader.pool`), and lists the problems: what can't be released, points that are lost or
  earned where they should not be, misconceptions that the report does not name (`twins` finds from
  which other one they can't be told apart), checks that catch nothing.
- `mutants` changes the reference in every small way (`mutators`), and `mutant_run` grades each
  change: one that loses no points shows a hole in a check, unless the author has marked it as right
  (`equivalent_mutants`). `callers` finds in the reference who may lose points with whom.
- `mock_class` makes up a class of students who have some of the misconceptions.

What must hold:

- The exercise gives away no part of a solution: when in doubt, nothing is written.
- Equal input makes equal files, byte for byte, so that a test can compare them.
- No reference, stub or misconception runs in this process: sources are parsed here, and graded
  like any other submission.

Start reading at `verify.verify`.
"""
