"""What the page of the console says."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from bot.answers.library import Library
from bot.channels.webchat import languages
from bot.conversations.models import Contact, Handover, Message, TurnCount
from bot.settings import ROOT
from bot.web import health
from console import figures, views, words

PANAMA = ZoneInfo("America/Panama")
NOON = datetime(2026, 11, 23, 12, tzinfo=PANAMA)
SPOKEN = [("es", "Español"), ("en", "English")]

SECRET_TEXT = "a text that nobody counts"


@pytest.fixture
def contact(db: None) -> Contact:
    return Contact.objects.create(channel="web", pseudonym="f" * 64, created_at=NOON, seen_at=NOON)


def said(contact: Contact, at: datetime, language: str = "es", outcome: str = "answered", **more: str) -> Message:
    return Message.objects.create(
        contact=contact,
        channel="web",
        provider_id=str(Message.objects.count()),
        text=SECRET_TEXT,
        created_at=at,
        language=language,
        outcome=outcome,
        **{"direction": "in", "state": "answered", **more},
    )


@pytest.fixture
def noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOON)


@pytest.fixture
def page(noon: None, staff: Client, rasa: object) -> Callable[[], str]:
    """The page as it is at noon, to somebody who has just logged in."""

    def get() -> str:
        response = staff.get("/console/")
        assert response.status_code == 200
        return response.content.decode()

    return get


def test_all_is_well_in_words(page: Callable[[], str]) -> None:
    html = page()
    assert "Faro funciona: las personas reciben respuestas." in html
    assert languages.library().version in html
    assert "Nadie espera." in html and "Ninguno." in html
    assert 'href="/guide/es"' in html


def test_rasa_away_is_said(page: Callable[[], str], rasa: Callable[[bool], None]) -> None:
    rasa(False)
    html = page()
    assert "Faro no funciona bien" in html and "No responde." in html


def test_a_message_that_waits_too_long_is_said(page: Callable[[], str], contact: Contact) -> None:
    said(contact, NOON - timedelta(minutes=5), outcome="", state="waiting")
    html = page()
    assert "Faro no funciona bien" in html
    assert "El más antiguo espera desde hace 5 minutos." in html


def test_each_problem_of_the_content_is_shown_with_its_place(
    page: Callable[[], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(ROOT / "content", tmp_path / "content")
    library = Library(tmp_path / "content")
    file = tmp_path / "content/answers/return/return_cost.yml"
    text = file.read_text(encoding="utf-8").replace("topic: return_cost", "topic: return_cost\nwhat: <b>this</b>")
    file.write_text(text, encoding="utf-8")
    library.refresh()
    monkeypatch.setattr(health, "library", lambda: library)
    html = page()
    assert library.problems
    for problem in library.problems:
        assert f"<code>{problem.path}:{problem.line}</code>" in html
    assert "se usa la última copia buena" in html and "<b>" not in html


def test_who_waits_for_a_person_is_counted_with_the_age_of_the_oldest(
    page: Callable[[], str], contact: Contact
) -> None:
    other = Contact.objects.create(channel="web", pseudonym="e" * 64, created_at=NOON, seen_at=NOON)
    Handover.objects.create(contact=contact, reason="asked", requested_at=NOON - timedelta(hours=9), closed_at=NOON)
    Handover.objects.create(contact=contact, reason="asked", requested_at=NOON - timedelta(hours=3))
    assert "<strong>1</strong> persona espera desde hace 3 horas" in page()
    Handover.objects.create(contact=other, reason="asked", requested_at=NOON - timedelta(minutes=1))
    assert "<strong>2</strong> personas esperan; la primera, desde hace 3 horas" in page()


def test_messages_are_counted_by_language_and_outcome_from_midnight_in_panama(contact: Contact) -> None:
    midnight = NOON.replace(hour=0)
    said(contact, midnight)
    said(contact, NOON, "en", "not_understood")
    said(contact, NOON, "en", "not_understood")
    said(contact, NOON, "", "")
    said(contact, NOON, "qfa", "an outcome of tomorrow")
    said(contact, midnight - timedelta(seconds=1))
    said(contact, NOON, direction="out", state="sent")
    table = figures.messages(midnight, SPOKEN)
    assert table.languages == (*SPOKEN, ("qfa", "qfa"), ("", "Idioma no conocido"))
    rows = {row.name: row.numbers for row in table.rows}
    assert rows["Respondidos"] == (1, 0, 0, 0)
    assert rows["No entendidos"] == (0, 2, 0, 0)
    assert rows["Sin responder todavía"] == (0, 0, 0, 1)
    assert rows["an outcome of tomorrow"] == (0, 0, 1, 0)
    assert table.sums == (1, 2, 1, 1) and table.total == 5


def test_what_retention_has_counted_and_deleted_still_counts(contact: Contact) -> None:
    midnight = NOON.replace(hour=0)
    for day, number in ((0, 4), (-1, 16)):
        TurnCount.objects.create(
            day=(NOON + timedelta(days=day)).date(),
            channel="web",
            language="es",
            topic="greet",
            outcome="answered",
            number=number,
        )
    said(contact, NOON)
    assert figures.messages(midnight, SPOKEN).total == 5
    assert figures.messages(midnight - timedelta(days=1), SPOKEN).total == 21


def test_the_page_counts_today_and_seven_days_and_tells_nothing_of_anybody(
    page: Callable[[], str], contact: Contact
) -> None:
    for days in (0, 0, 1, views.DAYS - 1, views.DAYS):
        said(contact, NOON.replace(hour=0) - timedelta(days=days))
    html = page()
    assert "Hoy: <strong>2</strong>" in html
    assert "Últimos 7 días: <strong>4</strong>" in html
    assert SECRET_TEXT not in html and str(contact.pk) not in html and contact.pseudonym not in html


def test_the_page_is_only_read(staff: Client, rasa: object) -> None:
    assert staff.post("/console/").status_code == 405


def test_every_outcome_has_its_words() -> None:
    assert set(words.OUTCOMES) == {*Message.Outcome.values, ""}


@given(
    st.dictionaries(
        st.tuples(st.sampled_from(["es", "en", "fr", "", "xx"]), st.sampled_from(["answered", "", "trouble", "new"])),
        st.integers(0, 10_000),
    )
)
def test_nothing_that_was_counted_is_left_out_of_the_table(counted: dict[tuple[str, str], int]) -> None:
    table = figures.table(Counter(counted), SPOKEN)
    assert table.total == sum(counted.values()) == sum(table.sums) == sum(row.total for row in table.rows)
    assert all(len(row.numbers) == len(table.languages) for row in table.rows)
    assert table.languages[:2] == tuple(SPOKEN)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (None, ""),
        (0, "menos de un minuto"),
        (59.9, "menos de un minuto"),
        (60, "1 minuto"),
        (3599, "59 minutos"),
        (3600, "1 hora"),
        (200_000, "2 días"),
    ],
)
def test_a_time_is_said_in_its_largest_unit(seconds: float | None, said: str) -> None:
    assert words.span(seconds) == said
