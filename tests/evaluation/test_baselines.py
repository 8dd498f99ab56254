"""The models that Faro is measured beside: trained on the same examples, and each on its own kind of features."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from bot.evaluation import baselines
from bot.evaluation.questions import Question
from bot.settings import ROOT

#: Words that mean the same for the stand-in of the encoder, and share no letters for the n-grams.
MEANINGS = (("snake", "culebra", "bit"), ("ticket", "pasaje", "cost"), ("hello", "buenas", "morning"))

#: Five times: rare n-grams are left out.
TEXTS = 5 * [
    *("a snake bit me", "snake bit my leg", "the snake bit him"),
    *("what does the ticket cost", "the cost of a ticket", "is there a cost for the ticket"),
    *("hello good morning", "good morning all", "hello to all, good morning"),
]
TOPICS = 5 * (["snakebite"] * 3 + ["return_cost"] * 3 + ["greet"] * 3)


def encode(texts: Sequence[str]) -> np.ndarray:
    """One number per meaning, of length 1: a stand-in for the sentence encoder."""
    rows = np.array([[sum(word in text for word in words) for words in MEANINGS] for text in texts], dtype=np.float32)
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-6)


def asked(*pairs: tuple[str, str]) -> list[Question]:
    return [Question("en", topic, "plain", text, "en.yml", n) for n, (topic, text) in enumerate(pairs, 3)]


@pytest.fixture(scope="module")
def rankers() -> dict[str, baselines.Ranker]:
    return baselines.train(TEXTS, TOPICS, encode)


@pytest.mark.parametrize("name", [baselines.NEAREST, baselines.NGRAMS, baselines.ENCODER])
def test_each_baseline_answers_what_it_was_taught(rankers: dict[str, baselines.Ranker], name: str) -> None:
    questions = asked(("snakebite", "the snake bit her"), ("return_cost", "ticket cost"), ("greet", "good morning"))
    found = baselines.ask(rankers, TOPICS, questions)[name]
    assert [one.predicted for one in found] == ["snakebite", "return_cost", "greet"]
    assert all(len(one.ranking) == 3 for one in found)
    for one in found:
        scores = [score for _, score in one.ranking]
        assert scores == sorted(scores, reverse=True)
        assert 0 <= scores[-1] <= scores[0] <= 1


def test_only_those_with_the_encoder_know_words_of_another_language(rankers: dict[str, baselines.Ranker]) -> None:
    found = baselines.ask(rankers, TOPICS, asked(("snakebite", "culebra"), ("return_cost", "pasaje")))
    for name in (baselines.NEAREST, baselines.ENCODER):
        assert all(one.right for one in found[name]), name
    # Without a known letter all topics are alike, whatever comes first.
    scores = [score for _, score in found[baselines.NGRAMS][0].ranking]
    assert scores[0] - scores[-1] < 0.5
    assert not all(one.right for one in found[baselines.NGRAMS])


def test_the_nearest_neighbour_is_as_near_as_the_nearest_example_of_its_topic() -> None:
    known = np.array([[1, 0], [0, 1], [0.6, 0.8]], dtype=np.float32)
    rank = baselines.nearest(known, np.array(["b", "a", "b"]), lambda texts: np.array([[0, 1]], dtype=np.float32))
    assert rank(["whatever"])[0].tolist() == pytest.approx([1.0, 0.8])  # in alphabetical order: a, b


def test_one_topic_alone_cannot_be_learnt() -> None:
    with pytest.raises(ValueError, match="two topics"):
        baselines.train(["a", "b"], ["greet", "greet"], encode)


def test_the_examples_are_those_of_the_project() -> None:
    texts, topics = baselines.examples(ROOT)
    assert len(texts) == len(topics) > 10_000
    register = (ROOT / "data" / "topics.yml").read_text(encoding="utf-8")
    assert all(f"    {topic}:" in register for topic in {*topics})
