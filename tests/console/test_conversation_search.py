"""Looking for words in conversations."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.conversations.models import Contact
from bot.conversations.search import Refused, words_of
from console.audit.models import AuditEntry
from console.conversations.filters import Filters
from console.conversations.listing import page
from console.permissions import Role
from tests.console.page import CheckingClient
from tests.console.talking import LIST, answered, asked, contact, listed, names, search, walk

Somebody = Callable[..., CheckingClient]

pytestmark = pytest.mark.django_db


def test_words_are_found_whatever_their_accents_on_both_sides_and_not_in_the_address(somebody: Somebody) -> None:
    a, b, c, d = contact(), contact(), contact(), contact()
    asked(a, "Necesito un PSICÓLOGO para mi niña")
    answered(b, "El psicologo la espera.", operator=User.objects.create_user("eva"))
    asked(c, "mi cœur")
    answered(d, "Psicólogo: llame al 147.")
    client = somebody(Role.REVIEWER)
    assert search(client, "psicologo", channel="web")["Location"] == f"{LIST}?channel=web"
    assert listed(client) == names(b, a), "what Faro says to everybody is no find"
    assert listed(client, "?language=es&topic=shelter") == names(a)
    for words, found in (
        ("NIÑA", [a]),
        ("nina psicólogo", [a]),
        ("psico", [b, a]),
        ("sicologo", []),
        ("coeur", [c]),
        ("CŒUR", [c]),
        ("un", [a]),
        ("u", []),
        ("psic%", [b, a]),
    ):
        search(client, words)
        assert listed(client) == names(*found), words
    assert AuditEntry.objects.filter(action="searched", about="").exists()
    search(client, "", clear="1")
    assert listed(client) == names(c, a)


@pytest.mark.parametrize("words", ["6123-4567", "rosa@example.org", "@rosa", "8 123 45", "١٢٣٤"])
def test_nobody_is_found_by_a_number_or_an_address(somebody: Somebody, words: str) -> None:
    asked(contact(), f"soy {words}")
    client = somebody(Role.REVIEWER)
    search(client, words)
    html = client.get(LIST).content.decode()
    assert "No se buscan números" in html and 'value=""' in html
    with pytest.raises(Refused):
        words_of(words)
    assert not AuditEntry.objects.filter(action="searched").exists()


@given(st.text(max_size=60))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_words_can_be_looked_for(db: None, words: str) -> None:
    try:
        found = words_of(words)
    except Refused:
        return
    account, _ = User.objects.get_or_create(username="eva")
    page(Contact.objects.all(), Filters({}).matching(account, found), account)


def test_a_word_that_was_said_is_found(somebody: Somebody) -> None:
    account = somebody(Role.REVIEWER).account
    for text in ("l'hôpital, s'il vous plaît", "¿Qué-pasó?", "señor_juez", "AÑO", "Ünal", "(refugio)", "…hambre…"):
        who = contact()
        asked(who, text)
        for word in words_of(text):
            matching = Filters({}).matching(account, (word,))
            assert who.pk in walk(Contact.objects.all(), matching, account, size=20), (text, word)
