"""What an operator does: take a conversation, write in it, pass it on, give it back."""

from __future__ import annotations

import re
from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from bot.conversations import handover, team_message
from bot.conversations.accept import clean
from bot.conversations.handover import Refused
from bot.words import Outgoing
from console.audit.trail import Action, note
from console.handover.board import short
from console.handover.desk import colleagues
from console.handover.saved import saved, speaker
from console.handover.views import account_of, language_of, page
from console.handover.words import REFUSED
from console.permissions import Permission, demands
from console.sight import get_visible

#: The number of an account in a form.
_ACCOUNT = re.compile("[0-9]{1,9}", re.ASCII)


@require_POST
@demands(Permission.ANSWER_PEOPLE)
def take(request: HttpRequest, contact: UUID) -> HttpResponse:
    """Hold a conversation; Faro is silent from now on."""

    def step() -> str:
        handover.take(contact, account_of(request), phrases=speaker(), now=timezone.now())
        return gettext("You have this conversation now. Faro is silent in it, and has told the person so.")

    return _done(request, contact, step, Action.TOOK)


@require_POST
@demands(Permission.ANSWER_PEOPLE)
def take_over(request: HttpRequest, contact: UUID) -> HttpResponse:
    """Hold a conversation instead of a colleague."""
    holder = _number(request.POST.get("holder", ""))

    def step() -> str:
        handover.take_over(contact, account_of(request), holder, now=timezone.now())
        return gettext("You have this conversation now. The person was told nothing: the team goes on.")

    return _done(request, contact, step, Action.TOOK, about=f"from account {holder or '-'}")


@require_POST
@demands(Permission.ANSWER_PEOPLE)
def write(request: HttpRequest, contact: UUID) -> HttpResponse:
    """Write to the person. What could not be sent stands in its field again, with the reason."""
    found = get_visible(request, contact)
    draft = request.POST.get("text", "").replace("\r\n", "\n")
    text, token = clean(draft), _token(request)
    if token is None or not text:
        return page(request, found, status=400, draft=draft, trouble=gettext("Write something first."))
    if len(draft.strip()) > team_message.LONGEST:
        trouble = gettext("This is too long: %(most)d characters at most.") % {"most": team_message.LONGEST}
        return page(request, found, status=400, draft=draft, trouble=trouble)
    return _sent(request, found.pk, Outgoing(text), token, language_of(found), draft=draft)


@require_POST
@demands(Permission.ANSWER_PEOPLE)
def send_answer(request: HttpRequest, contact: UUID) -> HttpResponse:
    """Send an approved answer, exactly as it was looked at."""
    found = get_visible(request, contact)
    chosen, token = saved(request.POST.get("topic", ""), language_of(found)), _token(request)
    if chosen is None or token is None:
        return page(request, found, status=400, asked=True)
    if request.POST.get("version") != chosen.version:
        trouble = gettext("This answer was changed meanwhile. Read it again before you send it.")
        return page(request, found, status=409, trouble=trouble, chosen=chosen, asked=True)
    return _sent(request, found.pk, chosen.said, token, chosen.language, about=chosen.topic)


@require_POST
@demands(Permission.ANSWER_PEOPLE)
def pass_on(request: HttpRequest, contact: UUID) -> HttpResponse:
    """Hand the conversation to a colleague, or put it back on the list."""
    found = get_visible(request, contact)
    wanted = request.POST.get("to", "")
    to = colleagues(request, found).filter(pk=_number(wanted) or 0).first() if wanted else None
    if wanted and to is None:
        messages.error(request, gettext("This colleague cannot answer here. Choose another one."))
        return _back(request, contact)

    def step() -> str:
        handover.pass_on(contact, account_of(request), to, phrases=speaker(), now=timezone.now())
        if to is None:
            return gettext("The conversation is on the list again. Until somebody takes it, Faro answers.")
        return gettext("%(name)s has this conversation now.") % {"name": to.get_username()}

    about = f"to account {to.pk}" if to else "to the list"
    return _done(request, contact, step, Action.PASSED_ON, about=about, leave=True)


@require_POST
@demands(Permission.ANSWER_PEOPLE)
def give_back(request: HttpRequest, contact: UUID) -> HttpResponse:
    """Let Faro answer again."""

    def step() -> str:
        handover.give_back(contact, account_of(request), phrases=speaker(), now=timezone.now())
        return gettext("Faro answers again in conversation %(name)s.") % {"name": short(contact)}

    return _done(request, contact, step, Action.RETURNED, leave=True)


@require_POST
@demands(Permission.ANSWER_PEOPLE)
def dismiss(request: HttpRequest, contact: UUID) -> HttpResponse:
    """Close a request without writing."""

    def step() -> str:
        handover.dismiss(contact, account_of(request), phrases=speaker(), now=timezone.now())
        return gettext("The request of conversation %(name)s is closed.") % {"name": short(contact)}

    return _done(request, contact, step, Action.DISMISSED, leave=True)


def _sent(
    request: HttpRequest, contact: UUID, said: Outgoing, token: UUID, language: str, *, draft: str = "", about: str = ""
) -> HttpResponse:
    try:
        with transaction.atomic():
            written = team_message.write(
                contact,
                account_of(request),
                said,
                token=token,
                language=language,
                phrases=speaker(),
                now=timezone.now(),
            )
            if written:
                note(request, Action.ANSWERED, contact=contact, about=about)
    except Refused as refused:
        found = get_visible(request, contact)
        return page(request, found, status=409, draft=draft, trouble=str(REFUSED[refused.why]))
    return _back(request, contact)


def _done(
    request: HttpRequest,
    contact: UUID,
    step: Callable[[], str],
    action: Action,
    *,
    about: str = "",
    leave: bool = False,
) -> HttpResponse:
    """Do a step and its line in the trail in one transaction; a refusal is a sentence on the next page."""
    get_visible(request, contact)
    try:
        with transaction.atomic():
            said = step()
            note(request, action, contact=contact, about=about)
    except Refused as refused:
        messages.error(request, str(REFUSED[refused.why]))
        return _back(request, contact)
    messages.success(request, said)
    return HttpResponseRedirect(reverse("console:waiting")) if leave else _back(request, contact)


def _back(request: HttpRequest, contact: UUID) -> HttpResponse:
    """To the page with the panel that was used; to ours when it is not said which, or it is an action."""
    back = request.POST.get("back", "")
    here = back.startswith("/console/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    ours = reverse("console:waiting-one", args=[contact])
    if not here or (back.startswith(ours) and back != ours):
        back = ours
    return HttpResponseRedirect(back)


def _token(request: HttpRequest) -> UUID | None:
    try:
        return UUID(request.POST.get("token", ""))
    except ValueError:
        return None


def _number(text: str) -> int | None:
    return int(text) if _ACCOUNT.fullmatch(text) else None
