"""A long message, cut into pieces short enough that a danger told in one sentence is not drowned by the others."""

from __future__ import annotations

import math
import re

from bot.nlu.text import clean

#: Words up to which a message is understood as a whole; training examples rarely have more.
LONG = 25
#: Words of a piece: about the length of the sentences that the classifier learnt from.
PIECE = 14
#: Pieces of a message at most: 12 cost about 10 ms, and a turn must stay under 20.
MOST = 12

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


def _window(tokens: list[str], size: int, step: int) -> list[str]:
    starts = range(0, max(len(tokens) - size + step, 1), step)
    return [" ".join(tokens[start : start + size]) for start in starts if tokens[start : start + size]]
