"""Character and word n-grams of a text, weighted by how rare they are (TF-IDF): what knows names, typos and slang."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack

from bot.nlu import grams
from bot.nlu.grams import Weigher
from bot.nlu.text import clean, fold

_VOCABULARY = "{}.vocabulary.json"
_RARITY = "{}.rarity.npz"


@dataclass(frozen=True, slots=True)
class Block:
    """One kind of n-gram: `unit` is "char_wb" or "word", `shortest` and `longest` are lengths in that unit.

    `folded`: whether texts are read without accents.
    """

    name: str
    unit: str
    shortest: int
    longest: int
    weight: float
    folded: bool = True

    def fit(self, texts: Sequence[str], *, rarest: int) -> Weigher:
        """Learn the n-grams that at least `rarest` texts hold, and how rare each is."""
        from sklearn.feature_extraction.text import TfidfVectorizer  # 87 MB that only training needs

        vectorizer = TfidfVectorizer(
            analyzer=self.unit,
            ngram_range=(self.shortest, self.longest),
            token_pattern=r"\w+" if self.unit == "word" else None,
            preprocessor=self.prepare,
            sublinear_tf=True,
            dtype=np.float32,
            min_df=min(rarest, len(texts)),
        )
        vectorizer.fit(texts)
        places = {str(gram): int(place) for gram, place in vectorizer.vocabulary_.items()}
        return self.weigher(places, vectorizer.idf_.astype(np.float32))

    def weigher(self, places: Mapping[str, int], rarity: NDArray[np.float32]) -> Weigher:
        """This block with a vocabulary and how rare each n-gram of it is."""
        analyze = grams.words if self.unit == "word" else grams.characters
        return Weigher(self.prepare, analyze(self.shortest, self.longest), places, rarity)

    @property
    def prepare(self) -> Callable[[str], str]:
        """What is done to a text first."""
        return fold if self.folded else _lower


class Ngrams:
    """Fitted blocks of n-grams, side by side in one sparse matrix."""

    def __init__(self, blocks: Sequence[Block], weighers: Sequence[Weigher]) -> None:
        """Take blocks and what was learnt for each; use `fit` or `load`."""
        self._blocks = tuple(blocks)
        self._weighers = tuple(weighers)

    @classmethod
    def fit(cls, blocks: Sequence[Block], texts: Sequence[str], *, rarest: int) -> Ngrams:
        """Learn the n-grams that at least `rarest` texts hold, and how rare each is."""
        return cls(blocks, [block.fit(texts, rarest=rarest) for block in blocks])

    def transform(self, texts: Sequence[str]) -> csr_matrix:
        """Return a float32 matrix, one row per text, each block of a row of length `weight` (or 0)."""
        parts = [
            weigher.transform(texts) * np.float32(block.weight)
            for block, weigher in zip(self._blocks, self._weighers, strict=True)
        ]
        return csr_matrix(hstack(parts, format="csr", dtype=np.float32))

    def names(self) -> list[tuple[str, Sequence[str]]]:
        """The n-grams of every block in the order of their columns, with the block's name."""
        pairs = zip(self._blocks, self._weighers, strict=True)
        return [(block.name, _in_order(weigher.places)) for block, weigher in pairs]

    def recognises(self, text: str) -> bool:
        """Tell whether an example holds one of the longest parts of words of this text ("ayuda" in "ayudaaaa")."""
        return any(
            len(part) == block.longest and part in weigher.places
            for block, weigher in zip(self._blocks, self._weighers, strict=True)
            if block.unit == "char_wb"
            for part in weigher.grams(text)
        )

    def save(self, directory: Path) -> None:
        """Write vocabulary (JSON) and rarity (npz) of every block."""
        for block, weigher in zip(self._blocks, self._weighers, strict=True):
            text = json.dumps(_in_order(weigher.places), ensure_ascii=False)
            (directory / _VOCABULARY.format(block.name)).write_text(text, encoding="utf-8")
            np.savez(directory / _RARITY.format(block.name), idf=weigher.rarity)

    @classmethod
    def load(cls, blocks: Sequence[Block], directory: Path) -> Ngrams:
        """Rebuild what `save` wrote.

        Raises:
            FileNotFoundError: a block was never saved there.
            ValueError: a block's two files do not belong together.
        """
        weighers = []
        for block in blocks:
            vocabulary = json.loads((directory / _VOCABULARY.format(block.name)).read_text(encoding="utf-8"))
            rarity = _rarity(directory / _RARITY.format(block.name))
            if len(rarity) != len(vocabulary):
                raise ValueError(f"{block.name}: {len(vocabulary)} n-grams, but {len(rarity)} weights")
            weighers.append(block.weigher({gram: place for place, gram in enumerate(vocabulary)}, rarity))
        return cls(blocks, weighers)


def _in_order(places: Mapping[str, int]) -> list[str]:
    return sorted(places, key=places.__getitem__)


def _lower(text: str) -> str:
    return clean(text).lower()


def _rarity(path: Path) -> NDArray[np.float32]:
    with np.load(path, allow_pickle=False) as stored:
        return np.asarray(stored["idf"], dtype=np.float32)
