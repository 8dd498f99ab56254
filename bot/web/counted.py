"""Counts requests by the name of their address, never by the address: that of a conversation is about one person."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import sync_and_async_middleware

from bot.watching import figures

#: The part of the site of a route, by how the route begins.
PARTS = (("chat/", "chat"), ("guide/", "guide"), ("console/", "console"))
OTHER = "other"


@sync_and_async_middleware
def counted(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Count every response. Both kinds, as bot/web/headers.py."""
    if iscoroutinefunction(get_response):

        async def counted_async(request: HttpRequest) -> HttpResponse:
            begun = time.perf_counter()
            return _noted(request, await get_response(request), time.perf_counter() - begun)

        return counted_async

    def counted_now(request: HttpRequest) -> HttpResponse:
        begun = time.perf_counter()
        return _noted(request, get_response(request), time.perf_counter() - begun)

    return counted_now


def _noted(request: HttpRequest, response: HttpResponse, seconds: float) -> HttpResponse:
    # As it stands in the urls, with names in the place of values: "console/conversations/<uuid:contact>/".
    route = str(request.resolver_match.route) if request.resolver_match else ""
    figures.HTTP.labels(route or "(none)", str(response.status_code)).inc()
    part = next((name for beginning, name in PARTS if route.startswith(beginning)), OTHER)
    figures.HTTP_SECONDS.labels(part).observe(seconds)
    return response
