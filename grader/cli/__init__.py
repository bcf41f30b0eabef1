"""The commands: arguments in, exit code out. The work is imported late."""
