"""The messages that were given up, and sending them again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib import messages
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from bot.channels.limits import CHANNELS
from bot.conversations import retry
from bot.conversations.models import Message
from bot.conversations.retry import Doubt, Refusal, Windows
from bot.settings import Settings
from bot.web.django_settings import SETTINGS
from bot.web.health import FETCHED
from console import contacts
from console.audit.trail import Action, note
from console.content.words import CHANNEL_NAMES
from console.health.codes import Meaning, meaning
from console.permissions import Permission, demands
from console.sight import visible

#: How far back the list goes, and how many it holds.
LISTED_FOR = timedelta(days=7)
MOST = 100

REFUSALS: dict[Refusal, str | Promise] = {
    Refusal.NOT_FAILED: gettext_lazy("It is on its way already, or has arrived."),
    Refusal.UNREACHABLE: gettext_lazy("The person cannot be written to until they write again."),
    Refusal.WINDOW_CLOSED: gettext_lazy(
        "WhatsApp's 24 hours are over: nobody may write until the person writes again."
    ),
    Refusal.CHANNEL_OFF: gettext_lazy("This channel is switched off."),
    Refusal.MASKED: gettext_lazy("A number or an address in it was masked meanwhile: write to the person anew."),
}

DOUBTS: dict[Doubt, str | Promise] = {
    Doubt.LATE: gettext_lazy("It is more than an hour old; what it says may no longer be true."),
    Doubt.OVERTAKEN: gettext_lazy("The person has received newer messages since."),
    Doubt.UNSURE: gettext_lazy("It may have arrived: this would be a second copy."),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One message of the list: nothing of what it says."""

    message: Message
    meaning: Meaning
    refusal: Refusal | None
    doubts: tuple[Doubt, ...]

    @property
    def name(self) -> str:
        """The contact's name."""
        return contacts.name(self.message.contact_id)

    @property
    def channel(self) -> str | Promise:
        """The name of its channel."""
        return CHANNEL_NAMES.get(self.message.channel, self.message.channel)

    @property
    def why_not(self) -> str | Promise:
        """Why it cannot be sent again; "" when it can."""
        return REFUSALS[self.refusal] if self.refusal else ""

    @property
    def why_think(self) -> list[str | Promise]:
        """What speaks against sending it again."""
        return [DOUBTS[one] for one in self.doubts]

    @property
    def simple(self) -> bool:
        """Whether it can be sent again without a second thought."""
        return self.refusal is None and not self.doubts


def windows(settings: Settings) -> Windows:
    """The channels that send here, with how long after a person's last word each may write."""
    on = {"telegram": settings.telegram, "whatsapp": settings.whatsapp}
    return {name: CHANNELS[name].window for name, found in on.items() if found is not None}


def rows(request: HttpRequest, now: datetime) -> tuple[list[Row], bool]:
    """The newest messages that were given up, of contacts that whoever asks may see, and whether there are more."""
    seen = Exists(visible(request).filter(pk=OuterRef("contact_id")))
    theirs = Message.objects.filter(seen, done_at__gte=now - LISTED_FOR).exclude(channel__in=FETCHED)
    found = retry.failed(theirs).order_by("-done_at", "-pk")[: MOST + 1]
    return list(_rows(found[:MOST], now)), len(found) > MOST


def _rows(found: Iterable[Message], now: datetime) -> Iterable[Row]:
    on = windows(SETTINGS)
    for message in found:
        yield Row(message, meaning(message.error), retry.refusal(message, on, now), retry.doubts(message, now))


@require_POST
@demands(Permission.RETRY_DELIVERIES)
def one(request: HttpRequest, number: int) -> HttpResponse:
    """Send one message again."""
    now = timezone.now()
    theirs = Message.objects.filter(contact__in=visible(request), pk=number, direction=Message.Direction.OUT)
    found = next(iter(_rows(retry.failed(theirs), now)), None)
    if found is None:
        if not theirs.exists():
            raise Http404
        messages.warning(request, str(REFUSALS[Refusal.NOT_FAILED]))
    elif found.refusal:
        messages.error(request, str(found.why_not))
    elif found.doubts and request.POST.get("sure") != "1":
        messages.error(
            request,
            gettext("Nothing was sent. Tick the box first: %(why)s") % {"why": " ".join(map(str, found.why_think))},
        )
    else:
        _again(request, [found])
    return HttpResponseRedirect(reverse("console:health"))


@require_POST
@demands(Permission.RETRY_DELIVERIES)
def every(request: HttpRequest) -> HttpResponse:
    """Send every listed message again that nothing speaks against."""
    listed, _ = rows(request, timezone.now())
    _again(request, [row for row in listed if row.simple])
    return HttpResponseRedirect(reverse("console:health"))


def _again(request: HttpRequest, found: list[Row]) -> None:
    with transaction.atomic():
        again = [row.message for row in found if retry.put_back(row.message)]
        for message in again:
            note(request, Action.RETRIED_DELIVERY, contact=message.contact_id, about=f"message {message.pk}")
    if not again:
        messages.warning(request, gettext("There was nothing to send again."))
        return
    text = ngettext("%(number)d message is sent again.", "%(number)d messages are sent again.", len(again))
    messages.success(request, text % {"number": len(again)})
