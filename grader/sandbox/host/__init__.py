"""The trusted side of the sandbox: starts children, opens sessions, enforces limits."""
