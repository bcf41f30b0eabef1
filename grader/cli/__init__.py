"""The commands ``grade`` and ``grader``: read the arguments, call the work, return an exit code.

Theory of operation
===================

`grade` is the command for students; `grader` is the group for instructors and authors. Each larger
subcommand has a module (`batch`, `export`, `post`, `autograder`, `stats`, `diff`); the small ones
are in `grader` itself. `options` has the options that several commands share, `exit_codes` the exit
codes, and `run` the outermost level that turns exceptions into them. `watch` is the loop of
``grade --watch``.

A command contains no logic of its own beyond the order of steps: it checks the arguments, calls the
packages below, and prints the result through `grader.outputs`.

What must hold:

- ``--help`` is quick, so anything heavy is imported inside the function that needs it. `grade`
  starts the forkserver first, and imports the rest while the forkserver imports torch.
- What was asked for goes to standard output; warnings, errors and progress go to standard error.
- An error of usage is a line without a traceback and exit code 2. An unexpected exception is a
  fault of the grader: exit code 3, and never a score.
- No text from a submission reaches the terminal unescaped.

Start reading at `grade.command`.
"""
