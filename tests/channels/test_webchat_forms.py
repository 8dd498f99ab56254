"""The page without JavaScript, its languages, deletion, and anything at all: through the real views and database."""

from __future__ import annotations

import json
import re
from html import escape

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.channels.webchat import session, views
from bot.conversations.models import Contact, Message
from tests.channels.webchat import Visitor, form_id, new_id, word

pytestmark = pytest.mark.django_db


@pytest.fixture
def visitor() -> Visitor:
    visitor = Visitor()
    visitor.page()
    return visitor


# ---- Without JavaScript --------------------------------------------------------------------------------------------------


def test_a_form_says_something_and_leads_back_to_the_page(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "PATIENCE", 0.01)
    page = visitor.page()
    form = {"id": form_id(page), "text": "¿Cuánto cuesta?"}
    for _ in range(2):  # the button pressed twice
        response = visitor.client.post("/chat/say", form)
        assert response.status_code == 303 and response["Location"] == "/"
    assert Message.objects.get().text == "¿Cuánto cuesta?"
    assert "¿Cuánto cuesta?" in visitor.page()


def test_another_button_of_a_page_from_the_history_is_another_message(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "PATIENCE", 0.01)
    visitor.say()
    visitor.answer("Hola", buttons=(("Costo", "topic:return_cost"), ("Menú", "topic:show_menu")))
    identity = form_id(visitor.page())
    for choice in ("topic:return_cost", "topic:show_menu", "topic:show_menu"):
        visitor.client.post("/chat/say", {"id": identity, "text": "", "choice": choice})
    assert [message["text"] for message in visitor.poll()["messages"]][2:] == ["Costo", "Menú"]


def test_a_form_that_says_nothing_gets_the_page_with_a_sentence(visitor: Visitor) -> None:
    for form in ({}, {"id": new_id()}, {"id": new_id(), "text": " "}, {"text": "<b>hola", "id": "x"}):
        response = visitor.client.post("/chat/say", form)
        assert response.status_code == 400
        assert word("error_bad_request") in response.content.decode()
    assert "&lt;b&gt;hola</textarea>" in response.content.decode()
    assert not Message.objects.exists()


def test_a_form_without_a_session_keeps_what_was_typed() -> None:
    response = Client().post("/chat/say", {"id": new_id(), "text": "a long question"})
    assert response.status_code == 403
    assert "a long question</textarea>" in response.content.decode()
    assert session.COOKIE in response.cookies


def test_a_form_that_is_too_large_is_refused(visitor: Visitor) -> None:
    assert visitor.client.post("/chat/say", {"id": new_id(), "text": "x" * 70_000}).status_code == 413


# ---- Languages -----------------------------------------------------------------------------------------------------------


def lang(page: str) -> str:
    found = re.search(r'<html lang="(\w+)"', page)
    assert found is not None
    return found[1]


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("fr", "fr"),
        ("fr-CA,en;q=0.5", "fr"),
        ("ht, en;q=0.8, fr;q=0.9", "fr"),
        ("zh-CN", "es"),
        ("", "es"),
        ("*", "es"),
        (";;q=,,\u00e9" * 50, "es"),
    ],
)
def test_the_browser_s_language_is_the_first_guess(header: str, expected: str) -> None:
    assert lang(Visitor(accept_language=header).page()) == expected


def test_a_chosen_language_stays_and_does_not_make_a_contact(visitor: Visitor) -> None:
    response = visitor.client.post("/chat/language", {"language": "fr"})
    assert response.status_code == 303 and response["Location"] == "/"
    assert lang(visitor.page()) == "fr"
    assert not Contact.objects.exists()
    visitor.say("bonjour")
    assert Contact.objects.get().language == "fr"


def test_without_a_choice_a_new_contact_has_no_language() -> None:
    visitor = Visitor(accept_language="fr")
    visitor.page()
    visitor.say("hola")
    assert Contact.objects.get().language == ""


