"""A service that a platform on the loopback knows, and the other way round."""

import dataclasses
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from lti_lms import DEPLOYMENT, Lms
from lti_platform import CLIENT_ID, make_key
from service_site import FIRST, LAB, ORIGIN, Site, open_site

from grader.service.database.tables import CourseAssignment
from grader.service.lti.platforms import NewPlatform, connect_context, register
from grader.service.lti.tool import KEY_FILE, open_tool


def prepare(site: Site, lms: Lms) -> None:
    """Let a service take platforms on the loopback, and this one know its addresses and keys."""
    site.state.settings = dataclasses.replace(site.state.settings, allows_insecure_platforms=True)
    key_file = site.state.settings.data / KEY_FILE
    key_file.write_text(make_key("service")[0])  # making one takes a while
    key_file.chmod(0o600)
    site.state.lti = open_tool(site.state.settings, site.database)
    lms.know_tool(ORIGIN, site.browser().get("/lti/keys").json())


def add_platform(
    site: Site,
    lms: Lms,
    *,
    course_id: int | None = FIRST,
    deployments: Sequence[str] = (DEPLOYMENT,),
    client_id: str = CLIENT_ID,
) -> int:
    """Register the platform by hand."""
    with site.database.write() as session:
        return register(
            session,
            NewPlatform(
                issuer=lms.base,
                client_id=client_id,
                authorization_url=f"{lms.base}/authorize",
                token_url=lms.token_url,
                keys_url=f"{lms.base}/keys",
                deployments=deployments,
                course_id=course_id,
            ),
            allows_loopback=True,
        )


@contextmanager
def open_lti_site(folder: Path, lms: Lms) -> Iterator[Site]:
    """Make a service whose first course is connected, with a link to its first assignment."""
    with open_site(folder) as site:
        prepare(site, lms)
        platform_id = add_platform(site, lms)
        with site.database.write() as session:
            connect_context(session, platform_id=platform_id, context="course-7", course_id=FIRST)
            assignment = session.get_one(CourseAssignment, LAB)
            assignment.platform_id = platform_id
            assignment.resource_link = "link-1"
        yield site
