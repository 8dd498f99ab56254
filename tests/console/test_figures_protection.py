"""No number below 5 can be computed from what is shown, however one reckons."""

from __future__ import annotations

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from console.figures.protection import FEW, HIDDEN, NOTHING, Shown, Sum, narrowed, protect, shown


def test_a_number_is_nothing_few_or_rounded() -> None:
    assert shown(0) == NOTHING == shown(-3)
    assert [shown(number) for number in range(1, 5)] == [Shown(1, 4)] * 4
    assert shown(5) == shown(7) == Shown(5, 7)
    assert shown(8) == shown(12) == Shown(8, 12)
    assert [shown(number).number for number in (0, 1, 4, 5, 7, 8, 12, 13, 1_232)] == [0, 2, 2, 5, 5, 10, 10, 15, 1_230]
    assert HIDDEN.number == 0 and HIDDEN.hidden and not HIDDEN.few


@given(st.integers(0, 10_000))
def test_the_bounds_hold_the_number_and_nothing_small_alone(number: int) -> None:
    found = shown(number)
    assert found.low <= number <= found.high
    assert number == 0 or found.high - found.low >= 2


def test_two_fours_under_their_sum_are_not_given_away() -> None:
    numbers = {"all": 8, "a": 4, "b": 4}
    alone = {key: shown(number) for key, number in numbers.items()}
    sums = [Sum("all", ["a", "b"])]
    assert narrowed(alone, sums)["a"] == Shown(4, 4), "8 is shown as 10, which is 8 at least"
    found = narrowed(protect(numbers, sums), sums)
    assert found["a"].low < found["a"].high or protect(numbers, sums)["a"].hidden


#: Messages by outcome, each of them by day; and the same messages by language.
TREES = st.tuples(
    st.lists(st.lists(st.integers(0, 6), min_size=2, max_size=2), min_size=1, max_size=2),
    st.integers(0, 100),
)


def _tree(days: list[list[int]], share: int) -> tuple[dict[str, int], list[Sum[str]]]:
    numbers: dict[str, int] = {}
    sums = []
    for outcome, each in enumerate(days):
        for day, number in enumerate(each):
            numbers[f"o{outcome}d{day}"] = number
        numbers[f"o{outcome}"] = sum(each)
        sums.append(Sum(f"o{outcome}", [f"o{outcome}d{day}" for day in range(len(each))]))
    numbers["all"] = sum(map(sum, days))
    sums.append(Sum("all", [f"o{outcome}" for outcome in range(len(days))]))
    numbers["es"] = numbers["all"] * share // 100
    numbers["en"] = numbers["all"] - numbers["es"]
    sums.append(Sum("all", ["es", "en"]))
    return numbers, sums


def _possible(found: dict[str, Shown], outcomes: int, most: int) -> dict[str, set[int]]:
    """Every value of every number that fits all that is shown, by trying them all: nothing of the bounds is used."""
    leaves = [f"o{outcome}d{day}" for outcome in range(outcomes) for day in range(2)]
    ranges = [range(found[leaf].low, min(found[leaf].high, most) + 1) for leaf in leaves]
    possible: dict[str, set[int]] = {key: set() for key in found}
    for values in itertools.product(*ranges):
        there = dict(zip(leaves, values, strict=True))
        for outcome in range(outcomes):
            there[f"o{outcome}"] = there[f"o{outcome}d0"] + there[f"o{outcome}d1"]
        there["all"] = sum(values)
        if not all(found[key].low <= number <= found[key].high for key, number in there.items()):
            continue
        fitting = [
            number
            for number in range(found["es"].low, min(found["es"].high, there["all"]) + 1)
            if found["en"].low <= there["all"] - number <= found["en"].high
        ]
        if not fitting:
            continue
        for key, number in there.items():
            possible[key].add(number)
        possible["es"].update(fitting)
        possible["en"].update(there["all"] - number for number in fitting)
    return possible


@settings(max_examples=150, deadline=None)
@given(TREES)
def test_nothing_below_5_can_be_derived_from_tables_and_their_sums(tree: tuple[list[list[int]], int]) -> None:
    days, share = tree
    numbers, sums = _tree(days, share)
    found = protect(numbers, sums)
    possible = _possible(found, len(days), most=12)
    for key, number in numbers.items():
        assert number in possible[key], "what is shown is true"
        if 0 < number < FEW:
            assert len(possible[key]) > 1, f"{key} is given away by {found}"


@given(st.dictionaries(st.text(max_size=3), st.integers(0, 400), max_size=30))
def test_hiding_ends_and_large_tables_lose_little(numbers: dict[str, int]) -> None:
    parts = {f"part {key}": number for key, number in numbers.items()}
    found = protect({"all": sum(parts.values()), **parts}, [Sum("all", list(parts))])
    assert sum(one.hidden for one in found.values()) <= max(1, sum(0 < number < FEW for number in parts.values()))
