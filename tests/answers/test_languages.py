"""A language is data: adding one to languages.yml is enough to speak it, with what is missing visibly borrowed."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.answers.choose import choose
from bot.answers.library import Library
from bot.answers.render import render, sentence, web

FEVER = "answers/health/fever.yml"


def test_a_new_language_is_served_at_once_and_says_which_language_it_borrows(shelf, today, add_third_language):
    library = Library(shelf.root)
    add_third_language(shelf)
    content = library.refresh()
    assert not library.broken
    outgoing = render(content, choose(content, "fever", "qfa", today))
    assert outgoing.text.startswith("(English)\nDrink water and rest.\n")
    assert "Lighthouse House: A roof for a night\n" in outgoing.text
    assert "(April 2029)" in outgoing.text
    assert [button.title for button in outgoing.buttons] == ["Attack"]
    assert sentence(content, "trouble", "qfa").text == "(English)\nen trouble"
    assert web(content, "qfa")["send"] == "en send"


def test_a_new_language_can_be_chosen_by_its_own_name(shelf, today, add_third_language):
    add_third_language(shelf)
    content = shelf.content()
    buttons = render(content, choose(content, "choose_language", "es", today)).buttons
    assert (buttons[2].title, buttons[2].id) == ("Tok Faro", "language:qfa")


def test_what_is_translated_is_no_longer_borrowed(shelf, today, add_third_language):
    add_third_language(shelf)
    shelf.replace(FEVER, "  en: |-", "  qfa: Wata wata 3 1.\n  en: |-")
    content = shelf.content()
    assert render(content, choose(content, "fever", "qfa", today)).text.startswith("Wata wata 3 1.\n\nLighthouse")


def test_the_check_lists_every_text_that_a_new_language_lacks(shelf, add_third_language):
    add_third_language(shelf)
    problems = shelf.check()
    assert {problem.code for problem in problems} == {"missing_language", "missing_key"}
    lacking = {(problem.path, problem.line) for problem in problems if problem.code == "missing_language"}
    for within, part in (
        (FEVER, "title:"),
        (FEVER, "text:"),
        ("contacts.yml", "Casa del Faro"),
        ("interface.yml", "  send:"),
    ):
        assert (f"content/{within}", shelf.line(within, part)) in lacking


def test_the_order_of_fallbacks_is_the_order_of_the_register(shelf, today, add_third_language):
    add_third_language(shelf)
    shelf.replace("languages.yml", "fallback: [en]}", "fallback: [es, en]}")
    content = shelf.content()
    assert render(content, choose(content, "fever", "qfa", today)).text.startswith("(Español)\nBeba")


def test_a_language_can_be_taken_away(shelf, today):
    shelf.replace("languages.yml", "  en: {name: English, fallback: [es], called: [inglés, english]}\n", "")
    content = shelf.content()
    assert render(content, choose(content, "fever", "en", today)).text.startswith("Beba agua")
    assert {problem.code for problem in shelf.check()} == {"unknown_language"}


@pytest.mark.parametrize(
    "file", sorted((Path(__file__).parents[2] / "bot" / "answers").glob("*.py")), ids=lambda file: file.name
)
def test_no_language_is_named_in_the_code(file):
    if file.name in {"sentences.py", "problems.py"}:
        assert '"es"' in file.read_text(encoding="utf-8")  # the catalogue of problems is for staff, in their languages
    else:
        text = file.read_text(encoding="utf-8")
        assert not [code for code in ('"es"', '"en"', '"fr"', "'es'", "'en'", "'fr'") if code in text]
