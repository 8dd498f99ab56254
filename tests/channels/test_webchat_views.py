"""The addresses of the web chat, with Django's test client."""

from __future__ import annotations

import json
import time
from html import escape

import pytest
from django.core import signing
from django.utils import timezone

from bot.channels.webchat import session, transcript, views
from bot.conversations.erase import erase
from bot.conversations.models import Contact, Message
from tests.channels.webchat import Visitor, new_id, token, word

pytestmark = pytest.mark.django_db


@pytest.fixture
def visitor() -> Visitor:
    visitor = Visitor()
    visitor.page()
    return visitor


# ---- The page ------------------------------------------------------------------------------------------------------------


def test_the_first_visit_gives_a_session_and_stores_nobody() -> None:
    visitor = Visitor()
    page = visitor.page()
    cookie = visitor.client.cookies[session.COOKIE]
    assert cookie["httponly"] and cookie["samesite"] == "Lax" and cookie["max-age"] == 30 * 24 * 3600
    assert len(visitor.address) == 43  # 32 random bytes
    assert word("welcome").splitlines()[0] in page
    visitor.poll()
    visitor.client.get("/chat/delete")
    assert not Contact.objects.exists()


def test_two_visitors_get_two_sessions(visitor: Visitor) -> None:
    other = Visitor()
    other.page()
    assert other.address != visitor.address


def test_loading_the_page_again_keeps_the_session(visitor: Visitor) -> None:
    before = visitor.address
    visitor.page()
    assert visitor.address == before


@pytest.mark.parametrize("forged", ["x", "abc:def:ghi", "a" * 43, "a" * 43 + ":1uabc:" + "b" * 43, "\u00e9:1:2"])
def test_a_forged_session_is_replaced_and_the_page_says_so(forged: str) -> None:
    visitor = Visitor()
    visitor.client.cookies[session.COOKIE] = forged
    assert word("error_session") in visitor.page()
    assert len(visitor.address) == 43


