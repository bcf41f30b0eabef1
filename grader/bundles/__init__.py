"""What an instructor uploads to a platform so that it grades there, and what then runs there.

A bundle holds zerograd itself as a wheel, the assignment, and the scripts that the platform calls;
those do nothing but call ``grader harness``, which knows where each platform puts things.
"""
