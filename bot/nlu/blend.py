"""Scores of the linear model and closeness to the examples, made into probabilities that can be believed."""

from __future__ import annotations

from dataclasses import astuple, dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp, softmax

from bot.nlu.linear import Floats

Probabilities = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for each topic: three tables of shape (texts, topics)."""

    scores: Floats
    nearest: Floats
    density: Floats

    def tables(self) -> NDArray[np.float64]:
        """Return the three as one array of shape (3, texts, topics)."""
        return np.stack([self.scores, self.nearest, self.density]).astype(np.float64)


@dataclass(frozen=True, slots=True)
class Blend:
    """How much each kind of evidence counts; the first is the inverse of a temperature (Guo et al. 2017)."""

    scores: float = 1.0
    nearest: float = 0.0
    density: float = 0.0

    def probabilities(self, evidence: Evidence) -> Probabilities:
        """Return calibrated probabilities: every row lies in [0, 1] and sums to 1."""
        return np.asarray(softmax(np.tensordot(np.array(astuple(self)), evidence.tables(), axes=1), axis=1))


def fit(evidence: Evidence, truth: NDArray[np.intp]) -> Blend:
    """Return the blend under which the evidence for held-out texts explains their true topics best.

    Args:
        evidence: of models that never saw the texts.
        truth: the column of the true topic of every text.
    """
    tables = evidence.tables()
    rows = np.arange(len(truth))
    told = tables[:, rows, truth]

    def surprise(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        mixed = np.tensordot(weights, tables, axes=1)
        total = logsumexp(mixed, axis=1, keepdims=True)
        believed = np.exp(mixed - total)
        expected = np.array([(table * believed).sum(axis=1).mean() for table in tables])
        return float(total.mean() - (weights @ told).mean()), expected - told.mean(axis=1)

    from scipy.optimize import minimize  # 20 MB that only training needs

    found = minimize(surprise, np.array([1.0, 1.0, 0.0]), jac=True, method="BFGS", options={"gtol": 1e-4}).x
    return Blend(*(float(weight) for weight in found))
