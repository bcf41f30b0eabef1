"""Write graded work in the formats that learning platforms and gradebooks read.

Theory of operation
===================

A *format* is one function of the signature `grader.exports.format.Export`: it is given a `Work`
and yields an `ExportedFile` for each file it makes, and a `LeftOut` for each person or submission
that it has to leave out. A format never writes to disk. Its caller (``grader export``, or the
harness of a bundle) decides where the files go and lists who was left out.

1. `source` opens the folder of a batch, or the JSON of one report, as a `Work`: the rows of the
   class in order, each with a function that reads its report. Formats read the reports one at a
   time, so a large class is never in memory as a whole.
2. `registry` finds the format by its name among the entry points of the group
   ``zerograd.exports``. Ours are in ``pyproject.toml``; any installed package can add its own.
3. The format makes its files, in a module of its own. Formats with files for each submission go
   through `format.each_report`. Those that fill in a table of the platform (`canvas`, `moodle`)
   read and write it with `table` and match students with lines with `grades`.

Formats share `student_view`, which reduces a report to what its student may see now; `text` and
`markup`, which describe that as plain text and as XHTML; and `unique`, `named_scores`,
`lti_score`, `images` and `json_text` for the parts that several of them need.

Every format guarantees this:

- A fault of the grader is never a zero, by what the code of the platform makes of the file, not by
  what its documentation says. Where the platform has no way to express it, the submission is left
  out (`NotExpressibleError`).
- A part of the points is never a pass, and is never rounded up to all of them. Points that wait
  for the due date count as not earned yet, except in gradebooks (`canvas`, `moodle`,
  `csv_file`), where the score is always the whole one.
- A student sees nothing early and nothing hidden: all text for students goes through
  `student_view`.
- No text from a submission can become markup, a command or a second score where the platform
  reads the file.
- Equal input makes equal files; only `lti` adds the time, unless it is given.

Start reading at `format`, then at a short format such as `xqueue`.
"""
