"""Reads what a student handed in: one file, ``.py`` or ``.ipynb``, or several modules together.

Theory of operation
-------------------
`read.read_submission` opens the file once, without following links or waiting for pipes, and reads
at most `read.MAX_SUBMISSION_BYTES`. Its name's ending decides the format: `python_file` decodes a
``.py`` as Python does, and `notebook` extracts the code cells of a notebook. Both return code
blocks: a ``.py`` is one block, a notebook has one for each code cell. `file_kind` recognises files
of other kinds under such a name, so that the message can say what was handed in. Several files come
packed into bytes, and `hand_in` takes them apart: each becomes one block.

What must hold:

- Nothing of a submission is run or compiled here; that happens only in the sandbox.
- A file that can't be graded raises `UnreadableSubmissionError`, whose message tells the student
  what to do. Any other exception would count as a failure of the grader.
- Code blocks contain no lone surrogates, so that every submission can be sent to the sandbox.

Start reading at `read.read_submission`.
"""
