"""When two sentences are nearly the same: the rule by which training examples are kept apart."""

from __future__ import annotations

import re
import unicodedata

#: From this share of common words on, two sentences of at least FEW words are nearly the same.
NEAR = 0.85
FEW = 5


class _Signs(dict[int, str | None]):
    """What becomes of each sign of a decomposed text; filled as signs are met."""

    def __missing__(self, code: int) -> str | None:
        sign = chr(code)
        plain = None if unicodedata.combining(sign) else re.sub(r"[^\w\s]|_", " ", sign)
        self[code] = plain
        return plain


_PLAIN = _Signs()


def normalised(text: str) -> str:
    """Without capitals, accents, punctuation and double blanks; what has no letters stays as it is."""
    return " ".join(unicodedata.normalize("NFKD", text.casefold()).translate(_PLAIN).split()) or text.strip()


def nearly_the_same(one: str, other: str) -> bool:
    """Whether two normalised sentences say the same in nearly the same words, in whatever order."""
    if one == other:
        return True
    words, others = frozenset(one.split()), frozenset(other.split())
    if min(len(words), len(others)) < FEW:
        return False
    return len(words & others) / len(words | others) >= NEAR
