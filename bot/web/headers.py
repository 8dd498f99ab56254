"""Headers that every response carries, whoever makes it."""

from __future__ import annotations

from collections.abc import Callable, MutableMapping
from typing import Any

from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import sync_and_async_middleware

from bot.web.bodies import App, Message, Receive, Send

#: Nothing from anywhere but ourselves, and of ourselves only what our pages use: scripts, styles, pictures, fetch() and the
#: guide's worker. No inline script, no foreign host, no framing, no form to elsewhere.
#: (https://www.w3.org/TR/CSP3/, https://www.w3.org/TR/permissions-policy/, https://owasp.org/www-project-secure-headers/,
#: 2026-11)
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; worker-src 'self'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    # For browsers older than frame-ancestors, which the telephones of poor people may have.
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    # Not "no-referrer": with it Chromium sends `Origin: null` on plain forms, and the CSRF check refuses them.
    "Referrer-Policy": "same-origin",
    # A position only when the person shares it in our own page (nearest services).
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(self), payment=(), browsing-topics=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}

#: What says nothing about it is not kept: a browser may else keep even a 404 (RFC 9111, 4.2.2), in somebody's language.
UNKEPT = ("Cache-Control", "no-store")

#: A response that renews what a browser has: its silence leaves that as it was, a "no-store" would end it.
_NOT_MODIFIED = 304

#: Behind https: for a year this host is never asked without (RFC 6797). Not its subdomains, which may be somebody else's.
STRICT_TRANSPORT = ("Strict-Transport-Security", "max-age=31536000")


def _marked(response: HttpResponse) -> HttpResponse:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if response.status_code != _NOT_MODIFIED:
        response.headers.setdefault(*UNKEPT)
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


class Marked:
    """An ASGI application around all others: what is answered before or without Django carries the headers too."""

    def __init__(self, app: App, *, https: bool) -> None:
        self._app = app
        self._headers = [_raw(*header) for header in (*HEADERS.items(), *([STRICT_TRANSPORT] if https else []))]

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Pass the request on and add to its response what is missing."""

        async def marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = list(message.get("headers", []))
                there = {name.lower() for name, _ in given}
                unkept = [] if message["status"] == _NOT_MODIFIED else [_raw(*UNKEPT)]
                message["headers"] = given + [one for one in (*self._headers, *unkept) if one[0] not in there]
            await send(message)

        await self._app(scope, receive, marked)


def _raw(name: str, value: str) -> tuple[bytes, bytes]:
    return name.lower().encode(), value.encode()
