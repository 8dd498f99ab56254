"""Texts made safe, stories cut in pieces and put together again, slips repaired."""

from __future__ import annotations

import itertools
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.nlu import story, text
from bot.nlu.spelling import Spelling


@given(st.text())
def test_cleaning_twice_changes_nothing_and_leaves_no_control_character(raw: str) -> None:
    cleaned = text.clean(raw)
    assert text.clean(cleaned) == cleaned
    assert not any(ord(sign) < 32 and sign != "\n" for sign in cleaned)


@given(st.text())
def test_folding_twice_changes_nothing(raw: str) -> None:
    assert text.fold(text.fold(raw)) == text.fold(raw)


def test_folding_keeps_what_tells_words_apart_on_a_phone() -> None:
    assert text.fold("¿Dónde está el NIÑO? L’hôpital…") == "¿donde esta el nino? l'hopital…"
    assert text.words("L’aide, mother-in-law; 3 niños 😀 1a") == ["L'aide", "mother-in-law", "niños", "a"]


def test_an_emoji_family_and_a_line_break_survive_cleaning() -> None:
    assert text.clean("a\x00b\r\n\n 👩\u200d👧  c\u202e") == "a b\n👩\u200d👧 c"


@given(st.text(max_size=2_000))
def test_a_story_has_few_pieces_and_they_hold_all_its_words(raw: str) -> None:
    pieces = story.pieces(raw)
    words = text.clean(raw).split()
    assert len(pieces) <= story.MOST
    assert (pieces == []) == (len(words) <= story.LONG)
    if pieces:
        assert {word for piece in pieces for word in piece.split()} == set(words)


@pytest.mark.parametrize("count", [26, 60, 400, 2_500])
def test_a_story_without_a_full_stop_is_read_through_overlapping_windows(count: int) -> None:
    words = [f"w{number}" for number in range(count)]
    pieces = [piece.split() for piece in story.pieces(" ".join(words))]
    for left, right in itertools.pairwise(pieces):
        assert set(left) & set(right), "a sentence at the cut would only be seen in two halves"


def test_sentences_are_pieces() -> None:
    long = "me llamo Ana y vengo de lejos con mis dos hijos. anoche mi esposo me pegó otra vez! " * 2
    assert "anoche mi esposo me pegó otra vez!" in story.pieces(long)


TALK = np.array([True, False, False])
GREETING, COST, PAPERS = np.eye(3)


def test_a_short_message_has_nothing_to_combine() -> None:
    whole = np.array([0.2, 0.5, 0.3])
    assert np.array_equal(story.combine(whole, np.zeros((0, 3)), TALK, share=0.4, first=0.3), whole)


def test_a_question_in_the_last_sentence_is_found_under_a_greeting_and_a_background() -> None:
    whole, pieces = np.array([0.3, 0.3, 0.4]), np.array([GREETING, 0.6 * PAPERS + 0.4 * GREETING, COST])
    combined = story.combine(whole, pieces, TALK, share=0.5, first=0.3)
    assert combined.argmax() == 1
    assert story.combine(whole, pieces[::-1], TALK, share=0.5, first=0.3)[1] < combined[1]


def test_pieces_that_only_greet_change_nothing() -> None:
    whole = np.array([0.3, 0.3, 0.4])
    assert np.array_equal(story.combine(whole, np.array([GREETING, GREETING]), TALK, share=0.5, first=0.3), whole)


shares = st.lists(st.floats(0, 1), min_size=3, max_size=3).filter(lambda row: sum(row) > 0.01)


@given(whole=shares, pieces=st.lists(shares, max_size=5), share=st.floats(0, 1), first=st.floats(0, 1))
def test_what_is_combined_are_probabilities(
    whole: list[float], pieces: list[list[float]], share: float, first: float
) -> None:
    rows = np.array([[value / sum(row) for value in row] for row in [whole, *pieces]])
    combined = story.combine(rows[0], rows[1:], TALK, share=share, first=first)
    assert combined.sum() == pytest.approx(1)
    assert combined.min() >= 0


SPELLING = Spelling.learn(
    ["mi pasaporte está vencido"] * 6 + ["el psaporte"] + ["un caso raro"], {"pasaportes", "Passeporte"}.__contains__
)


@pytest.mark.parametrize(
    ("written", "repaired"),
    [
        ("mi pasaprote", "mi pasaporte"),  # swapped
        ("pasporte?", "pasaporte?"),  # left out
        ("Passaporte", "pasaporte"),  # doubled
        ("pasapirte", "pasaporte"),  # neighbour
        ("psaporte", "psaporte"),  # stands in an example
        ("pasaportes", "pasaportes"),  # a word, though no example holds it
        ("Passeporte", "Passeporte"),
        ("rarro", "rarro"),  # too rare to be taken for
        ("pasa", "pasa"),
        ("m", "m"),
        ("мне", "мне"),
        ("", ""),
    ],
)
def test_an_unknown_word_becomes_the_known_one_that_is_one_slip_away(written: str, repaired: str) -> None:
    assert SPELLING.repair(written) == repaired


@given(st.text(max_size=200))
def test_repairing_twice_changes_nothing(raw: str) -> None:
    assert SPELLING.repair(SPELLING.repair(raw)) == SPELLING.repair(raw)


def test_five_thousand_characters_are_cut_and_repaired_quickly() -> None:
    hostile = " ".join(f"pasaportx{number:x}" for number in range(400)) + "z" * 4_000
    started = time.process_time()
    SPELLING.repair(hostile)
    story.pieces(hostile)
    assert time.process_time() - started < 5  # what grows with the square would take minutes
