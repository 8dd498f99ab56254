"""How easy a text is to read: counted by hand on small texts, and by the formulas as they were published."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answers.readability import LEAST_WORDS, SCALES, Counts, computed, counts, score, syllables

#: Words with their syllables by the rules of each language.
WORDS = {
    "es": "a-gua ca-sa mi-gra-ción hos-pi-tal dí-a pa-ís po-li-cí-a a-yu-da a-e-ro-puer-to guí-a ciu-dad gue-rra",
    "en": "a-bout wa-ter e-mer-gen-cy hos-pi-tal o-pen peo-ple made fam-i-ly lit-tle a-sy-lum help",
    "fr": "mai-son eau hô-pi-tal é-cole pays fa-mille aide é-tran-ger i-dée a-ppe-lez po-lice pa-piers",
}


@pytest.mark.parametrize(
    ("language", "word"), [(code, word) for code, words in WORDS.items() for word in words.split()]
)
def test_syllables_are_counted_as_they_are_spoken(language, word):
    assert syllables(word.replace("-", ""), SCALES[language]) == word.count("-") + 1


@pytest.mark.parametrize(
    ("language", "found", "expected"),
    [
        # 206.835 - 84.6 * 130 / 100 - 1.015 * 100 / 10 = 206.835 - 109.98 - 10.15
        ("en", Counts(100, 10, 130), 86.705),
        # 206.84 - 60 * 190 / 100 - 1.02 * 100 / 8 = 206.84 - 114 - 12.75
        ("es", Counts(100, 8, 190), 80.09),
        # 207 - 73.6 * 150 / 100 - 1.015 * 100 / 10 = 207 - 110.4 - 10.15
        ("fr", Counts(100, 10, 150), 86.45),
    ],
)
def test_the_formulas_are_the_published_ones(language, found, expected):
    assert computed(found, SCALES[language]) == pytest.approx(expected)


def test_words_sentences_and_syllables_of_a_text_are_counted_by_hand():
    # la-ca-sa / es-gran-de / va-mos-a-la-ca-sa
    text = "La casa es grande.\n\n1. Vamos a la casa."
    assert counts(text, SCALES["es"]) == Counts(words=8, sentences=2, syllables=6 + 6)


@pytest.mark.parametrize(
    "written",
    ["Vaya. Pida.", "Vaya: pida.", "Vaya; pida.", "Vaya\nPida", "¿Va? Pida", "1. Vaya\n2. Pida", "«Vaya.» Pida."],
)
def test_what_ends_a_sentence(written):
    assert counts(written, SCALES["es"]).sentences == 2


@pytest.mark.parametrize("written", ["Llame al 911.", "Llame al 6.5 o al 104 (24/7).", "Llame... al 911"])
def test_numbers_are_no_words(written):
    words = re.findall(r"[^\W\d]+", written)
    assert counts(written, SCALES["es"]).words == len(words)


def test_long_sentences_and_long_words_are_harder():
    easy = "La casa es grande. El agua es buena. " * 6
    assert (
        score(easy, "es")
        > score(easy.replace(".", ""), "es")
        > score("La institucionalización departamental " * 12, "es")
    )


def test_a_short_text_or_a_language_without_formula_has_no_figure():
    text = "casa " * LEAST_WORDS
    assert score(text, "es") is not None
    assert score(text.removesuffix("casa "), "es") is None
    assert score(text, "qfa") is None
    assert score("", "es") is None


@given(st.text(max_size=300), st.sampled_from(sorted(SCALES)))
def test_any_text_is_counted(text, language):
    found = counts(text, SCALES[language])
    assert found.sentences <= found.words <= found.syllables
    score(text * 40, language)


def test_every_scale_says_where_it_comes_from():
    for scale in SCALES.values():
        assert re.search(r"19\d\d", scale.source) and 50 <= scale.least <= 90
