"""The message that offers the topics of one part of the menu."""

from __future__ import annotations

from bot.answers.choices import shelf_buttons
from bot.answers.render import sentence
from bot.answers.schema import Content
from bot.words import Outgoing


def area_message(content: Content, area: str, language: str) -> Outgoing:
    """The part's title, the request to choose, and its topics as buttons.

    Raises:
        KeyError: the menu has no such part, or the interface lacks a word.
    """
    heading = content.interface.menu[area].title.get(content.chain(language))
    said = sentence(content, "choose_topic", language, shelf_buttons(content, area, language))
    return Outgoing(f"{heading}\n\n{said.text}", said.buttons)
