"""By which address the service was last reached, for links that are made without a request."""

from sqlalchemy.orm import Session

from grader.service.database.engine import Database
from grader.service.database.tables import Setting

_NAME = "address"
_UNKNOWN = "http://127.0.0.1:8000"


def remember_address(database: Database, address: str) -> None:
    """Keep the address at which the service starts."""
    with database.write() as session:
        session.merge(Setting(name=_NAME, value=address))


def last_address(session: Session) -> str:
    """Return the address at which the service was started last, or else the usual one."""
    found = session.get(Setting, _NAME)
    return _UNKNOWN if found is None else found.value
