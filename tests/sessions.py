"""Helpers for tests that talk to a session."""

from grader.observations.messages import CallRequest, Observation
from grader.observations.values import Number
from grader.sandbox.host.session import Session


def call(session: Session, function: str = "f") -> Observation:
    """Call a function of one number, and return the observation."""
    return session.observe(
        CallRequest(function=function, inputs={"n": Number(value=3, kind="int")})
    )
