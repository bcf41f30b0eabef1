"""The models of a report and of a class, how points are summed, and how both are read and written.

Theory of operation
-------------------
A report is the result of grading one submission: an immutable `model.Report`, built by the pipeline
and shown by everything above. Its JSON form is public: `schema` writes and reads it, and
``report.schema.json`` is the schema that is shipped. `outline` reads just those parts of a report
that a class needs.

The scores: `score` sums the points of checks as exact fractions and gives each function its status.

The words: `explanations` explains well-known exceptions in the words of the lab, and
`describe_loading` describes what happened while a submission was read and loaded. They are on this
floor because the pipeline and `grader.checks` both use them.

The class: `class_figures` adds up outlines one at a time, in any order, to a
`class_model.ClassSummary`; `class_scores` has the arithmetic, `summary_file` reads and writes
``summary.json``, and `compare_classes` compares two gradings. `normalize` compares names, and
`collector_name` lists where submissions can come from.

What must hold:

- Equal input gives an equal report, except for ``timing``.
- Points are never rounded while they are summed.
- A report without a score (a fault of the grader) is never counted as a zero.
- Everything that is written is strict JSON: valid UTF-8, no NaN.

This package imports only `grader.observations` and `grader.errors`. Start reading at `model`.
"""
