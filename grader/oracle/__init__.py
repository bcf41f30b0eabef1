"""Knows what is right: what the reference answers to each check, and each known mistake.

Theory of operation
-------------------
All inputs of checks depend on a seed, so for a seed all questions and all right answers are known
beforehand. An `oracle.Oracle` returns them, and there are two:

- `live.LiveOracle` asks the author's code, in sandboxes, whenever something is needed. That is how
  authors work, and how an assignment is graded for the first time.
- `recorded.RecordedOracle` reads a *recording*, which `record` has made with a live oracle: plain
  data, of all questions with the reference's answers, and of what each misconception answers. It
  starts no process. What its recording lacks, it asks the live one.

`store` keeps recordings in a cache folder, by the digests of everything that they depend on. No
student code can read that folder. What is read there is checked against its own digest, so a
damaged file is made anew, and never believed.

Start reading at `oracle.Oracle`.
"""
