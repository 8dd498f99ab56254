"""The waiting list, and the conversation of one person with the panel to answer."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from bot.conversations.models import Contact
from console.audit.trail import Action, note
from console.handover import board, talk
from console.handover.desk import desk
from console.handover.saved import Saved, saved, speaker
from console.page import render
from console.permissions import Permission, demands
from console.sight import get_visible, visible


@require_safe
@demands(Permission.ANSWER_PEOPLE)
def waiting(request: HttpRequest) -> HttpResponse:
    """Everybody who waits for a person or is being answered by one; for htmx, the list alone."""
    entries = board.board(visible(request), account_of(request), now=timezone.now())
    context = {
        "waiting": [one for one in entries if not one.taken],
        "held": [one for one in entries if one.taken],
        "now": timezone.localtime(),
    }
    template = "board_part" if htmx(request) else "waiting"
    return render(request, f"console/handover/{template}.html", context)


@require_safe
@demands(Permission.ANSWER_PEOPLE)
def count(request: HttpRequest) -> HttpResponse:
    """How many wait, for the script of every page: numbers, and the words of a notification without any content."""
    found = board.news(visible(request), account_of(request))
    return JsonResponse(
        {
            "waiting": found.waiting,
            "newest": found.newest,
            "mine": found.mine,
            "words": {
                "waits": gettext("Somebody waits for a person."),
                "wrote": gettext("Somebody whom you answer has written."),
            },
        }
    )


@require_safe
@demands(Permission.ANSWER_PEOPLE)
def one(request: HttpRequest, contact: UUID) -> HttpResponse:
    """The conversation of one person below the panel; for htmx, what was said alone."""
    found = get_visible(request, contact)
    if htmx(request):
        return render(request, "console/handover/talk_part.html", {"said": talk.last(found)})
    note(request, Action.OPENED_CONVERSATION, contact=found.pk)
    return page(request, found)


@require_safe
@demands(Permission.ANSWER_PEOPLE)
def look_at_answer(request: HttpRequest, contact: UUID) -> HttpResponse:
    """An approved answer in the person's language, to be looked at before it is sent."""
    found = get_visible(request, contact)
    chosen = saved(request.GET.get("topic", ""), language_of(found))
    if htmx(request):
        context = {"desk": desk(request, found, now=timezone.now(), saved=chosen), "asked": True}
        return render(request, "console/handover/saved_part.html", context)
    return page(request, found, chosen=chosen, asked=True)


def page(
    request: HttpRequest,
    contact: Contact,
    *,
    status: int = 200,
    draft: str = "",
    trouble: str = "",
    chosen: Saved | None = None,
    asked: bool = False,
) -> HttpResponse:
    """The page of one conversation.

    Args:
        request: of an account that may see the contact.
        contact: whose conversation.
        status: 200, or why a message could not be sent.
        draft: the text that could not be sent.
        trouble: the sentence that says why.
        chosen: an approved answer that was asked for.
        asked: whether one was asked for, so that its absence is said.
    """
    context = {
        "contact": contact,
        "name": board.short(contact.pk),
        "said": talk.last(contact),
        "desk": desk(request, contact, now=timezone.now(), draft=draft, saved=chosen),
        "trouble": trouble,
        "asked": asked,
    }
    return render(request, "console/handover/one.html", context, status=status)


def language_of(contact: Contact) -> str:
    """The language in which a person is written to."""
    return contact.language or speaker().default_language


def account_of(request: HttpRequest) -> User:
    """The account of whoever asks. Behind the door there is one."""
    account = request.user
    assert isinstance(account, User)  # noqa: S101 - console/door.py lets nobody else in
    return account


def htmx(request: HttpRequest) -> bool:
    """Whether only a piece of the page is wanted."""
    return bool(getattr(request, "htmx", False))
