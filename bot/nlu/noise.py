"""Copies of training examples as phones spoil them: no accents, no punctuation, slips of a thumb."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence

from bot.nlu.text import fold

_PUNCTUATION = re.compile(r"[^\w\s]+")
#: Letters that lie beside each other on the keyboards of the three languages' phones (QWERTY).
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
#: Words shorter than this are left alone: a slip in "no" makes another word of it.
_SHORTEST = 4


def plain(text: str) -> str:
    """Return the text in lower case without accents and punctuation."""
    return " ".join(_PUNCTUATION.sub(" ", fold(text)).split())


def slip(text: str, chance: random.Random) -> str:
    """Return the plain text with one slip: two letters swapped, one left out, doubled, or its neighbour hit."""
    tokens = plain(text).split()
    long_enough = [place for place, token in enumerate(tokens) if len(token) >= _SHORTEST]
    if not long_enough:
        return " ".join(tokens)
    place = chance.choice(long_enough)
    token = tokens[place]
    at = chance.randrange(1, len(token) - 1)
    spoilt = chance.choice(
        (
            token[:at] + token[at + 1] + token[at] + token[at + 2 :],
            token[:at] + token[at + 1 :],
            token[:at] + token[at] + token[at:],
            token[:at] + _neighbour(token[at], chance) + token[at + 1 :],
        )
    )
    return " ".join([*tokens[:place], spoilt, *tokens[place + 1 :]])


def copies(texts: Sequence[str], *, share: float, seed: int) -> list[tuple[int, str]]:
    """Return (place of the original, spoilt copy) pairs: no accents, no punctuation, one slip.

    Copies without a slip were measured and gained nothing: the n-grams are folded anyway.

    Args:
        texts: the examples.
        share: share of the examples, from 0 to 1, that get a copy.
        seed: the same seed gives the same copies.
    """
    chance = random.Random(seed)  # noqa: S311 - spoils examples, guards nothing
    spoilt = [(place, slip(text, chance)) for place, text in enumerate(texts) if chance.random() < share]
    return [(place, text) for place, text in spoilt if text]


def _neighbour(letter: str, chance: random.Random) -> str:
    for row in _ROWS:
        at = row.find(letter)
        if at >= 0:
            return chance.choice(row[max(at - 1, 0) : at] + row[at + 1 : at + 2])
    return letter
