"""Make the bundles that let a platform grade with zerograd, and grade there.

Theory of operation
===================

A *bundle* is a zip or a folder with everything that a platform needs to grade by itself: zerograd
as a wheel with the assignment inside, the scripts that the platform calls, and a README for the
instructor.

On the instructor's machine (``grader autograder``), `bundle.make_bundle`

1. builds the wheel from the running installation (`wheel`), so that the platform grades with the
   very version that was tried at home;
2. fills in the templates of the platform (``templates/PLATFORM``), in which marks such as
   ``@WHEEL@`` stand for what differs between bundles;
3. adds, for platforms that can use it, a fallback: a valid result without a score. The script
   leaves it before it starts the grader, so it remains if the grader is killed.

On the platform, a script of the bundle calls ``grader harness``. `harness.run_harness` finds the
submission, grades it like any other, and leaves the result in the platform's format (see
`grader.exports`). The scripts hold no logic beyond that. What differs between platforms (folders,
time limits, whether a fault can be reported) is in one table, `platforms.PLATFORMS`.

What must hold:

- Whatever a submission does and whatever fails, the platform finds a valid result or a failed
  run; a fault of the grader is never a zero.
- The container has more time than a submission, so that the grader's own limit comes first.
- The wheel holds the checks and the reference, so no bundle may put it where students can read it.
- Equal input makes an equal bundle, byte for byte, and making one needs no network.

A student's kit (`kit`) is made here too: `visible_checks` cuts the files of checks, `kit_answers`
takes all source out of what was recorded, `kit_proof` grades the reference with the kit. `dist`
builds the two wheels of a release, of which the one for students has a kit of the lab.

Start reading at `bundle.make_bundle`, `harness.run_harness` and `kit.make_kit`.
"""
