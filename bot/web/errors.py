"""The pages for what went wrong: one short sentence in the person's language. None of them asks the database."""

from __future__ import annotations

import logging

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers

from bot.answers.speaker import LAST_RESORT
from bot.channels.webchat import languages

log = logging.getLogger("faro.web")

_JSON = "application/json"


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: a request that cannot be understood."""
    return _page(request, 400, "error_bad_request")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: there is no such page."""
    return _page(request, 404, "error_not_found")


def server_error(request: HttpRequest) -> HttpResponse:
    """500: something of ours failed; when even the page about it fails, the plain sentence with the number to call."""
    try:
        return _page(request, 500, "error_server")
    except Exception as error:  # whatever failed may fail again here
        log.error("no error page", extra={"error": type(error).__name__})
        return HttpResponse(LAST_RESORT, content_type="text/plain; charset=utf-8", status=500)


def _page(request: HttpRequest, status: int, key: str) -> HttpResponse:
    code = languages.of_page(request, None)
    words = languages.words(code)
    if _JSON in request.headers.get("Accept", "") or request.content_type == _JSON:
        response: HttpResponse = JsonResponse({"error": words[key]}, status=status)
    else:
        context = {"language": code, "words": words, "sentence": words[key]}
        response = render(request, "guide/error.html", context, status=status)
    add_never_cache_headers(response)
    return response