def test_choosing_a_language_changes_the_conversation_too(visitor: Visitor) -> None:
    visitor.say("hola")
    response = visitor.client.post("/chat/language", {"language": "en"}, headers={"Accept": "application/json"})
    assert response.status_code == 204
    contact = Contact.objects.get()
    assert (contact.language, contact.language_chosen) == ("en", True)


def test_the_page_follows_the_conversation_unless_a_language_was_chosen(visitor: Visitor) -> None:
    visitor.say("bonjour")
    Contact.objects.update(language="fr")
    assert lang(visitor.page()) == visitor.poll()["language"] == "fr"
    visitor.client.cookies["faro_lang"] = "en"
    assert lang(visitor.page()) == visitor.poll()["language"] == "en"
    # Asked for in the conversation, which is the later choice.
    Contact.objects.update(language="es", language_chosen=True)
    assert lang(visitor.page()) == visitor.poll()["language"] == "es"


@pytest.mark.parametrize("code", ["", "xx", "ES", "../es", "fr\n"])
def test_an_unknown_language_is_refused(visitor: Visitor, code: str) -> None:
    assert visitor.client.post("/chat/language", {"language": code}).status_code == 400
    visitor.client.cookies["faro_lang"] = code or "-"
    assert lang(visitor.page()) == "es"


def test_the_words_of_a_language_may_be_kept_by_the_browser(visitor: Visitor) -> None:
    response = visitor.client.get("/chat/words/fr")
    assert response.json()["send"] == "Envoyer"
    assert "max-age=3600" in response["Cache-Control"] and "public" in response["Cache-Control"]
    assert not response.cookies
    assert visitor.client.get("/chat/words/xx").status_code == 404


# ---- Deleting ------------------------------------------------------------------------------------------------------------


def test_deleting_asks_first_and_then_leaves_nothing(visitor: Visitor) -> None:
    visitor.say("my secret")
    visitor.answer("an answer")
    assert word("delete_question") in visitor.client.get("/chat/delete").content.decode()
    assert Message.objects.count() == 2
    before = visitor.address
    response = visitor.client.post("/chat/delete")
    assert response.status_code == 200
    page = response.content.decode()
    assert word("deleted") in page and "secret" not in page
    assert visitor.address != before
    assert not Contact.objects.exists() and not Message.objects.exists()


def test_deleting_keeps_the_language_of_the_page(visitor: Visitor) -> None:
    visitor.say("bonjour")
    Contact.objects.update(language="fr")
    assert escape(word("deleted", "fr")) in visitor.client.post("/chat/delete").content.decode()


def test_deleting_without_a_conversation_is_no_error() -> None:
    assert word("deleted") in Client().post("/chat/delete").content.decode()


# ---- Anything ------------------------------------------------------------------------------------------------------------

_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=8,
)
_ids = st.uuids().map(str) | _json
_messages = st.fixed_dictionaries({"id": _ids}, optional={"text": _json, "choice": _json | st.text(max_size=64)})


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(body=_json | _messages, signed=st.booleans())
def test_no_json_value_makes_the_server_fail(visitor: Visitor, body: object, signed: bool) -> None:
    client = visitor if signed else Visitor()
    assert client.post(json.dumps(body)).status_code in ({202, 400, 413} if signed else {403})


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(body=st.binary(max_size=200))
def test_no_bytes_make_the_server_fail(visitor: Visitor, body: bytes) -> None:
    assert visitor.post(body).status_code in {202, 400}


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(text=st.text(min_size=1), title=st.text(min_size=1, max_size=20), choice=st.text(min_size=1, max_size=64))
def test_any_answer_can_be_shown(visitor: Visitor, text: str, title: str, choice: str) -> None:
    text, title, choice = (value.replace("\x00", "") or "x" for value in (text, title, choice))
    if visitor.contact is None:
        visitor.say()
    answer = visitor.answer(text, buttons=((title, choice),))
    assert visitor.poll(after=answer.pk - 1)["messages"][-1]["text"] == text
    assert escape(title) in visitor.page() or "'" in title
