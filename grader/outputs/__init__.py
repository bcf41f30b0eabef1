"""Reports and classes as people read them: in terminals, notebooks, pages and files.

Everything here starts from the models of `grader.report` and returns or writes text. Nothing
computes a score, and nothing may show what a student may not see.

A report passes through four steps before it is shown to its student:

1. `visibility.show_to_student` removes what is hidden and what waits for the due date.
2. `escaping.escape_report` cuts its texts to the limits of a report (`grader.report.budget`), and
   makes them harmless for a terminal. A page escapes them again, for HTML.
3. `report_view.view_report` works out once what to show: the causes that stopped the file, the
   functions, and the notes. `function_view.view_function` does so for each function: its mark, its
   points, and its failures, with each reason shown once. No text is longer than a screen.
4. A renderer lays that out: `terminal`, `notebook_html` (for `%grade`) or `pages` (the student's
   page). The exports in `grader.exports` use the same three steps.

`json_file` writes the report itself, with nothing removed.

For a class, `class_files` writes what a batch leaves behind: ``summary.json``, ``gradebook.csv``
and ``index.html`` (`class_page`, whose contents `class_view` works out). `class_terminal` and
`class_difference` print a class and the differences between two.

The rest is smaller: `progress` and `batch_progress` on standard error, `watch_changes` for
``grade --watch``, `verification` for ``grader verify``, and `files`, which writes files atomically.
Marks and words that several modules need are in `wording` and `class_wording`.

Start reading at `terminal.show_report`.
"""
