"""The sandboxed side: runs student code, and is never imported by the trusted side.

Theory of operation
-------------------
Processes. The trusted process starts one *forkserver* (``start.main``) through exec
with an empty environment, so that nothing of its own heap, arguments or environment is
inherited. The forkserver imports torch (no autograd, one thread: torch refuses autograd in
a child of a process that has run it), then waits. For each submission, and again whenever a
child was lost, it forks a *child*. The child locks itself (``lock``), says ``Ready``, and
only then receives the submission's source, over a socket that the forkserver has no end of.

Descriptors. Forkserver: 0 to 2 on the null device and on the trusted side's stderr,
one control socket. Child: 0 on the null device, 1 and 2 on a pipe which the trusted side
drains, one socket, all else closed.

Who waits for whom. The trusted side asks, the child answers; nobody else ever starts to
talk. A frame that was not asked for is the end of that child. Limits are watched from the
trusted side, which never waits for a child without a deadline and kills through the
forkserver (its parent, so a process id can't be reused meanwhile). When the trusted side
goes away, the forkserver reads the end of its control socket and kills what is left;
when the forkserver goes away, the kernel kills its children.

What each lock is against is said in ``lock``.

What is not defended. Student code runs in the same process as this package, so it may
read or change anything here: it could send any frame it likes. That gains nothing, since
no expected value, check or reference is in this process, and a forged answer has to
hold the right numbers for inputs that were drawn after the submission was handed in.
What it *could* fake without solving the exercise is a claim about mechanism (that the leaf is the
same object, say) beside numbers that are right.
A function that is lent right collaborators (``lend``) can read their code: they are
functions of lower floors only, in a child of its own whose output nobody reads.
CPU caches and timing as covert channels, and bugs in the kernel, are not defended against.
"""
