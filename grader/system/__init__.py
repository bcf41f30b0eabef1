"""What each system does in its own way: opening, locking, syncing and naming files.

Each function has a form for Linux and macOS and one for Windows. Importing this package needs
nothing that only some systems have, and nothing else of ours. The forms for Windows were never run
on Windows: where they work on any system, tests choose them here.

On Windows a file's mode says nothing but whether it is read-only. What should be private is as
private there as the folder that it is in, which in a user's own folders is the same.
"""
