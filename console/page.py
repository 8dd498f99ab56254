"""Rendering: every page of the console goes through here and so has its menu, its languages and its title."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render as _render
from django.utils import translation

from console import navigation
from console.catalogues import LANGUAGES


def render(
    request: HttpRequest, template: str, context: Mapping[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    """The page, or with a template named `..._part.html` a piece of one (for htmx), in the reader's language."""
    whole = {
        # Where one comes back to after choosing a language: here, when here can be asked for again.
        "here": request.get_full_path() if request.method == "GET" and status == HTTPStatus.OK else "/console/",
        "language": translation.get_language(),
        "languages": LANGUAGES,
        "account": request.user,
        "menu": navigation.menu(request) if request.user.is_authenticated else [],
        "notes": get_messages(request),
        **(context or {}),
    }
    return _render(request, template, whole, status=status)
