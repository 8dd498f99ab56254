"""The sentences that a turn needs without Rasa: for when Rasa is away, or has nothing to understand."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from bot.words import Outgoing


class Phrases(Protocol):
    """Sentences and answers from content/, in a language; `bot.answers` provides them."""

    def sentence(self, key: str, language: str) -> Outgoing:
        """The interface sentence of that key, or the nearest language that has it. Never raises."""
        ...

    def answer(self, topic: str, language: str) -> Outgoing:
        """The answer on a topic as it is today. Never raises."""
        ...

    def office(self, language: str, now: datetime) -> Outgoing:
        """When somebody of the team can write to a person who asks for one at `now`. Never raises."""
        ...

    def titles(self, choice: str) -> Collection[str]:
        """What stands on the button of that id, in every language. Never raises."""
        ...

    def layout_words(self, language: str) -> tuple[str, str]:
        """The words that open a list, and those on the row that shows the rest of one. Never raises."""
        ...

    @property
    def content_version(self) -> str:
        """The version of content/ that is spoken from."""
        ...

    @property
    def default_language(self) -> str:
        """The language for somebody of whom nothing is known."""
        ...