def test_an_old_session_is_replaced(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    before = visitor.address
    later = time.time() + 31 * 24 * 3600
    monkeypatch.setattr(signing.time, "time", lambda: later)
    assert visitor.say().status_code == 403
    visitor.page()
    assert visitor.address != before


def test_a_value_signed_for_something_else_is_no_session(visitor: Visitor) -> None:
    visitor.client.cookies[session.COOKIE] = signing.TimestampSigner(salt="other").sign("a" * 43)
    assert visitor.say().status_code == 403


def test_cookies_are_secure_when_the_site_is(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not visitor.client.cookies[session.COOKIE]["secure"]
    monkeypatch.setattr(session, "secure", lambda: True)
    before = visitor.address
    visitor.page()
    kept = visitor.client.cookies["__Host-faro_session"]
    assert kept["secure"] and kept["path"] == "/" and not kept["domain"], "or a browser refuses the name"
    assert kept.value.split(":")[0] != before, "a session that a neighbour may have given counts for nothing"


def test_nothing_that_shows_a_conversation_is_kept_by_caches(visitor: Visitor) -> None:
    for response in (
        visitor.client.get("/"),
        visitor.client.get("/chat/messages"),
        visitor.client.get("/chat/delete"),
        visitor.say(),
    ):
        assert "no-store" in response["Cache-Control"] and "private" in response["Cache-Control"]


def test_history_is_there_after_loading_again(visitor: Visitor) -> None:
    visitor.say("¿Cuánto cuesta?")
    visitor.answer("Es gratis.", buttons=(("Documentos", "topic:return_documents"),))
    page = visitor.page()
    assert "¿Cuánto cuesta?" in page and "Es gratis." in page and word("history_note") in page
    assert 'value="topic:return_documents"' in page and ">Documentos</button>" in page
    assert word("welcome").splitlines()[0] not in page


def test_only_the_last_hundred_messages_are_shown(visitor: Visitor) -> None:
    visitor.say("the very first")
    for number in range(transcript.HISTORY):
        visitor.answer(f"answer {number}")
    page = visitor.page()
    assert page.count('<li class="message') - page.count("<template") == transcript.HISTORY
    assert "the very first" not in page and "answer 99" in page
    assert len(visitor.poll()["messages"]) == transcript.HISTORY


def test_markup_is_shown_as_text(visitor: Visitor) -> None:
    markup = "<script>alert(\"x\")</script><b onclick='a'>&amp;"
    visitor.say(markup)
    visitor.answer(markup + " 512-7228", buttons=((markup, '"><script>'),))
    page = visitor.page()
    assert "<script>alert" not in page and "<b onclick" not in page and '"><script>' not in page
    assert page.count(escape(markup)) == 3


def test_answers_are_marked_as_sent_when_they_are_fetched(visitor: Visitor) -> None:
    visitor.say()
    by_poll = visitor.answer("one")
    visitor.poll()
    by_page = visitor.answer("two")
    assert Message.objects.get(pk=by_page.pk).state == "pending"
    visitor.page()
    for message in Message.objects.filter(pk__in=[by_poll.pk, by_page.pk]):
        assert message.state == "sent" and message.done_at is not None


def test_the_page_refreshes_itself_without_script_only_while_an_answer_is_awaited(visitor: Visitor) -> None:
    refresh = '<noscript><meta http-equiv="refresh" content="3"></noscript>'
    assert refresh not in visitor.page()
    visitor.say()
    assert refresh in visitor.page()
    visitor.answer("Hola")
    assert refresh not in visitor.page()


# ---- Saying something ----------------------------------------------------------------------------------------------------


def test_a_message_is_accepted_and_stored(visitor: Visitor) -> None:
    identity = new_id()
    response = visitor.say("  ¿Cuánto cuesta?  ", identity=identity)
    message = Message.objects.get()
    assert response.status_code == 202
    assert response.json() == {"id": identity, "cursor": message.pk}
    assert (message.text, message.kind, message.channel, message.state) == ("¿Cuánto cuesta?", "text", "web", "waiting")
    assert message.provider_id == f"{session.pseudonym_of(visitor.address)[:16]}:{identity}"
    assert visitor.address not in str(Contact.objects.values())


def test_a_repeated_id_is_stored_once(visitor: Visitor) -> None:
    identity = new_id()
    first, second = (visitor.say("hola", identity=spelled) for spelled in (identity, identity.upper()))
    assert first.json() == second.json()
    assert Message.objects.count() == 1


def test_the_same_id_from_another_browser_is_another_message(visitor: Visitor) -> None:
    other, identity = Visitor(), new_id()
    other.page()
    visitor.say("mine", identity=identity)
    other.say("theirs", identity=identity)
    assert [message["text"] for message in other.poll()["messages"]] == ["theirs"]
    assert [message["text"] for message in visitor.poll()["messages"]] == ["mine"]


def test_a_button_is_stored_with_the_words_that_we_put_on_it(visitor: Visitor) -> None:
    visitor.say()
    visitor.answer("Hola", buttons=(("Costo", "topic:return_cost"),))
    visitor.post({"id": new_id(), "choice": "topic:return_cost", "text": "something else"})
    message = Message.objects.order_by("pk").last()
    assert (message.kind, message.choice, message.text) == ("choice", "topic:return_cost", "Costo")
    visitor.post({"id": new_id(), "choice": "topic:never_offered", "text": "something else"})
    message = Message.objects.order_by("pk").last()
    assert (message.kind, message.choice, message.text) == ("choice", "topic:never_offered", "")


def test_a_long_text_is_accepted_and_cut(visitor: Visitor) -> None:
    assert visitor.say("palabra " * 1000).status_code == 202
    assert len(Message.objects.get().text) <= 4000


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[" * 60_000,
        b"9" * 60_000,
        b"null",
        b'"text"',
        b"[]",
        {},
        {"id": "no uuid", "text": "hola"},
        {"id": 7, "text": "hola"},
        {"text": "hola"},
        {"id": "0b0b9f0e-8c2e-4b53-9d8c-1c9fdd0a3d01"},
        {"id": "0b0b9f0e-8c2e-4b53-9d8c-1c9fdd0a3d01", "text": ""},
        {"id": "0b0b9f0e-8c2e-4b53-9d8c-1c9fdd0a3d01", "text": " \u0000\n "},
        {"id": "0b0b9f0e-8c2e-4b53-9d8c-1c9fdd0a3d01", "text": 5},
        {"id": "0b0b9f0e-8c2e-4b53-9d8c-1c9fdd0a3d01", "text": ["hola"]},
        {"id": "0b0b9f0e-8c2e-4b53-9d8c-1c9fdd0a3d01", "choice": {"a": 1}},
        {"id": "0b0b9f0e-8c2e-4b53-9d8c-1c9fdd0a3d01", "choice": "x" * 501},
        {"id": "0b0b9f0e-8c2e-4b53-9d8c-1c9fdd0a3d01", "text": "hola", "choice": True},
    ],
)
def test_what_is_no_message_is_refused_with_a_sentence(visitor: Visitor, body: object) -> None:
    response = visitor.post(body)
    assert response.status_code == 400
    assert response.json() == {"error": word("error_bad_request")}
    assert not Message.objects.exists()


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]
)
def test_anything_but_json_is_refused(visitor: Visitor, content_type: str) -> None:
    response = visitor.post("{}", content_type=content_type)
    assert response.status_code == 415
    assert response.json()["error"]


