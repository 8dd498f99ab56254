"""The words of this subject: reasons, channels, refusals."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from bot.conversations.handover import Why
from bot.conversations.models import Handover, Message
from bot.conversations.reach import Hindrance

REASONS = {
    Handover.Reason.ASKED: gettext_lazy("Asked for a person"),
    Handover.Reason.NOT_UNDERSTOOD: gettext_lazy("Not understood twice in a row"),
    Handover.Reason.SAFETY: gettext_lazy("May be in danger"),
    Handover.Reason.TEAM: gettext_lazy("The team stepped in"),
}

CHANNELS: Mapping[str, str | Promise] = {
    "web": gettext_lazy("Web page"),
    "telegram": "Telegram",
    "whatsapp": "WhatsApp",
}

#: Why a step was not possible, and what to do now.
REFUSED = {
    Why.TAKEN: gettext_lazy("Somebody else of the team has this conversation. Nothing was sent or changed."),
    Why.NOT_HELD: gettext_lazy(
        "Nobody of the team has this conversation any more: Faro answers in it. Take it again to write. Nothing was sent."
    ),
    Why.NOT_WAITING: gettext_lazy("This request was closed already."),
    Why.ERASED: gettext_lazy("This person has deleted the conversation. Nothing was sent."),
    Why.UNREACHABLE: gettext_lazy(
        "This person cannot be reached: they blocked Faro, or the address no longer exists. Nothing was sent."
    ),
    Why.WINDOW: gettext_lazy(
        "WhatsApp lets us write only within 24 hours of the person's last message, and these are over. When the person"
        " writes again, you can answer. Nothing was sent."
    ),
}

HINDERED = {
    Hindrance.ERASED: REFUSED[Why.ERASED],
    Hindrance.UNREACHABLE: gettext_lazy(
        "This person cannot be reached: they blocked Faro, or the address no longer exists."
    ),
    Hindrance.WINDOW: gettext_lazy(
        "WhatsApp lets us write only within 24 hours of the person's last message, and these are over. When the person"
        " writes again, you can answer."
    ),
}

#: What became of a message of ours, for those who wait for an answer to it.
STATES = {
    Message.State.PENDING: gettext_lazy("on its way"),
    Message.State.SENDING: gettext_lazy("on its way"),
    Message.State.SENT: gettext_lazy("sent"),
    Message.State.FAILED: gettext_lazy("not delivered"),
}
