"""The magic ``%grade``: grade what a notebook has defined so far.

Theory of operation
===================

There are two processes. `magic` and `process` run in the kernel; `serve` runs in a grading process
that the kernel starts with the first ``%grade`` and keeps until it ends, so that later gradings
don't wait for imports.

1. `magic` reads the executed cells from the kernel's history, and `history.cells_to_grade` chooses
   those that count.
2. `process.GraderProcess` sends them to the grading process as a line of JSON.
3. `serve` writes them as a notebook file (`history.make_notebook`), grades it as the command would,
   and sends back lines of JSON: the progress, and then the report as HTML and as text.
4. `magic` shows the report below the cell, in place of the progress.

What must hold:

- The kernel stays as it was: its names, modules, environment, working folder, ``Out`` and last
  traceback. So its side imports only the standard library and what IPython has loaded anyway.
- The student's settings never reach the grader.
- Cell N of the report is ``In [N]`` of the notebook.
- The stop button works at any time; the next ``%grade`` then gets a new grading process.

Start reading at `magic.grade`.
"""
