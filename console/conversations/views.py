"""The list of conversations, the search, and one conversation."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from bot.conversations.erase import erase
from bot.conversations.models import Contact, Handover
from bot.conversations.search import Refused, words_of
from console import contacts
from console.audit.trail import Action, note
from console.conversations import talk, words
from console.conversations.filters import Filters
from console.conversations.listing import page
from console.conversations.reading import read_everything, read_up_to
from console.page import render
from console.permissions import Permission, demands, may
from console.sight import get_visible, visible

#: Where the words of a search stand: an address is written to logs and histories, a session is not.
SEARCH = "conversations.search"

LONGEST_SEARCH = 100


@require_safe
@demands(Permission.SEE_CONVERSATIONS)
def conversations(request: HttpRequest) -> HttpResponse:
    """The list: newest first, narrowed by filters and by the words that were looked for."""
    filters, search = Filters(request.GET), str(request.session.get(SEARCH, ""))
    looked_for = words_of(search) if search else ()
    found = page(visible(request), filters.matching(request.user, looked_for), request.user, request.GET.get("at", ""))
    chosen = filters.address
    context = {
        "filters": filters,
        "chosen": chosen,
        "search": search,
        "page": found,
        "newer": urlencode({**chosen, "at": found.newer}) if found.newer else "",
        "older": urlencode({**chosen, "at": found.older}) if found.older else "",
        "here": urlencode(chosen),
    }
    return render(request, "console/conversations/list.html", context)


@require_POST
@demands(Permission.SEE_CONVERSATIONS)
def search(request: HttpRequest) -> HttpResponseBase:
    """Look for words in what was said, or stop looking; the filters stay."""
    asked = request.POST.get("words", "").strip()
    back = _list(request)
    if not asked or "clear" in request.POST:
        request.session.pop(SEARCH, None)
        return back
    try:
        if len(asked) > LONGEST_SEARCH:
            messages.error(request, gettext("That is too long: look for a few words."))
        elif not words_of(asked):
            messages.error(request, gettext("There is no word in that."))
        else:
            request.session[SEARCH] = asked
            note(request, Action.SEARCHED)
    except Refused:
        messages.error(
            request,
            gettext("Numbers and addresses are not looked for: nobody is found here by a phone number or a document."),
        )
    return back


@require_POST
@demands(Permission.SEE_CONVERSATIONS)
def read_all(request: HttpRequest) -> HttpResponseBase:
    """Nothing is new to this account any more."""
    read_everything(request.user)
    messages.success(request, gettext("Everything counts as read now. Only what comes from now on is new to you."))
    return _list(request)


@require_safe
@demands(Permission.SEE_CONVERSATIONS)
def conversation(request: HttpRequest, contact: UUID) -> HttpResponse:
    """One conversation; with `before`, what was said before that message."""
    return _conversation(request, get_visible(request, contact), before=_number(request.GET.get("before", "")))


@require_safe
@demands(Permission.SEE_CONVERSATIONS)
def newer(request: HttpRequest, contact: UUID) -> HttpResponse:
    """What was said meanwhile, as a piece of the page; 204 when nothing was."""
    found = get_visible(request, contact)
    said = talk.after(found, _number(request.GET.get("after", "")))
    if not said.said:
        return HttpResponse(status=204)
    read_up_to(request.user, found, said.last)
    context = {"talk": said, "contact": found, "may_unmask": may_unmask(request, found)}
    return render(request, "console/conversations/newer_part.html", context)


@require_POST
@demands(Permission.ANSWER_PEOPLE, Permission.SEE_SAFEGUARDING)
def unmask(request: HttpRequest, contact: UUID, message: int) -> HttpResponse:
    """Show one message as it was written, with a line in the trail; what is masked for good stays so, and says it."""
    found = get_visible(request, contact)
    if not may_unmask(request, found):
        raise PermissionDenied
    hidden, said = talk.one(found, message, unmasked=False), talk.one(found, message, unmasked=True)
    if hidden is None or said is None:
        raise Http404
    if hidden.masked:
        note(request, Action.UNMASKED, contact=found.pk, about=str(message))
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "console/conversations/message_part.html", {"one": said, "contact": found})
    return _conversation(request, found, before=message + 1, unmasked=message)


@require_safe
@demands(Permission.ERASE_PEOPLE)
def erase_asked(request: HttpRequest, contact: UUID) -> HttpResponse:
    """What an erasure means, and the button."""
    found = get_visible(request, contact)
    return render(request, "console/conversations/erase.html", {"contact": found, "name": contacts.name(found.pk)})


@require_POST
@demands(Permission.ERASE_PEOPLE)
def erase_now(request: HttpRequest, contact: UUID) -> HttpResponse:
    """Delete everything kept about somebody. The trail keeps that it was done, and by whom."""
    found = get_visible(request, contact)
    name, number = contacts.name(found.pk), found.messages.count()
    with transaction.atomic():
        note(request, Action.ERASED, contact=found.pk)
        erase(found, now=timezone.now())
    return render(request, "console/conversations/erased.html", {"name": name, "number": number})


def may_unmask(request: HttpRequest, contact: Contact) -> bool:
    """Whether somebody may read a conversation unmasked: the safeguarding role its own, an operator the one they hold."""
    if contact.safeguarding and may(request, Permission.SEE_SAFEGUARDING):
        return True
    held = Handover.objects.filter(contact=contact, closed_at__isnull=True, operator=request.user.pk)
    return may(request, Permission.ANSWER_PEOPLE) and held.exists()


def _conversation(request: HttpRequest, contact: Contact, *, before: int = 0, unmasked: int = 0) -> HttpResponse:
    said = talk.read(contact, before=before, unmasked=unmasked)
    if talk.newly_opened(request.user.get_username(), contact, timezone.now()):
        note(request, Action.OPENED_CONVERSATION, contact=contact.pk)
    read_up_to(request.user, contact, said.last)
    context: dict[str, Any] = {
        "contact": contact,
        "name": contacts.name(contact.pk),
        "channel": words.channel(contact.channel),
        "spoken": words.language_name(contact.language),
        "talk": said,
        "before": before,
        "may_unmask": may_unmask(request, contact),
        "may_erase": may(request, Permission.ERASE_PEOPLE),
        "handover": Handover.objects.filter(contact=contact, closed_at__isnull=True).select_related("operator").first(),
    }
    return render(request, "console/conversations/conversation.html", context)


def _list(request: HttpRequest) -> HttpResponseBase:
    """Back to the list, with the filters that the form carried."""
    chosen = urlencode(Filters(request.POST).address)
    return redirect(f"{reverse('console:conversations')}{'?' if chosen else ''}{chosen}")


def _number(text: str) -> int:
    """The number of a message in an address; 0 when it is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0  # noqa: PLR2004 - below 2**63
