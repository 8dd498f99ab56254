"""What is decided about a message, with a small real model."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bot.nlu import vectors
from bot.nlu.decision import Judge, Rules
from bot.nlu.thresholds import Thresholds
from bot.nlu.topic_model import TopicModel

RULES = Rules(
    safety_topics=("snakebite", "domestic_violence"),
    small_talk=("greet",),
    danger=Thresholds(0.2),
    margin=1.0,
    piece_floor=0.8,
    piece_whole=0.0,
    outside=Thresholds(0.9),
    floor=0.2,
    share=0.4,
    first=0.3,
    also_floor=0.85,
    length=20,
)


@pytest.fixture
def judge(model: TopicModel) -> Judge:
    return Judge(model, RULES)


@pytest.mark.parametrize(
    "text",
    [
        "me mordió una culebra",
        "mordioooooo culebraaaa",
        "\u0644\u062f\u063a\u062a\u0646\u064a \u0623\u0641\u0639\u0649",
    ],
)
def test_a_danger_is_heard_however_it_is_spelt(judge: Judge, text: str) -> None:
    decision = judge.decide(text, "es", vectors.encode)
    assert decision.ranking.safety and not decision.rejected


@pytest.mark.parametrize("text", ["blorp blorp", "xqzt vvkw", "qwxz"])
def test_gibberish_is_no_danger_however_little_it_takes(judge: Judge, text: str) -> None:
    wary = replace(judge, rules=replace(RULES, danger=Thresholds(0.0)))
    decision = wary.decide(text, "es", vectors.encode)
    assert not decision.ranking.safety
    assert wary.decide("me duele", "es", vectors.encode).ranking.safety, "a word makes the difference"


def test_a_vector_that_is_there_already_is_not_made_again(judge: Judge) -> None:
    text = "cuánto cuesta el boleto"
    given = judge.decide(text, "es", vectors.encode, vectors.encode([text]))
    assert np.allclose(given.whole, judge.decide(text, "es", vectors.encode).whole, atol=1e-5)


STORY = (
    "Llegué a David en marzo con mi primo y trabajamos en una finca. Después mi primo se fue a Chiriquí y yo me quedé. Ayer "
    "me mordió una culebra en la pierna. Mi hermana dice que la vida es así y que todo pasa cuando uno tiene paciencia."
)


def test_danger_in_one_sentence_counts_when_the_whole_hints_at_it(judge: Judge) -> None:
    wary = replace(RULES, danger=Thresholds(1.1), piece_floor=0.2)
    hint = float(
        judge.decide(STORY, "es", vectors.encode).whole[[t in RULES.safety_topics for t in judge.model.topics]].sum()
    )
    hinted = replace(judge, rules=replace(wary, piece_whole=hint / 2)).decide(STORY, "es", vectors.encode)
    assert hinted.ranking.safety and hinted.ranking.topics[0][0] == "snakebite"
    alone = replace(judge, rules=replace(wary, piece_whole=min(hint * 1.5, 1.0))).decide(STORY, "es", vectors.encode)
    assert not alone.ranking.safety
