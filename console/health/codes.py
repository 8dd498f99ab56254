"""What the codes of a failed delivery and of a troubled channel mean, and what there is to do: for the team, in words."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from bot.conversations.deliver import REPORTED


@dataclass(frozen=True, slots=True)
class Meaning:
    """What happened, and what to do about it."""

    what: str | Promise
    cure: str | Promise


BLOCKED = Meaning(
    gettext_lazy("The person blocked Faro, or cannot be written to any more."),
    gettext_lazy("Nothing, until they write again."),
)
CLOSED = Meaning(
    gettext_lazy("WhatsApp lets nobody write more than 24 hours after the person's last message."),
    gettext_lazy("Nothing, until they write again."),
)
PASSING = Meaning(
    gettext_lazy("The provider or the connection failed for a while."),
    gettext_lazy("Send it again when the channel works."),
)
CROWDED = Meaning(
    gettext_lazy("The provider took no more messages for a while, because there were too many."),
    gettext_lazy("Send it again later."),
)
UNSURE = Meaning(
    gettext_lazy("Nobody knows whether it arrived: the provider did not answer."),
    gettext_lazy("Send it again if a second copy does no harm."),
)
OURS = Meaning(
    gettext_lazy("The provider refused the message itself."),
    gettext_lazy("Tell whoever looks after Faro, with the code: sending it again will not help."),
)
ACCOUNT = Meaning(
    gettext_lazy("The provider refuses everything: the account is locked, limited or not paid for."),
    gettext_lazy("Look at the account with the provider. What waits goes out by itself when it works again."),
)
TOKEN = Meaning(
    gettext_lazy("The provider refuses everything: the token is wrong or no longer valid."),
    gettext_lazy("Whoever looks after Faro has to set a new token. What waits goes out by itself then."),
)
CONFLICT = Meaning(
    gettext_lazy("Another program uses the same bot."),
    gettext_lazy("Whoever looks after Faro has to stop the other program, or give one of them a bot of its own."),
)
FAULT = Meaning(
    gettext_lazy("Something failed that has no name here."),
    gettext_lazy("Send it again; if it fails again, tell whoever looks after Faro, with the code."),
)

_WORDS: dict[str, Meaning] = {
    # Ours
    "window_closed": CLOSED,
    "unreachable": BLOCKED,
    "no_address": BLOCKED,
    "unsure": UNSURE,
    "no_answer": UNSURE,
    "timeout": UNSURE,
    "connection_lost": UNSURE,
    "unreadable_answer": UNSURE,
    "network": PASSING,
    "polling_away": PASSING,
    "unexpected": FAULT,
    # Telegram
    "too_many_requests": CROWDED,
    "blocked": BLOCKED,
    "deactivated": BLOCKED,
    "never_wrote": BLOCKED,
    "forbidden": BLOCKED,
    "chat_not_found": BLOCKED,
    "chat_migrated": BLOCKED,
    "too_long": OURS,
    "empty": OURS,
    "button_invalid": OURS,
    "markup_invalid": OURS,
    "bad_request": OURS,
    "token_refused": TOKEN,
    "conflict": CONFLICT,
}

#: WhatsApp's numbers (bot/channels/whatsapp/codes.py says where they are from); the first that holds a code decides.
_NUMBERS: tuple[tuple[frozenset[int], Meaning], ...] = (
    (frozenset({131047}), CLOSED),
    (frozenset({4, 80007, 130429, 131056, 133016}), CROWDED),
    (frozenset({1, 2, 131000, 131016, 131057, 133004}), PASSING),
    (frozenset({130472, 131021, 131026, 131030, 131049, 131050, 131062, 137000}), BLOCKED),
    (frozenset({0, 3, 10, 190, *range(200, 300), 131005}), TOKEN),
    (frozenset({368, 130497, 131031, 131037, 131042, 131045, 131048, 131064}), ACCOUNT),
    (frozenset({100, 131008, 131009, 131051, 131052, 131053, *range(132000, 132017), 132068, 132069}), OURS),
)


def meaning(code: str) -> Meaning:
    """What a code means; FAULT for one that has no words."""
    code = code.removeprefix(REPORTED)
    if code in _WORDS:
        return _WORDS[code]
    if code.startswith("http_") or code.endswith(("Error", "Timeout")):
        return PASSING
    if code.isascii() and code.isdigit():
        return next((found for codes, found in _NUMBERS if int(code) in codes), FAULT)
    return FAULT
