"""Which answer, valid on which day, in which language."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answers.choose import Choice, Unanswered, choose
from bot.answers.schema import Content, Interface, Language

FEVER = "answers/health/fever.yml"


def test_the_answer_comes_in_the_language_asked_for(shelf, today):
    choice = choose(shelf.content(), "fever", "en", today)
    assert isinstance(choice, Choice)
    assert (choice.answer.topic, choice.language, choice.asked) == ("fever", "en", "en")


def test_a_missing_text_falls_back_along_the_register(shelf, today):
    text = shelf.text(FEVER)
    start = text.index("  en: |-")
    shelf.write(FEVER, text[:start] + text[text.index("contacts:") :])
    choice = choose(shelf.content(), "fever", "en", today)
    assert (choice.language, choice.asked) == ("es", "en")


@pytest.mark.parametrize(("language", "given_in"), [("en-GB", "en"), ("EN_us", "en"), ("pt", "es"), ("", "es")])
def test_regional_and_unknown_languages_get_the_nearest_one(shelf, today, language, given_in):
    assert choose(shelf.content(), "fever", language, today).language == given_in


def test_an_unknown_topic_has_no_answer(shelf, today):
    assert choose(shelf.content(), "moon", "es", today) is Unanswered.UNKNOWN


@pytest.mark.parametrize(
    ("on", "reason"),
    [
        (date(2031, 4, 30), Unanswered.NOT_YET_VALID),
        (date(2031, 5, 1), None),
        (date(2031, 6, 30), None),
        (date(2031, 7, 1), Unanswered.EXPIRED),
    ],
)
def test_an_answer_is_given_from_its_first_to_its_last_day(shelf, on, reason):
    shelf.replace(FEVER, "review_every: 90", "review_every: 90\nvalid_from: 2031-05-01\nvalid_to: 2031-06-30")
    choice = choose(shelf.content(), "fever", "es", on)
    assert choice is reason if reason else isinstance(choice, Choice)


CODES = st.sampled_from(["aa", "bb", "cc", "dd"])


@given(fallbacks=st.dictionaries(CODES, st.lists(CODES, max_size=4), min_size=1), asked=CODES, default=CODES)
def test_any_web_of_fallbacks_ends_and_names_each_language_once(fallbacks, asked, default):
    languages = {code: Language(code, code, tuple(others)) for code, others in fallbacks.items()}
    chain = Content("v", languages, default, {}, {}, Interface()).chain(asked)
    assert len(chain) == len(set(chain))
    assert set(chain) <= set(languages)
    if asked in languages:
        assert chain[0] == asked
    if default in languages:
        assert default in chain
