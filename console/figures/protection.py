"""What is shown of a number, so that it points at nobody: see docs/adr/0011-counts-that-point-at-nobody.md.

From 1 to 4 is shown as "<5", everything else rounded to 5. Where a number could still be computed from the others of its
tables and their sums, one of those is hidden, too. Whatever a page says is made of what is shown, and of nothing else.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

#: Numbers from 1 to one below this are not told apart.
FEW = 5
#: Larger numbers are rounded to multiples of this.
STEP = 5

#: Larger than any number that is counted: what is hidden may be anything.
ANY = 1 << 40

#: Rounds of narrowing. A tree needs two; numbers that contradict each other would need them for ever.
MOST_ROUNDS = 10

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Shown:
    """A number as it is shown: between `low` and `high`, both possible."""

    low: int
    high: int

    @property
    def hidden(self) -> bool:
        """Whether nothing is shown of it."""
        return self.high >= ANY

    @property
    def few(self) -> bool:
        """Whether it is shown as "<5"."""
        return 0 < self.low < FEW

    @property
    def number(self) -> int:
        """The number to compute and to draw with: of few the middle, of a hidden one nothing."""
        if self.hidden:
            return 0
        return FEW // 2 if self.few else round((self.low + self.high) / 2 / STEP) * STEP


HIDDEN = Shown(0, ANY)
NOTHING = Shown(0, 0)


def shown(number: int) -> Shown:
    """A number as it is shown by itself."""
    if number <= 0:
        return NOTHING
    if number < FEW:
        return Shown(1, FEW - 1)
    rounded = (number + STEP // 2) // STEP * STEP
    return Shown(max(FEW, rounded - STEP // 2), rounded + STEP // 2)


@dataclass(frozen=True, slots=True)
class Sum(Generic[Key]):
    """The reader knows that `whole` is the sum of `parts`."""

    whole: Key
    parts: Sequence[Key]


def protect(numbers: Mapping[Key, int], sums: Sequence[Sum[Key]]) -> dict[Key, Shown]:
    """What is shown of numbers of which some are sums of others, so that no number below 5 can be computed.

    The sums must form a tree: a number is a part of at most one sum. Then what a reader can find out about a number is
    found exactly by narrowing the bounds, and when they leave one value for a number from 1 to 4, another number of its
    sums is hidden: the smallest of at least 5, else the smallest of all.
    """
    found = {key: shown(number) for key, number in numbers.items()}
    around: dict[Key, list[Key]] = defaultdict(list)
    for one in sums:
        together = [one.whole, *one.parts]
        for key in together:
            around[key] += [other for other in together if other != key]
    while True:
        known = narrowed(found, sums)
        pinned = [key for key, number in numbers.items() if 0 < number < FEW and known[key].low == known[key].high]
        if not pinned:
            return found
        for key in pinned:
            others = [other for other in around[key] if not found[other].hidden]
            if others:
                found[min(others, key=lambda other: (numbers[other] < FEW, numbers[other] == 0, numbers[other]))] = (
                    HIDDEN
                )
            else:
                found[key] = HIDDEN


def narrowed(found: Mapping[Key, Shown], sums: Sequence[Sum[Key]]) -> dict[Key, Shown]:
    """What a reader can find out: the narrowest bounds of each number, given what is shown and the sums."""
    low = {key: one.low for key, one in found.items()}
    high = {key: one.high for key, one in found.items()}
    upwards = _upwards(sums)
    changed, rounds = True, 0
    while changed and rounds < MOST_ROUNDS:
        changed, rounds = False, rounds + 1
        for one in upwards:
            least, most = sum(low[part] for part in one.parts), sum(high[part] for part in one.parts)
            changed |= _narrow(low, high, one.whole, least, most)
        for one in reversed(upwards):
            least, most = sum(low[part] for part in one.parts), sum(high[part] for part in one.parts)
            for part in one.parts:
                others_least, others_most = least - low[part], most - high[part]
                changed |= _narrow(low, high, part, low[one.whole] - others_most, high[one.whole] - others_least)
                least, most = others_least + low[part], others_most + high[part]
    return {key: Shown(low[key], high[key]) for key in found}


def _upwards(sums: Sequence[Sum[Key]]) -> list[Sum[Key]]:
    """The sums, each behind those of its parts: then one round finds what there is to find, and a second nothing more."""
    above = {part: one for one in sums for part in one.parts}

    def height(one: Sum[Key]) -> int:
        found, steps = above.get(one.whole), 0
        while found is not None and steps < len(sums):
            found, steps = above.get(found.whole), steps + 1
        return steps

    return sorted(sums, key=height, reverse=True)


def _narrow(low: dict[Key, int], high: dict[Key, int], key: Key, least: int, most: int) -> bool:
    changed = least > low[key] or most < high[key]
    low[key], high[key] = max(low[key], least), min(high[key], most)
    return changed
