"""The words of this subject for what the code names by short names."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy, pgettext_lazy

from bot.conversations import measures

Words = str | Promise

#: How a message was answered; the first four stand by themselves in the picture, the others together.
OUTCOMES: Mapping[str, Words] = {
    "answered": gettext_lazy("Answered by Faro"),
    "suggested": gettext_lazy("Answered with guesses"),
    "not_understood": pgettext_lazy("figures", "Not understood"),
    "held": pgettext_lazy("figures", "Left to the team"),
    "unreadable": gettext_lazy("Photos, voice notes and what nobody can read"),
    "stale": gettext_lazy("Buttons from long ago"),
    "late": gettext_lazy("Received too late"),
    "trouble": gettext_lazy("Faro was disturbed"),
    measures.WITHDRAWN: gettext_lazy("Taken back by the person"),
}
DRAWN = ("answered", "suggested", "not_understood", "held")
OTHER = "other"

CHANNELS: Mapping[str, Words] = {
    "web": pgettext_lazy("figures", "Web chat"),
    "telegram": "Telegram",
    "whatsapp": "WhatsApp",
}

#: Everything that is a number by itself, in the order of the table of totals.
TOTALS: Mapping[str, Words] = {
    "messages": gettext_lazy("Messages of people"),
    "conversations": gettext_lazy("Conversations begun"),
    measures.PERSON: gettext_lazy("People, counted once a day"),
    measures.NEW_PERSON: gettext_lazy("People who wrote for the first time"),
    measures.CONVERSATION_WITH_TEAM: gettext_lazy("Conversations in which the team was asked for"),
    "handovers": gettext_lazy("Requests for a person"),
    f"{measures.HANDOVER}asked": gettext_lazy("Requests: the person asked"),
    f"{measures.HANDOVER}not_understood": gettext_lazy("Requests: not understood twice"),
    f"{measures.HANDOVER}safety": gettext_lazy("Requests: somebody may be in danger"),
    f"{measures.HANDOVER}team": gettext_lazy("Requests: the team stepped in"),
    measures.HANDOVER_TAKEN: gettext_lazy("Requests that were taken"),
    f"{measures.HANDOVER_END}returned": gettext_lazy("Requests that ended with a return to Faro"),
    f"{measures.HANDOVER_END}expired": gettext_lazy("Requests that ended because the team was silent"),
    f"{measures.HANDOVER_END}dismissed": gettext_lazy("Requests that were closed without an answer"),
    measures.BY_TEAM: gettext_lazy("Messages written by the team"),
    f"{measures.VOTE}helpful": gettext_lazy("Votes: it helped"),
    f"{measures.VOTE}unhelpful": gettext_lazy("Votes: it did not help"),
    measures.SENT: gettext_lazy("Answers delivered"),
    measures.FAILED: gettext_lazy("Answers that could not be delivered"),
}


def span(seconds: int) -> str:
    """A short time: "5 s", "10 min", "4 h"."""
    if seconds < 60:  # noqa: PLR2004 - a minute
        return gettext("%(number)d s") % {"number": seconds}
    if seconds < 3_600:  # noqa: PLR2004 - an hour
        return gettext("%(number)d min") % {"number": seconds // 60}
    return gettext("%(number)d h") % {"number": seconds // 3_600}


def within(name: str, ends: tuple[int, ...]) -> str:
    """A class of times in words."""
    if name == measures.MORE:
        return gettext("longer than %(time)s") % {"time": span(ends[-1])}
    return gettext("within %(time)s") % {"time": span(int(name))}
