"""The pages and the addresses that chat.js talks to."""

from __future__ import annotations

import logging
from math import ceil
from typing import Any
from uuid import uuid4

from asgiref.sync import sync_to_async
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bot import trace
from bot.channels.webchat import bell, door, languages, posted, session, transcript
from bot.channels.webchat.door import Asked
from bot.channels.webchat.origin import source
from bot.conversations.accept import Accepted, accept
from bot.conversations.erase import forget
from bot.conversations.inbox import INBOX
from bot.conversations.models import Contact
from bot.watching import figures
from bot.words import SHARE_LOCATION, Incoming, Kind

log = logging.getLogger("faro.webchat")

JSON = "application/json"

#: Seconds that a poll may wait; below the 30 s after which proxies and mobile networks like to cut a silent connection.
LONGEST_WAIT = 20

#: Seconds that a browser without JavaScript waits for its answer before it gets the page without it.
PATIENCE = 3.0

#: How long the choice of a language is remembered, in seconds: a year.
LANGUAGE_LIFE = 365 * 24 * 3600

#: How long a browser may keep the words of the page, in seconds: an hour.
WORDS_LIFE = 3600

#: Largest number of a message in any of our databases (a 64-bit integer).
MAX_NUMBER = 2**63 - 1


@never_cache
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The page with the conversation so far."""
    if seconds := _must_wait(request):
        return _too_many(request, seconds)
    lost = session.offered(request) and not session.read(request)
    return _page(request, note="error_session" if lost else "")


@never_cache
@require_http_methods(["GET", "POST"])
async def messages(request: HttpRequest) -> HttpResponse:
    """GET: what was said after a message, waiting for it if need be. POST: say something."""
    if seconds := _must_wait(request):
        return await sync_to_async(_too_many)(request, seconds)
    if request.method == "GET":
        return await _poll(request)
    return await sync_to_async(_post)(request)


@never_cache
@require_POST
async def say(request: HttpRequest) -> HttpResponse:
    """Say something without JavaScript."""
    if seconds := _must_wait(request):
        return await sync_to_async(_too_many)(request, seconds)
    accepted = await sync_to_async(_say)(request)
    if isinstance(accepted, HttpResponse):
        return accepted
    contact, number = accepted.contact, accepted.message.pk
    with bell.current().listening(contact.pseudonym, number) as waiter:
        if not await sync_to_async(_answered)(contact, number):
            await waiter.heard(PATIENCE)
    return _to_page()


@never_cache
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Change the language of the page, and of the conversation when there is one."""
    code = request.POST.get("language", "")
    if not languages.known(code):
        return _error(request, 400, "error_bad_request")
    contact = session.contact_of(session.read(request))
    if contact is not None:
        # Not contact.save(): a turn may be writing the same row.
        Contact.objects.filter(pk=contact.pk).update(language=code, language_chosen=True)
    response = HttpResponse(status=204) if _wants_json(request) else _to_page()
    response.set_cookie(
        languages.COOKIE, code, max_age=LANGUAGE_LIFE, httponly=True, samesite="Lax", secure=session.secure()
    )
    return response


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest) -> HttpResponse:
    """Ask whether to delete the conversation (GET), and do it (POST)."""
    contact = session.contact_of(session.read(request))
    if request.method != "POST":
        return render(request, "webchat/delete.html", _context(request, contact))
    code = languages.of_page(request, contact)
    if contact is not None:
        forget(contact, now=timezone.now())
    return _page(request, address=session.begin(), note="deleted", code=code)


@require_safe
def words(request: HttpRequest, code: str) -> HttpResponse:
    """The words of the page in a language."""
    if not languages.known(code):
        return _error(request, 404, "error_not_found", json=True)
    response = JsonResponse(dict(languages.words(code)))
    patch_cache_control(response, public=True, max_age=WORDS_LIFE)
    return response


