"""How much of what is personal is hidden, how much is hidden in vain, and that no text breaks it."""

from __future__ import annotations

import itertools
import time
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.conversations.masking import Found, Secret, find, mask
from bot.settings import ROOT
from tests.bench.masking import KINDS, cases, harmless

HERE = Path(__file__).parent / "masking"
LANGUAGES = ("es", "en", "fr")

#: At least this share of what is personal is hidden, and at most this share of what is not.
RECALL, IN_VAIN = 0.95, 0.02


def _set(language: str) -> dict[str, Any]:
    return yaml.safe_load((HERE / f"{language}.yml").read_text(encoding="utf-8"))


def _missed() -> tuple[list[str], int]:
    missed, number = [], 0
    for language in LANGUAGES:
        for one in _set(language)["hide"]:
            shown = mask(one["text"]).text
            number += len(one["hide"])
            missed += [f"{secret!r} in {shown!r}" for secret in one["hide"] if secret in shown]
            assert all(secret in one["text"] for secret in one["hide"])
    return missed, number


def test_what_is_personal_is_hidden() -> None:
    missed, number = _missed()
    assert number > 100
    assert len(missed) <= (1 - RECALL) * number, "\n".join(missed)


def test_what_is_not_personal_stays() -> None:
    texts = [text for language in LANGUAGES for text in _set(language)["keep"]]
    wrong = [f"{text!r} -> {shown!r}" for text in texts if (shown := mask(text).text) != text]
    assert len(texts) > 100
    assert len(wrong) <= IN_VAIN * len(texts), "\n".join(wrong)


def test_as_much_is_found_in_texts_that_no_rule_was_made_for() -> None:
    """The set of docs/figures/masking.md: what is left there is named there."""
    every = cases()
    number = sum(len(one.secrets) for one in every)
    left = [f"{one.language} {one.kind}: {one.text}" for one in every if one.left]
    assert {(one.language, one.kind) for one in every} == set(itertools.product(LANGUAGES, KINDS))
    assert number > 100
    assert len(left) <= (1 - RECALL) * number, "\n".join(left)
    in_vain = [text for text in harmless() if mask(text).found]
    assert len(in_vain) <= IN_VAIN * len(harmless()), "\n".join(in_vain)


def test_questions_of_people_stay_readable() -> None:
    """The test questions hold no personal data but by accident: whatever is hidden in them is hidden in vain."""
    texts = [
        one["text"]
        for path in sorted((ROOT / "tests" / "questions").glob("*.yml"))
        for one in yaml.safe_load(path.read_text(encoding="utf-8")).get("questions", [])
        if isinstance(one, dict) and "text" in one
    ]
    wrong = [mask(text).text for text in texts if mask(text).found]
    assert len(texts) > 1000
    assert len(wrong) <= IN_VAIN * len(texts), "\n".join(wrong)


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("6123-4567", Secret.PHONE),
        ("rosa@example.org", Secret.EMAIL),
        ("8-123-4567", Secret.DOCUMENT),
        ("4111 1111 1111 1111", Secret.CARD),
        ("8.1234,-77.1234", Secret.POSITION),
        ("@rosa_22", Secret.PROFILE),
    ],
)
def test_the_word_in_its_place_says_what_it_was(text: str, secret: Secret) -> None:
    masked = mask(f"a {text} b")
    assert masked.text == f"a [{secret.value}] b"
    assert masked.found == (Found(2, 2 + len(text), secret),)


def test_published_numbers_stay_when_they_are_named() -> None:
    assert mask("me dieron el 507-3700 de la OIM", keep=["507-3700"]).found == ()
    assert mask("me dieron el +507 507-3700", keep=["507-3700"]).found == ()
    assert mask("me dieron el 507-3700 de la OIM").found


@given(st.text(max_size=400) | st.text(alphabet="0123456789 -+.()/@aV:", max_size=200))
@settings(max_examples=300, deadline=None)
def test_any_text_can_be_masked(text: str) -> None:
    masked = mask(text)
    ends = 0
    for one in masked.found:
        assert ends <= one.start < one.end <= len(text)
        ends = one.end
    assert find(text) == masked.found


@given(st.text(max_size=200) | st.text(alphabet="0123456789 -+.()/@aV:[]", max_size=120))
@settings(max_examples=200, deadline=None)
def test_what_is_masked_stays_as_it_is_when_it_is_masked_again(text: str) -> None:
    """A stored text that was masked is masked again when the console shows it."""
    once = mask(text).text
    assert mask(once).text == once


@given(st.text(alphabet="abc ,\n", max_size=20), st.integers(10**6, 10**12), st.text(alphabet="abc ,\n", max_size=20))
@settings(max_examples=200, deadline=None)
def test_no_long_number_is_left(before: str, number: int, after: str) -> None:
    assert str(number) not in mask(f"{before} {number} {after}").text


HOSTILE = (
    *(
        "1 ",
        "1-",
        "a@",
        "@",
        "a.",
        "8.123 ",
        "t.me/",
        "cedula ",
        "+",
        "(",
        "1",
        "1.234",
        "12/12/",
        "ig: ",
        "A1 ",
        "$1,",
    ),
    *("pasaporte numero de la ", "a", "a arroba ", "a punto ", "_", "12345678 ", "1 de ", "8°", "V1"),
)


@pytest.mark.parametrize("piece", HOSTILE)
def test_the_longest_message_takes_no_time(piece: str) -> None:
    text = (piece * 4000)[:4000]
    begun = time.process_time()
    mask(text)
    assert time.process_time() - begun < 1.0
