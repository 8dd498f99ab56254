"""The language of a text, with the detector of this platform."""

from __future__ import annotations

import importlib.util

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.nlu import one_word
from bot.nlu.detector import NOTHING, Detection, _langidentify, detector

LANGUAGES = ("en", "es", "fr")
SENTENCES = [
    ("quiero volver a mi país pero no tengo pasaporte", "es"),
    ("how can i get back to my country without papers", "en"),
    ("je veux rentrer chez moi mais je n'ai pas de papiers", "fr"),
    ("NO TENGO DINERO PARA EL PASAJE", "es"),
    ("necesito ayuda\x00 para mi hijo", "es"),
]


@pytest.mark.parametrize(("text", "language"), SENTENCES)
def test_a_sentence_is_recognised_reliably(text: str, language: str) -> None:
    assert detector(LANGUAGES)(text) == Detection(language, reliable=True)


@pytest.mark.skipif(
    importlib.util.find_spec("langidentify") is None, reason="langidentify is installed only where eldc has no wheel"
)
@pytest.mark.parametrize(("text", "language"), SENTENCES)
def test_the_stand_in_recognises_it_too(text: str, language: str) -> None:
    assert _langidentify(LANGUAGES)(text).language == language


@pytest.mark.parametrize("text", ["", "😀", "12345", "\x00", "مرحبا"])
def test_what_has_no_language_among_these_has_none(text: str) -> None:
    assert detector(LANGUAGES)(text) == NOTHING


def test_only_the_languages_asked_for_are_found() -> None:
    detect = detector(("es", "fr"))
    assert detect("how can i get back to my country without papers").language in {"", "es", "fr"}


def test_two_detectors_do_not_change_each_other() -> None:
    spanish, both = detector(("es",)), detector(("es", "en"))
    assert both("where is the nearest hospital please").language == "en"
    assert spanish("where is the nearest hospital please").language in {"", "es"}


def test_a_language_that_the_detector_does_not_know_is_never_found() -> None:
    assert detector(("xx",))("where is the nearest hospital") == NOTHING
    assert detector(("xx", "en"))("where is the nearest hospital").language == "en"


@given(st.text(max_size=300))
@settings(max_examples=300)
def test_any_text_gets_one_of_the_languages_or_none(text: str) -> None:
    assert detector(LANGUAGES)(text).language in {"", *LANGUAGES}


KNOWN = one_word.unmistakable()


@pytest.mark.parametrize(
    ("text", "language"),
    [
        *[
            (text, "es")
            for text in ("Hola", "¡Gracias!", "AYUDA", "auxilio", "buenos días", "chao", "hola 👋", "perdón")
        ],
        *[(text, "en") for text in ("hello", "Thanks", "HELP", "thank you", "good morning", "hi!!", "thx", "please")],
        *[(text, "fr") for text in ("Bonjour", "merci", "salut", "aidez-moi", "au secours", "slt", "d’accord", "oui")],
    ],
)
def test_an_unmistakable_word_is_known_reliably(text: str, language: str) -> None:
    assert one_word.look_up(text, KNOWN, LANGUAGES) == Detection(language, reliable=True)


@pytest.mark.parametrize("text", ["si", "taxi", "hola hello", "hola quiero volver", "", "7", "😀"])
def test_a_word_that_others_say_too_is_left_to_the_detector(text: str) -> None:
    assert one_word.look_up(text, KNOWN, LANGUAGES) is None


@pytest.mark.parametrize("text", ["ok", "OK.", "no", "visa", "ok bye"])
def test_what_everybody_says_is_in_no_language(text: str) -> None:
    assert one_word.look_up(text, KNOWN, LANGUAGES) == NOTHING


def test_a_word_of_a_language_that_is_not_offered_is_left_to_the_detector() -> None:
    assert one_word.look_up("merci", KNOWN, ("en",)) is None


def test_a_phrase_under_two_languages_is_refused(tmp_path) -> None:
    file = tmp_path / "one_word.yml"
    file.write_text("es: [vale]\nfr: [Valé]\n", encoding="utf-8")
    with pytest.raises(ValueError, match="'vale' stands under es and fr"):
        one_word.unmistakable(file)
