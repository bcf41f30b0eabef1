"""The trusted side of the sandbox: starts the forkserver, opens sessions, enforces limits."""
