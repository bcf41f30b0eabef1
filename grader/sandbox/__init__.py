"""The sandbox: ``host`` is the trusted side and opens sessions, ``guest`` runs student code.

Theory of operation
-------------------
Processes. The host starts one *forkserver* (``host.launch``, ``guest.start``) by exec with an
empty environment, so that it inherits nothing of the host's heap, arguments or environment. The
forkserver imports torch with one thread and runs no autograd, because torch refuses autograd in
a child of a process that has run it. Then it waits. For each session, and again whenever a child
is lost, it forks a *child*. The child locks itself (``guest.lock``), sends ``Ready``, and only
then receives the submission's source, over a socket whose other end only the host holds.

A session (``host.session``) is one submission that answers requests. If its child crashes or
hits a limit, the session goes on in a new child: it leaves out a statement that ended the child
while loading, and it calls the other functions. A forged message, or the end of the submission's
time, ends the session.

Descriptors. Forkserver: 0 and 1 on the null device, 2 on the host's stderr, and one control
socket. Child: 0 on the null device, 1 and 2 on a pipe that the host drains, and 3 is its socket;
all others are closed.

Who waits for whom. The host asks and the guest answers; the guest says nothing unasked, except
that a starting forkserver and a new child report that they are there. A frame that was not asked
for is the end of that child. The host watches the limits (``host.connection``), and never waits
for a child or the forkserver without a deadline. It kills a child through the forkserver: that is
the child's parent and reaps it, so the process id cannot have been reused. If the host goes away,
the forkserver reads the end of its control socket, kills the children that are left and removes
their folders. If the forkserver goes away, the kernel kills its children.

Locks. Each is one-way, is tried on its own, and is reported if this machine doesn't have it.

- Privileges (prctl, capset): against setuid programs, and against root's capabilities.
- Resources (setrlimit): against huge memory and files, core files and endless descriptors.
- Files (Landlock): against reading checks, the reference, the home folder or ``/proc``, and
  against writing outside the scratch folder. ``host.allow_list`` works out what may be read.
- Signals (Landlock): against signals to the grader, and abstract unix sockets.
- System calls (seccomp): against sockets, new processes and programs, ptrace, namespaces, IPC,
  keyrings, io_uring and bpf.

What must hold. No expected value and no check is ever in a child that runs a submission, and of
the reference only the helpers that are lent to it. The host imports nothing from ``guest``, and
the guest nothing else of ours but ``observations``. The host treats whatever a child sends as a
claim. This module stays without code, because the guest imports it.

Not defended. Student code runs in the same process as ``guest``, so it can read and change
anything there, and can send any frame it likes. That gains nothing: a forged answer has to hold
the right numbers for inputs that were drawn after the submission was handed in. These remain:

- A submission whose numbers are right can lie about how it got them, for example that a leaf is
  still the same object.
- A function that is lent right helpers (``guest.lend``) can read their code. They are only the
  functions below it, in a child of their own whose output nobody reads.
- Covert channels such as CPU caches and timing, and bugs in the kernel.
- Without Landlock or seccomp (macOS, old kernels), a submission can read files and reach the
  network.

Start reading at ``host.session.open_session`` and ``guest.serve.serve``.
"""
