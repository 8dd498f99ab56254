"""What was masked in the database, as the person sees it on the page: named in their language."""

from __future__ import annotations

from html import escape

import pytest

from bot.channels.webchat import languages
from bot.conversations.masking import Secret
from bot.conversations.models import Message
from tests.channels.webchat import Visitor, word

pytestmark = pytest.mark.django_db


@pytest.fixture
def visitor() -> Visitor:
    visitor = Visitor()
    visitor.page()
    return visitor


@pytest.mark.parametrize(
    ("language", "shown"),
    [
        ("es", "mi número: [teléfono borrado]"),
        ("en", "mi número: [phone number deleted]"),
        ("fr", "mi número: [téléphone effacé]"),
    ],
)
def test_what_was_masked_is_named_in_the_language_of_the_message(visitor: Visitor, language: str, shown: str) -> None:
    visitor.say("mi número: 6123-4567")
    Message.objects.update(text="mi número: [phone]", as_written=False, language=language, state="answered")
    visitor.client.cookies[languages.COOKIE] = language
    page = visitor.page()
    assert escape(shown) in page and "[phone]" not in page
    assert escape(word("masked_note", language)) in page
    assert [one["text"] for one in visitor.poll()["messages"]] == [shown]


def test_every_kind_of_secret_has_its_word_in_every_language() -> None:
    for language, _ in languages.languages():
        for secret in Secret:
            shown = languages.in_words(f"a [{secret.value}] b", language)
            assert shown == f"a [{word(f'masked_{secret.value}', language)}] b"


def test_whoever_writes_such_a_word_reads_it_as_it_is(visitor: Visitor) -> None:
    visitor.say("what is [phone]?")
    assert "what is [phone]?" in visitor.page()
    assert escape(word("masked_note")) not in visitor.page()
