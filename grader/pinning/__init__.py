"""Tries small changes of a unit that failed, and pins the line that is wrong.

Theory of operation
-------------------
This comes after everything else is settled, in children of its own with accounts of their own, so
it can change no score and takes no time from a function. It asks visible checks only, and where no
misconception was named.

One child loads the submission and lists the edits of the code of each unit, before any of it runs.
Edit by edit is made in the functions of that child. Each is asked one question, the first that the
submission has answered wrongly, and most are given up there. Those that answer rightly have to pass
all visible checks of the unit, and then once more with inputs from another seed, in a child in
which no other edit was made.

A child that ends is not replaced: then nothing is said about the unit. All bounds but a child's own
limits are counts, so a report doesn't depend on how busy the machine is: units of a submission,
edits of a unit, repairs that are tried again.

What a submission does when it notices an edit, it can do to its own report only: which line of its
own text is named.

Start reading at `pin.pin_lines`.
"""
