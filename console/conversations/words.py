"""Codes of a conversation in words of the team's language."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from bot.answers.schema import Content
from bot.channels.webchat.languages import library
from bot.conversations.deliver import UNKNOWN
from bot.conversations.masking import Secret
from bot.conversations.models import Message
from bot.words import FALLBACK

Word = str | Promise

CHANNELS: Mapping[str, Word] = {
    "web": gettext_lazy("Web page"),
    "telegram": "Telegram",
    "whatsapp": "WhatsApp",
}

OUTCOMES: Mapping[str, Word] = {
    "answered": gettext_lazy("Answered"),
    "suggested": gettext_lazy("Suggested topics"),
    "not_understood": gettext_lazy("Not understood"),
    "unreadable": gettext_lazy("Could not be read"),
    "stale": gettext_lazy("Old button"),
    "late": gettext_lazy("Arrived too late"),
    "trouble": gettext_lazy("Faro had a fault"),
    "held": gettext_lazy("Left to the team"),
}

#: What stands in the place of what was masked.
SECRETS: Mapping[Secret, Word] = {
    Secret.PHONE: gettext_lazy("phone"),
    Secret.EMAIL: gettext_lazy("e-mail"),
    Secret.DOCUMENT: gettext_lazy("number"),
    Secret.CARD: gettext_lazy("card"),
    Secret.POSITION: gettext_lazy("position"),
    Secret.PROFILE: gettext_lazy("profile"),
}

#: How far a message of ours has come.
PROGRESS: Mapping[str, Word] = {
    "sent": gettext_lazy("sent"),
    "delivered": gettext_lazy("arrived"),
    "read": gettext_lazy("read"),
    "failed": gettext_lazy("not delivered"),
}

STATES: Mapping[str, Word] = {
    "waiting": gettext_lazy("not answered yet"),
    "pending": gettext_lazy("waits to be sent"),
    "sending": gettext_lazy("is being sent"),
    "sent": gettext_lazy("sent"),
    "failed": gettext_lazy("not delivered"),
}

#: Why something could not be delivered. Another code is shown as it is: the provider's page explains it.
FAILURES: Mapping[str, Word] = {
    UNKNOWN: gettext_lazy("nobody knows whether it arrived"),
    "window_closed": gettext_lazy("WhatsApp allows an answer within 24 hours only, and they are over"),
    "131047": gettext_lazy("WhatsApp allows an answer within 24 hours only, and they are over"),
    "131026": gettext_lazy("this WhatsApp number cannot be written to"),
    "131021": gettext_lazy("this WhatsApp number cannot be written to"),
    "131049": gettext_lazy("WhatsApp did not deliver it, to spare the person messages"),
    "blocked": gettext_lazy("the person has blocked Faro"),
    "deactivated": gettext_lazy("the person has no such account any more"),
    "chat_not_found": gettext_lazy("the person has no such account any more"),
    "unreachable": gettext_lazy("the person cannot be written to at the moment"),
}

#: Topics that have no answer of their own with a title.
CONVERSATION_TOPICS: Mapping[str, Word] = {
    FALLBACK: gettext_lazy("No topic"),
}


def channel(name: str) -> Word:
    """The name of a channel."""
    return CHANNELS.get(name, name)


def outcome(code: str) -> Word:
    """How a message was answered."""
    return OUTCOMES.get(code, code)


def topics(language: str) -> list[tuple[str, str]]:
    """Every topic with its title, by title."""
    content = library().current()
    return sorted(((name, _title(content, name, language)) for name in content.answers), key=lambda one: one[1].lower())


def topic(name: str, language: str) -> Word:
    """The title of a topic as people see it on a button; its name when it has none."""
    if name in CONVERSATION_TOPICS:
        return CONVERSATION_TOPICS[name]
    return _title(library().current(), name, language)


def language_name(code: str) -> str:
    """A language by its own name."""
    found = library().current().languages.get(code)
    return found.name if found else code


def delivery(message: Message) -> Word:
    """How far a message of ours has come, or that one of a person still waits; "" when there is nothing to say."""
    if message.direction == Message.Direction.IN:
        return STATES["waiting"] if message.state == Message.State.WAITING else ""
    if message.state == Message.State.SENT and message.progress:
        return PROGRESS.get(message.progress, message.progress)
    return STATES.get(message.state, message.state)


def failure(message: Message) -> Word:
    """Why it was not delivered, or ""."""
    if message.direction == Message.Direction.IN or message.state != Message.State.FAILED:
        return ""
    return FAILURES.get(message.error, message.error)


def _title(content: Content, name: str, language: str) -> str:
    answer = content.answers.get(name)
    return (answer.title.get(content.chain(language)) if answer else None) or name
