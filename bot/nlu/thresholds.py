"""Thresholds that differ from language to language, fitted on held-out examples rather than by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

#: Examples of a language from which on it has a threshold of its own.
FEWEST = 200


@dataclass(frozen=True, slots=True)
class Thresholds:
    """A probability per language, and one for every other language."""

    otherwise: float
    languages: Mapping[str, float] = field(default_factory=dict)

    def of(self, language: str) -> float:
        """Return the threshold of a language."""
        return self.languages.get(language, self.otherwise)

    def as_json(self) -> dict[str, Any]:
        """Return what `read` takes."""
        return asdict(self)

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> Thresholds:
        """Rebuild what `as_json` returned."""
        return cls(float(stored["otherwise"]), {str(key): float(value) for key, value in stored["languages"].items()})


def fit(
    probabilities: NDArray[np.float64], languages: NDArray[np.str_], *, share: float, otherwise: float
) -> Thresholds:
    """Return the thresholds above which, in each language, this share of the given examples lies.

    Args:
        probabilities: of held-out examples that should lie below.
        languages: the language of each of them.
        share: in [0, 1]: how many are allowed above.
        otherwise: the threshold of a language with fewer than FEWEST examples.
    """
    found = {
        str(language): float(np.quantile(probabilities[languages == language], 1 - share))
        for language in np.unique(languages)
        if language and (languages == language).sum() >= FEWEST
    }
    return Thresholds(otherwise, found)
