"""The waiting list and the panel: who sees and does what; nothing that an operator writes is lost or sent twice."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from bot.channels.webchat import languages
from bot.conversations import handover
from bot.conversations.models import Contact, Handover, Message
from console.audit.models import AuditEntry
from console.handover.saved import speaker
from console.permissions import Role
from tests.console.page import CheckingClient

pytestmark = pytest.mark.django_db

Somebody = Callable[..., CheckingClient]


@pytest.fixture
def person(db: None) -> Callable[..., Contact]:
    """Makes somebody who has written, and waits for a person for a while unless told otherwise."""

    def make(
        text: str = "quiero hablar con alguien", *, reason: str = "asked", minutes: int = 5, **fields: Any
    ) -> Contact:
        now = timezone.now()
        settings = {"channel": "web", "language": "es", "created_at": now, "seen_at": now, "pseudonym": uuid4().hex * 2}
        contact = Contact.objects.create(**settings | fields)
        Message.objects.create(
            contact=contact,
            direction="in",
            channel=contact.channel,
            provider_id=uuid4().hex,
            text=text,
            state="answered",
            created_at=now,
            safety=reason == "safety",
        )
        if reason:
            handover.request(contact, reason, now=now - timedelta(minutes=minutes))
        return contact

    return make


@pytest.fixture
def eva(somebody: Somebody) -> CheckingClient:
    """An operator's browser."""
    return somebody(Role.OPERATOR, name="eva")


@pytest.fixture
def luis(somebody: Somebody) -> CheckingClient:
    """Another operator's browser."""
    return somebody(Role.OPERATOR, name="luis")


def at(contact: Contact | UUID, step: str = "") -> str:
    return f"/console/waiting/{getattr(contact, 'pk', contact)}/{step}"


def page_of(contact: Contact) -> str:
    """The page of the conversation, on which the panel stands."""
    return f"/console/conversations/{contact.pk}/"


def html(response: Any) -> str:
    return response.content.decode()


def said(contact: Contact) -> list[str]:
    return list(contact.messages.filter(direction="out").order_by("pk").values_list("text", flat=True))


def write(client: CheckingClient, contact: Contact, text: str = "Buenos días", token: object = None) -> Any:
    return client.post(at(contact, "write"), {"text": text, "token": str(token or uuid4())})


# The list


def test_the_list_shows_who_waits_with_danger_first_and_what_is_personal_hidden(
    eva: CheckingClient, person: Callable[..., Contact]
) -> None:
    asked = person("llámeme al 6612-3456, soy de Colón", minutes=125)
    danger = person("me pega", reason="safety", minutes=3)
    page = html(eva.get("/console/waiting/"))
    assert "<title>(2) " in page
    assert page.index(str(danger.pk)) < page.index(str(asked.pk))
    assert "2 horas" in page and "Puede estar en peligro" in page and "Pidió una persona" in page
    assert "soy de Colón" in page and "6612" not in page


def test_for_htmx_it_is_the_list_alone(eva: CheckingClient, person: Callable[..., Contact]) -> None:
    person()
    part = html(eva.get("/console/waiting/", headers={"HX-Request": "true"}))
    assert "<html" not in part and "lines board" in part


def test_the_count_holds_numbers_and_no_content(eva: CheckingClient, person: Callable[..., Contact]) -> None:
    contact = person("me pega", reason="safety")
    found = eva.get("/console/waiting/count").json()
    assert (found["waiting"], found["newest"], found["mine"]) == (1, Handover.objects.get().pk, 0)
    assert "me pega" not in str(found) and str(contact.pk) not in str(found)
    eva.post(at(contact, "take"))
    found = eva.get("/console/waiting/count").json()
    assert (found["waiting"], found["mine"]) == (0, contact.messages.filter(direction="in").get().pk)


def test_what_somebody_wrote_is_never_markup(eva: CheckingClient, person: Callable[..., Contact]) -> None:
    contact = person("<script>alert(1)</script><b>hola</b>")
    eva.post(at(contact, "take"))
    eva.get("/console/waiting/")
    refused = write(eva, contact, "")
    assert "&lt;script&gt;" in html(refused) and "<script>alert" not in html(refused)
    for address in ("/console/waiting/", page_of(contact)):
        page = html(eva.get(address))
        assert "&lt;script&gt;" in page and "<script>alert" not in page


