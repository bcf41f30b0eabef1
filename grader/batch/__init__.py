"""Grades a whole class: collects submissions, grades what is new, keeps a report for each.

Everything is written so that a batch can be killed at any moment and run again: a report is there
whole or not at all, and what is there is not graded again while nothing has changed.
"""
