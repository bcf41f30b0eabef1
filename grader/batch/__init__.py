"""Grade a class: collect the submissions, grade those that are new, write reports and gradebook.

Theory of operation
===================

`run.grade_class` is the whole flow on one screen. A batch goes through six steps:

1. **Collect.** `collectors.choose.collect` turns the given paths (folders, zips, single files) into
   a `Collection`: an `Entry` for each submission, and a `Skipped` for each file that is not one.
   Folders and zips are both read through a `Tree` (`tree`, `archive`), which lists names, sizes
   and times and writes nothing. `open_beneath` opens what is in a folder, without following
   links. Each LMS has a collector in `collectors`, which knows how that LMS names the files of an
   export.
2. **Choose the file.** Where a student handed in several files, `choose_file` picks the one that is
   graded, if necessary from inside a zip. Where the assignment asks for several, `choose_files`
   finds them all, and packs them into one. The entry gets a note for the instructor. Where there is
   nothing to grade, the entry's `read` raises `UnreadableSubmissionError` with the reason, so the
   student has a row and a report all the same.
3. **Make the key.** `keys` digests everything that a report depends on: the submission, the
   assignment, the grader's own code, versions, limits and salt. `report_ids` names the report's
   files.
4. **Grade what is new.** If `store` already has a report with this key, it is used again.
   Otherwise the submission becomes a job of the pool (`grader.pool`). Entries are read one at a
   time, when a worker is free, so memory does not grow with the class.
5. **Keep the report.** `store` writes page and report as soon as a job is done. The page comes
   first, and each file appears under its name only when it is complete, so a batch can be killed
   at any moment and run again.
6. **Write the class files.** Each student is looked up on the roster (`roster`, read by
   `roster_file`), and gradebook, summary and class page are written from all reports, old and new,
   at the end of every run.

A class can also be graded in shards (`shard`), by jobs that know nothing of each other and write
their reports to the same folder. A shard ends after step 5; the run of the whole class that follows
finds all reports there, grades what is missing, and writes the class files.

These must hold:

- Nobody is lost: every file that was found is an entry or is listed as skipped.
- Nobody gets somebody else's score: where names and ids leave a doubt, the submission keeps its
  row, but without a student.
- A fault of the grader is never a zero: such a report has no score, and the submission is graded
  again on the next run. It costs one row, and the others go on.
- Archives are never unpacked, and links are never followed.

Start reading at `run`. For a new LMS, read `collectors.registry` and the collector for Moodle,
which is short.
"""
