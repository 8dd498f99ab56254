"""Near-duplicates of one language, put together so that a question is decided about once.

Strict on purpose: "I want to go back" and "I do not want to go back" differ in a word and in everything. Two texts are
together when they have the same words in any order, or as many words of which each is a slip of the other.
"""

from __future__ import annotations

from collections.abc import Sequence

from rapidfuzz import fuzz, process

from console.review.sameness import normalised

#: How alike two texts, and then each pair of their words, must be (rapidfuzz's ratio, 0 to 100). A slip in a word of four
#: letters is 75; "con" and "sin" are 33.
TEXTS_ALIKE = 85
WORDS_ALIKE = 75

#: Shorter words carry no slip: "no" and "ni", "si" and "mi".
SHORTEST_SLIP = 4

#: Leaders that are looked at more closely for one text.
_CANDIDATES = 3


def group(texts: Sequence[str]) -> list[list[int]]:
    """The places of the texts, those of near-duplicates together, in the order of the first of each group."""
    groups: list[list[int]] = []
    by_words: dict[tuple[str, ...], int] = {}
    #: Number of words -> the first text of each group with so many, and the groups' numbers.
    leaders: dict[int, tuple[list[str], list[int]]] = {}
    for place, text in enumerate(texts):
        plain = normalised(text)
        words = plain.split()
        key = tuple(sorted(words))
        number = by_words.get(key)
        if number is None:
            known, numbers = leaders.setdefault(len(words), ([], []))
            number = _near(plain, known, numbers)
            if number is None:
                number = len(groups)
                groups.append([])
                known.append(plain)
                numbers.append(number)
            by_words[key] = number
        groups[number].append(place)
    return groups


def alike(one: str, other: str) -> bool:
    """Whether two normalised texts have as many words, each a slip of the one at the same place."""
    words, others = one.split(), other.split()
    return len(words) == len(others) and all(map(_slip, words, others))


def _slip(one: str, other: str) -> bool:
    if one == other:
        return True
    if not (one.isalpha() and other.isalpha()):  # another number is another matter
        return False
    return min(len(one), len(other)) >= SHORTEST_SLIP and fuzz.ratio(one, other) >= WORDS_ALIKE


def _near(plain: str, known: Sequence[str], numbers: Sequence[int]) -> int | None:
    found = process.extract(plain, known, scorer=fuzz.ratio, score_cutoff=TEXTS_ALIKE, limit=_CANDIDATES)
    return next((numbers[at] for text, _, at in found if alike(plain, text)), None)
