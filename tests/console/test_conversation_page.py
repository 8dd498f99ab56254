"""One conversation: what the person saw, without what is personal, and what was understood of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from html import escape
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from bot.conversations.models import Contact, Feedback, Handover, Message
from console import contacts
from console.audit.models import AuditEntry
from console.conversations.talk import PAGE
from console.permissions import Role
from tests.console.page import CheckingClient
from tests.console.talking import answered, asked, contact

pytestmark = pytest.mark.django_db

Somebody = Callable[..., CheckingClient]


def address(who: Contact, more: str = "") -> str:
    return f"/console/conversations/{who.pk}/{more}"


def page(client: CheckingClient, who: Contact, more: str = "") -> str:
    response = client.get(address(who, more))
    assert response.status_code == 200
    return response.content.decode()


def trail(action: str) -> list[tuple[str, object, str]]:
    return list(AuditEntry.objects.filter(action=action).values_list("name", "contact", "about"))


def test_both_sides_are_shown_with_what_could_be_chosen(somebody: Somebody) -> None:
    who = contact(channel="whatsapp")
    asked(who, "¿dónde duermo?")
    buttons = [["Albergues", "topic:shelter"], ["Menú", "topic:show_menu"]]
    answered(who, "En Metetí.", buttons=buttons, form={"shape": "list", "label": "Opciones"}, progress="read")
    html = page(somebody(Role.OPERATOR), who)
    assert "¿dónde duermo?" in html and "En Metetí." in html
    assert '<ul class="options list"' in html and "<li>Albergues</li><li>Menú</li>" in html
    assert "leído" in html and contacts.name(who.pk) in html


def test_who_wrote_is_named(somebody: Somebody) -> None:
    who, eva = contact(), User.objects.create_user("eva")
    answered(who, "Soy de la oficina.", operator=eva)
    html = page(somebody(Role.OPERATOR), who)
    assert 'class="out operator"' in html and "<span>eva</span>" in html


def test_what_was_understood_stands_there_in_numbers(somebody: Somebody) -> None:
    who = contact()
    message = asked(who, confidence=0.43, outcome="suggested", safety=True)
    Feedback.objects.create(message=message, verdict="unhelpful", given_at=timezone.now())
    html = page(somebody(Role.REVIEWER), who)
    for words in ("43 %", "90 %", "5 %", "0123456789ab", "Temas sugeridos", "no ayudó", "<code>shelter</code>"):
        assert words in html, words


def test_a_failed_delivery_says_why(somebody: Somebody) -> None:
    who = contact(channel="telegram")
    answered(who, state="failed", error="blocked")
    assert "la persona bloqueó a Faro" in page(somebody(Role.OPERATOR), who)


def test_personal_data_is_hidden_on_both_sides_but_not_in_what_faro_says(somebody: Somebody) -> None:
    who = contact()
    asked(who, "soy Rosa, 6123-4567, rosa@example.org, cédula 8-123-4567")
    answered(who, "La llamo al 6123-4567.", operator=User.objects.create_user("eva"))
    answered(who, "Llame al 6999-8888.")
    html = page(somebody(Role.OPERATOR), who)
    assert "6123-4567" not in html and "rosa@" not in html and "8-123-4567" not in html
    assert '<em class="masked">teléfono</em>' in html and "6999-8888" in html
    assert "Mostrar lo oculto" not in html


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "&lt;<b>&amp;", "</div>"]
)
def test_a_text_is_only_ever_text(somebody: Somebody, text: str) -> None:
    who = contact()
    asked(who, text, ranking=[["<b>x</b>", 0.5]], topic="<i>", content_version="<u>")
    answered(who, text, buttons=[[text, text]], operator=User.objects.create_user("<b>eva"))
    operator = somebody(Role.OPERATOR)
    for html in (operator.get(address(who)).content.decode(), operator.get("/console/conversations/").content.decode()):
        for tag in ("<script>alert", "<img src=x", "<b>", "<i>", "<u>"):
            assert tag not in html
    operator.post("/console/conversations/search", {"words": text})
    assert operator.get("/console/conversations/").status_code == 200


def test_earlier_messages_are_read_by_pages_without_gap_or_repetition(somebody: Somebody) -> None:
    who = contact()
    keys = [asked(who, f"mensaje {number}").pk for number in range(2 * PAGE + 3)]
    operator, seen, more = somebody(Role.OPERATOR), [], ""
    while True:
        html = page(operator, who, more)
        seen = [int(key) for key in re.findall(r'<li id="m(\d+)"', html)] + seen
        following = re.search(r'href="(\?before=\d+)"', html)
        if following is None:
            break
        more = following[1]
    assert seen == keys


def test_new_messages_come_by_themselves(somebody: Somebody) -> None:
    who = contact()
    first = asked(who, "uno")
    operator = somebody(Role.OPERATOR)
    assert f"newer?after={first.pk}" in page(operator, who)
    assert operator.get(address(who, f"newer?after={first.pk}")).status_code == 204
    second = asked(who, "dos")
    html = page(operator, who, f"newer?after={first.pk}")
    assert "dos" in html and "uno" not in html and f"newer?after={second.pk}" in html
    assert operator.get(address(who, f"newer?after={second.pk}")).status_code == 204


@pytest.mark.parametrize("wrong", ["x", "-1", "9" * 40, "1.5", "", "١"])
def test_a_wrong_number_in_the_address_is_the_beginning(somebody: Somebody, wrong: str) -> None:
    who = contact()
    asked(who, "hola")
    operator = somebody(Role.OPERATOR)
    assert "hola" in page(operator, who, f"?before={wrong}")
    assert "hola" in page(operator, who, f"newer?after={wrong}")


def test_opening_is_one_line_of_the_trail_an_hour(somebody: Somebody) -> None:
    who = contact()
    asked(who)
    eva, ana = somebody(Role.OPERATOR, name="eva"), somebody(Role.OPERATOR, name="ana")
    for client in (eva, eva, ana):
        page(client, who)
    assert sorted(trail("opened_conversation")) == [("ana", who.pk, ""), ("eva", who.pk, "")]
    AuditEntry.objects.update(at=timezone.now() - timedelta(minutes=61))
    page(eva, who)
    assert len(trail("opened_conversation")) == 3


# Safeguarding


@pytest.mark.parametrize("role", [one for one in Role if one is not Role.SAFEGUARDING])
def test_a_report_about_an_aid_worker_does_not_exist_for_others(somebody: Somebody, role: Role) -> None:
    who = contact(safeguarding=True)
    message = asked(who, "el de la organización 6123-4567")
    client = somebody(role, name="eva")
    Handover.objects.create(contact=who, reason="asked", requested_at=timezone.now(), operator=client.account)
    nobody = contact(safeguarding=False)
    nobody_address = f"/console/conversations/{uuid4()}/"
    for more in ("", "?before=5", "newer?after=0", "erase"):
        found, missing = client.get(address(who, more)), client.get(nobody_address + more)
        assert found.status_code == missing.status_code, "as if it were not there"
        assert found.status_code in (403, 404) and b"organizaci" not in found.content
    for more in (f"messages/{message.pk}/unmask", "erase/now"):
        assert client.post(address(who, more)).status_code in (403, 404)
    assert Message.objects.filter(pk=message.pk).exists()
    assert not AuditEntry.objects.filter(contact=who.pk).exists()
    listed = client.get("/console/conversations/")
    assert str(who.pk) not in listed.content.decode() and nobody is not None


def test_the_safeguarding_role_reads_it_and_leaves_a_trace_when_unmasking(somebody: Somebody) -> None:
    who = contact(safeguarding=True)
    message = asked(who, "me llamó del 6123-4567")
    client = somebody(Role.SAFEGUARDING, name="luz")
    html = page(client, who)
    assert "6123-4567" not in html and "Mostrar lo oculto" in html
    response = client.post(address(who, f"messages/{message.pk}/unmask"))
    assert "6123-4567" in response.content.decode()
    part = client.post(address(who, f"messages/{message.pk}/unmask"), headers={"HX-Request": "true"}).content.decode()
    assert "6123-4567" in part and "<html" not in part
    assert trail("unmasked") == [("luz", who.pk, str(message.pk))] * 2
    assert "6123-4567" not in page(client, who), "only that once"


def test_an_operator_unmasks_only_what_she_holds(somebody: Somebody) -> None:
    who, other = contact(), contact()
    message, foreign = asked(who, "mi número 6123-4567"), asked(other, "mi número 6222-3333")
    eva = somebody(Role.OPERATOR, name="eva")
    unmask = address(who, f"messages/{message.pk}/unmask")
    assert eva.post(unmask).status_code == 403
    held = Handover.objects.create(contact=who, reason="asked", requested_at=timezone.now(), operator=eva.account)
    assert "6123-4567" in eva.post(unmask).content.decode()
    assert eva.post(address(who, f"messages/{foreign.pk}/unmask")).status_code == 404, "a message of somebody else"
    assert somebody(Role.OPERATOR, name="ana").post(unmask).status_code == 403
    held.closed_at = timezone.now()
    held.save()
    assert eva.post(unmask).status_code == 403
    assert eva.get(unmask).status_code == 405


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("es", "Lo que está oculto aquí se borró"),
        ("fr", "Ce qui est masqué ici a été effacé"),
        ("en", "What is hidden here was deleted"),
    ],
)
def test_what_is_masked_in_the_database_is_not_offered_and_the_page_says_so(
    somebody: Somebody, language: str, sentence: str
) -> None:
    """Masked where it is stored: nobody can show it, so nothing is shown and nothing stands in the trail."""
    who = contact(safeguarding=True)
    message = asked(who, "me llamó del [phone], él", as_written=False)
    client = somebody(Role.SAFEGUARDING, name="luz")
    client.cookies["faro_console_language"] = language
    html = page(client, who)
    assert escape(sentence) in html and "[phone]" not in html
    assert "/unmask" not in html
    part = client.post(address(who, f"messages/{message.pk}/unmask"), headers={"HX-Request": "true"}).content.decode()
    assert escape(sentence) in part and "[phone]" not in part
    assert trail("unmasked") == []


def test_of_a_text_that_is_partly_masked_the_rest_can_be_shown(somebody: Somebody) -> None:
    """A rule that is new since: what the masking of that day did not know is hidden by that of today."""
    who = contact(safeguarding=True)
    message = asked(who, "del [phone] o 6123-4567", as_written=False)
    client = somebody(Role.SAFEGUARDING, name="luz")
    shown = client.post(address(who, f"messages/{message.pk}/unmask")).content.decode()
    assert "6123-4567" in shown and "[phone]" not in shown
    assert trail("unmasked") == [("luz", who.pk, str(message.pk))]


def test_what_an_account_wrote_stays_masked_when_the_account_is_gone(somebody: Somebody) -> None:
    who = contact()
    answered(who, "llame al 6123-4567", provider_id="answer:team-0123:0")
    assert "6123-4567" not in page(somebody(Role.REVIEWER), who)


# Erasure


def test_erasing_asks_and_then_leaves_nothing_but_the_trail(somebody: Somebody) -> None:
    who = contact()
    asked(who, "algo secreto")
    answered(who)
    eva = somebody(Role.OPERATOR, name="eva")
    assert "Borrar todo ahora" in page(eva, who, "erase")
    assert Message.objects.count() == 2, "asking erases nothing"
    assert eva.get(address(who, "erase/now")).status_code == 405
    response = eva.post(address(who, "erase/now"))
    assert "2 mensajes" in response.content.decode()
    assert not Message.objects.exists()
    assert eva.get(address(who)).status_code == 404
    assert trail("erased") == [("eva", who.pk, "")]


@pytest.mark.parametrize("role", [Role.READER, Role.REVIEWER, Role.EDITOR, Role.ADMINISTRATOR])
def test_who_may_not_erase_cannot(somebody: Somebody, role: Role) -> None:
    who = contact()
    asked(who)
    client = somebody(role)
    assert client.get(address(who, "erase")).status_code == 403
    assert client.post(address(who, "erase/now")).status_code == 403
    assert Message.objects.exists()


def test_a_name_says_nothing_and_is_always_the_same() -> None:
    who = uuid4()
    assert contacts.name(who) == contacts.name(who)
    assert re.fullmatch(r"[A-Z][a-z]+ [A-Z][a-z]+ \d{4}", contacts.name(who))
    assert len({contacts.name(uuid4()) for _ in range(2000)}) > 1990
