"""Takes hand-ins from programs."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from grader.errors import UsageError
from grader.service.audit import note
from grader.service.clock import as_datetime
from grader.service.hand_ins import RefusedHandInError, ReusedKeyError
from grader.service.web.api.answers import answer, read_query
from grader.service.web.api.messages import HandInQuery, ReceiptMessage
from grader.service.web.api.people import find_student
from grader.service.web.auth import AssignmentAccess, member_of_assignment
from grader.service.web.bearer import API
from grader.service.web.taking import as_sentence, take_upload
from grader.service.web.transactions import reading, writing

KEY_HEADER = "Idempotency-Key"
LONGEST_KEY = 255


@member_of_assignment
async def hand_in(request: Request, access: AssignmentAccess) -> Response:
    """Take a hand-in, and answer with its receipt."""
    key = request.headers.get(KEY_HEADER, "")
    if len(key) > LONGEST_KEY:
        raise HTTPException(422, f"{KEY_HEADER} is longer than {LONGEST_KEY} characters.")
    query = read_query(request, HandInQuery)
    person_id = await reading(request, lambda session: find_student(session, access, query.student))
    try:
        receipt = await take_upload(
            request,
            access.assignment,
            sender_id=access.asker.person_id,
            person_id=person_id,
            request_key=key,
        )
    except ReusedKeyError as error:
        raise HTTPException(422, as_sentence(str(error))) from error
    except RefusedHandInError as error:
        raise HTTPException(409, as_sentence(str(error))) from error
    except UsageError as error:
        raise HTTPException(422, str(error)) from error
    if person_id != access.asker.person_id:
        await writing(
            request,
            lambda session: note(
                session,
                "handed in for a student",
                course_id=access.course.id,
                by_id=access.asker.person_id,
                about_id=person_id,
                details=receipt.number,
            ),
        )
    return answer(
        ReceiptMessage(
            number=receipt.number,
            received_at=as_datetime(receipt.received_at),
            sha256=receipt.sha256,
            is_repeat=receipt.is_repeat,
        ),
        status_code=201,
        headers={"Location": f"{API}/hand-ins/{receipt.number}"},
    )
