"""`grader doctor`: what is there, what is missing, and what to do about it.

Each module examines one side of a machine and yields findings: `packages` what is installed,
`imports` whether torch and the others can be loaded, `locks` what confines a submission, `places`
where files go, `extras` what only some need. `trial` grades the assignment's own reference, and
code that tries to get out. `examine` calls them in order.

What must hold:

- A finding names the cause, not its consequence: if torch can't be loaded, that is the only
  finding, and no grade is tried.
- Nothing may end the examination. What may crash or hang happens in a process of its own, and an
  exception becomes a finding.
- As much as possible works with Python's library alone, since what is missing may be ours.
"""
