"""The trusted side of the wall: starts the forkserver, opens sessions, enforces limits."""
