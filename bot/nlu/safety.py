"""Which topic comes first: the likeliest, unless a person may be in danger."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Probabilities = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Caution:
    """When a safety topic comes first; the values of config.yml.

    margin: how far below the likeliest topic the likeliest safety topic may lie.
    floor: the probability of danger, that is the sum over all safety topics, that a message must reach.
    piece_floor: the same for one piece of a long message; higher, because a long message has many pieces.
    """

    margin: float
    floor: float
    piece_floor: float


@dataclass(frozen=True, slots=True)
class Ranking:
    """Topics with their confidence in [0, 1], first first; `safety` says that a person may be in danger."""

    topics: tuple[tuple[str, float], ...]
    safety: bool


def rank(
    topics: Sequence[str],
    whole: Probabilities,
    pieces: Probabilities,
    safety_topics: Collection[str],
    caution: Caution,
    *,
    length: int,
) -> Ranking:
    """Rank the topics of one message.

    Safety topics compete among themselves (violence at home, by a gang, against a child), which must not cancel the
    danger they agree on. So the probability of danger is their sum, and it is the confidence of a safety topic that
    comes first: what follows rejects messages by their confidence.

    Args:
        topics: the topics, in the order of the columns below.
        whole: probabilities of the whole message, shape (topics,).
        pieces: probabilities of each piece of a long message, shape (pieces, topics); no rows for a short message.
            Only danger is looked for in them: danger in one sentence is news, a greeting in one is not.
        safety_topics: the topics about danger.
        caution: when they come first.
        length: how many topics to return.
    """
    about_danger = np.array([topic in safety_topics for topic in topics], dtype=np.bool_)
    confidence = dict(zip(topics, whole.tolist(), strict=True))
    top = float(whole.max())
    first = ""
    danger = float(whole[about_danger].sum())
    if about_danger.any():
        rival = int(np.argmax(np.where(about_danger, whole, -1.0)))
        if danger >= caution.floor and float(whole[rival]) >= top - caution.margin:
            first = topics[rival]
        in_pieces = pieces[:, about_danger].sum(axis=1)
        worst = int(np.argmax(in_pieces)) if len(in_pieces) else -1
        if worst >= 0 and in_pieces[worst] >= max(caution.piece_floor, danger):
            danger = float(in_pieces[worst])
            first = topics[int(np.argmax(np.where(about_danger, pieces[worst], -1.0)))]
    if first:
        confidence[first] = min(max(top, danger), 1.0)
    ordered = sorted(confidence.items(), key=lambda pair: (-pair[1], pair[0] != first, pair[0]))
    return Ranking(tuple(ordered[:length]), bool(first))