@pytest.mark.parametrize("size", [64 * 1024 + 1, 300 * 1024, 3 * 1024 * 1024])
def test_a_huge_body_is_refused(visitor: Visitor, size: int) -> None:
    response = visitor.post(b" " * size)
    assert response.status_code == 413
    assert response.json() == {"error": word("error_too_large")}


def test_a_body_of_64_kb_is_read(visitor: Visitor) -> None:
    message = json.dumps({"id": new_id(), "text": "hola"})
    assert visitor.post(message.ljust(64 * 1024)).status_code == 202


@pytest.mark.parametrize("cookie", [None, "forged", "a:b:c"])
def test_without_a_session_nothing_is_said_or_read(cookie: str | None) -> None:
    visitor = Visitor(accept_language="fr-CA,fr;q=0.9")
    if cookie:
        visitor.client.cookies[session.COOKIE] = cookie
    for response in (visitor.say(), visitor.client.get("/chat/messages")):
        assert response.status_code == 403
        assert response.json() == {"error": word("error_session", "fr")}
    assert not Contact.objects.exists()


def test_without_its_token_a_request_is_refused_shortly() -> None:
    visitor = Visitor(csrf=True)
    page = visitor.page()
    response = visitor.say()
    assert response.status_code == 403 and response.json() == {"error": word("error_bad_request")}
    for path in ("/chat/say", "/chat/language", "/chat/delete"):
        response = visitor.client.post(path, {"text": "hola", "id": new_id(), "language": "fr"})
        assert response.status_code == 403
        assert word("error_bad_request") in response.content.decode()
        assert len(response.content) < 3000
    assert not Contact.objects.exists()
    body = json.dumps({"id": new_id(), "text": "hola"})
    headers = {"X-CSRFToken": token(page)}
    assert visitor.client.post("/chat/messages", body, "application/json", headers=headers).status_code == 202


def test_methods_that_mean_nothing_are_refused(visitor: Visitor) -> None:
    for path in ("/", "/chat/messages", "/chat/say", "/chat/language", "/chat/delete", "/chat/words/es"):
        assert visitor.client.put(path).status_code == 405
    assert visitor.client.get("/chat/say").status_code == 405
    assert visitor.client.get("/chat/language").status_code == 405
    assert visitor.client.post("/").status_code == 405


