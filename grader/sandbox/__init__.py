"""The sandbox: ``host`` is the trusted side and opens sessions, ``guest`` runs student code.

Theory of operation
-------------------
Processes. The host starts one *forkserver* (``host.forkserver``, ``guest.start``) by exec with an
empty environment, so that it inherits nothing of the host's heap, arguments or environment. The
forkserver imports torch with one thread and runs no autograd, because torch refuses autograd in
a child of a process that has run it. Then it waits. For each session, and again whenever a child
is lost, it forks a *child*. The child locks itself (``guest.lock``), sends ``Ready``, and only
then receives the submission's source, over a socket whose other end only the host holds.

Where there is no fork, or on request, the *spawner* (``host.spawner``, ``guest.spawned``) starts
each child by exec instead. It imports torch itself, which takes a second or two, so some processes
are started before they are needed. From then on, all is the same: `host.child` is the interface of
both. A spawned child locks itself while it has a single thread, since the locks of Linux are those
of a thread; Windows and macOS have locks of their own, from outside, as far as they have any
(``host.windows_job``, ``host.seatbelt``).

A session (``host.session``) is one submission that answers requests. If its child crashes or
hits a limit, the session goes on in a new child: it leaves out a statement that ended the child
while loading, and it calls the other functions. A forged message, or the end of what the
submission may use, ends the session.

Accounts. All sessions of a submission share an account (``host.account``): CPU time by function,
memory and disk over all children. What the host computes with its answers is on it too. Limits are
CPU time. Wall time depends on what else the machine does, so it is only a far back-stop, and a
limit for waiting; time on the kernel's run queue is not waiting (``host.meter``). Statements that
took long are left out when the file is loaded again (``host.load_plan``), unless a function needs
what they bind (``guest.needed``) or have changed (``guest.changes``): what a slow demo costs is
paid once. A child that waits while another one is asked is stopped.

What is measured. While the host waits for an answer, it looks at memory and disk every 0.05 s, and
at the disk no later than after 0.2 s and the time that measuring takes. Files that were removed but
are open or mapped count. So a child can go beyond the limit on disk by what it writes in that time:
nothing that it may do fills a disk faster than writing (70 to 150 MiB were seen with the limit of
64). Where a lock is missing, a child hides its memory, and only root finds files without a name.
All children of a submission are stopped while the folder of one is removed, and what takes longer
than 2 s is removed at the end.

Descriptors. Forkserver: 0 and 1 on the null device, 2 on the host's stderr, and one control
socket. Child, where it inherits descriptors: 0 on the null device, 1 and 2 on a pipe that the host
drains, and 3 is its socket; all others are closed.

Who waits for whom. The host asks and the guest answers; the guest says nothing unasked, except
that a starting forkserver and a new child report that they are there. A frame that was not asked
for is the end of that child. The host watches the limits (``host.connection``), and never waits
for a child or the forkserver without a deadline. It kills a child through the forkserver: that is
the child's parent and reaps it, so the process id cannot have been reused. If the host goes away,
the forkserver reads the end of its control socket, kills the children that are left and removes
their folders. If the forkserver goes away, the kernel kills its children.

Without seccomp, a child can start processes. The forkserver adopts those that lose their parent
(``process_tree``) and ends them with their child; the host ends them before it kills a forkserver
that hangs. Only if the forkserver is killed by something else, they stay. A spawned child adopts
those that come from it, and the host ends them before it; what outlives a spawned child that died
by itself stays, except on Windows.

Locks. Each is one-way, is tried on its own, and is reported if this machine doesn't have it.

- Privileges (prctl, capset): against setuid programs, and against root's capabilities.
- Resources (setrlimit): against huge memory and files, core files and endless descriptors. The
  limit on memory is about what a child adds to what it was forked with.
- Files (Landlock): against reading checks, the reference, the home folder or ``/proc``, and
  against writing outside the scratch folder. ``host.allow_list`` works out what may be read. That
  a file exists, its size and its times stay visible. Without seccomp it holds in part.
- Signals (Landlock): against signals to the grader, and abstract unix sockets.
- System calls (seccomp): against sockets, new processes and programs, ptrace, namespaces, IPC,
  keyrings, io_uring and bpf, against emptying files or changing their modes outside, and against
  memory and disk that no limit would see: shared memory, ``fallocate``.

What a child can see. All of its own process, so everything below, however it is hidden:

- Every child: Python and its packages; ``guest`` and ``observations``, with the names of the
  messages; the submission, but not the name of its file, since that is not in the digest that the
  inputs depend on; the contract's functions and parameters; and, one at a time, the requests with
  their inputs. No check, expected value, seed, tolerance, misconception, report or
  other submission is in it, nor a file or descriptor that leads to one.
- The files and modules that the assignment gives to every submission (``host.given``), by links in
  its folder to copies that it may read.
- A child with the student's own helpers (one for all visible checks): of the reference, nothing.
- A child with lent helpers (one for each set of them): those helpers and what they call,
  compiled, and without docstrings, comments, annotations and names that students don't know. Their
  source is gone before the submission runs, but bytecode can be read. Of a class to which single
  methods are lent, only these and the private members that they use; where a value is lent, the
  right value.
- A child of a rerun: the globals that are fixed for it. It answers one request.
- A child for hidden checks (with own or lent helpers): the inputs of hidden checks.
- The reference's children never run student code.

What leaves a child. Plain data of bounded size (``observations``), which the host treats as a
claim. From a child with the student's own helpers, what it says is shown: values, exceptions,
output. From a child with lent helpers, only this reaches a report, a page, a terminal or a log:
whether a check passed; how it ended, by our own words and the names of six exceptions; the id of a
misconception; and a factor or shift from a short list (``checks.lent_attempt``). That is a few bits
for each check. Who lets people try again has to limit their attempts. Of a hidden check, a student
sees no more than its points.

When it leaves. Code that may know something never comes before code that must not: first the
visible checks with the student's own helpers, whose children then end; then hidden checks; only
then children with lent helpers (``checks.run``). Otherwise traces outside of the process could
carry it over: times of access to files, the page cache, the time that passes.

What must hold. The host imports nothing from ``guest``, and the guest nothing else of ours but
``observations`` and ``sandbox.process_tree``. Whatever a submission returns, it costs the function
concerned and never ends as a fault of the grader: a check that can't judge an answer, although it
can judge the reference's, has found a wrong answer. This module stays without code, because the
guest imports it.

Not defended. Student code runs in the same process as ``guest``, so it can read and change
anything there, and can send any frame it likes. That gains nothing: a forged answer has to hold
the right numbers for inputs that were drawn after the submission was handed in. These remain:

- A submission whose numbers are right can lie about how it got them, for example that a leaf is
  still the same object, or how long its statements took.
- A function can behave in a lent or hidden child so that a bit of what it reads there shows in
  which checks pass, which misconception is named, and how long grading takes in all.
- Covert channels from one submission to a later one, such as times of access to readable files
  (unless the disk is mounted with ``noatime``), caches and timing; and bugs in the kernel.
- Without Landlock or seccomp (macOS, old kernels), a submission can read files and reach the
  network. The report names a lock that is missing, and one that holds only in part.

Start reading at ``host.session.open_session`` and ``guest.serve.serve``.
"""
