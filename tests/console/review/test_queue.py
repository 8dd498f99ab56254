"""What is in the queue and why, and what never is."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bot.conversations.erase import erase
from bot.conversations.models import Feedback
from bot.conversations.retention import enforce
from console.review import queue
from console.review.models import Hidden, Verdict
from console.review.queue import Reason, entries, is_narrow
from console.review.verdicts import Choice, Kind, decide, hide
from tests.console.page import CheckingClient
from tests.console.review.conftest import NOW, ask, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana() -> User:
    return User.objects.create_user("ana")


@pytest.fixture
def eva() -> User:
    return User.objects.create_user("eva")


def texts(account: User, **filters: str) -> list[str]:
    return [one.lead.text for one in entries(account, **filters)]


def test_what_was_not_understood_is_there_the_most_frequent_first(ana: User) -> None:
    ask("perro perdido")
    for _ in range(3):
        ask("¿dónde vacunan perros?", outcome="suggested")
    ask("donde vacunan pérros", by=person())
    ask("hola", outcome="answered", confidence=0.99)
    found = entries(ana)
    assert [(one.lead.text, one.people) for one in found] == [("donde vacunan pérros", 4), ("perro perdido", 1)]
    assert found[0].others == ["¿dónde vacunan perros?"]
    assert found[0].reasons == [Reason.NOT_UNDERSTOOD]


def test_the_same_words_in_two_languages_are_two_questions(ana: User) -> None:
    ask("visa", language="es")
    ask("visa", language="fr")
    assert sorted(one.language for one in entries(ana)) == ["es", "fr"]
    assert [one.language for one in entries(ana, language="fr")] == ["fr"]


def test_every_reason_brings_a_message_into_the_queue(ana: User) -> None:
    unhelpful = ask("no me sirvió eso", outcome="answered", confidence=0.9)
    Feedback.objects.create(message=unhelpful, verdict="unhelpful", given_at=NOW)
    helpful = ask("esto sí sirvió", outcome="answered", confidence=0.9)
    Feedback.objects.create(message=helpful, verdict="helpful", given_at=NOW)
    ask("por poco", outcome="answered", confidence=0.45, ranking=[["a", 0.45], ["b", 0.4]])
    ask("por más de la mitad", outcome="answered", confidence=0.52, ranking=[["a", 0.52], ["b", 0.48]])
    ask("de lejos", outcome="answered", confidence=0.45, ranking=[["a", 0.45], ["b", 0.1]])
    who = person()
    ask("ninguna de esas", by=who, outcome="answered", confidence=0.9)
    ask("", by=who, kind="choice", choice="none_of_these", topic="none_of_these", outcome="answered")
    other = person()
    ask("mwen bezwen èd", by=other, outcome="answered", confidence=0.9)
    ask("", by=other, kind="choice", choice="language:fr", topic="set_language", outcome="answered")
    same = person()
    ask("ya en español", by=same, outcome="answered", confidence=0.9)
    ask("", by=same, kind="choice", choice="language:es", topic="set_language", outcome="answered")
    found = {one.lead.text: (one.reasons, one.language) for one in entries(ana)}
    assert found == {
        "no me sirvió eso": ([Reason.UNHELPFUL], "es"),
        "por poco": ([Reason.NARROW], "es"),
        "ninguna de esas": ([Reason.REFUSED], "es"),
        "mwen bezwen èd": ([Reason.LANGUAGE], "fr"),
    }
    assert texts(ana, reason="narrow") == ["por poco"]


@pytest.mark.parametrize(
    ("ranking", "narrow"),
    [([], False), ([("a", 0.5)], False), ([("a", 0.5), ("b", 0.4)], True), ([("a", 0.5), ("b", 0.35)], False)],
)
def test_decided_by_little(ranking: list[tuple[str, float]], narrow: bool) -> None:
    assert is_narrow(ranking) is narrow


def test_what_never_comes_into_the_queue(ana: User) -> None:
    reported = person(safeguarding=True)
    message = ask("un funcionario me pidió algo", by=reported)
    Feedback.objects.create(message=message, verdict="unhelpful", given_at=NOW)
    ask("dicho a una persona", outcome="held")
    ask("?")
    ask("7")
    ask("", outcome="unreadable")
    ask("", kind="other")
    erase(ask("borrado").contact, now=NOW)
    assert texts(ana) == []
    assert queue.of_messages([message.pk]) == []


def test_a_report_that_is_made_later_takes_the_conversation_out_again(ana: User) -> None:
    message = ask("ayuda con el trámite")
    decide(ana, [message.pk], Choice(Kind.UNSURE, "es"), two_people=False, now=NOW)
    eva = User.objects.create_user("eva2")
    assert texts(eva) == ["ayuda con el trámite"]
    message.contact.safeguarding = True
    message.contact.save()
    assert texts(eva) == []


def test_who_somebody_is_is_masked_and_can_be_masked_more(ana: User) -> None:
    message = ask("soy Marta Pérez, llámeme al 6123-4567 o m@x.example, Marta espera")
    masked = "soy Marta Pérez, llámeme al [phone] o [email], Marta espera"
    assert texts(ana) == [masked]
    hide([message.pk], [1, 2])
    assert texts(ana) == ["soy [hidden] llámeme al [phone] o [email], [hidden] espera"]
    assert message.text == "soy Marta Pérez, llámeme al 6123-4567 o m@x.example, Marta espera"


def test_erasure_and_retention_take_verdicts_and_hidden_words_along(ana: User) -> None:
    first, second = ask("la primera vez"), ask("otra cosa")
    for one in (first, second):
        hide([one.pk], [0])
        decide(ana, [one.pk], Choice(Kind.IGNORE, "es"), two_people=False, now=NOW)
    assert (Verdict.objects.count(), Hidden.objects.count()) == (2, 2)
    erase(first.contact, now=NOW)
    assert [one.message_id for one in Verdict.objects.all()] == [second.pk]
    enforce(days=0, now=NOW.replace(year=2027))
    assert (Verdict.objects.count(), Hidden.objects.count()) == (0, 0)


def test_the_queue_asks_the_database_a_fixed_number_of_times(ana: User, django_assert_max_num_queries: object) -> None:
    for number in range(20):
        ask(f"pregunta {chr(ord('a') + number) * 4}")
    with django_assert_max_num_queries(12):  # type: ignore[operator]
        assert len(entries(ana)) == 20


def test_the_newest_are_looked_at_whatever_brought_them(ana: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "LIMIT", 3)
    close = {"outcome": "answered", "confidence": 0.4, "ranking": [["a", 0.4], ["b", 0.35]]}
    ask("lo más viejo", outcome="suggested")
    ask("vieja y por poco", **close)
    ask("no entendido")
    helpless = ask("no me ayudó", outcome="answered", confidence=0.9)
    Feedback.objects.create(message=helpless, verdict="unhelpful", given_at=NOW)
    last = ask("por poco", **close)
    assert texts(ana) == ["por poco", "no me ayudó", "no entendido"]
    decide(ana, [last.pk], Choice(Kind.IGNORE, "es"), two_people=False, now=NOW)
    assert texts(ana) == ["no me ayudó", "no entendido", "vieja y por poco"]


def test_two_reasons_of_one_message_are_both_named(ana: User) -> None:
    message = ask("no me ayudó", outcome="suggested")
    for _ in range(2):
        Feedback.objects.create(message=message, verdict="unhelpful", given_at=NOW)
    assert [one.reasons for one in entries(ana)] == [[Reason.NOT_UNDERSTOOD, Reason.UNHELPFUL]]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="reads how SQLite finds the rows")
def test_no_query_of_the_page_reads_every_message(staff: CheckingClient, eva: User) -> None:
    first, second = ask("decidida por otra persona"), ask("decidida por mí")
    decide(eva, [first.pk], Choice(Kind.UNSURE, "es"), two_people=False, now=NOW)
    staff.post("/console/review/decide", {"messages": str(second.pk), "kind": "ignore"})
    assert Verdict.objects.count() == 2
    ask("perro perdido")
    with CaptureQueriesContext(connection) as asked:
        assert staff.get("/console/review/").status_code == 200
    plans = {}
    with connection.cursor() as cursor:
        for sql in [one["sql"] for one in asked.captured_queries if "conversations_message" in one["sql"]]:
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}".replace("%", "%%"))
            plans[sql] = "; ".join(row[3] for row in cursor.fetchall())
    assert len(plans) == 10
    for sql, plan in plans.items():
        assert "SCAN" not in plan, f"{plan}\n{sql}"


def test_refusals_that_were_decided_leave_the_others_their_place(ana: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "LIMIT", 2)
    ask("perro perdido")
    ask("gato perdido")
    for text in ("una", "otra"):
        who = person()
        message = ask(text, by=who, outcome="answered", confidence=0.9)
        ask("", by=who, kind="choice", choice="none_of_these", topic="none_of_these", outcome="answered")
        decide(ana, [message.pk], Choice(Kind.IGNORE, "es"), two_people=False, now=NOW)
    assert texts(ana) == ["gato perdido", "perro perdido"]
