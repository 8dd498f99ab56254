"""Held-out folds."""

from __future__ import annotations

import numpy as np
import pytest

from bot.nlu import folds
from bot.nlu.nearest import unit

RANDOM = np.random.default_rng(1)
SAYINGS = unit(RANDOM.normal(size=(60, 40)).astype(np.float32))
#: Every saying three times, with a little noise, as in three languages.
POINTS = unit(np.repeat(SAYINGS, 3, axis=0) + RANDOM.normal(scale=0.02, size=(180, 40)).astype(np.float32))
TOPICS = np.repeat(np.array(["a", "b", "c"]), 60)


def test_what_says_the_same_is_held_out_together_and_every_topic_everywhere() -> None:
    fold = folds.deal(POINTS, TOPICS, count=3, seed=1)
    assert (fold.reshape(60, 3) == fold.reshape(60, 3)[:, :1]).all()
    for topic in "abc":
        shares = np.bincount(fold[topic == TOPICS])
        assert len(shares) == 3 and shares.max() - shares.min() <= 6


def test_the_same_seed_deals_the_same_and_another_does_not() -> None:
    first, again, other = (folds.deal(POINTS, TOPICS, count=2, seed=seed) for seed in (1, 1, 2))
    assert np.array_equal(first, again) and not np.array_equal(first, other)


def test_two_topics_are_never_one_group_and_what_has_no_direction_is_one_of_its_own() -> None:
    same = np.ones((4, 3), dtype=np.float32) / np.sqrt(3)
    assert folds.groups(same, np.array(["a", "a", "b", "b"])).tolist() == [0, 0, 1, 1]
    assert len(set(folds.groups(np.zeros((3, 3), dtype=np.float32), np.array(["a"] * 3)).tolist())) == 3


def test_a_topic_that_says_but_one_thing_cannot_be_dealt() -> None:
    with pytest.raises(ValueError, match="too few"):
        folds.deal(POINTS[:3], TOPICS[:3], count=2, seed=1)
