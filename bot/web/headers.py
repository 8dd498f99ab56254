"""Headers that every page carries."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import sync_and_async_middleware

#: Nothing from anywhere but ourselves: no inline script, no foreign host, no framing, no form to elsewhere.
#: (https://www.w3.org/TR/CSP3/, https://www.w3.org/TR/permissions-policy/)
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
    ),
    # A position only when the person shares it in our own page (nearest services).
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(self), payment=(), browsing-topics=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def _marked(response: HttpResponse) -> HttpResponse:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response


@sync_and_async_middleware
def security_headers(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Add HEADERS to every response. Both kinds, because a synchronous middleware would hold a thread for each long poll."""
    if iscoroutinefunction(get_response):

        async def marked_async(request: HttpRequest) -> HttpResponse:
            return _marked(await get_response(request))

        return marked_async

    def marked(request: HttpRequest) -> HttpResponse:
        return _marked(get_response(request))

    return marked
