"""What crosses the wall between the trusted and the sandboxed side: plain data.

Both sides import this package, so it must import nothing else of ours, and
nothing here may know what is right or wrong.
"""
