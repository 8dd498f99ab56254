"""Haitian Creole: whether a message is written in it, and how that reads in French word by word.

Faro answers in no Creole. It knows it, says so, and answers in a language that many Haitians read. What was asked is found
by reading the message in French: the topics are learnt from French, and the two share most of their vocabulary but none of
their spelling.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import yaml

from bot.nlu.room import ROOM
from bot.nlu.text import clean, fold

#: The glossary, and which of its words say nothing of the language.
FILE = ROOM / "data" / "creole.yml"

#: ISO 639-1 code of Haitian Creole.
CODE = "ht"

#: Share of the words of a message that have to be in the glossary, and of those that only Creole has.
KNOWN_SHARE = 0.5
OWN_SHARE = 0.125

_WORD = re.compile(r"[^\W\d_]+")
#: What may stand between two words of a phrase: "m'ap", "m ap", "sa-a".
_JOINT = re.compile(r"[ '-]{1,2}")


@dataclass(frozen=True, slots=True)
class _Said:
    """A word of a message and where it stands."""

    word: str
    start: int
    end: int


@dataclass(frozen=True)
class Creole:
    """The glossary: Creole phrase -> French, folded; `shared` words are used in other languages too."""

    glossary: Mapping[str, str]
    shared: frozenset[str]
    unmistakable: frozenset[str]
    endings: Mapping[str, str]

    @classmethod
    def read(cls, path: Path = FILE) -> Creole:
        """Read the table."""
        table = yaml.safe_load(path.read_text(encoding="utf-8"))
        glossary = {" ".join(_folded(phrase)): french for phrase, french in table["glossary"].items()}
        shared = frozenset(word for phrase in table["shared"] for word in _folded(phrase))
        unmistakable = frozenset(" ".join(_folded(phrase)) for phrase in table["unmistakable"])
        return cls(glossary, shared, unmistakable, table["endings"])

    def recognises(self, text: str) -> bool:
        """Whether a text is written in Creole."""
        said = [one.word for one in _words(clean(text))]
        known = [word for word in said if word in self._vocabulary or self._ending(word)]
        own = len([word for word in known if word not in self.shared]) + self._phrases(said)
        return bool(own) and len(known) >= KNOWN_SHARE * len(said) and own >= OWN_SHARE * len(said)

    def _phrases(self, said: list[str]) -> int:
        """How many phrases of common words only Creole puts so."""
        runs = (said[at : at + length] for length in (2, 3) for at in range(len(said) - length + 1))
        return sum(" ".join(run) in self.unmistakable for run in runs)

    def in_french(self, text: str) -> str:
        """The text with every phrase of the glossary in French. What it does not hold stays as it is."""
        text = clean(text)
        said, parts, at, place = list(_words(text)), [], 0, 0
        while place < len(said):
            length, french = self._longest(said[place:], text)
            parts += [text[at : said[place].start], french]
            at = said[place + length - 1].end
            place += length
        return clean("".join([*parts, text[at:]]))

    @cached_property
    def _vocabulary(self) -> frozenset[str]:
        return frozenset(word for phrase in self.glossary for word in phrase.split())

    @cached_property
    def _longest_phrase(self) -> int:
        return max(len(phrase.split()) for phrase in self.glossary)

    def _longest(self, said: list[_Said], text: str) -> tuple[int, str]:
        """Words of the longest phrase that begins here, and its French."""
        run = 1
        while run < min(len(said), self._longest_phrase) and _JOINT.fullmatch(
            text[said[run - 1].end : said[run].start]
        ):
            run += 1
        for length in range(run, 0, -1):
            french = self.glossary.get(" ".join(one.word for one in said[:length]))
            if french is not None:
                return length, french
        first = said[0]
        ending = self._ending(first.word)
        return 1, first.word.removesuffix(ending) + self.endings[ending] if ending else text[first.start : first.end]

    def _ending(self, word: str) -> str:
        return next((one for one in self.endings if word.endswith(one) and len(word) > len(one) + 2), "")


def _words(text: str) -> Iterator[_Said]:
    for found in _WORD.finditer(text):
        yield _Said(fold(found.group()), found.start(), found.end())


def _folded(phrase: object) -> list[str]:
    return [one.word for one in _words(str(phrase))]
