"""What people see of the number before they write: its profile, its commands, and what it offers to say first. Pure.

Limits: Meta's OpenAPI v23.0, WhatsAppBusinessProfileUpdateRequest and ConversationalAutomationRequest, 2026-11.
"""

from __future__ import annotations

from typing import Any

from bot.answers.schema import Content
from bot.words import COMMANDS

#: Characters.
ABOUT = 139
DESCRIPTION = 256
COMMAND_DESCRIPTION = 256
PROMPT = 80

#: How many.
PROMPTS = 3


class TooLong(Exception):
    """A text of the content does not fit; it is not shortened. The message is its key."""


def profile(content: Content, language: str, public_url: str) -> dict[str, Any]:
    """The body of POST /{number}/whatsapp_business_profile.

    Args:
        content: whose words are used.
        language: Meta keeps one profile for everybody.
        public_url: our pages; shown when people can open it safely.

    Raises:
        TooLong: a text is longer than Meta allows.
    """
    chain = content.chain(language)
    pages = [public_url] if public_url.startswith("https://") else []
    return {
        "messaging_product": "whatsapp",
        "about": _fitting("tagline", content.interface.web["tagline"].get(chain), ABOUT),
        "description": _fitting("privacy_note", content.interface.web["privacy_note"].get(chain), DESCRIPTION),
        "websites": pages,
    }


def automation(content: Content, language: str) -> dict[str, Any]:
    """The body of POST /{number}/conversational_automation.

    Every command there is, explained in every language, the given one first. What may be said first is the name of a
    language: whoever opens the chat reads their own one at once.

    Raises:
        TooLong: a text is longer than Meta allows.
    """
    codes = [language, *(code for code in content.languages if code != language)]
    commands = []
    for name, topic in COMMANDS.items():
        titles = dict.fromkeys(content.answers[topic].title.get(content.chain(code)) for code in codes)
        described = _fitting(topic, " · ".join(title for title in titles if title), COMMAND_DESCRIPTION)
        commands.append({"command_name": name, "command_description": described})
    names = [content.languages[code].name for code in codes][:PROMPTS]
    return {
        # Meta would report everybody who only opens the chat, and each greeting costs.
        "enable_welcome_message": False,
        "prompts": [_fitting("languages", name, PROMPT) for name in names],
        "commands": commands,
    }


def _fitting(key: str, text: str, most: int) -> str:
    if len(text) > most:
        raise TooLong(key)
    return text
