"""Character and word n-grams of a text, weighted by how rare they are (TF-IDF): what knows names, typos and slang."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer

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

    def vectorizer(self, **fitted: Any) -> TfidfVectorizer:
        """Return scikit-learn's vectoriser for this block, empty or with a vocabulary."""
        return TfidfVectorizer(
            analyzer=self.unit,
            ngram_range=(self.shortest, self.longest),
            token_pattern=r"\w+" if self.unit == "word" else None,
            preprocessor=fold if self.folded else _lower,
            sublinear_tf=True,
            dtype=np.float32,
            **fitted,
        )


class Ngrams:
    """Fitted blocks of n-grams, side by side in one sparse matrix."""

    def __init__(self, blocks: Sequence[Block], vectorizers: Sequence[TfidfVectorizer]) -> None:
        """Take blocks and their fitted vectorisers; use `fit` or `load`."""
        self._blocks = tuple(blocks)
        self._vectorizers = tuple(vectorizers)

    @classmethod
    def fit(cls, blocks: Sequence[Block], texts: Sequence[str], *, rarest: int) -> Ngrams:
        """Learn the n-grams that at least `rarest` texts hold, and how rare each is."""
        vectorizers = []
        for block in blocks:
            vectorizer = block.vectorizer(min_df=min(rarest, len(texts)))
            vectorizer.fit(texts)
            vectorizers.append(vectorizer)
        return cls(blocks, vectorizers)

    def transform(self, texts: Sequence[str]) -> csr_matrix:
        """Return a float32 matrix, one row per text, each block of a row of length `weight` (or 0)."""
        parts = [
            vectorizer.transform(texts) * np.float32(block.weight)
            for block, vectorizer in zip(self._blocks, self._vectorizers, strict=True)
        ]
        return csr_matrix(hstack(parts, format="csr", dtype=np.float32))

    def recognises(self, text: str) -> bool:
        """Tell whether an example holds one of the longest parts of words of this text ("ayuda" in "ayudaaaa")."""
        for block, vectorizer in zip(self._blocks, self._vectorizers, strict=True):
            if block.unit == "char_wb":
                parts = vectorizer.build_analyzer()(text)
                if any(len(part) == block.longest and part in vectorizer.vocabulary_ for part in parts):
                    return True
        return False

    def save(self, directory: Path) -> None:
        """Write vocabulary (JSON) and rarity (npz) of every block."""
        for block, vectorizer in zip(self._blocks, self._vectorizers, strict=True):
            vocabulary = sorted(vectorizer.vocabulary_, key=vectorizer.vocabulary_.__getitem__)
            text = json.dumps(vocabulary, ensure_ascii=False)
            (directory / _VOCABULARY.format(block.name)).write_text(text, encoding="utf-8")
            np.savez(directory / _RARITY.format(block.name), idf=vectorizer.idf_.astype(np.float32))

    @classmethod
    def load(cls, blocks: Sequence[Block], directory: Path) -> Ngrams:
        """Rebuild what `save` wrote.

        Raises:
            FileNotFoundError: a block was never saved there.
            ValueError: a block's two files do not belong together.
        """
        vectorizers = []
        for block in blocks:
            vocabulary = json.loads((directory / _VOCABULARY.format(block.name)).read_text(encoding="utf-8"))
            vectorizer = block.vectorizer(vocabulary=vocabulary)
            vectorizer.idf_ = _rarity(directory / _RARITY.format(block.name))
            vectorizers.append(vectorizer)
        return cls(blocks, vectorizers)


def _lower(text: str) -> str:
    return clean(text).lower()


def _rarity(path: Path) -> NDArray[np.float32]:
    with np.load(path, allow_pickle=False) as stored:
        return np.asarray(stored["idf"], dtype=np.float32)