def test_what_is_personal_is_hidden_and_what_faro_said_is_not(
    eva: CheckingClient, person: Callable[..., Contact]
) -> None:
    contact = person("mi número es 6612-3456")
    eva.post(at(contact, "take"))
    write(eva, contact, "¿Es el 6612-3456?")
    page = html(eva.get(page_of(contact)))
    assert "6612" not in page and "911" in page


# Who may


@pytest.mark.parametrize("role", [Role.READER, Role.REVIEWER, Role.EDITOR, Role.ADMINISTRATOR])
def test_who_may_not_answer_people_sees_and_does_nothing(
    role: Role, somebody: Somebody, person: Callable[..., Contact]
) -> None:
    contact, client = person(), somebody(role)
    for address in ("/console/waiting/", "/console/waiting/count", at(contact, "answer")):
        assert client.get(address).status_code == 403
    for step in ("take", "take-over", "write", "answer/send", "pass-on", "give-back", "dismiss"):
        assert client.post(at(contact, step)).status_code == 403
    assert Handover.objects.get().taken_at is None and said(contact) == []


def test_a_report_about_an_aid_worker_exists_for_the_safeguarding_role_alone(
    eva: CheckingClient, somebody: Somebody, person: Callable[..., Contact]
) -> None:
    contact = person("un trabajador me pidió dinero", safeguarding=True)
    trusted = somebody(Role.SAFEGUARDING)
    assert str(contact.pk) not in html(eva.get("/console/waiting/"))
    assert eva.get("/console/waiting/count").json()["waiting"] == 0
    unknown = uuid4()
    assert eva.get(at(contact, "answer")).status_code == eva.get(at(unknown, "answer")).status_code == 404
    assert eva.get(page_of(contact)).status_code == 404
    for step in ("take", "take-over", "write", "answer/send", "pass-on", "give-back", "dismiss"):
        assert eva.post(at(contact, step)).status_code == eva.post(at(unknown, step)).status_code == 404
    assert str(contact.pk) in html(trusted.get("/console/waiting/"))
    assert trusted.get("/console/waiting/count").json()["waiting"] == 1
    assert trusted.post(at(contact, "take")).status_code == 302
    # And it is not passed on to somebody who may not see it.
    page = html(trusted.get(page_of(contact)))
    assert ">eva<" not in page
    trusted.post(at(contact, "pass-on"), {"to": eva.account.pk})
    assert Handover.objects.get().operator == trusted.account


def test_nothing_is_done_by_following_a_link(eva: CheckingClient, person: Callable[..., Contact]) -> None:
    contact = person()
    for step in ("take", "take-over", "write", "answer/send", "pass-on", "give-back", "dismiss"):
        assert eva.get(at(contact, step)).status_code == 405


def test_a_form_of_another_site_does_nothing(eva: CheckingClient, person: Callable[..., Contact]) -> None:
    contact = person()
    strict = CheckingClient(enforce_csrf_checks=True)
    strict.cookies = eva.cookies
    assert strict.post(at(contact, "take")).status_code == 403
    assert Handover.objects.get().taken_at is None


# Taking and answering


def test_an_operator_takes_a_conversation_and_answers(eva: CheckingClient, person: Callable[..., Contact]) -> None:
    contact = person()
    assert "Tomar esta conversación" in html(eva.get(page_of(contact)))
    taken = eva.post(at(contact, "take"), follow=True)
    assert "Usted tiene ahora esta conversación" in html(taken)
    assert write(eva, contact).status_code == 302
    page = html(eva.get(page_of(contact)))
    assert "Buenos días" in page and "Devolver a Faro" in page
    row = contact.messages.get(text="Buenos días")
    assert (row.operator, row.state) == (eva.account, "pending")
    actions = list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))
    assert [one for one in actions if one in ("took", "answered")] == ["took", "answered"]
    assert not AuditEntry.objects.filter(about__contains="Buenos").exists()


def test_the_second_click_sends_nothing_again(eva: CheckingClient, person: Callable[..., Contact]) -> None:
    contact, token = person(), uuid4()
    eva.post(at(contact, "take"))
    for _ in range(2):
        assert write(eva, contact, token=token).status_code == 302
    assert said(contact).count("Buenos días") == 1
    assert AuditEntry.objects.filter(action="answered").count() == 1


