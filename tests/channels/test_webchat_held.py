"""The page while somebody of the team holds the conversation: it says so, and who wrote what."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from bot.channels.webchat import languages
from bot.conversations import handover
from bot.conversations.models import Contact, Message
from tests.channels.webchat import Visitor
from tests.conversations.conftest import NamedPhrases

pytestmark = pytest.mark.django_db


@pytest.fixture
def visitor() -> Visitor:
    visitor = Visitor(accept_language="es")
    visitor.page()
    return visitor


def hold(contact: Contact) -> User:
    operator = User.objects.create_user("eva")
    handover.take(contact.pk, operator, phrases=NamedPhrases(), now=timezone.now())
    return operator


def test_the_page_says_that_somebody_is_there_until_faro_is_back(visitor: Visitor) -> None:
    visitor.say("hola")
    contact = visitor.contact
    assert contact is not None
    assert visitor.poll()["held"] is False
    assert "data-held" not in visitor.page()
    operator = hold(contact)
    assert visitor.poll()["held"] is True
    page, words = visitor.page(), languages.words("es")
    assert "data-held" in page and words["team_holds"] in page
    assert 'data-state="writing" hidden' in page
    handover.give_back(contact.pk, operator, phrases=NamedPhrases(), now=timezone.now())
    assert visitor.poll()["held"] is False


def test_each_message_says_who_wrote_it(visitor: Visitor) -> None:
    visitor.say("hola")
    contact = visitor.contact
    assert contact is not None
    faro = visitor.answer("Soy Faro.")
    team = visitor.answer("Soy una persona. <b>911</b>")
    Message.objects.filter(pk=team.pk).update(operator=User.objects.create_user("operadora7"))
    found = {message["n"]: message["from"] for message in visitor.poll()["messages"]}
    assert (found[faro.pk], found[team.pk]) == ("faro", "team")
    page = visitor.page()
    assert page.count('<span class="author"') == 2  # the message, and the template for those that come
    assert "&lt;b&gt;" in page
    assert "operadora7" not in page  # not who of the team
