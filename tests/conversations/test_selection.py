"""Whoever types instead of tapping is understood: the number, the words in any language, the words with a slip."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from bot.conversations.models import Message
from bot.conversations.selection import LONGEST, selected
from bot.words import Button
from tests.conversations.conftest import Clock, ScriptedRasa, reply
from tests.conversations.test_turn import turn

OFFERED = (
    Button("Costo", "topic:return_cost"),
    Button("Documentos", "topic:return_documents"),
    Button("Sí, borrar todo", "erase:yes"),
    Button("Menú", "topic:show_menu"),
)
TITLES = {
    "topic:return_cost": ("Costo", "Cost", "Coût"),
    "topic:return_documents": ("Documentos", "Documents"),
    "erase:yes": ("Sí, borrar todo", "Yes, delete all", "Oui, tout effacer"),
    "topic:show_menu": ("Menú", "Menu"),
}


def titles(choice: str) -> tuple[str, ...]:
    return TITLES.get(choice, ())


@pytest.mark.parametrize("typed", ["2", " 2. ", "[2]", "(2)", "2:", "٢", "02"])
def test_a_number_is_the_option_in_that_place(typed: str) -> None:
    assert selected(typed, OFFERED, titles) == OFFERED[1]


@pytest.mark.parametrize("typed", ["0", "5", "12", "-2", "2 3", "911", "104", "2026"])
def test_a_number_without_an_option_is_no_choice(typed: str) -> None:
    assert selected(typed, OFFERED, titles) is None


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("costo", "topic:return_cost"),
        ("COSTO!", "topic:return_cost"),
        ("cout", "topic:return_cost"),
        ("Documents", "topic:return_documents"),
        ("documetos", "topic:return_documents"),
        ("docuemntos", "topic:return_documents"),
        ("menu", "topic:show_menu"),
        ("menú ", "topic:show_menu"),
        ("oui tout effacer", "erase:yes"),
    ],
)
def test_the_words_of_an_option_choose_it_in_any_language_and_with_a_slip(typed: str, name: str) -> None:
    chosen = selected(typed, OFFERED, titles)
    assert chosen is not None
    assert chosen.id == name


@pytest.mark.parametrize(
    "typed",
    [
        "hola",
        "¿cuánto cuesta el vuelo?",
        "los documentos que me robaron en la selva y no sé qué hacer",
        "no",
        "si",
        "me quiero morir",
        "ayuda",
        "😀",
        "",
    ],
)
def test_anything_else_is_a_message(typed: str) -> None:
    assert selected(typed, OFFERED, titles) is None


def test_what_cannot_be_undone_takes_the_exact_words() -> None:
    assert selected("si borar todo", OFFERED, titles) is None
    assert selected("sí borrar todo", OFFERED, titles) == OFFERED[2]


def test_two_options_that_are_equally_near_are_no_choice() -> None:
    twins = (Button("Refugio A", "a"), Button("Refugio B", "b"))
    assert selected("refugio", twins, lambda _: ()) is None


@given(typed=st.text(max_size=60))
def test_whatever_is_typed_nothing_is_chosen_that_was_not_offered(typed: str) -> None:
    assert selected(typed, (), titles) is None
    assert selected(typed, OFFERED, titles) in (None, *OFFERED)


@pytest.mark.django_db
def test_nobody_looks_up_what_a_text_might_choose_that_is_longer_than_any_option(
    clock: Clock, say: Callable[..., Message]
) -> None:
    asked = []
    for text in ("hola", "costo", "documentos " + "x" * LONGEST):  # the first is answered with an introduction
        say(text)
        with CaptureQueriesContext(connection) as queries:
            turn(ScriptedRasa(reply()), clock)
        asked.append(len(queries))
        clock.forward(minutes=1)
    assert asked[2] == asked[1] - 1
