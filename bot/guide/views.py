"""The pages of the guide. They are the same for everybody, hold no form and set no cookie."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

from django.conf import settings
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
from bot.guide import pages, poster
from bot.settings import ROOT

#: The two things to print: every answer, and the sheet for a wall.
PAGE, POSTER = "page", "poster"


@dataclass(frozen=True, slots=True)
class Printed:
    """A page as it is sent, when this process first made it, and the digest by which a browser knows it."""

    html: bytes
    etag: str
    made: datetime


#: Pages that are kept, by version of the content, day, language and name. An edit or a new day makes new ones.
_printed: dict[tuple[str, date, str, str], Printed] = {}

#: How many pages are kept, at most 120 kB each.
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


def printed(code: str, name: str = PAGE) -> Printed | None:
    """The guide or its poster in a language as it is now, or None when Faro does not speak that language."""
    content, today = languages.library().current(), speaker.panama_today()
    if code not in content.languages:
        return None
    key = (content.version, today, code, name)
    found = _printed.get(key)
    if found is None:
        if len(_printed) >= MOST_KEPT:
            _printed.clear()
        found = _printed[key] = _print(content, code, name, today)
    return found


def _print(content: Content, code: str, name: str, today: date) -> Printed:
    if name == POSTER:
        shown: object = poster.poster(content, code, today, settings.SETTINGS.public_url)
    else:
        shown = pages.page(content, code, today, _order())
    text = render_to_string(
        f"guide/{name}.html",
        {
            "language": code,
            "languages": [(one.code, one.name) for one in content.languages.values()],
            "words": render.web(content, code),
            name: shown,
        },
    )
    # Django escapes apostrophes for attributes between apostrophes; the templates have none (a test looks), and French
    # has so many that this is a tenth of its page.
    html = text.replace("&#x27;", "'").encode()
    return Printed(html, _digest(html), datetime.now(UTC))


def _digest(body: bytes) -> str:
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'


@cache
def _order() -> tuple[str, ...]:
    """The register's order: the general question of an area before the special ones."""
    topics, _ = read_topics(ROOT / REGISTER)
    return tuple(topics)


def _etag(_request: HttpRequest, code: str, name: str) -> str | None:
    found = printed(code, name)
    return found.etag if found else None


def _made(_request: HttpRequest, code: str, name: str) -> datetime | None:
    found = printed(code, name)
    return found.made if found else None


@gzip_page  # a fifth of the size; the page holds no secret and nothing of the request, so its length tells nothing
@require_safe
@condition(etag_func=_etag, last_modified_func=_made)
def sheet(_request: HttpRequest, code: str, name: str) -> HttpResponse:
    """The guide or its poster in a language.

    Raises:
        Http404: Faro does not speak it.
    """
    found = printed(code, name)
    if found is None:
        raise Http404
    return _asked_again(HttpResponse(found.html))


@cache
def _worker() -> bytes:
    return (Path(__file__).parent / "static/guide/worker.js").read_bytes()


@require_safe
@condition(etag_func=lambda _request: _digest(_worker()))
def worker(_request: HttpRequest) -> HttpResponse:
    """The service worker. Served from here and not with the static files: a worker answers for its own folder only."""
    return _asked_again(HttpResponse(_worker(), content_type="text/javascript; charset=utf-8"))


def _asked_again(response: HttpResponse) -> HttpResponse:
    # A corrected answer must be seen at once; asking whether there is one costs 200 bytes.
    patch_cache_control(response, public=True, no_cache=True)
    return response