def test_of_two_operators_one_takes_it_and_the_other_reads_who(
    eva: CheckingClient, luis: CheckingClient, person: Callable[..., Contact]
) -> None:
    contact = person()
    eva.post(at(contact, "take"))
    refused = html(luis.post(at(contact, "take"), follow=True))
    assert "Otra persona del equipo tiene esta conversación" in refused
    assert "eva tiene esta conversación" in refused
    assert 'name="text"' not in refused


def test_what_cannot_be_sent_stands_in_its_field_again(
    eva: CheckingClient, luis: CheckingClient, person: Callable[..., Contact]
) -> None:
    contact = person()
    eva.post(at(contact, "take"))
    for text, status in (("   ", 400), ("x" * 4_001, 400)):
        answer = write(eva, contact, text)
        assert answer.status_code == status
        assert f">{text}</textarea>" in html(answer)
    luis.post(at(contact, "take-over"), {"holder": eva.account.pk})
    answer = write(eva, contact, "esto ya no llega")
    assert answer.status_code == 409
    assert "esto ya no llega" in html(answer)
    assert said(contact) == [speaker().sentence("handover_taken", "es").text]


def test_a_colleague_takes_over(eva: CheckingClient, luis: CheckingClient, person: Callable[..., Contact]) -> None:
    contact = person()
    eva.post(at(contact, "take"))
    page = html(luis.get(page_of(contact)))
    assert re.search(rf'name="holder" value="{eva.account.pk}"', page)
    luis.post(at(contact, "take-over"), {"holder": eva.account.pk})
    assert Handover.objects.get().operator == luis.account
    late = User.objects.create_user("late")
    eva.post(at(contact, "take-over"), {"holder": late.pk})
    assert Handover.objects.get().operator == luis.account


def test_a_conversation_is_passed_to_a_colleague_and_to_the_list(
    eva: CheckingClient, luis: CheckingClient, somebody: Somebody, person: Callable[..., Contact]
) -> None:
    contact, reader = person(), somebody(Role.READER)
    eva.post(at(contact, "take"))
    page = html(eva.get(page_of(contact)))
    assert ">luis<" in page and f'<option value="{reader.account.pk}"' not in page
    for nobody in (reader.account.pk, 999_999, "luis", "1 or 1=1"):
        eva.post(at(contact, "pass-on"), {"to": nobody})
        assert Handover.objects.get().operator == eva.account
    eva.post(at(contact, "pass-on"), {"to": luis.account.pk})
    assert Handover.objects.get().operator == luis.account
    luis.post(at(contact, "pass-on"), {"to": ""})
    assert Handover.objects.get().taken_at is None
    assert AuditEntry.objects.filter(action="passed_on").count() == 2


def test_faro_gets_it_back(eva: CheckingClient, luis: CheckingClient, person: Callable[..., Contact]) -> None:
    contact = person()
    eva.post(at(contact, "take"))
    luis.post(at(contact, "give-back"))
    assert Handover.objects.get().closed_at is None
    page = eva.post(at(contact, "give-back"), follow=True)
    assert page.redirect_chain[-1][0] == "/console/waiting/"
    assert Handover.objects.get().end == "returned"
    assert said(contact)[-1] == speaker().sentence("handover_returned", "es").text


def test_a_request_is_closed(eva: CheckingClient, person: Callable[..., Contact]) -> None:
    contact = person()
    eva.post(at(contact, "dismiss"))
    assert Handover.objects.get().end == "dismissed"
    assert said(contact) == [speaker().sentence("handover_dismissed", "es").text]


# Approved answers


def test_an_approved_answer_is_looked_at_and_sent_as_it_is_in_the_language_of_the_person(
    eva: CheckingClient, person: Callable[..., Contact]
) -> None:
    contact = person(language="fr")
    eva.post(at(contact, "take"))
    whole = html(eva.get(at(contact, "answer"), {"topic": "return_cost"}))
    part = html(eva.get(at(contact, "answer"), {"topic": "return_cost"}, headers={"HX-Request": "true"}))
    answer = speaker().answer("return_cost", "fr")
    first = answer.text.splitlines()[0]
    assert first in whole.replace("&#x27;", "'") and first in part.replace("&#x27;", "'")
    fields = dict(re.findall(r'name="(token|topic|version)" value="([^"]+)"', part))
    eva.post(at(contact, "answer/send"), fields)
    row = contact.messages.latest("pk")
    assert (row.text, row.language, row.operator) == (answer.text, "fr", eva.account)
    assert row.buttons == [[one.title, one.id] for one in answer.buttons]


