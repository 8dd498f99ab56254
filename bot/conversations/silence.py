"""What Faro still answers while a person of the team holds the conversation: what somebody asks Faro itself to do.

Everything else is for the team, and Faro does not talk over it. But nobody may be kept from deleting their messages, from
reading what is kept of them, or from changing the language; and a button that the team has sent must do what it says.
"""

from __future__ import annotations

from bot.conversations.models import Handover, Message
from bot.conversations.phrases import Phrases
from bot.conversations.selection import folded

#: Topics that are answered all the same, asked for by a command, a button, or the words of a button typed in full.
TOPICS = frozenset({"erase_data", "ask_privacy", "choose_language"})

#: The answers to "delete everything?" and "which language?".
_BEGINNINGS = ("erase:", "language:")
_CHOICES = frozenset(f"{kind}:{topic}" for kind in ("command", "topic") for topic in TOPICS)

#: Choices whose words may also be typed, and what they count as then. Not by a number, and with no slip: "1" may be the
#: answer to what the operator asked, and what is deleted is gone.
_TYPED = {
    "topic:erase_data": "command:erase_data",
    "topic:ask_privacy": "command:ask_privacy",
    "topic:choose_language": "command:choose_language",
    "erase:yes": "erase:yes",
    "erase:no": "erase:no",
}


def named(text: str, phrases: Phrases) -> str:
    """The choice whose words somebody typed, of those that are still answered; or ""."""
    typed = folded(text)
    if not typed:
        return ""
    return next((means for one, means in _TYPED.items() if typed in map(folded, phrases.titles(one))), "")


def passes(handover: Handover, message: Message) -> bool:
    """Whether Faro answers this message although somebody of the team holds the conversation."""
    choice = message.choice
    if not choice:
        return False
    return choice in _CHOICES or choice.startswith(_BEGINNINGS) or _from_the_team(handover, choice)


def _from_the_team(handover: Handover, choice: str) -> bool:
    offered = Message.objects.filter(
        contact=handover.contact_id,
        direction=Message.Direction.OUT,
        operator__isnull=False,
        created_at__gte=handover.taken_at,
    ).values_list("buttons", flat=True)
    return any(choice == button[1] for buttons in offered for button in buttons)
