"""What is taught already, by language: to compare with, and to find the nearest topics of a sentence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from heapq import nlargest
from math import log
from pathlib import Path

from console.review import training_file
from console.review.sameness import nearly_the_same, normalised

#: Examples that are looked at for suggestions.
_NEAREST = 25


@dataclass(frozen=True, slots=True)
class Known:
    """A sentence with its topic; `plain` is the sentence as it is compared."""

    topic: str
    plain: str


class Examples:
    """Sentences of one language that can be looked up by their words."""

    def __init__(self, known: Sequence[Known]) -> None:
        self.known = known
        self._plain = [one.plain for one in known]
        self._with_word: dict[str, list[int]] = defaultdict(list)
        for place, text in enumerate(self._plain):
            for word in set(text.split()):
                self._with_word[word].append(place)
        # As in a search engine: a rare word says more, and a long sentence has many words by chance.
        self._weight = {word: log(len(known) / len(places)) ** 2 for word, places in self._with_word.items()}
        self._length = [sum(self._weight[word] for word in set(text.split())) ** 0.5 or 1.0 for text in self._plain]

    def same(self, plain: str) -> list[Known]:
        """Those that are nearly the same as a normalised sentence."""
        # Whoever shares 85 % of the words shares at least one of the rarest two.
        rarest = sorted(set(plain.split()), key=lambda word: len(self._with_word.get(word, ())))
        near = {place for word in rarest[: 1 + len(rarest) // 4] for place in self._with_word.get(word, ())}
        return [self.known[place] for place in sorted(near) if nearly_the_same(plain, self._plain[place])]

    def topics_near(self, text: str, number: int) -> list[str]:
        """The topics of the examples that have most of a sentence's rare words, at most `number`, the nearest first."""
        scores: dict[int, float] = defaultdict(float)
        for word in set(normalised(text).split()) & self._weight.keys():
            weight = self._weight[word]
            for place in self._with_word[word]:
                scores[place] += weight / self._length[place]
        votes: dict[str, float] = defaultdict(float)
        for place in nlargest(_NEAREST, scores, key=scores.__getitem__):
            votes[self.known[place].topic] += scores[place] ** 2
        return sorted(votes, key=lambda topic: -votes[topic])[:number]


#: The files of a folder, each with when it was changed and how long it is: as long as these stay, the content does.
Stamps = tuple[tuple[str, int, int], ...]


def stamps(folder: Path) -> Stamps:
    """The YAML files of a folder and of those in it."""
    about = [(path, path.stat()) for path in sorted(folder.rglob("*.yml"))]
    return tuple((str(path), one.st_mtime_ns, one.st_size) for path, one in about)


def of_project(root: Path) -> Mapping[str, Examples]:
    """The training examples of each language, read again when a file changes."""
    return _read(root, stamps(root / "data" / "nlu"))


def languages(root: Path) -> list[str]:
    """The languages that are taught."""
    folder = root / "data" / "nlu"
    return sorted(path.name for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else []


@lru_cache(maxsize=1)
def _read(root: Path, files: Stamps) -> Mapping[str, Examples]:
    known: dict[str, list[Known]] = {one: [] for one in languages(root)}
    for name, _, _ in files:
        path = Path(name)
        source = path.read_bytes().decode("utf-8", errors="replace")
        known.setdefault(path.parent.name, []).extend(
            Known(one.intent, normalised(one.text)) for one in training_file.read(source)
        )
    return {language: Examples(found) for language, found in known.items()}
