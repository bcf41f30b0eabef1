"""Sends scores to where a course keeps its grades.

Everything that was sent is in a log, written before the next score is sent: so it can be
interrupted, even killed, and the same command goes on. Nothing is sent twice without need, and what
is sent again, because nobody knows whether it arrived, changes nothing that is there.

Only `grader.lti.client` and `grader.lti.key` need the libraries of the extra ``lti``, and
nothing else here imports them.
"""
