"""Texts made safe, stories cut in pieces, slips made and repaired."""

from __future__ import annotations

import itertools
import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.nlu import noise, story, text
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


@given(st.text(max_size=200), st.integers())
def test_a_slip_changes_one_word_at_most_and_no_spaces(raw: str, seed: int) -> None:
    before, after = noise.plain(raw).split(), noise.slip(raw, random.Random(seed)).split()  # noqa: S311
    assert len(before) == len(after)
    assert sum(old != new for old, new in zip(before, after, strict=True)) <= 1


def test_copies_are_the_same_for_the_same_seed_and_none_for_no_share() -> None:
    texts = ["quiero volver a mi país", "¿quién paga?", "no"] * 20
    assert noise.copies(texts, share=0.5, seed=3) == noise.copies(texts, share=0.5, seed=3)
    assert noise.copies(texts, share=0.5, seed=3) != noise.copies(texts, share=0.5, seed=4)
    assert noise.copies(texts, share=0.0, seed=3) == []
    assert len(noise.copies(texts, share=1.0, seed=3)) == len(texts)


SPELLING = Spelling.learn(["mi pasaporte está vencido"] * 6 + ["el psaporte"] + ["un caso raro"])


@pytest.mark.parametrize(
    ("written", "repaired"),
    [
        ("mi pasaprote", "mi pasaporte"),  # swapped
        ("pasporte?", "pasaporte?"),  # left out
        ("Passaporte", "pasaporte"),  # doubled
        ("pasapirte", "pasaporte"),  # neighbour
        ("psaporte", "psaporte"),  # stands in an example
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
    started = time.perf_counter()
    SPELLING.repair(hostile)
    story.pieces(hostile)
    assert time.perf_counter() - started < 1
