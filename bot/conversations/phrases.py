"""The sentences that a turn needs without Rasa: for when Rasa is away, or has nothing to understand."""

from __future__ import annotations

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

    @property
    def default_language(self) -> str:
        """The language for somebody of whom nothing is known."""
        ...
