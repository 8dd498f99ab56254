"""Which language Faro answers in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.nlu.detector import NOTHING, Detection
from bot.nlu.language_choice import decide

SURE_EN, GUESS_EN = Detection("en", reliable=True), Detection("en")


@pytest.mark.parametrize(
    ("text", "detection", "current", "chosen", "expected"),
    [
        # the first message decides, however short and unsure
        ("hello", GUESS_EN, "", False, "en"),
        ("i need help please", SURE_EN, "", False, "en"),
        # nothing can be told: default first, then whatever was
        ("😀", NOTHING, "", False, "es"),
        ("12345", NOTHING, "fr", False, "fr"),
        ("", NOTHING, "fr", True, "fr"),
        # one word never switches, not even a sure one; what is no word does not count as one
        ("hello", SURE_EN, "es", False, "es"),
        ("hello 😀 !!! 123", SURE_EN, "es", False, "es"),
        # two words switch when the detector is sure
        ("thank you", SURE_EN, "es", False, "en"),
        ("visa doctor", GUESS_EN, "es", False, "es"),
        # three switch
        ("where is doctor", GUESS_EN, "es", False, "en"),
        # a choice stands until the person clearly writes in another language
        ("where is doctor", SURE_EN, "es", True, "es"),
        ("where is the doctor", GUESS_EN, "es", True, "es"),
        ("where is the doctor", SURE_EN, "es", True, "en"),
        ("donde esta el doctor", Detection("es", reliable=True), "es", True, "es"),
        # a choice of nothing is none
        ("hello", GUESS_EN, "", True, "en"),
    ],
)
def test_the_language_follows_the_person_without_jumping_about(
    text: str, detection: Detection, current: str, chosen: bool, expected: str
) -> None:
    assert decide(text, detection, current, chosen=chosen, default="es") == expected


LANGUAGES = st.sampled_from(["es", "en", "fr", "xx"])


@given(
    text=st.text(),
    detection=st.builds(Detection, st.sampled_from(["", "es", "en", "fr", "xx"]), st.booleans()),
    current=st.sampled_from(["", "es", "en", "fr", "xx"]),
    chosen=st.booleans(),
    default=LANGUAGES,
)
def test_the_answer_is_always_a_language_that_somebody_named(
    text: str, detection: Detection, current: str, chosen: bool, default: str
) -> None:
    language = decide(text, detection, current, chosen=chosen, default=default)
    assert language
    assert language in {detection.language, current, default}


@given(text=st.text(), detection=st.builds(Detection, LANGUAGES, st.booleans()), current=LANGUAGES)
def test_a_choice_never_makes_switching_easier(text: str, detection: Detection, current: str) -> None:
    if decide(text, detection, current, chosen=True, default="es") != current:
        assert decide(text, detection, current, chosen=False, default="es") != current


@given(text=st.text(), detection=st.builds(Detection, LANGUAGES, st.booleans()), default=LANGUAGES)
def test_asking_again_with_the_answer_gives_the_same_answer(text: str, detection: Detection, default: str) -> None:
    first = decide(text, detection, "", chosen=False, default=default)
    assert decide(text, detection, first, chosen=False, default=default) == first
