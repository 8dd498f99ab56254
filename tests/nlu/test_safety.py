"""Danger comes first."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.nlu.safety import Caution, rank

TOPICS = ("greet", "return_cost", "violence", "trafficking")
DANGER = frozenset({"violence", "trafficking"})
CAUTION = Caution(margin=0.5, floor=0.25, piece_floor=0.8)
NO_PIECES = np.zeros((0, 4))


def ranked(whole: list[float], pieces: list[list[float]] | None = None, caution: Caution = CAUTION):
    rows = np.array(pieces) if pieces else NO_PIECES
    return rank(TOPICS, np.array(whole), rows, DANGER, caution, length=10)


@pytest.mark.parametrize(
    ("whole", "first", "confidence", "safety"),
    [
        ([0.05, 0.55, 0.3, 0.1], "violence", 0.55, True),  # nearly as likely: wins, as sure as the topic it displaces
        ([0.1, 0.2, 0.3, 0.4], "trafficking", 0.7, True),  # two dangers do not cancel each other out
        ([0.0, 0.8, 0.15, 0.05], "return_cost", 0.8, False),  # danger is too unlikely
        ([0.0, 0.74, 0.13, 0.13], "return_cost", 0.74, False),  # danger reaches the floor, no topic of it the margin
        ([0.25, 0.2, 0.22, 0.0], "greet", 0.25, False),  # below the floor nothing is promoted
        ([0.0, 0.0, 1.0, 0.0], "violence", 1.0, True),
    ],
)
def test_a_safety_topic_wins_ties(whole: list[float], first: str, confidence: float, safety: bool) -> None:
    ranking = ranked(whole)
    assert ranking.topics[0] == (first, pytest.approx(confidence))
    assert ranking.safety is safety


def test_danger_in_one_sentence_of_a_story_comes_first() -> None:
    ranking = ranked([0.1, 0.85, 0.05, 0.0], pieces=[[0.9, 0.1, 0.0, 0.0], [0.02, 0.03, 0.9, 0.05]])
    assert ranking.topics[0] == ("violence", pytest.approx(0.95))
    assert ranking.topics[1] == ("return_cost", 0.85)
    assert ranking.safety


def test_a_greeting_or_half_a_suspicion_in_one_sentence_changes_nothing() -> None:
    ranking = ranked([0.1, 0.85, 0.05, 0.0], pieces=[[1.0, 0.0, 0.0, 0.0], [0.3, 0.0, 0.7, 0.0]])
    assert ranking.topics[0] == ("return_cost", 0.85)
    assert not ranking.safety


def test_without_safety_topics_the_likeliest_comes_first() -> None:
    ranking = rank(TOPICS, np.array([0.1, 0.2, 0.3, 0.4]), NO_PIECES, frozenset(), CAUTION, length=2)
    assert ranking.topics == (("trafficking", 0.4), ("violence", 0.3))
    assert not ranking.safety


rows = st.lists(st.floats(0.001, 1), min_size=4, max_size=4).map(lambda row: [value / sum(row) for value in row])


@given(whole=rows, pieces=st.lists(rows, max_size=4), margin=st.floats(0, 1), floor=st.floats(0.01, 1))
def test_a_ranking_is_sorted_complete_and_never_loses_the_likeliest(
    whole: list[float], pieces: list[list[float]], margin: float, floor: float
) -> None:
    ranking = ranked(whole, pieces, Caution(margin, floor, 0.8))
    values = [value for _, value in ranking.topics]
    assert values == sorted(values, reverse=True)
    assert {topic for topic, _ in ranking.topics} == set(TOPICS)
    assert all(0 <= value <= 1 for value in values)
    assert values[0] >= max(whole) - 1e-9
    assert TOPICS[int(np.argmax(whole))] in [topic for topic, _ in ranking.topics[:2]]


@given(whole=rows, pieces=st.lists(rows, max_size=3), more=st.floats(0, 0.5))
def test_more_caution_never_hides_a_danger(whole: list[float], pieces: list[list[float]], more: float) -> None:
    if ranked(whole, pieces).safety:
        wider = Caution(CAUTION.margin + more, max(CAUTION.floor - more, 0.01), max(CAUTION.piece_floor - more, 0.01))
        assert ranked(whole, pieces, wider).safety
