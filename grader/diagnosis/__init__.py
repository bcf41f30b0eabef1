"""Names the misconception behind a failure, but only where it is proved.

Theory of operation
-------------------
`diagnose.diagnose` takes the results of all checks and looks at each function that failed. It gets
all questions that the checks of the function ask (`grader.checks.questions`) and asks the
submission each of them. Then there are three ways to explain the answers:

- `find_misconception` asks the program of each misconception the same questions, and drops it at
  the first answer that differs from the submission's. If a single misconception is left, it is
  named.
- `ratios` looks for a factor or a shift that is the same on all inputs, such as twice the right
  answer, or a list of losses that is one step late.
- `unused` asks again with one input changed at a time: if nothing else changes, that input is not
  used.

Answers are compared by their fingerprints (`fingerprint`): what a function is judged by, without
what the contract leaves open, such as a float or a tensor for a loss.

What must hold: a diagnosis changes no score and no status. It says nothing rather than something
that is not proved: nothing if two misconceptions fit, if an answer is missing, or after a limit.
This package doesn't know how questions are answered; it is given functions that ask.

Start reading at `diagnose.diagnose`.
"""
