"""Names the misconception behind a failure, but only where it is proved.

Theory of operation
-------------------
`diagnose.diagnose` takes the results of all checks and looks at each function that failed. It gets
all questions that the checks of the function ask (`grader.checks.questions`) and asks the
submission each of them. Then it tries to explain the answers, in this order:

- `find_misconception` asks the program of each misconception the same questions, and drops it at
  the first answer that differs from the submission's. If a single misconception is left, it is
  named. If none is, it looks for one that moves the leaves in the same way, whatever is returned:
  a submission may make two mistakes at once. It must not have returned a list that this program
  can't return (`contrary`).
- `remarks` says what is the same about all answers, by one module for each kind. Some compare the
  answers with the right ones: `moved` (a leaf that should stay where it is), `limited` (rounded,
  without decimals, nothing but 0 and 1, or cut off at a limit), `penalties` (a gradient with a
  multiple of w too much), `parts` (one of several things that are returned), `reshaped` (right but
  for the shape or the order, or reduced to one number), `lazy` (a generator, which has not run),
  `nothing_but_nan`, and `ratios` (a factor, or a list of losses that is late or rotated). Others
  ask again: with one input changed (`unused`), with inputs in exchanged places (`exchanged`), with
  data in other units (`rescaled`), or twice (`kept`, `again`).

Answers are compared by their fingerprints (`fingerprint`): what a function is judged by, without
what the contract leaves open, such as a float or a tensor for a loss.

What must hold: a diagnosis changes no score and no status. It says nothing rather than something
that is not proved: nothing if two misconceptions fit, if an answer is missing, or after a limit.
This package doesn't know how questions are answered; it is given functions that ask.

Start reading at `diagnose.diagnose`.
"""
