"""Collectors: they turn what an LMS exported, or a plain folder, into a collection.

`choose.collect` is the entry point. For each given path it asks, in this order:

1. Is the tree itself an export? The `registry` lists the collectors for LMSs. Each is a module with
   a function that recognises a tree by its shape and one that collects from it.
2. Are there exports inside the tree, next to other files? `nested` looks for them.
3. Otherwise the tree is plain (`plain`): each file and each folder at the top is one student's.
   Tables are nobody's, and if most folders at the top look like classes, it is refused (`above`).

With ``--from`` or ``--pattern``, only the collector that was named is asked.

A shape counts as recognised only if it could hardly occur by chance, because a wrong guess gives
work to the wrong student. Where it merely resembles an export, the files are collected as plain
ones, and a hint among the skipped files explains how to name the collector.
"""