# ---- Listening -----------------------------------------------------------------------------------------------------------


def test_a_poll_gives_what_is_new_with_its_buttons_and_links(visitor: Visitor) -> None:
    sent = visitor.say("hola").json()
    answer = visitor.answer("☎ 😀 512-7228", buttons=(("Costo", "topic:return_cost"),), language="fr")
    news = visitor.poll(after=sent["cursor"])
    assert news["messages"] == [
        {
            "n": answer.pk,
            "from": "faro",
            "text": "☎ 😀 512-7228",
            "buttons": [{"title": "Costo", "id": "topic:return_cost"}],
            "language": "fr",
            "links": [[5, 13, "tel:+5075127228"]],  # the emoji counts as two, as in JavaScript
        }
    ]
    assert news["waiting"] is False and news["anew"] is False
    own = visitor.poll()["messages"][0]
    assert (own["from"], own["id"], own["text"]) == ("you", sent["id"], "hola")


def test_a_poll_says_whether_an_answer_is_awaited(visitor: Visitor) -> None:
    assert visitor.poll()["waiting"] is False
    visitor.say()
    assert visitor.poll()["waiting"] is True


@pytest.mark.parametrize(
    "query", ["after=-1", "after=x", "after=1.5", "after=" + "9" * 30, "wait=-1", "wait=soon", "after=²"]
)
def test_a_poll_for_nonsense_is_refused(visitor: Visitor, query: str) -> None:
    response = visitor.client.get(f"/chat/messages?{query}")
    assert response.status_code == 400 and response.json()["error"] == word("error_bad_request")


def test_a_poll_after_the_largest_number_is_answered(visitor: Visitor) -> None:
    visitor.say()
    news = visitor.poll(after=views.MAX_NUMBER)
    assert news["anew"] is True and len(news["messages"]) == 1


def test_a_stranger_cannot_read_anything_of_a_conversation(visitor: Visitor) -> None:
    visitor.say("my secret")
    visitor.answer("the answer to it")
    stranger = Visitor()
    assert "secret" not in stranger.page()
    assert stranger.poll()["messages"] == []
    assert stranger.poll(after=1)["messages"] == []
    own = stranger.say("my own").json()["cursor"]
    for after in (0, 1, own - 1, own, own + 1):
        assert {message["text"] for message in stranger.poll(after=after)["messages"]} <= {"my own"}
    assert "secret" not in stranger.page()
    stranger.client.post("/chat/delete")
    assert Message.objects.count() == 2


def test_a_page_whose_messages_were_deleted_is_told_to_begin_anew(visitor: Visitor) -> None:
    visitor.say("before")
    cursor = visitor.answer("before too").pk
    assert visitor.poll(after=cursor) == {
        "messages": [],
        "waiting": False,
        "language": "",
        "anew": False,
        "held": False,
    }
    contact = visitor.contact
    assert contact is not None
    erase(contact, now=timezone.now())
    receipt = visitor.answer("Borrado.")
    news = visitor.poll(after=cursor)
    assert news["anew"] is True and [message["n"] for message in news["messages"]] == [receipt.pk]
    contact.delete()
    assert visitor.poll(after=receipt.pk) == {
        "messages": [],
        "waiting": False,
        "language": "",
        "anew": True,
        "held": False,
    }


def test_of_an_erased_conversation_only_the_receipt_is_shown(visitor: Visitor) -> None:
    visitor.say("my secret")
    contact = visitor.contact
    assert contact is not None
    erase(contact, now=timezone.now())
    visitor.answer("Todo está borrado.")
    page = visitor.page()
    assert "Todo está borrado." in page and "secret" not in page
    visitor.say("something new")
    assert [message["text"] for message in visitor.poll()["messages"]] == ["something new"]
