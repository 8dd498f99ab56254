"""Multinomial logistic regression over n-grams and sentence vectors. No Rasa in here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

Floats = NDArray[np.float32]
Halves = NDArray[np.float16]

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
    """Weights of shape (features, topics), those of the n-grams and those of the vectors, and one bias per topic.

    The n-grams' are many and a message holds few of them: `halved`, they take half the memory, and a score changes by less
    than a hundredth.
    """

    topics: tuple[str, ...]
    ngrams: Floats | Halves
    vectors: Floats
    bias: Floats

    def scores(self, features: Features) -> Floats:
        """Return one row of topic scores per row of features."""
        scores = times(features.ngrams, self.ngrams)
        scores += features.vectors @ self.vectors
        scores += self.bias
        return scores

    def halved(self) -> Linear:
        """Return the same with the n-grams in half precision, as it is stored: a model answers as it did before."""
        return Linear(self.topics, self.ngrams.astype(np.float16), self.vectors, self.bias)

    def apart(self, column: int, rival: int) -> Floats:
        """Return how much each feature speaks for one topic rather than for another, shape (features,)."""
        ngrams, vectors = (
            part[:, column].astype(np.float32) - part[:, rival].astype(np.float32)
            for part in (self.ngrams, self.vectors)
        )
        return np.concatenate([ngrams, vectors])

    def save(self, path: Path) -> None:
        """Write everything to one npz file without pickled objects."""
        np.savez(
            path,
            topics=np.array(self.topics, dtype=np.str_),
            ngrams=self.ngrams,
            vectors=self.vectors,
            bias=self.bias,
        )

    @classmethod
    def load(cls, path: Path) -> Linear:
        """Read what `save` wrote."""
        with np.load(path, allow_pickle=False) as stored:
            topics = tuple(str(topic) for topic in stored["topics"])
            return cls(topics, stored["ngrams"], stored["vectors"], stored["bias"])


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
        error = np.asarray(features.ngrams @ weights[:wide], dtype=np.float32)
        error += features.vectors @ weights[wide:]
        error += bias
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
        begin += np.vstack([model.ngrams.astype(np.float32), model.vectors, model.bias]) / np.float32(len(start))
    rounds = ROUNDS_AGAIN if start else ROUNDS
    from bot.nlu import descent  # brings parts of scipy that only training needs

    found = descent.minimise(loss, begin.ravel(), rounds=rounds).reshape(shape)
    # Copies: parts of one array would hold all of it.
    return Linear(tuple(topics.tolist()), found[:wide].copy(), found[wide:-1].copy(), found[-1].copy())


def times(rows: csr_matrix, weights: Floats | Halves) -> Floats:
    """Return the product; of weights in half precision only those are widened that the rows hold."""
    if weights.dtype != np.float32:
        held, places = np.unique(rows.indices, return_inverse=True)
        rows = csr_matrix((rows.data, places, rows.indptr), shape=(rows.shape[0], len(held)))
        weights = weights[held].astype(np.float32)
    return np.asarray(rows @ weights, dtype=np.float32)
