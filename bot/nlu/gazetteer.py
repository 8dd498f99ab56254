"""The name of a place inside a message, however it is typed."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from pathlib import Path

import yaml

from bot.nlu.room import ROOM
from bot.nlu.text import fold

#: Words that stand before and around the name of a place, by language.
FILE = ROOM / "data" / "place_words.yml"

#: Words of the longest name ("puerto escondido de pedasi").
_LONGEST = 5
#: Words of the longest province ("bocas del toro").
_LONGEST_PROVINCE = 3
#: Letters from which on a name is known with slips in it, and how like the right one it must be (difflib's ratio):
#: "tokumen", "arraijan", "paso canoa", "chorera"; below, ordinary words become towns.
_SHORTEST_SLIP = 5
_ALIKE = 0.84
#: Words of a message that are read. Who says where they are says so early; a slip is looked for at each word.
_READ = 300

#: Words and numbers of a folded text. A name with a number is none without it: "24 de Diciembre" is a town, a day of
#: December is not.
_WORD = re.compile(r"\d+|[^\W\d_]+(?:['-][^\W\d_]+)*")
_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Named:
    """A place as people call it: `id` of the gazetteer, its names, and the province that tells it from others."""

    id: str
    names: tuple[str, ...]
    province: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """A place in a message; `alone` when the message says nothing else."""

    id: str
    alone: bool


@dataclass(frozen=True, slots=True)
class PlaceWords:
    """Phrases right before a name, and words that may surround it; folded."""

    before: frozenset[str]
    around: frozenset[str]
    elsewhere: frozenset[str] = frozenset()  # right after a name: it is another town, outside Panama
    kinds: tuple[tuple[str, str], ...] = ()  # word -> kind of service

    @classmethod
    def read(cls, path: Path = FILE) -> PlaceWords:
        """Read the table of all languages."""
        table = yaml.safe_load(path.read_text(encoding="utf-8"))
        before, around = (
            {fold(one) for listed in table[key].values() for one in listed} for key in ("before", "around")
        )
        kinds = tuple((fold(word), kind) for kind, listed in table["kinds"].items() for word in listed)
        around |= {word for phrase in before for word in phrase.split()}
        return cls(frozenset(before), frozenset(around), frozenset(map(fold, table["elsewhere"])), kinds)

    def kind(self, text: str) -> str:
        """The kind of service that a text names, or "" when it names none or several."""
        said = f" {' '.join(_words(fold(text)))} "
        named = {kind for word, kind in self.kinds if f" {word} " in said}
        return named.pop() if len(named) == 1 else ""


class Gazetteer:
    """Finds places. A name counts when the message says nothing else, or when a word like "in" or "cerca de" precedes it.

    So that "mi hijo David tiene fiebre" is nowhere, and "mi hijo tiene fiebre, estoy en David" is in David.
    """

    def __init__(self, places: Iterable[Named], around: PlaceWords) -> None:
        self._words = around
        self._ids: dict[str, list[tuple[str, str]]] = {}
        for place in places:
            for name in place.names:
                self._ids.setdefault(" ".join(_words(fold(name))), []).append((place.id, fold(place.province)))
        self._names = [name for name in self._ids if len(name) >= _SHORTEST_SLIP]
        self._like = lru_cache(maxsize=10_000)(self._find_like)

    def find(self, text: str) -> Found | None:
        """The place that a message names, the longest name first; None when it names none."""
        folded = fold(text)
        spoken = _words(folded)[:_READ]
        runs = [
            (begin, begin + length)
            for length in range(min(_LONGEST, len(spoken)), 0, -1)
            for begin in range(len(spoken) - length + 1)
        ]
        # Names that are spelt right count before those with a slip.
        return self._named(folded, spoken, runs, self._exactly) or self._named(folded, spoken, runs, self._nearly)

    def _named(
        self, folded: str, spoken: list[str], runs: list[tuple[int, int]], known: Callable[[str], str]
    ) -> Found | None:
        strange = (0, *accumulate(word not in self._words.around for word in spoken))
        for begin, end in runs:
            # First what costs nothing: most words of a message stand where no name can.
            introduced = self._introduced(spoken, begin)
            if not introduced and strange[-1] - (strange[end] - strange[begin]) > _LONGEST_PROVINCE:
                continue
            if not (name := known(" ".join(spoken[begin:end]))):
                continue
            if self._elsewhere(spoken, end):
                continue
            rest = [word for word in (*spoken[:begin], *spoken[end:]) if word not in self._provinces(name)]
            # "I am David" is a person: beside other words the name needs one that says "in".
            if introduced or not rest:
                # "No, not David, in Chitré" says nothing but a place either.
                alone = all(word in self._words.around or word in self._ids for word in rest)
                return Found(self._choose(name, folded), alone)
        return None

    def _exactly(self, run: str) -> str:
        return run if run in self._ids else ""

    def _nearly(self, run: str) -> str:
        return self._like(run) if len(run) >= _SHORTEST_SLIP else ""

    def _introduced(self, spoken: list[str], begin: int) -> bool:
        return any(" ".join(spoken[max(begin - length, 0) : begin]) in self._words.before for length in (1, 2, 3))

    def _elsewhere(self, spoken: list[str], end: int) -> bool:
        return any(" ".join(spoken[end : end + length]) in self._words.elsewhere for length in (1, 2, 3))

    def _provinces(self, name: str) -> frozenset[str]:
        return frozenset(word for _, province in self._ids[name] for word in _words(province))

    def _choose(self, name: str, folded: str) -> str:
        """Of several places with one name the one whose province is named, else the first."""
        there = self._ids[name]
        return next((place for place, province in there if province and province in folded), there[0][0])

    def _find_like(self, run: str) -> str:
        # "la cama" is as like "La Cabima" as "chorera" is like "Chorrera", but two letters shorter.
        # Another number is another place, not a slip.
        numbers = _NUMBER.findall(run)
        names = [name for name in self._names if abs(len(name) - len(run)) <= 1 and _NUMBER.findall(name) == numbers]
        return next(iter(difflib.get_close_matches(run, names, n=1, cutoff=_ALIKE)), "")


def _words(folded: str) -> list[str]:
    return _WORD.findall(folded)
