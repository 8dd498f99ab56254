"""Multinomial logistic regression over n-grams and sentence vectors. No Rasa in here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

Floats = NDArray[np.float32]

#: Rounds of the descent. 40 moved the held-out accuracy by a tenth of a point.
ROUNDS = 30
#: Rounds that suffice from weights that were learnt on parts of the same examples.
ROUNDS_AGAIN = 15


@dataclass(frozen=True, slots=True)
class Features:
    """What is known of texts, one row each: n-grams (sparse) and sentence vectors (dense)."""

    ngrams: csr_matrix
    vectors: Floats

    def part(self, places: NDArray[np.intp]) -> Features:
        """Return the rows at these places."""
        return Features(self.ngrams[places], self.vectors[places])


@dataclass(frozen=True, slots=True)
class Linear:
    """Weights of shape (features, topics), n-grams first, and one bias per topic."""

    topics: tuple[str, ...]
    weights: Floats
    bias: Floats

    def scores(self, features: Features) -> Floats:
        """Return one row of topic scores per row of features."""
        return _scores(features, self.weights, self.bias)

    def logits(self, rows: csr_matrix) -> Floats:
        """Return the scores of rows in which n-grams and vectors stand side by side already."""
        return np.asarray(rows @ self.weights + self.bias, dtype=np.float32)

    def save(self, path: Path) -> None:
        """Write everything to one npz file without pickled objects."""
        np.savez(path, topics=np.array(self.topics, dtype=np.str_), weights=self.weights, bias=self.bias)

    @classmethod
    def load(cls, path: Path) -> Linear:
        """Read what `save` wrote."""
        with np.load(path, allow_pickle=False) as stored:
            return cls(tuple(str(topic) for topic in stored["topics"]), stored["weights"], stored["bias"])


def fit(
    features: Features, labels: NDArray[np.str_], *, strength: float, balance: float, start: Sequence[Linear] = ()
) -> Linear:
    """Fit the weights.

    Args:
        features: one row per example.
        labels: the topic of every row; at least two different ones.
        strength: inverse of the regularisation (scikit-learn's C).
        balance: 0 when every example counts the same, 1 when every topic does, however many examples it has.
        start: models of the same topics and features to begin from: their mean.

    Raises:
        ValueError: fewer than two topics.
    """
    topics, truth, counts = np.unique(labels, return_inverse=True, return_counts=True)
    if len(topics) < 2:  # noqa: PLR2004
        raise ValueError("there must be at least two topics")
    rows = np.arange(len(truth))
    weight = (1.0 / counts**balance)[truth]
    weight = (weight / weight.sum()).astype(np.float32)[:, None]
    penalty = 1.0 / (strength * len(truth))
    backwards = features.ngrams.T
    wide = features.ngrams.shape[1]
    shape = (wide + features.vectors.shape[1] + 1, len(topics))

    def loss(flat: Floats) -> tuple[float, Floats]:
        every = flat.reshape(shape)
        weights, bias = every[:-1], every[-1]
        error = _scores(features, weights, bias)
        error -= error.max(axis=1, keepdims=True)
        right = error[rows, truth]  # a copy
        np.exp(error, out=error)
        total = error.sum(axis=1, keepdims=True)
        surprise = weight[:, 0] @ (np.log(total[:, 0]) - right)
        # From here on the difference between what is believed and what is true.
        error /= total
        error[rows, truth] -= 1
        error *= weight
        slope = np.empty_like(every)
        slope[:wide] = backwards @ error
        slope[wide:-1] = features.vectors.T @ error
        slope[-1] = error.sum(axis=0)
        slope[:-1] += np.float32(penalty) * weights
        return float(surprise) + penalty / 2 * float(weights.ravel() @ weights.ravel()), slope.ravel()

    begin = np.zeros(shape, dtype=np.float32)
    for model in start:
        begin += np.vstack([model.weights, model.bias]) / np.float32(len(start))
    rounds = ROUNDS_AGAIN if start else ROUNDS
    from bot.nlu import descent  # brings parts of scipy that only training needs

    found = descent.minimise(loss, begin.ravel(), rounds=rounds).reshape(shape)
    return Linear(tuple(topics.tolist()), np.ascontiguousarray(found[:-1]), found[-1].copy())


def _scores(features: Features, weights: Floats, bias: Floats) -> Floats:
    wide = features.ngrams.shape[1]
    scores = np.asarray(features.ngrams @ weights[:wide], dtype=np.float32)
    scores += features.vectors @ weights[wide:]
    scores += bias
    return scores
