"""What a platform's roles are here."""

from collections.abc import Sequence

from pylti1p3.roles import StudentRole, TeacherRole, TeachingAssistantRole

from grader.service.database.tables import Role

_CLAIM = "https://purl.imsglobal.org/spec/lti/claim/roles"


class _StudentOfCourse(StudentRole):
    """A student of the course, not only of the institution."""

    _system_roles = ()  # type: ignore[assignment] # the library names the ones it has
    _institution_roles = ()  # type: ignore[assignment]


def role_of(roles: Sequence[str]) -> Role | None:
    """Return what somebody with these roles may do in a course; None for nothing.

    Teachers, their assistants and the administrators of a course are instructors. Only roles in the
    course count: a professor may be a student somewhere. Observers are let in nowhere.
    """
    claims = {_CLAIM: list(roles)}
    if TeacherRole(claims).check() or TeachingAssistantRole(claims).check():  # type: ignore[no-untyped-call]
        return Role.INSTRUCTOR
    if _StudentOfCourse(claims).check():  # type: ignore[no-untyped-call]
        return Role.STUDENT
    return None
