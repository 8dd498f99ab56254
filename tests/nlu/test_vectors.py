"""Sentence vectors."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu import vectors
from bot.nlu.encoder import SentenceEncoder


def test_the_same_question_is_close_in_all_languages_and_another_is_far() -> None:
    es, en, fr, other = vectors.encode(
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
    for length in np.linalg.norm(found, axis=1):
        assert length == 0 or abs(length - 1) < 1e-4


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
