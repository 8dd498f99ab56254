"""Short messages that only mean something after what was said before: what kind of reply each is. No Rasa in here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from bot.nlu.room import ROOM
from bot.nlu.text import clean, fold

#: The words of every kind of reply.
FILE = ROOM / "data" / "replies.yml"

#: Words of the longest message that can be about another person, or a number: longer ones say something themselves.
LONGEST = 8

_WORD = re.compile(r"\w+(?:'\w+)*")


@dataclass(frozen=True, slots=True)
class Replies:
    """The words of replies, folded, of all languages."""

    corrections: frozenset[tuple[str, ...]]
    continues: frozenset[str]
    persons: frozenset[str]
    beside_persons: frozenset[str]
    numbers: Mapping[str, int]
    numbers_alone: Mapping[str, int]
    beside_numbers: frozenset[str]
    again: frozenset[str]

    @classmethod
    def read(cls, path: Path = FILE) -> Replies:
        """Read the table."""
        table = yaml.safe_load(path.read_text(encoding="utf-8"))
        family, numbers = table["family"], dict(table["numbers"])
        alone, beside = numbers.pop("alone"), numbers.pop("beside")
        return cls(
            frozenset(tuple(phrase.split()) for listed in table["corrections"].values() for phrase in listed),
            frozenset(family["continues"]),
            frozenset(family["persons"]),
            frozenset(family["beside"]),
            {word: number for number, listed in numbers.items() for word in listed},
            alone,
            frozenset(beside),
            frozenset(table["again"]),
        )

    def what_was_meant(self, text: str) -> str:
        """What follows the words with which a correction begins ("no, I meant the hospital"); "" when it is none."""
        meant = rest = self._after_opening(text)
        while rest := self._after_opening(rest):  # "no, no, I mean the hospital"
            meant = rest
        return meant

    def _after_opening(self, text: str) -> str:
        cleaned = clean(text)
        said = [(fold(found.group()), found.end()) for found in _WORD.finditer(cleaned)]
        longest = max(map(len, self.corrections))
        begins = (
            said[length - 1][1]
            for length in range(min(longest, len(said) - 1), 0, -1)
            if tuple(word for word, _ in said[:length]) in self.corrections
        )
        end = next(begins, 0)
        return cleaned[end:].lstrip(" ,.;:!-") if end else ""

    def is_about_another(self, text: str) -> bool:
        """Whether a message asks the last question again for somebody else: "and for my son?"."""
        said = _words(text)
        known = self.continues | self.persons | self.beside_persons
        return (
            len(said) <= LONGEST
            and bool(said)
            and said[0] in self.continues
            and any(word in self.persons for word in said)
            and all(word in known or word.isdigit() for word in said)
        )

    def number(self, text: str) -> int:
        """Which of several things a message chooses, from 1; 0 when it is no choice."""
        said = _words(text)
        if not 0 < len(said) <= LONGEST:
            return 0
        chosen = {self.numbers[word] for word in said if word in self.numbers}
        if not chosen:
            chosen = {self.numbers_alone[word] for word in said if word in self.numbers_alone}
        known = {*self.numbers, *self.numbers_alone, *self.beside_numbers}
        return chosen.pop() if len(chosen) == 1 and all(word in known for word in said) else 0

    def asks_again(self, text: str) -> bool:
        """Whether a message asks to hear the last answer once more."""
        return " ".join(_words(text)) in self.again


def _words(text: str) -> list[str]:
    return _WORD.findall(fold(text))
