"""What crosses the wall between host and guest: plain data.

Theory of operation
-------------------
``values`` reduces objects to plain data, ``messages`` are made of values, and ``frames`` turns
messages into bytes and back. A child's ``Answer`` is a claim; the host checks it and makes an
``Observation`` of it. ``asking`` has the two signatures by which anything that answers requests
is asked, and ``locks`` the names of the locks.

Host and guest both import this package, so it must import nothing else of ours, and nothing here
may know what is right or wrong. Decoding hostile bytes must end in a message or a FrameError,
with bounded memory, and must never run code (no pickle). Start reading at ``messages``.
"""
