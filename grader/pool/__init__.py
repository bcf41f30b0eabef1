"""Several graders at work side by side, each in a process of its own.

A process and not a thread: pytest is not made to run twice in one. Each has its own pytest session
and its own forkserver, and keeps both warm from one submission to the next. A process that
dies, hangs or reports a fault of the grader's is replaced, and its submission is tried once more.
"""
