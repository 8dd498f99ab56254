"""The pages of the guide. They are the same for everybody, hold no form and set no cookie."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache

from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.utils.cache import patch_cache_control
from django.views.decorators.cache import never_cache
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import condition, require_safe

from bot.answers import render, speaker
from bot.answers.check import REGISTER, read_topics
from bot.answers.schema import Content
from bot.channels.webchat import languages, session
from bot.conversations.models import Contact
from bot.guide import pages
from bot.settings import ROOT


@dataclass(frozen=True, slots=True)
class Printed:
    """A page as it is sent, when this process first made it, and the digest by which a browser knows it."""

    html: bytes
    etag: str
    made: datetime


#: Pages that are kept, by version of the content, day and language. An edit or a new day makes new ones.
_printed: dict[tuple[str, date, str], Printed] = {}

#: How many pages are kept, about 70 kB each.
MOST_KEPT = 16


@never_cache
@require_safe
def door(request: HttpRequest) -> HttpResponse:
    """To the guide in the person's language."""
    return HttpResponseRedirect(f"/guide/{languages.of_page(request, _contact(request))}")


def _contact(request: HttpRequest) -> Contact | None:
    """Who this is, if they have written to us. The guide must also open when the database does not answer."""
    try:
        return session.contact_of(session.read(request))
    except DatabaseError:
        return None


def printed(code: str) -> Printed | None:
    """The guide in a language as it is now, or None when Faro does not speak that language."""
    content, today = languages.library().current(), speaker.panama_today()
    if code not in content.languages:
        return None
    key = (content.version, today, code)
    found = _printed.get(key)
    if found is None:
        if len(_printed) >= MOST_KEPT:
            _printed.clear()
        found = _printed[key] = _print(content, code, today)
    return found


def _print(content: Content, code: str, today: date) -> Printed:
    html = render_to_string(
        "guide/page.html",
        {
            "language": code,
            "languages": [(one.code, one.name) for one in content.languages.values()],
            "words": render.web(content, code),
            "page": pages.page(content, code, today, _order()),
        },
    ).encode()
    return Printed(html, f'"{hashlib.sha256(html).hexdigest()[:32]}"', datetime.now(UTC))


@cache
def _order() -> tuple[str, ...]:
    """The register's order: the general question of an area before the special ones."""
    topics, _ = read_topics(ROOT / REGISTER)
    return tuple(topics)


def _etag(_request: HttpRequest, code: str) -> str | None:
    found = printed(code)
    return found.etag if found else None


def _made(_request: HttpRequest, code: str) -> datetime | None:
    found = printed(code)
    return found.made if found else None


@gzip_page  # a fifth of the size; the page holds no secret and nothing of the request, so its length tells nothing
@require_safe
@condition(etag_func=_etag, last_modified_func=_made)
def page(_request: HttpRequest, code: str) -> HttpResponse:
    """The guide in a language.

    Raises:
        Http404: Faro does not speak it.
    """
    found = printed(code)
    if found is None:
        raise Http404
    response = HttpResponse(found.html)
    # A corrected answer must be seen at once; asking whether there is one costs 200 bytes.
    patch_cache_control(response, public=True, no_cache=True)
    return response
