"""The name of a place inside a message, however it is typed."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

from bot.nlu.room import ROOM
from bot.nlu.text import fold, words

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

    @classmethod
    def read(cls, path: Path = FILE) -> PlaceWords:
        """Read the table of all languages."""
        table = yaml.safe_load(path.read_text(encoding="utf-8"))
        before, around = (
            {fold(one) for listed in table[key].values() for one in listed} for key in ("before", "around")
        )
        return cls(frozenset(before), frozenset(around | {word for phrase in before for word in phrase.split()}))


class Gazetteer:
    """Finds places. A name counts when the message says nothing else, or when a word like "in" or "cerca de" precedes it.

    So that "mi hijo David tiene fiebre" is nowhere, and "mi hijo tiene fiebre, estoy en David" is in David.
    """

    def __init__(self, places: Iterable[Named], around: PlaceWords) -> None:
        self._words = around
        self._ids: dict[str, list[tuple[str, str]]] = {}
        for place in places:
            for name in place.names:
                self._ids.setdefault(" ".join(words(fold(name))), []).append((place.id, fold(place.province)))
        self._names = [name for name in self._ids if len(name) >= _SHORTEST_SLIP]
        self._like = lru_cache(maxsize=10_000)(self._find_like)

    def find(self, text: str) -> Found | None:
        """The place that a message names, the longest name first; None when it names none."""
        folded = fold(text)
        spoken = words(folded)
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
        for begin, end in runs:
            # First what costs nothing: most words of a message stand where no name can.
            introduced = self._introduced(spoken, begin)
            rest = [word for word in (*spoken[:begin], *spoken[end:]) if word not in self._words.around]
            if not introduced and len(rest) > _LONGEST_PROVINCE:
                continue
            if not (name := known(" ".join(spoken[begin:end]))):
                continue
            alone = all(word in self._provinces(name) for word in rest)
            if alone or introduced:
                return Found(self._choose(name, folded), alone)
        return None

    def _exactly(self, run: str) -> str:
        return run if run in self._ids else ""

    def _nearly(self, run: str) -> str:
        return self._like(run) if len(run) >= _SHORTEST_SLIP else ""

    def _introduced(self, spoken: list[str], begin: int) -> bool:
        return any(" ".join(spoken[max(begin - length, 0) : begin]) in self._words.before for length in (1, 2, 3))

    def _provinces(self, name: str) -> frozenset[str]:
        return frozenset(word for _, province in self._ids[name] for word in words(province))

    def _choose(self, name: str, folded: str) -> str:
        """Of several places with one name the one whose province is named, else the first."""
        there = self._ids[name]
        return next((place for place, province in there if province and province in folded), there[0][0])

    def _find_like(self, run: str) -> str:
        # "la cama" is as like "La Cabima" as "chorera" is like "Chorrera", but two letters shorter.
        names = [name for name in self._names if abs(len(name) - len(run)) <= 1]
        return next(iter(difflib.get_close_matches(run, names, n=1, cutoff=_ALIKE)), "")
