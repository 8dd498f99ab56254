"""The trained topic classifier: texts and their sentence vectors in, probabilities of topics out. No Rasa in here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack

from bot.nlu import blend, folds, linear
from bot.nlu.blend import Blend, Evidence, Probabilities
from bot.nlu.linear import Features, Floats, Linear
from bot.nlu.nearest import Nearest, Space
from bot.nlu.ngrams import Block, Ngrams
from bot.nlu.reading import SENTENCE
from bot.nlu.spelling import Spelling
from bot.nlu.summary import Summary
from bot.nlu.vectors import is_word

#: Makes one vector per text, shape (texts, bot.nlu.vectors.SIZE): its sentence and what is seen in its words.
Encode = Callable[[Sequence[str]], Floats]

_LINEAR = "linear.npz"
_NEAREST = "nearest.npz"
_SUMMARY = "summary.npz"
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
    summary_weight: float
    summary_size: int
    rarest: float
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
class Read:
    """Texts and their vectors, one row each."""

    texts: Sequence[str]
    vectors: Floats


@dataclass(frozen=True, slots=True)
class Examples:
    """Training examples: texts, their vectors (one row each) and their topics."""

    texts: Sequence[str]
    vectors: Floats
    topics: NDArray[np.str_]

    @property
    def read(self) -> Read:
        """The texts and their vectors."""
        return Read(self.texts, self.vectors)


@dataclass(frozen=True, slots=True)
class TopicModel:
    """What was learnt: n-grams, spellings, spaces of the vectors, weights, examples, and their blend."""

    recipe: Recipe
    ngrams: Ngrams
    spelling: Spelling
    space: Space
    summary: Summary
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
        features = _features(self.recipe, self.ngrams, self.space, self.summary, Read(texts, vectors))
        closeness = self.nearest.closeness(self.point(vectors))
        return self.blend.probabilities(Evidence(self.linear.scores(features), *closeness))

    def point(self, vectors: Floats) -> Floats:
        """Return where the sentences lie among the examples, one row each of length 1."""
        return self.space.inside(vectors[:, :SENTENCE])

    def _features(self, texts: Sequence[str], vectors: Floats, encode: Encode) -> csr_matrix:
        """Return what the linear model sees, n-grams and vector side by side: bot.nlu.explain takes it apart."""
        vectors = self._repaired(texts, vectors, encode)
        found = _features(self.recipe, self.ngrams, self.space, self.summary, Read(texts, vectors))
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
        self.summary.save(directory / _SUMMARY)
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
            Spelling.load(directory, is_word),
            space,
            Summary.load(directory / _SUMMARY),
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
    fewest = max(round(recipe.rarest * len(examples.texts)), 1)
    ngrams = Ngrams.fit(recipe.blocks(), examples.texts, rarest=fewest)
    space = Space.fit(examples.vectors[:, :SENTENCE], recipe.nearest_size)
    summary = Summary.fit(examples.vectors[:, SENTENCE:], recipe.summary_size)
    features = _features(recipe, ngrams, space, summary, examples.read)
    points = space.inside(examples.vectors[:, :SENTENCE])
    truth = np.unique(examples.topics, return_inverse=True)[1]
    held_out: Probabilities | None = None
    parts: list[Linear] = []
    weights = Blend()
    fold = _folds(recipe, points, examples.topics)
    if fold is not None:
        evidence, parts = _held_out(recipe, features, points, examples.topics, fold)
        weights = blend.fit(evidence, truth)
        held_out = weights.probabilities(evidence)
    # Weights learnt on the folds are a good beginning: half the rounds lead as far.
    learnt = linear.fit(features, examples.topics, strength=recipe.strength, balance=recipe.balance, start=parts)
    nearest = Nearest.fit(points, examples.topics)
    spelling = Spelling.learn(examples.texts, is_word)
    model = TopicModel(recipe, ngrams, spelling, space, summary, learnt.halved(), nearest, weights)
    return Trained(model, held_out)


def _folds(recipe: Recipe, points: Floats, topics: NDArray[np.str_]) -> NDArray[np.int64] | None:
    """Return the fold of every example, None where none can be held out."""
    if recipe.folds < 2 or len(np.unique(topics)) < 2:  # noqa: PLR2004 - one fold holds nothing out
        return None
    try:
        return folds.deal(points, topics, count=recipe.folds, seed=recipe.seed)
    except ValueError:
        return None


def _held_out(
    recipe: Recipe, features: Features, points: Floats, topics: NDArray[np.str_], fold: NDArray[np.int64]
) -> tuple[Evidence, list[Linear]]:
    """Return what models that never saw an example have to say about it, and their weights."""
    shape = (len(topics), len(np.unique(topics)))
    evidence = Evidence(*(np.zeros(shape, dtype=np.float32) for _ in range(3)))
    models = []
    for held in range(recipe.folds):
        seen, unseen = np.flatnonzero(fold != held), np.flatnonzero(fold == held)
        model = linear.fit(features.part(seen), topics[seen], strength=recipe.strength, balance=recipe.balance)
        evidence.scores[unseen] = model.scores(features.part(unseen))
        evidence.nearest[unseen], evidence.density[unseen] = Nearest.fit(points[seen], topics[seen]).closeness(
            points[unseen]
        )
        models.append(model)
    return evidence, models


def _features(recipe: Recipe, ngrams: Ngrams, space: Space, summary: Summary, read: Read) -> Features:
    sentences = space.centred(read.vectors[:, :SENTENCE]) * np.float32(recipe.vector_weight)
    seen = summary.inside(read.vectors[:, SENTENCE:]) * np.float32(recipe.summary_weight)
    return Features(ngrams.transform(read.texts), np.hstack([sentences, seen]))
