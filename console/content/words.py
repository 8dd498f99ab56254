"""The words of this subject for what the code names by short names."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from bot.answers.schema import CONVERSATION, FactKind
from console.content.standing import Doubt, Standing

#: Standing -> words, and the colour of their mark.
STANDINGS = {
    Standing.BROKEN: (gettext_lazy("to correct"), "alarm"),
    Standing.OVERDUE: (gettext_lazy("review overdue"), "alarm"),
    Standing.EXPIRED: (gettext_lazy("no longer given"), "alarm"),
    Standing.SOON: (gettext_lazy("review soon"), "soon"),
    Standing.COMING: (gettext_lazy("not given yet"), "soon"),
    Standing.NEVER: (gettext_lazy("no review planned"), ""),
    Standing.FINE: (gettext_lazy("reviewed"), "good"),
}

DOUBTS = {
    Doubt.CONFIRM: (gettext_lazy("to confirm"), "alarm"),
    Doubt.MEDIUM: (gettext_lazy("shown with its month"), "soon"),
    Doubt.OLD: (gettext_lazy("more than a year old"), "soon"),
    Doubt.UNSURE: (gettext_lazy("not shown to people"), ""),
}

KINDS: dict[FactKind, str | Promise] = {
    FactKind.PHONE: gettext_lazy("Telephone"),
    FactKind.WHATSAPP: "WhatsApp",
    FactKind.EMAIL: gettext_lazy("E-mail"),
    FactKind.URL: gettext_lazy("Web page"),
    FactKind.ADDRESS: gettext_lazy("Address"),
    FactKind.HOURS: gettext_lazy("Opening hours"),
}

#: How somebody makes sure of a fact; suggestions, the likeliest first. Written into the file as they stand here.
CALL, LOOK, VISIT, LETTER = WAYS = (
    gettext_lazy("telephone call"),
    gettext_lazy("their page opened"),
    gettext_lazy("visit to the place"),
    gettext_lazy("e-mail or letter"),
)

#: Areas that the menu does not name.
AREAS: dict[str, str | Promise] = {CONVERSATION: gettext_lazy("The conversation itself")}

CHANNEL_NAMES: dict[str, str | Promise] = {
    "web": gettext_lazy("Web chat"),
    "whatsapp": "WhatsApp",
    "telegram": "Telegram",
}

#: How grave a problem is (console/content/shelf.py: weight) -> words, and the colour of their mark.
WEIGHTS = (
    (gettext_lazy("keeps the files from being used"), "alarm"),
    (gettext_lazy("error"), "alarm"),
    (gettext_lazy("to look at"), "soon"),
)
