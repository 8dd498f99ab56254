"""A long message, cut into pieces short enough that what one sentence says is not drowned by the others."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bot.nlu.text import clean

#: Words up to which a message is understood as a whole; training examples rarely have more.
LONG = 25
#: Words of a piece: about the length of the sentences that the classifier learnt from.
PIECE = 14
#: Pieces of a message at most: 12 cost about 10 ms, and a turn must stay under 20.
MOST = 12
#: Words of a sentence that can be a question of its own.
SHORTEST = 3

_SENTENCE_END = re.compile(r"(?<=[.!?;\u2026\u061f\u3002])\s+|\n")


def pieces(text: str) -> list[str]:
    """Return the pieces of a long message in order, none for a short one.

    Sentences are the pieces; those without punctuation (dictated, or typed in one breath) are read through an
    overlapping window, so that no sentence is only ever seen cut in two.
    """
    tidy = clean(text)
    count = len(tidy.split())
    if count <= LONG:
        return []
    found: list[str] = []
    for sentence in _SENTENCE_END.split(tidy):
        found.extend(_window(sentence.split(), PIECE, PIECE // 2))
    if len(found) <= MOST:
        return found
    step = math.ceil(count / MOST)
    return _window(tidy.split(), 2 * step, step)


def combine(
    whole: NDArray[np.float64],
    pieces: NDArray[np.float64],
    small_talk: NDArray[np.bool_],
    *,
    share: float,
    first: float,
) -> NDArray[np.float64]:
    """Return the probabilities of a message whose question may stand in one sentence of many.

    Of each topic the piece counts that supports it best, later ones more than earlier ones: people tell first and ask
    last. A greeting, thanks or an aside in one piece is not what the message is about.

    Args:
        whole: probabilities of the whole message, shape (topics,).
        pieces: probabilities of each piece, in order, shape (pieces, topics); no rows for a short message.
        small_talk: the topics that are not looked for in pieces, shape (topics,).
        share: how much the pieces count beside the whole, in [0, 1].
        first: how much the first piece counts beside the last, in [0, 1].
    """
    if not len(pieces):
        return whole
    places = np.linspace(first, 1.0, len(pieces))[:, None]
    best = np.where(small_talk, 0.0, pieces * places).max(axis=0)
    total = best.sum()
    return (1 - share) * whole + share * best / total if total > 0 else whole


def sentences(text: str) -> list[str]:
    """Return the sentences of a message that says several things, none of a message that is one sentence."""
    found = [one.strip() for one in _SENTENCE_END.split(clean(text))]
    spoken = [one for one in found if len(one.split()) >= SHORTEST]
    return spoken[:MOST] if len(spoken) > 1 else []


def second(
    topics: Sequence[str], parts: NDArray[np.float64], first: str, left_out: NDArray[np.bool_], *, floor: float
) -> str:
    """Return what was clearly asked besides the first question, or "".

    Args:
        topics: the topics, in the order of the columns.
        parts: probabilities of each sentence or piece, shape (parts, topics).
        first: the topic that is answered anyway.
        left_out: the topics that are no second question (greetings, asides, what Faro is not about), shape (topics,).
        floor: the probability that the part must reach.
    """
    if not len(parts):
        return ""
    clearest = np.where(left_out | (np.asarray(topics) == first), 0.0, parts).max(axis=0)
    place = int(clearest.argmax())
    return topics[place] if clearest[place] >= floor else ""


def _window(tokens: list[str], size: int, step: int) -> list[str]:
    starts = range(0, max(len(tokens) - size + step, 1), step)
    return [" ".join(tokens[start : start + size]) for start in starts if tokens[start : start + size]]
