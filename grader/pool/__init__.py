"""Grades submissions side by side, in worker processes.

Theory of operation
-------------------
`jobs.Pool` is the interface of a pool, and `local_pool.LocalPool` is the only pool so far. It takes
*jobs* from an iterator, one whenever a *worker* is free, and yields each with its *result*.

A worker is a process, not a thread, because pytest is not made to run twice in a process. Each
worker has its own pytest session and its own forkserver, and keeps both from one submission to the
next.

The pool (`worker_process`) and the worker's program (`worker_main`) talk over a socket pair, in
frames that contain `messages`. The pool never waits for one worker alone and never blocks on a
send: it waits for all of them at once, until the first deadline. A worker that dies, hangs, sends
anything unexpected, or reports a fault of the grader is killed and replaced, and its job is done
once more in a fresh process. A second failure becomes a report without a score.

Workers are trusted: student code runs in the children of their forkservers. They end with the
process that started them, however that ends.

To run batches in another way (on a cluster, say), add a module with another `Pool` beside
`local_pool`, and let `grader.cli.batch` choose it.

Start reading at `local_pool.LocalPool.grade_all`.
"""