@never_cache
def refused(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's answer to a request without its CSRF token. `reason` is for developers and not shown."""
    return _error(request, 403, "error_bad_request")


def _page(
    request: HttpRequest, *, status: int = 200, note: str = "", draft: str = "", address: str = "", code: str = ""
) -> HttpResponse:
    """The page. `note` is the key of a sentence to show, `draft` a text that could not be sent, `code` its language."""
    address = address or session.read(request) or session.begin()
    contact = session.contact_of(address)
    so_far = transcript.read(contact, after=0, now=timezone.now())
    context = _context(request, contact, code=code)
    context |= {
        "transcript": so_far,
        "note": note,
        "sentence": context["words"].get(note, ""),
        "draft": draft,
        "id": uuid4(),
        "menu": languages.menu(context["language"]),
    }
    response = render(request, "webchat/page.html", context, status=status)
    session.keep(response, address)
    return response


def _post(request: HttpRequest) -> HttpResponse:
    """Put one message of chat.js into the inbox."""
    if request.content_type != JSON:
        return _error(request, 415, "error_bad_request", json=True)
    data = posted.body(request)
    if data is None:
        return _error(request, 413, "error_too_large", json=True)
    address = session.read(request)
    if not address:
        return _error(request, 403, "error_session", json=True)
    message = posted.from_json(data)
    if message is None:
        return _error(request, 400, "error_bad_request", json=True)
    if seconds := _must_not_begin(request, address):
        return _too_many(request, seconds)
    accepted = _accept(request, address, message)
    return JsonResponse({"id": message.id, "cursor": accepted.message.pk}, status=202)


def _say(request: HttpRequest) -> Accepted | HttpResponse:
    """Put one message of a form into the inbox; or the page that says why not, with the text still in its field."""
    if posted.body(request) is None:
        return _error(request, 413, "error_too_large")
    address = session.read(request)
    if not address:
        return _page(request, status=403, note="error_session", draft=request.POST.get("text", ""))
    message = posted.from_form(request)
    if message is None:
        return _page(request, status=400, note="error_bad_request", draft=request.POST.get("text", ""))
    if seconds := _must_not_begin(request, address):
        refused = _page(request, status=429, note="error_too_many", draft=message.text)
        refused.headers["Retry-After"] = str(seconds)
        return refused
    return _accept(request, address, message)


def _accept(request: HttpRequest, address: str, message: posted.Posted) -> Accepted:
    contact = session.contact_of(address)
    language = languages.chosen(request)
    text, choice = message.text, message.choice
    if message.location is not None:
        # The position ends here: what goes on is which services are near, and about how far.
        choice = languages.near(*message.location)
        text = languages.title_of(SHARE_LOCATION, languages.of_page(request, contact))
    elif choice:
        # The words on the button are ours to look up: a browser must not put others into the record.
        page_language = languages.of_page(request, contact)
        text = transcript.title_of(contact, choice) or languages.title_of(choice, page_language)
        # Who begins with a button of the page has not written a word by which the language could be known.
        language = language or ("" if contact else page_language)
    incoming = Incoming(
        channel=session.CHANNEL,
        address=address,
        provider_id=session.provider_id(address, message.id),
        kind=Kind.CHOICE if choice else Kind.TEXT,
        text=text,
        choice=choice,
        language=language,
        located=message.location is not None,
    )
    try:
        accepted = accept(incoming, key=session.key(), now=timezone.now(), limit=session.limit(), trace=trace.new())
    except (OperationalError, InterfaceError):
        INBOX.refused()
        raise
    INBOX.took()
    (figures.REPEATED if accepted.repeated else figures.ACCEPTED).labels(session.CHANNEL).inc()
    # The canonical line of what was accepted; with a repetition the id is that of the first time.
    log.info(
        "accepted",
        extra={
            "trace": accepted.message.trace,
            "message_id": accepted.message.pk,
            "channel": session.CHANNEL,
            "count": int(not accepted.repeated),
            "repeated": int(accepted.repeated),
        },
    )
    return accepted


async def _poll(request: HttpRequest) -> HttpResponse:
    after = _number(request.GET.get("after", "0"), most=MAX_NUMBER)
    wait = _number(request.GET.get("wait", "0"), most=MAX_NUMBER)
    if after is None or wait is None:
        return await sync_to_async(_error)(request, 400, "error_bad_request", json=True)
    address = session.read(request)
    if not address:
        return await sync_to_async(_error)(request, 403, "error_session", json=True)
    news = sync_to_async(_news)
    if not wait:
        return JsonResponse(await news(request, address, after))
    with (
        door.current().waiting(source(request)) as may_wait,
        bell.current().listening(session.pseudonym_of(address), after) as waiter,
    ):
        if not may_wait:
            return await sync_to_async(_too_many)(request, LONGEST_WAIT)
        found = await news(request, address, after)
        if not found["messages"] and not found["anew"]:
            await waiter.heard(min(wait, LONGEST_WAIT))
            found = await news(request, address, after)
    return JsonResponse(found)


def _answered(contact: Contact, number: int) -> bool:
    """See transcript.answered; leaves no connection open for the wait that follows."""
    try:
        return transcript.answered(contact, number)
    finally:
        bell.let_go()


def _news(request: HttpRequest, address: str, after: int) -> dict[str, Any]:
    """The answer to a poll; leaves no connection open for the wait that may follow."""
    try:
        contact = session.contact_of(address)
        news = transcript.read(contact, after=after, now=timezone.now())
    finally:
        bell.let_go()
    hotlines = languages.hotlines()
    return {
        "messages": [said.to_wire(hotlines) for said in news.messages],
        "waiting": news.waiting,
        "language": languages.wanted(request, contact),
        "anew": news.anew,
        "held": news.held,
    }


def _number(text: str, *, most: int) -> int | None:
    if not text.isascii() or not text.isdigit() or len(text) > len(str(most)) or int(text) > most:
        return None
    return int(text)


def _context(request: HttpRequest, contact: Contact | None, *, code: str = "") -> dict[str, Any]:
    code = code or languages.of_page(request, contact)
    return {"language": code, "languages": languages.languages(), "words": languages.words(code)}


def _words(request: HttpRequest) -> dict[str, str]:
    contact = session.contact_of(session.read(request))
    return dict(languages.words(languages.of_page(request, contact)))


def _error(request: HttpRequest, status: int, key: str, *, json: bool = False) -> HttpResponse:
    """One short sentence, as JSON to whoever speaks JSON and else as a page."""
    if json or _wants_json(request):
        return JsonResponse({"error": _words(request)[key]}, status=status)
    contact = session.contact_of(session.read(request))
    context = _context(request, contact)
    return render(request, "webchat/notice.html", context | {"sentence": context["words"][key]}, status=status)


def _must_wait(request: HttpRequest) -> int:
    """Seconds that whoever asks has to wait, 0 for none."""
    return ceil(door.current().wait(Asked.REQUEST, source(request), timezone.now()))


def _must_not_begin(request: HttpRequest, address: str) -> int:
    """The same for whoever would begin a conversation with this message."""
    if session.contact_of(address) is not None:
        return 0
    return ceil(door.current().wait(Asked.CONVERSATION, source(request), timezone.now()))


def _too_many(request: HttpRequest, seconds: int) -> HttpResponse:
    """429, in the browser's language: the database is not asked."""
    words = languages.words(languages.of_page(request, None))
    response: HttpResponse
    if request.path == "/chat/messages" or _wants_json(request):
        response = JsonResponse({"error": words["error_too_many"]}, status=429)
    else:
        context = {"language": languages.of_page(request, None), "words": words, "sentence": words["error_too_many"]}
        response = render(request, "guide/error.html", context, status=429)
    response.headers["Retry-After"] = str(seconds)
    return response


def _wants_json(request: HttpRequest) -> bool:
    return request.content_type == JSON or JSON in request.headers.get("Accept", "")


def _to_page() -> HttpResponse:
    response = HttpResponseRedirect("/")
    response.status_code = 303  # "now GET that", so that loading again never sends again (RFC 9110, 15.4.4)
    return response
