"""The pieces of words that the encoder knows, in a table of numbers: 6 MB where 250,000 texts in a dictionary take 32.

The package's tokeniser asks for every stretch of a text whether it is a piece, or how one begins. It only calls `get`.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

#: No piece is there.
_EMPTY = -1


class Pieces:
    """A mapping of texts to numbers of at least 0 that keeps the hash of a text in its place.

    Two texts with the same 64 bits would be taken for one. Of the 250,000 that are kept no two have them but once in half a
    thousand million processes, and the bits are drawn anew in each.
    """

    def __init__(self, known: Mapping[str, int]) -> None:
        """Take the texts and their numbers; neither is kept."""
        hashes = np.fromiter(map(_hash, known), dtype=np.int64, count=len(known))
        numbers = np.fromiter(known.values(), dtype=np.int32, count=len(known))
        size = 1 << (2 * len(known)).bit_length()  # half empty, so that a search ends soon
        self._last = size - 1
        places = hashes & self._last
        table, found = np.zeros(size, dtype=np.int64), np.full(size, _EMPTY, dtype=np.int32)
        waiting = np.arange(len(known))
        while len(waiting):
            # Of those that want a free place the first gets it; the others look at the next place.
            wanted, first = np.unique(places[waiting], return_index=True)
            free = found[wanted] == _EMPTY
            seated = waiting[first[free]]
            table[wanted[free]], found[wanted[free]] = hashes[seated], numbers[seated]
            waiting = np.setdiff1d(waiting, seated, assume_unique=True)
            places[waiting] = (places[waiting] + 1) & self._last
        # Single numbers are read from these in half the time that an array takes.
        self._hashes, self._numbers = table.data, found.data

    def get(self, text: str) -> int | None:
        """Return the number of a text, None of one that is not known."""
        wanted = _hash(text)
        place = wanted & self._last
        while (number := self._numbers[place]) != _EMPTY:
            if self._hashes[place] == wanted:
                return number
            place = (place + 1) & self._last
        return None


def _hash(text: str) -> int:
    # Python hashes the bytes as they lie in memory, where two letters of Latin may be those of one Chinese sign.
    return hash(text) ^ len(text)
