"""Collects what learning platforms export: a module for each, which knows how its files are named.

Each has a function that recognises a tree of files by its shape, and one that collects from it.
`choose` picks among them.
"""
