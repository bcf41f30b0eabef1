"""The guest: runs student code in locked children. The host starts it and never imports it.

Theory of operation
-------------------
``start.main`` is the forkserver's entry. It reports where Python looks for packages, and only
then imports torch (``warm``). ``serve`` answers the host's ``Warm``, ``Spawn`` and ``Kill``. It
prepares the locks once, since that costs more than a fork.

A child starts in ``serve._child``. It enforces the locks (``lock``, with ``file_lock`` and
``syscall_lock``), sends ``Ready``, and hands over to ``child.answer_requests``, which

- loads the submission one statement at a time (``load``), replaces functions by lent ones if the
  host asks for it (``lend``), and describes what was raised (``exceptions``);
- puts the process's settings back before each call (``defaults``);
- calls a function in the student's own style (``call``, ``bind_arguments``);
- reduces what came of the call to plain data (``describe``, ``figures``, ``torch_call_log``).

Everything that a child needs of this package is imported before the fork, because a locked child
can't read our files. ``grader.sandbox`` explains how host and guest work together, and what is
not defended.
"""
