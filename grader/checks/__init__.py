"""Judges observations: ordinary pytest functions, run in the trusted process.

Theory of operation
-------------------
An assignment (`assignment`) is a folder: its settings, a reference, misconceptions
(`misconceptions`) and files of checks. Its units (`units`) have points. A check is a pytest
function ``check_*`` in a file ``check_UNIT.py``. It gets a `Probe`, asks the student's unit and the
reference the same thing, and raises `WrongError` if the answer is wrong. What authors import is in
`api`::

    CheckRunner        one pytest session in a thread, for the life of a grader
      ChecksPlugin     keeps the collected items, and runs one of them for each attempt
        run_phase      one submission: the order, the attempts, the results
          attempt      one attempt: with the student's own helpers, or with right ones
          Probe        encodes inputs, asks both sides, shows an example
            tracing             runs a script with handles that write down its steps
            compare, steps, drawings    judge what came back
            no_answer                   says why nothing came back

Data flows in one direction. Requests go out through the functions that the caller passes in
(``observe`` for the student, ``expect`` for the reference) and observations come back. This package
doesn't know how they are answered: it imports neither the sandbox nor torch, never loads or runs a
submission, and the tests of this package use sessions that replay plain values.

What must hold:

- What a check draws depends only on the seed and the check's id, never on other checks.
- A check ends in a verdict: it passes, or raises one of the exceptions in `verdict`. Any other
  exception means that the check is broken (`CheckCrashedError`), and costs no student a point.
- Comparisons are written so that NaN fails, and an answer that is incomplete never passes.
- A unit is judged with the student's own helpers, and with right ones if a helper is not known to
  be right. If either attempt passes, the check passes.

`questions` records what the checks ask, for the diagnosis; `pictures` asks for the numbers of a
picture after a failure. `runner.CheckRunner` is the entry point; start reading at
`run.run_phase`.
"""
