"""Grades submissions side by side, in worker processes.

Theory of operation
-------------------
`jobs.Pool` says what a pool does, and `local_pool.LocalPool` is the one that there is. It takes
*jobs* from an iterator, one whenever a *worker* is free, and yields each with its *result*.

A worker is a process, not a thread, because pytest is not made to run
twice in one: it has a pytest session and a forkserver of its own, and keeps both warm from one
submission to the next.

The pool (`worker_process`) and the worker's program (`worker_main`) talk over a socket pair, in
frames of `messages`. The pool never waits for one worker alone and never blocks on a send: it
waits for all of them at once, until the first deadline. A worker that dies, hangs, says what it
should not, or reports a fault of the grader is killed and replaced, and its job is done once more
in a fresh process. A second failure becomes a report without a score.

Workers are trusted: student code runs in the children of their forkservers. They end with the
process that started them, however that ends.

Another way of running batches (a cluster, say) is a module beside `local_pool` with another `Pool`;
`grader.cli.batch` chooses.
"""
