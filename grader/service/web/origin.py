"""By which address browsers know the service, and whether a request came for it, and from it."""

import ipaddress
from urllib.parse import urlsplit

from starlette.requests import Request

from grader.service.settings import ServiceSettings


def origin_of(request: Request, settings: ServiceSettings) -> str:
    """Return the service's own origin, such as ``https://grader.example.org``."""
    if settings.base_url:
        parts = urlsplit(settings.base_url)
        return f"{parts.scheme}://{parts.netloc}".lower()
    return f"{request.url.scheme}://{request.headers.get('host', '')}".lower()


def is_own_host(host: str, settings: ServiceSettings) -> bool:
    """Return whether a ``Host`` header is one of the service's.

    Without a base URL that is any address, but no name besides ``localhost``: a page elsewhere can
    give its own name our address, but it can't make browsers ask for another name.
    """
    if settings.base_url:
        return host.lower() == urlsplit(settings.base_url).netloc.lower()
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return False
    if name == "localhost":
        return True
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def is_from_here(request: Request, settings: ServiceSettings) -> bool:
    """Return whether a request was sent by one of the service's own pages.

    All browsers of today send ``Sec-Fetch-Site`` or ``Origin`` with each form. What has neither
    comes from no browser that could hold a cookie, so it is not taken either.
    """
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    if site is not None and site != "same-origin":
        return False
    if origin is not None:
        return origin.lower() == origin_of(request, settings)
    return site is not None
