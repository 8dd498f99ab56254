"""Two questions in one message: found when both are clear, and never out of small talk."""

from __future__ import annotations

import numpy as np
import pytest

from bot.nlu.story import MOST, second, sentences

TOPICS = ("greet", "health_cost", "return_cost", "school_enrolment")
SMALL_TALK = np.array([True, False, False, False])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("how do I go home", []),
        ("How do I go home? Who pays the flight?", ["How do I go home?", "Who pays the flight?"]),
        ("Hello. How do I go home?", []),
        (
            "quiero volver a mi país\ny mi hijo necesita escuela",
            ["quiero volver a mi país", "y mi hijo necesita escuela"],
        ),
        ("a b c. " * 40, ["a b c."] * MOST),
    ],
)
def test_the_sentences_of_a_message(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ([], ""),
        ([[0.0, 0.9, 0.05, 0.05], [0.0, 0.02, 0.03, 0.95]], "school_enrolment"),
        # The first question again, one that is not clear, and a greeting are no second question.
        ([[0.0, 0.9, 0.05, 0.05], [0.0, 0.95, 0.03, 0.02]], ""),
        ([[0.0, 0.9, 0.05, 0.05], [0.0, 0.2, 0.0, 0.8]], ""),
        ([[0.99, 0.0, 0.0, 0.01], [0.0, 0.9, 0.05, 0.05]], ""),
    ],
)
def test_the_second_question_is_the_clearest_other_one(parts: list[list[float]], expected: str) -> None:
    rows = np.array(parts).reshape(-1, len(TOPICS))
    assert second(TOPICS, rows, "health_cost", SMALL_TALK, floor=0.85) == expected
