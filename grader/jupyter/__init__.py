"""The magic ``%grade``: grades what a notebook has defined so far, in a process of its own."""
