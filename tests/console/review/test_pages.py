"""The pages of the review, as a browser without scripts and as htmx get them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from bot.conversations.models import Message
from console.audit.models import AuditEntry
from console.permissions import Role
from console.review.models import Hidden, Verdict, WantedTopic
from tests.console.page import CheckingClient
from tests.console.review.conftest import NOW, ask, person

pytestmark = pytest.mark.django_db

Somebody = Callable[..., CheckingClient]
HTMX = {"HX-Request": "true"}


def page(client: Client, address: str = "/console/review/", **options: Any) -> str:
    response = client.get(address, **options)
    assert response.status_code == 200
    return response.content.decode()


def decide(client: Client, message: Message, address: str = "/console/review/decide", **fields: str) -> Any:
    return client.post(address, {"messages": str(message.pk), "language": "es", **fields})


def test_an_empty_queue_says_so(staff: CheckingClient) -> None:
    assert "Nada espera revisión." in page(staff)


@pytest.mark.parametrize("code", ["es", "en", "fr"])
def test_the_question_stands_with_all_that_can_be_done(staff: CheckingClient, code: str) -> None:
    staff.cookies["faro_console_language"] = code
    ranking = [["return_cost", 0.31], ["health_cost", 0.3], ["greet", 0.1], ["out_of_scope", 0.05]]
    asked = ask("<b>cuánto</b> cuesta, escriba a ana@x.example", ranking=ranking, outcome="suggested")
    Message.objects.create(
        contact=asked.contact,
        direction="out",
        channel="web",
        provider_id="o1",
        text="¿Quiso decir?",
        state="sent",
        created_at=NOW,
        answers=asked,
    )
    ask("donde hay agua")
    shown = page(staff, f"/console/review/?entry={asked.pk}")
    assert '&lt;b&gt;cuánto&lt;/b&gt; cuesta, escriba a <em class="masked">[email]</em>' in shown
    assert "¿Quiso decir?" in shown
    titles = {"es": "Costo del retorno", "en": "Cost of returning", "fr": "Coût du retour"}
    assert titles[code] in shown and "31 %" in shown
    for key in ("1", "2", "3", "t", "n", "o", "i", "u", "m", "s"):
        assert f'data-key="{key}"' in shown, key
    assert "ana@x.example" not in shown


def test_without_a_ranking_the_nearest_examples_suggest(staff: CheckingClient) -> None:
    ask("me robaron los documentos en la selva")
    shown = page(staff)
    assert 'name="suggested" value="crime_victim"' in shown


def test_a_decision_without_scripts_leads_to_the_next_question(staff: CheckingClient) -> None:
    first, second = ask("cuánto vale el boleto"), ask("perro perdido")
    response = decide(staff, second, "/console/review/decide?language=es", suggested="return_cost")
    assert response["Location"] == "/console/review/?language=es"
    shown = page(staff, response["Location"])
    assert "Hecho: pertenece a «Costo del retorno»." in shown
    assert f'value="{first.pk}"' in shown and "perro perdido" not in shown
    assert Verdict.objects.get().topic == "return_cost"


def test_a_decision_with_htmx_brings_the_next_question_alone(staff: CheckingClient) -> None:
    first, second = ask("cuánto vale el boleto"), ask("perro perdido")
    response = staff.post(
        "/console/review/decide", {"messages": str(second.pk), "language": "es", "kind": "ignore"}, headers=HTMX
    )
    shown = response.content.decode()
    assert "<html" not in shown and 'id="entry"' in shown and f'value="{first.pk}"' in shown
    assert 'hx-swap-oob="innerHTML:.notes"' in shown


@pytest.mark.parametrize(
    ("fields", "kind", "topic"),
    [
        ({"kind": "topic", "topic": "Costo del retorno (return_cost)"}, "topic", "return_cost"),
        ({"kind": "topic", "topic": "costo del RETORNO"}, "topic", "return_cost"),
        ({"kind": "typed", "topic": "return_cost"}, "topic", "return_cost"),
        ({"kind": "typed", "name": "Mascotas"}, "new_topic", ""),
        ({"kind": "new_topic", "name": "Mascotas", "note": "perros"}, "new_topic", ""),
        ({"kind": "out_of_scope"}, "out_of_scope", "out_of_scope"),
        ({"kind": "ignore"}, "ignore", ""),
        ({"kind": "unsure"}, "unsure", ""),
    ],
)
def test_what_can_be_decided(staff: CheckingClient, fields: dict[str, str], kind: str, topic: str) -> None:
    message = ask("cuánto vale el boleto")
    assert decide(staff, message, **fields).status_code == 302
    made = Verdict.objects.get()
    assert (made.kind, made.topic, made.language) == (kind, topic, "es")
    (line,) = AuditEntry.objects.filter(action="reviewed")
    assert (line.contact, line.name) == (message.contact_id, "ana")
    assert "boleto" not in line.about


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"kind": "topic", "topic": "no hay tal"}, "No existe ese tema"),
        ({"kind": "new_topic", "note": "perros"}, "nombre corto"),
        ({"kind": "nonsense"}, "Elija qué hacer"),
        ({"kind": "topic", "topic": "return_cost", "language": "xx"}, "Elija el idioma"),
        ({"kind": "confirm", "first": "x"}, "ya no está"),
    ],
)
def test_bad_input_is_said_and_nothing_typed_is_lost(
    staff: CheckingClient, fields: dict[str, str], sentence: str
) -> None:
    message = ask("cuánto vale el boleto")
    shown = decide(staff, message, **fields).content.decode()
    assert sentence in shown and f'value="{message.pk}"' in shown
    assert fields.get("topic", "") in shown and fields.get("note", "") in shown
    assert Verdict.objects.count() == 0


def test_two_reviewers_at_once(somebody: Somebody) -> None:
    ana, eva = somebody(Role.REVIEWER, name="ana2"), somebody(Role.REVIEWER, name="eva")
    message = ask("cuánto vale el boleto")
    decide(ana, message, suggested="return_cost")
    shown = decide(eva, message, kind="ignore").content.decode()
    assert "ana2 ya decidió sobre esto" in shown
    assert Verdict.objects.get().kind == "topic"


def test_a_second_person_sees_what_the_first_said_and_confirms(somebody: Somebody, settings: Any) -> None:
    import dataclasses

    settings.SETTINGS = dataclasses.replace(settings.SETTINGS, review_two_people=True)
    ana, eva = somebody(Role.REVIEWER, name="ana2"), somebody(Role.REVIEWER, name="eva")
    message = ask("cuánto vale el boleto")
    decide(ana, message, suggested="return_cost")
    assert "Nada espera revisión." in page(ana)
    shown = page(eva)
    assert "ana2 dice: pertenece a «Costo del retorno»." in shown and 'data-key="c"' in shown
    first = Verdict.objects.get()
    decide(ana, message, kind="confirm", first=str(first.decision))
    first.refresh_from_db()
    assert first.state == "open"
    decide(eva, message, kind="confirm", first=str(first.decision))
    first.refresh_from_db()
    assert (first.state, first.second_by.username) == ("accepted", "eva")
    assert "eva" in page(ana, "/console/review/decisions/")


def test_words_are_hidden_on_the_server(staff: CheckingClient) -> None:
    message = ask("soy Marta de Lima")
    staff.post("/console/review/hide", {"messages": str(message.pk), "word": ["1"]})
    assert Hidden.objects.get().text == "soy [hidden] de Lima"
    shown = page(staff)
    assert "Marta" not in shown and '<em class="masked">[hidden]</em>' in shown
    assert AuditEntry.objects.filter(action="masked_more", contact=message.contact_id).exists()
    shown = staff.post("/console/review/hide", {"messages": str(message.pk)}, follow=True).content.decode()
    assert "Elija las palabras" in shown


def test_the_last_decision_and_every_other_can_be_taken_back(staff: CheckingClient) -> None:
    message = ask("cuánto vale el boleto")
    decide(staff, message, suggested="return_cost")
    decision = Verdict.objects.get().decision
    assert f"/console/review/decisions/{decision}/undo" in page(staff)
    assert f"/console/review/decisions/{decision}/undo" in page(staff, "/console/review/decisions/")
    response = staff.post(f"/console/review/decisions/{decision}/undo")
    assert response["Location"] == f"/console/review/?entry={message.pk}"
    assert f'value="{message.pk}"' in page(staff)
    assert AuditEntry.objects.filter(action="undid_review").count() == 1
    assert "ya no está" in staff.post(f"/console/review/decisions/{decision}/undo", follow=True).content.decode()


def test_decisions_are_listed_by_kind(staff: CheckingClient) -> None:
    decide(staff, ask("cuánto vale el boleto"), suggested="return_cost")
    decide(staff, ask("perro perdido"), kind="ignore")
    assert "perro perdido" in page(staff, "/console/review/decisions/")
    assert "perro perdido" not in page(staff, "/console/review/decisions/?kind=topic")


def test_missing_topics_are_listed_for_the_content_team(staff: CheckingClient) -> None:
    assert "Todavía no falta ningún tema" in page(staff, "/console/review/wanted/")
    decide(staff, ask("perro"), kind="new_topic", name="Mascotas & más", note="viajar con\nanimales")
    shown = page(staff, "/console/review/wanted/")
    assert "Mascotas &amp; más" in shown and "viajar con<br>animales" in shown
    row = WantedTopic.objects.get()
    staff.post(f"/console/review/wanted/{row.pk}/done")
    row.refresh_from_db()
    assert row.done_at


def test_a_report_about_an_aid_worker_cannot_be_reached_by_number(staff: CheckingClient) -> None:
    message = ask("un funcionario me pidió dinero", by=person(safeguarding=True))
    assert "funcionario" not in page(staff, f"/console/review/?entry={message.pk}")
    assert "ya no están" in decide(staff, message, kind="ignore").content.decode()
    staff.post("/console/review/hide", {"messages": str(message.pk), "word": "1"})
    assert (Verdict.objects.count(), Hidden.objects.count()) == (0, 0)
    Verdict.objects.create(message=message, kind="ignore", state="accepted", language="es", text="funcionario", at=NOW)
    assert "funcionario" not in page(staff, "/console/review/decisions/")
    staff.post(f"/console/review/decisions/{Verdict.objects.get().decision}/undo")
    assert Verdict.objects.count() == 1


@pytest.mark.parametrize("role", [Role.READER, Role.OPERATOR, Role.ADMINISTRATOR, Role.SAFEGUARDING])
def test_other_roles_may_not_review(somebody: Somebody, role: Role) -> None:
    client = somebody(role)
    message = ask("cuánto vale el boleto")
    assert client.get("/console/review/").status_code == 403
    assert decide(client, message, kind="ignore").status_code == 403


def test_a_reviewer_may_not_change_the_training_data(somebody: Somebody) -> None:
    client = somebody(Role.REVIEWER)
    assert "/console/review/changes/" not in page(client)
    assert client.get("/console/review/changes/").status_code == 403
    assert client.post("/console/review/changes/new").status_code == 403


@pytest.mark.parametrize("entry", ["x", "-1", "9" * 40, "١", ""])
def test_an_address_that_somebody_made_up_shows_the_queue(staff: CheckingClient, entry: str) -> None:
    ask("perro perdido")
    assert "perro perdido" in page(staff, f"/console/review/?entry={entry}&language=zz&reason=zz")
    assert staff.post("/console/review/decide", {"messages": entry, "kind": "ignore"}).status_code == 200
