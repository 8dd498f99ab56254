"""The classifier's arithmetic, without Rasa."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.special import softmax

from bot.nlu import linear, topic_model, vectors
from bot.nlu.ngrams import Ngrams
from bot.nlu.topic_model import Examples, Recipe, TopicModel


def understood(model: TopicModel, text: str) -> str:
    found = model.probabilities([text], vectors.encode([text]), vectors.encode)
    return model.topics[int(found[0].argmax())]


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("¿cuánto tengo que pagar por el boleto de avión?", "return_cost"),
        ("do i have to pay for the plane", "return_cost"),
        ("dois-je payer le billet d'avion", "return_cost"),
        ("le mordió una víbora en el pie", "snakebite"),
        ("meu marido me bate", "domestic_violence"),  # Portuguese, of which there is no example
        ("my hsuband hits me evry night", "domestic_violence"),
    ],
)
def test_new_wordings_are_understood(model: TopicModel, text: str, topic: str) -> None:
    assert understood(model, text) == topic


def test_probabilities_are_probabilities(model: TopicModel) -> None:
    texts = ["", "hola", "x" * 5_000, "😀", "كيف أعود إلى بلدي"]
    found = model.probabilities(texts, vectors.encode(texts), vectors.encode)
    assert found.shape == (len(texts), len(model.topics))
    assert np.all(found >= 0)
    assert np.allclose(found.sum(axis=1), 1)


def test_a_saved_model_gives_exactly_the_same(model: TopicModel, recipe: Recipe, tmp_path: Path) -> None:
    model.save(tmp_path)
    loaded = TopicModel.load(recipe, tmp_path)
    texts = ["hola", "quién paga el vuelo", "serpient bite"]
    encoded = vectors.encode(texts)
    first = model.probabilities(texts, encoded, vectors.encode)
    assert np.array_equal(first, loaded.probabilities(texts, encoded, vectors.encode))


def test_training_twice_gives_the_same_weights(sample: Any, recipe: Recipe) -> None:
    quick = replace(recipe, folds=0, noise=0.2)
    first, second = (topic_model.fit(quick, sample.examples, vectors.encode) for _ in range(2))
    assert np.array_equal(first.linear.weights, second.linear.weights)


def test_noise_adds_examples_and_changes_the_weights(sample: Any, recipe: Recipe) -> None:
    spoilt = sample.examples.spoilt(replace(recipe, noise=1.0), vectors.encode)
    assert len(spoilt.texts) > 1.9 * len(sample.examples.texts)
    assert len(spoilt.texts) == len(spoilt.vectors) == len(spoilt.topics)


def test_half_the_examples_of_each_topic_are_enough_for_the_other_half(sample: Any, recipe: Recipe) -> None:
    scores = topic_model.held_out(replace(recipe, folds=2), sample.examples, vectors.encode)
    topics = np.array(sorted(set(sample.examples.topics)))
    assert (topics[scores.argmax(axis=1)] == sample.examples.topics).mean() > 0.8


def test_examples_that_are_too_few_to_hold_any_out_are_trained_without_calibration(recipe: Recipe) -> None:
    texts = ["hola", "adiós"]
    examples = Examples(texts, vectors.encode(texts), np.array(["greet", "goodbye"]))
    model = topic_model.fit(replace(recipe, rarest=1), examples, vectors.encode)
    assert model.linear.temperature == 1.0
    assert understood(model, "hola") == "greet"
    assert understood(model, "adiós") == "goodbye"


def test_one_topic_alone_cannot_be_learnt(recipe: Recipe) -> None:
    texts = ["hola", "buenas"]
    examples = Examples(texts, vectors.encode(texts), np.array(["greet"] * 2))
    with pytest.raises(ValueError, match="class"):
        topic_model.fit(replace(recipe, rarest=1), examples, vectors.encode)


@pytest.mark.parametrize("true_temperature", [0.4, 1.0, 2.5])
def test_the_temperature_that_was_used_is_found_again(true_temperature: float) -> None:
    random = np.random.default_rng(1)
    logits = random.normal(scale=3, size=(20_000, 5)).astype(np.float32)
    chances = softmax(logits / true_temperature, axis=1)
    truth = np.array([random.choice(5, p=row) for row in chances])
    assert linear.temperature(logits, truth) == pytest.approx(true_temperature, rel=0.05)


def test_the_weight_of_a_block_is_the_length_of_its_part_of_a_row(recipe: Recipe) -> None:
    heavy = replace(recipe, character_weight=3.0, word_weight=0.0)
    ngrams = Ngrams.fit(heavy.blocks(), ["hola mundo", "hola gente"], rarest=1)
    assert np.linalg.norm(ngrams.transform(["hola mundo"]).toarray()) == pytest.approx(3.0, rel=1e-5)
    assert ngrams.transform([""]).nnz == 0


def test_accents_and_capitals_make_no_difference_to_ngrams(recipe: Recipe) -> None:
    ngrams = Ngrams.fit(recipe.blocks(), ["dónde está", "mi niño"], rarest=1)
    first, second = ngrams.transform(["DÓNDE está mi Niño", "donde esta mi nino"]).toarray()
    assert np.array_equal(first, second)
