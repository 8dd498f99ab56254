"""The classifier's arithmetic, without Rasa."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bot.nlu import topic_model, vectors
from bot.nlu.blend import Blend
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


def test_training_twice_gives_the_same_model(sample: Any, recipe: Recipe) -> None:
    first, second = (topic_model.fit(recipe, sample.examples) for _ in range(2))
    assert np.array_equal(first.model.linear.ngrams, second.model.linear.ngrams)
    assert first.model.blend == second.model.blend


def test_what_was_held_out_is_understood_and_believed_as_often_as_it_is_right(sample: Any, recipe: Recipe) -> None:
    trained = topic_model.fit(replace(recipe, folds=2), sample.examples)
    topics = np.array(trained.model.topics)
    right = topics[trained.held_out.argmax(axis=1)] == sample.examples.topics
    assert right.mean() > 0.8
    assert trained.held_out.max(axis=1).mean() == pytest.approx(right.mean(), abs=0.05)


def test_examples_that_are_too_few_to_hold_any_out_are_trained_without_calibration(recipe: Recipe) -> None:
    texts = ["hola", "adiós"]
    examples = Examples(texts, vectors.encode(texts), np.array(["greet", "goodbye"]))
    trained = topic_model.fit(replace(recipe, rarest=0.0), examples)
    assert trained.held_out is None
    assert trained.model.blend == Blend()
    assert understood(trained.model, "hola") == "greet"
    assert understood(trained.model, "adiós") == "goodbye"


def test_one_topic_alone_cannot_be_learnt(recipe: Recipe) -> None:
    texts = ["hola", "buenas"]
    examples = Examples(texts, vectors.encode(texts), np.array(["greet"] * 2))
    with pytest.raises(ValueError, match="two topics"):
        topic_model.fit(replace(recipe, rarest=0.0), examples)


def test_the_weight_of_a_block_is_the_length_of_its_part_of_a_row(recipe: Recipe) -> None:
    heavy = replace(recipe, character_weight=3.0, word_weight=0.0)
    ngrams = Ngrams.fit(heavy.blocks(), ["hola mundo", "hola gente"], rarest=1)
    assert np.linalg.norm(ngrams.transform(["hola mundo"]).toarray()) == pytest.approx(3.0, rel=1e-5)
    assert ngrams.transform([""]).nnz == 0


def test_accents_and_capitals_make_no_difference_to_ngrams(recipe: Recipe) -> None:
    ngrams = Ngrams.fit(recipe.blocks(), ["dónde está", "mi niño"], rarest=1)
    first, second = ngrams.transform(["DÓNDE está mi Niño", "donde esta mi nino"]).toarray()
    assert np.array_equal(first, second)
