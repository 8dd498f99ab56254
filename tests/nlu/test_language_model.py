"""The language of a text by the letters of the training examples."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.nlu.detector import NOTHING, Detection
from bot.nlu.language_model import LanguageModel, combine


@pytest.fixture(scope="module")
def letters(sample: Any) -> LanguageModel:
    return LanguageModel.fit(sample.examples.texts, sample.languages)


@pytest.mark.parametrize(
    ("text", "language"),
    [("cuanto cuesta volver", "es"), ("how much to go back", "en"), ("combien ca coute", "fr"), ("mi marido", "es")],
)
def test_short_messages_are_told_apart(letters: LanguageModel, text: str, language: str) -> None:
    found = letters.probabilities(text)
    assert max(found, key=lambda one: found[one]) == language
    assert sum(found.values()) == pytest.approx(1)


def test_a_saved_model_gives_exactly_the_same(letters: LanguageModel, tmp_path: Path) -> None:
    assert LanguageModel.load(tmp_path) is None
    letters.save(tmp_path)
    loaded = LanguageModel.load(tmp_path)
    assert loaded is not None
    assert loaded.probabilities("où est le médecin") == letters.probabilities("où est le médecin")


def test_one_language_alone_cannot_be_learnt() -> None:
    with pytest.raises(ValueError, match="at least two"):
        LanguageModel.fit(["hola"] * 9, ["es"] * 9)


@pytest.mark.parametrize(
    ("own", "detected", "expected"),
    [
        ({"es": 0.3, "fr": 0.7}, Detection("es"), Detection("fr")),  # the detector is not sure: 0.65 against 0.7
        ({"es": 0.3, "fr": 0.7}, Detection("es", reliable=True), Detection("es", reliable=True)),
        ({"es": 0.1, "fr": 0.9}, Detection("es", reliable=True), Detection("fr")),  # no agreement: not reliable
        ({"es": 0.05, "fr": 0.95}, Detection("fr"), Detection("fr", reliable=True)),
        ({"es": 0.4, "fr": 0.6}, Detection("fr"), Detection("fr")),
        ({"es": 0.4, "fr": 0.6}, NOTHING, NOTHING),
        ({"es": 0.05, "fr": 0.95}, NOTHING, Detection("fr")),
    ],
)
def test_letters_and_detector_are_weighed(own: dict[str, float], detected: Detection, expected: Detection) -> None:
    assert combine(own, detected, weight=0.35) == expected


@given(own=st.floats(0, 1), language=st.sampled_from(["", "es", "fr", "en"]), reliable=st.booleans())
def test_only_what_somebody_named_is_found_and_reliably_only_what_the_detector_named(
    own: float, language: str, reliable: bool
) -> None:
    found = combine({"es": own, "fr": 1 - own}, Detection(language, reliable), weight=0.35)
    assert found.language in {"", "es", "fr", language}
    assert not found.reliable or found.language == language
