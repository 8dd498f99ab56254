"""The trained topic classifier: texts and their sentence vectors in, probabilities of topics out. No Rasa in here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.model_selection import StratifiedKFold

from bot.nlu import blend, linear
from bot.nlu.blend import Blend, Evidence, Probabilities
from bot.nlu.linear import Features, Floats, Linear
from bot.nlu.nearest import Nearest, Space
from bot.nlu.ngrams import Block, Ngrams
from bot.nlu.spelling import Spelling

#: Makes one sentence vector per text, shape (texts, 512).
Encode = Callable[[Sequence[str]], Floats]

_LINEAR = "linear.npz"
_NEAREST = "nearest.npz"
_BLEND = "blend.npz"


@dataclass(frozen=True, slots=True)
class Recipe:
    """How to train: the keys of the same names in bot.nlu.topics.TopicClassifier.get_default_config."""

    strength: float
    balance: float
    character_weight: float
    character_lengths: tuple[int, int]
    word_weight: float
    vector_weight: float
    rarest: int
    nearest_size: int
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


@dataclass(frozen=True, slots=True)
class TopicModel:
    """What was learnt: n-grams, spellings, the space of the sentence vectors, weights, examples, and their blend."""

    recipe: Recipe
    ngrams: Ngrams
    spelling: Spelling
    space: Space
    linear: Linear
    nearest: Nearest
    blend: Blend

    @property
    def topics(self) -> tuple[str, ...]:
        """The topics in alphabetical order, that of the columns."""
        return self.linear.topics

    def probabilities(self, texts: Sequence[str], vectors: Floats, encode: Encode) -> Probabilities:
        """Return calibrated probabilities, one row per text.

        Args:
            texts: the messages, as they were written.
            vectors: their sentence vectors, one row each.
            encode: makes the vectors of the texts in which a slip was repaired.
        """
        vectors = self._repaired(texts, vectors, encode)
        features = _features(self.recipe, self.ngrams, self.space, texts, vectors)
        closeness = self.nearest.closeness(self.space.inside(vectors))
        return self.blend.probabilities(Evidence(self.linear.scores(features), *closeness))

    def _features(self, texts: Sequence[str], vectors: Floats, encode: Encode) -> csr_matrix:
        """Return what the linear model sees, n-grams and vector side by side: bot.nlu.explain takes it apart."""
        found = _features(self.recipe, self.ngrams, self.space, texts, self._repaired(texts, vectors, encode))
        return csr_matrix(hstack([found.ngrams, csr_matrix(found.vectors)], format="csr", dtype=np.float32))

    def _repaired(self, texts: Sequence[str], vectors: Floats, encode: Encode) -> Floats:
        repaired = [self.spelling.repair(text) for text in texts]
        spoilt = [place for place, text in enumerate(texts) if repaired[place] != text]
        if spoilt:
            vectors = vectors.copy()
            vectors[spoilt] = encode([repaired[place] for place in spoilt])
        return vectors

    def save(self, directory: Path) -> None:
        """Write the model as JSON and npz files."""
        self.ngrams.save(directory)
        self.spelling.save(directory)
        self.linear.save(directory / _LINEAR)
        self.nearest.save(directory / _NEAREST, self.space)
        np.savez(directory / _BLEND, weights=np.array(astuple(self.blend)))

    @classmethod
    def load(cls, recipe: Recipe, directory: Path) -> TopicModel:
        """Read what `save` wrote."""
        nearest, space = Nearest.load(directory / _NEAREST)
        with np.load(directory / _BLEND, allow_pickle=False) as stored:
            weights = Blend(*stored["weights"].tolist())
        return cls(
            recipe,
            Ngrams.load(recipe.blocks(), directory),
            Spelling.load(directory),
            space,
            Linear.load(directory / _LINEAR),
            nearest,
            weights,
        )


@dataclass(frozen=True, slots=True)
class Trained:
    """A model, and the probabilities that models which never saw them gave its examples; None without folds."""

    model: TopicModel
    held_out: Probabilities | None


def fit(recipe: Recipe, examples: Examples) -> Trained:
    """Train on all examples; blend and calibrate on held-out folds of them.

    Raises:
        ValueError: fewer than two topics.
    """
    ngrams = Ngrams.fit(recipe.blocks(), examples.texts, rarest=recipe.rarest)
    space = Space.fit(examples.vectors, recipe.nearest_size)
    features = _features(recipe, ngrams, space, examples.texts, examples.vectors)
    points = space.inside(examples.vectors)
    topics, truth, counts = np.unique(examples.topics, return_inverse=True, return_counts=True)
    held_out: Probabilities | None = None
    parts: list[Linear] = []
    weights = Blend()
    # One fold holds nothing out.
    if recipe.folds > 1 and len(topics) > 1 and counts.min() >= recipe.folds:
        evidence, parts = _held_out(recipe, features, points, examples.topics)
        weights = blend.fit(evidence, truth)
        held_out = weights.probabilities(evidence)
    # Weights learnt on the folds are a good beginning: half the rounds lead as far.
    learnt = linear.fit(features, examples.topics, strength=recipe.strength, balance=recipe.balance, start=parts)
    nearest = Nearest.fit(points, examples.topics)
    return Trained(
        TopicModel(recipe, ngrams, Spelling.learn(examples.texts), space, learnt, nearest, weights), held_out
    )


def _held_out(
    recipe: Recipe, features: Features, points: Floats, topics: NDArray[np.str_]
) -> tuple[Evidence, list[Linear]]:
    """Return what models that never saw an example have to say about it, and their weights."""
    shape = (len(topics), len(np.unique(topics)))
    evidence = Evidence(*(np.zeros(shape, dtype=np.float32) for _ in range(3)))
    models = []
    folds = StratifiedKFold(recipe.folds, shuffle=True, random_state=recipe.seed)
    for seen, unseen in folds.split(topics, topics):
        model = linear.fit(features.part(seen), topics[seen], strength=recipe.strength, balance=recipe.balance)
        evidence.scores[unseen] = model.scores(features.part(unseen))
        evidence.nearest[unseen], evidence.density[unseen] = Nearest.fit(points[seen], topics[seen]).closeness(
            points[unseen]
        )
        models.append(model)
    return evidence, models


def _features(recipe: Recipe, ngrams: Ngrams, space: Space, texts: Sequence[str], vectors: Floats) -> Features:
    return Features(ngrams.transform(texts), space.centred(vectors) * np.float32(recipe.vector_weight))
