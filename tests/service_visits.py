"""Pages of a service in a real browser, which fails if one of them makes trouble."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from browser import DESKTOP
from service_live import cookie_of, listening
from service_site import Site

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, Page, Request

Visit = Callable[..., "Page"]


@contextmanager
def visiting(
    chromium: "Browser", site: Site, *, has_pages_of_errors: bool = False
) -> Iterator[Visit]:
    """Let a site listen, and yield a function that opens a page of it.

    Leaving the context fails if a page had an error, or asked for anything but the service.

    Args:
        chromium: The browser.
        site: The service.
        has_pages_of_errors: Whether pages that say that something isn't there are wanted.
    """
    troubles: list[str] = []
    with listening(site) as address, ExitStack() as contexts:

        def note_error(message: "ConsoleMessage") -> None:
            # Without the policy, browsers ask for an icon, which there isn't.
            is_icon = message.location["url"].endswith("/favicon.ico")
            is_wanted = has_pages_of_errors and message.text.startswith("Failed to load resource")
            if message.type == "error" and not is_icon and not is_wanted:
                troubles.append(message.text)

        def note_request(request: "Request") -> None:
            if not request.url.startswith(address):
                troubles.append(f"asked for {request.url[:200]}")

        def visit(
            path: str,
            *,
            person_id: int | None,
            size: tuple[int, int] = DESKTOP,
            has_scripts: bool = True,
            has_policy: bool = True,
        ) -> "Page":
            context = chromium.new_context(
                viewport={"width": size[0], "height": size[1]},
                java_script_enabled=has_scripts,
                bypass_csp=not has_policy,
                locale="en-GB",
                timezone_id="Europe/Berlin",
            )
            contexts.callback(context.close)
            if person_id is not None:
                name, value = cookie_of(site, person_id)
                context.add_cookies([{"name": name, "value": value, "url": address}])
            page = context.new_page()
            page.on("pageerror", lambda error: troubles.append(str(error)))
            page.on("console", note_error)
            page.on("request", note_request)
            page.goto(f"{address}{path}")
            return page

        yield visit
    assert not troubles, troubles
