"""The trained topic classifier: texts and their sentence vectors in, probabilities of topics out. No Rasa in here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.model_selection import StratifiedKFold

from bot.nlu import linear, noise
from bot.nlu.linear import Floats, Linear
from bot.nlu.ngrams import Block, Ngrams
from bot.nlu.spelling import Spelling

#: Makes one sentence vector per text, shape (texts, 512).
Encode = Callable[[Sequence[str]], Floats]

_LINEAR = "linear.npz"


@dataclass(frozen=True, slots=True)
class Recipe:
    """How to train: the keys of the same names in bot.nlu.topics.TopicClassifier.get_default_config."""

    strength: float
    character_weight: float
    character_lengths: tuple[int, int]
    word_weight: float
    vector_weight: float
    rarest: int
    noise: float
    folds: int
    seed: int

    def blocks(self) -> tuple[Block, ...]:
        """Return the n-gram blocks: parts of words, and words with their right neighbour."""
        shortest, longest = self.character_lengths
        return (
            Block("characters", "char_wb", shortest, longest, self.character_weight),
            Block("words", "word", 1, 2, self.word_weight),
        )


@dataclass(frozen=True, slots=True)
class Examples:
    """Training examples: texts, their sentence vectors (one row each) and their topics."""

    texts: Sequence[str]
    vectors: Floats
    topics: NDArray[np.str_]

    def part(self, places: Sequence[int] | NDArray[np.intp]) -> Examples:
        """Return the examples at these places."""
        chosen = np.asarray(places, dtype=np.intp)
        return Examples([self.texts[place] for place in chosen], self.vectors[chosen], self.topics[chosen])

    def spoilt(self, recipe: Recipe, encode: Encode) -> Examples:
        """Return these examples and the spoilt copies that the recipe wants."""
        copies = noise.copies(self.texts, share=recipe.noise, seed=recipe.seed)
        if not copies:
            return self
        texts = [text for _, text in copies]
        topics = np.concatenate([self.topics, self.topics[[place for place, _ in copies]]])
        return Examples([*self.texts, *texts], np.vstack([self.vectors, encode(texts)]), topics)


@dataclass(frozen=True, slots=True)
class TopicModel:
    """Fitted n-grams, known spellings and linear weights."""

    recipe: Recipe
    ngrams: Ngrams
    spelling: Spelling
    linear: Linear

    @property
    def topics(self) -> tuple[str, ...]:
        """The topics, in the order of the columns."""
        return self.linear.topics

    def probabilities(self, texts: Sequence[str], vectors: Floats, encode: Encode) -> NDArray[np.float64]:
        """Return calibrated probabilities, one row per text.

        Args:
            texts: the messages, as they were written.
            vectors: their sentence vectors, one row each.
            encode: makes the vectors of the texts in which a slip was repaired.
        """
        return self.linear.probabilities(self._features(texts, vectors, encode))

    def logits(self, texts: Sequence[str], vectors: Floats, encode: Encode) -> Floats:
        """Return the scores before calibration, one row per text; arguments as above."""
        return self.linear.logits(self._features(texts, vectors, encode))

    def save(self, directory: Path) -> None:
        """Write the model as JSON and npz files."""
        self.ngrams.save(directory)
        self.spelling.save(directory)
        self.linear.save(directory / _LINEAR)

    @classmethod
    def load(cls, recipe: Recipe, directory: Path) -> TopicModel:
        """Read what `save` wrote."""
        ngrams = Ngrams.load(recipe.blocks(), directory)
        return cls(recipe, ngrams, Spelling.load(directory), Linear.load(directory / _LINEAR))

    def _features(self, texts: Sequence[str], vectors: Floats, encode: Encode) -> csr_matrix:
        repaired = [self.spelling.repair(text) for text in texts]
        changed = [place for place, text in enumerate(texts) if repaired[place] != text]
        if changed:
            vectors = vectors.copy()
            vectors[changed] = encode([repaired[place] for place in changed])
        return _side_by_side(self.recipe, self.ngrams.transform(texts), vectors)


def fit(recipe: Recipe, examples: Examples, encode: Encode) -> TopicModel:
    """Train on all examples; calibrate the probabilities on held-out folds of them.

    Raises:
        ValueError: fewer than two topics.
    """
    model = _fit(recipe, examples, encode)
    topics = np.asarray(model.topics)
    _, counts = np.unique(examples.topics, return_counts=True)
    if recipe.folds < 2 or counts.min() < recipe.folds:  # noqa: PLR2004 - one fold holds nothing out
        return model
    scores = held_out(recipe, examples, encode)
    found = linear.temperature(scores, np.searchsorted(topics, examples.topics))
    return replace(model, linear=replace(model.linear, temperature=found))


def held_out(recipe: Recipe, examples: Examples, encode: Encode) -> Floats:
    """Return the scores (examples, sorted topics) that every example gets from a model that never saw it.

    Raises:
        ValueError: a topic has fewer examples than there are folds.
    """
    topics = sorted(set(examples.topics.tolist()))
    scores = np.zeros((len(examples.texts), len(topics)), dtype=np.float32)
    folds = StratifiedKFold(recipe.folds, shuffle=True, random_state=recipe.seed)
    for seen, unseen in folds.split(examples.texts, examples.topics):
        model = _fit(recipe, examples.part(seen), encode)
        asked = examples.part(unseen)
        scores[unseen] = model.logits(asked.texts, asked.vectors, encode)
    return scores


def _fit(recipe: Recipe, examples: Examples, encode: Encode) -> TopicModel:
    ngrams = Ngrams.fit(recipe.blocks(), examples.texts, rarest=recipe.rarest)
    taught = examples.spoilt(recipe, encode)
    features = _side_by_side(recipe, ngrams.transform(taught.texts), taught.vectors)
    weights = linear.fit(features, taught.topics.tolist(), strength=recipe.strength)
    return TopicModel(recipe, ngrams, Spelling.learn(examples.texts), weights)


def _side_by_side(recipe: Recipe, ngrams: csr_matrix, vectors: Floats) -> csr_matrix:
    dense = csr_matrix(vectors * np.float32(recipe.vector_weight))
    return csr_matrix(hstack([ngrams, dense], format="csr", dtype=np.float32))