def test_an_answer_that_changed_meanwhile_is_not_sent(eva: CheckingClient, person: Callable[..., Contact]) -> None:
    contact = person()
    eva.post(at(contact, "take"))
    before = said(contact)
    fields = {"topic": "return_cost", "token": uuid4(), "version": "of yesterday"}
    answer = eva.post(at(contact, "answer/send"), fields)
    assert answer.status_code == 409 and languages.library().version in html(answer)
    assert eva.post(at(contact, "answer/send"), fields | {"topic": "no_such_topic"}).status_code == 400
    assert said(contact) == before


# What stands in the way


def test_whatsapp_shows_what_is_left_and_refuses_when_it_is_over(
    eva: CheckingClient, person: Callable[..., Contact]
) -> None:
    now = timezone.now()
    contact = person(channel="whatsapp", seen_at=now - timedelta(hours=20))
    assert "3 horas" in html(eva.get("/console/waiting/"))
    eva.post(at(contact, "take"))
    assert "WhatsApp nos deja escribir 3 horas" in html(eva.get(page_of(contact)))
    assert write(eva, contact).status_code == 302
    Contact.objects.update(seen_at=now - timedelta(hours=24))
    Message.objects.update(created_at=now - timedelta(hours=24))
    page = html(eva.get(page_of(contact)))
    assert "WhatsApp solo deja escribir en las 24 horas" in page and 'name="text"' not in page
    answer = write(eva, contact, "¿sigue ahí?")
    assert answer.status_code == 409 and said(contact)[-1].endswith("Buenos días")


def test_who_cannot_be_reached_is_not_offered_to_be_answered(
    eva: CheckingClient, person: Callable[..., Contact]
) -> None:
    contact = person(channel="telegram", unreachable_at=timezone.now())
    page = html(eva.get(page_of(contact)))
    assert "No se puede escribir a esta persona" in page and "Tomar esta conversación" not in page
    assert "No se puede escribir" in html(eva.post(at(contact, "take"), follow=True))


def test_after_an_erasure_there_is_nothing_to_open(eva: CheckingClient, person: Callable[..., Contact]) -> None:
    contact = person()
    eva.post(at(contact, "take"))
    contact.delete()
    assert eva.get(page_of(contact)).status_code == 404
    assert write(eva, contact).status_code == 404


@pytest.mark.parametrize(
    ("back", "leads"),
    [
        ("/console/conversations/x/?before=7", "/console/conversations/x/?before=7"),
        ("/console/waiting/x/write", None),
        ("https://elsewhere.example/", None),
        ("//elsewhere.example/console/", None),
        ("/chat", None),
        ("", None),
    ],
)
def test_an_action_leads_back_to_the_console_and_nowhere_else(
    eva: CheckingClient, person: Callable[..., Contact], back: str, leads: str | None
) -> None:
    contact = person()
    answer = eva.post(at(contact, "take"), {"back": back})
    assert answer["Location"] == (leads or page_of(contact))


@pytest.mark.parametrize("language", ["es", "en", "fr"])
def test_every_state_of_the_panel_is_a_good_page_in_every_language(
    language: str, eva: CheckingClient, luis: CheckingClient, person: Callable[..., Contact]
) -> None:
    contacts = [person(reason=reason) for reason in ("asked", "safety", "not_understood", "")]
    for client in (eva, luis):
        client.cookies["faro_console_language"] = language
    for contact in contacts:
        eva.get(page_of(contact))
        eva.post(at(contact, "take"))
        eva.get(page_of(contact))
        luis.get(page_of(contact))
    luis.get("/console/waiting/")
    eva.get("/console/waiting/")
    User.objects.filter(username="eva").delete()
    luis.get("/console/waiting/")
    luis.get(page_of(contacts[0]))
