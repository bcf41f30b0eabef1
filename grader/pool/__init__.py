"""Grades submissions side by side, in worker processes.

Theory of operation
-------------------
`jobs.Pool` is the interface of a pool. `local_pool.LocalPool` has *workers* on this machine, and
`dask_pool.DaskPool` on the machines of a cluster. Both take *jobs* from an iterator, one whenever a
worker is free, and yield each with its *result*; or they are opened, and take submissions one by
one.

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

On a cluster, the client (`dask_link`) sends each worker of Dask a plugin (`dask_worker`) with the
settings and the assignment as bytes (`shipment`). The plugin keeps a local pool of its own, so
student code runs in the same locked children, and torch is imported once. What is sent over Dask
are frames with `messages` and `cluster_messages`; Dask itself unpickles what it receives, so
everything but loopback needs TLS (`cluster_address`). Dask has another worker do what a lost one
had, and the client hands over anew what was on its way when the connection was lost.

To run batches in yet another way, add a module with another `Pool`, and let `grader.cli.batch`
choose it.

Start reading at `local_pool.LocalPool.grade_all`.
"""
