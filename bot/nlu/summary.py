"""What was seen in the words of a text, in fewer numbers: mean and maximum of bot.nlu.reading. No Rasa in here."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bot.nlu.linear import Floats
from bot.nlu.nearest import unit
from bot.nlu.reading import PIECE

#: Examples from which the directions are found: more of them find the same.
_SAMPLE = 8_000


@dataclass(frozen=True, slots=True)
class Summary:
    """The directions in which texts differ most, once every number is seen from its mean in units of its spread."""

    origin: Floats
    spread: Floats
    directions: Floats

    @classmethod
    def fit(cls, seen: Floats, size: int) -> Summary:
        """Find at most `size` directions in rows of shape (texts, 2 * PIECE)."""
        origin, spread = seen.mean(axis=0), seen.std(axis=0)
        spread[spread == 0] = 1
        some = _standard(seen[:: max(len(seen) // _SAMPLE, 1)], origin, spread)
        _, found = np.linalg.eigh(some.T @ some)
        return cls(origin, spread, np.ascontiguousarray(found[:, ::-1][:, :size], dtype=np.float32))

    def inside(self, seen: Floats) -> Floats:
        """Return the rows in these directions, shape (texts, size)."""
        return np.asarray(_standard(seen, self.origin, self.spread) @ self.directions, dtype=np.float32)

    def save(self, path: Path) -> None:
        """Write everything to one npz file."""
        np.savez(path, origin=self.origin, spread=self.spread, directions=self.directions)

    @classmethod
    def load(cls, path: Path) -> Summary:
        """Read what `save` wrote."""
        with np.load(path, allow_pickle=False) as stored:
            return cls(stored["origin"], stored["spread"], stored["directions"])


def _standard(seen: Floats, origin: Floats, spread: Floats) -> Floats:
    rows = (seen - origin) / spread
    return np.hstack([unit(rows[:, :PIECE]), unit(rows[:, PIECE:])])  # a long text must not count for more
