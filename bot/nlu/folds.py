"""Held-out folds that keep near-repetitions together: an example says nothing new about one that says the same."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bot.nlu.linear import Floats

#: Cosine from which on two examples of a topic say nearly the same, also in two languages.
ALIKE = 0.7


def deal(points: Floats, topics: NDArray[np.str_], *, count: int, seed: int) -> NDArray[np.int64]:
    """Return the fold, from 0 on, in which each example is held out; every fold gets about the same share of a topic.

    Args:
        points: where the examples lie, one row each of length 1.
        topics: the topic of every example.
        count: of the folds.
        seed: of the dealing.

    Raises:
        ValueError: the examples of a topic are fewer than the folds, near-repetitions counted once.
    """
    together = groups(points, topics)
    chance = np.random.default_rng(seed)
    found = np.zeros(len(points), dtype=np.int64)
    for topic in np.unique(topics):
        rows = np.flatnonzero(topics == topic)
        _, group, sizes = np.unique(together[rows], return_inverse=True, return_counts=True)
        if len(sizes) < count:
            raise ValueError(f"{topic} has too few examples for {count} folds")
        held = np.zeros(count, dtype=np.int64)
        fold = np.zeros(len(sizes), dtype=np.int64)
        shuffled = chance.permutation(len(sizes))
        for one in shuffled[
            np.argsort(-sizes[shuffled], kind="stable")
        ]:  # the largest first, so that they come out even
            fold[one] = held.argmin()
            held[fold[one]] += sizes[one]
        found[rows] = fold[group]
    return found


def groups(points: Floats, topics: NDArray[np.str_]) -> NDArray[np.int64]:
    """Return a number per example: the same for those of one topic that lie near the first of them."""
    found = np.zeros(len(points), dtype=np.int64)
    named = 0
    for topic in np.unique(topics):
        rows = np.flatnonzero(topics == topic)
        alike = points[rows] @ points[rows].T >= ALIKE
        free = np.ones(len(rows), dtype=np.bool_)
        for first in range(len(rows)):
            if free[first]:
                members = free & alike[first]
                members[first] = True  # also what has no direction: an emoji, an empty text
                found[rows[members]] = named
                named += 1
                free &= ~members
    return found
