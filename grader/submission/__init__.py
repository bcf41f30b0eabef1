"""Reads what a student handed in: one file, ``.py`` or ``.ipynb``, without running it."""
