"""The content as its pages show it."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from bot.answers.library import Library
from bot.answers.messages import answer_on_day
from bot.answers.schema import Confidence, ContactFact, Dated, FactKind, Place, Wording
from bot.answers.speaker import Speaker, panama_today
from bot.channels.layout import Words
from bot.channels.limits import CHANNELS
from bot.channels.webchat import languages
from bot.conversations import outbox
from bot.conversations.models import Contact, Message
from console.content import shelf
from console.content.preview import shown
from console.content.standing import Doubt, Standing, doubts, last_day, of_topic
from tests.console.content import edit, library  # noqa: F401 - a fixture
from tests.console.page import CheckingClient

pytestmark = pytest.mark.django_db

COST = "answers/return/return_cost.yml"


def page(client: CheckingClient, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, address
    return response.content.decode()


def test_every_topic_has_a_page(staff: CheckingClient) -> None:
    content = languages.library().current()
    for topic, answer in content.answers.items():
        html = page(staff, f"/console/content/topics/{topic}/")
        assert f"<code>{topic}</code>" in html and f"<code>{answer.place.path}</code>" in html


def test_a_preview_is_what_the_outbox_would_write() -> None:
    """Every topic, language and channel: the same texts, options and forms as rows of the outbox."""
    content, speaker, now = languages.library().current(), Speaker(languages.library()), timezone.now()
    compared = 0
    for number, answer in enumerate(content.answers.values()):
        for one in shown(content, answer, panama_today(), speaker.layout_words):
            code = one.language.code
            said = next(iter(answer_on_day(content, answer, code, panama_today())))
            for channel in one.channels:
                contact = Contact(channel=channel.channel)
                rows: list[Message] = []
                with pytest.MonkeyPatch.context() as patch:
                    patch.setattr(Message.objects, "bulk_create", rows.extend)
                    words = Words(*speaker.layout_words(code))
                    outbox.enqueue(contact, None, [said.outgoing], key=number, language=code, now=now, words=words)
                assert [row.text for row in rows] == [bubble.laid.text for bubble in channel.bubbles]
                titles = [[title for title, _ in row.buttons] for row in rows]
                assert titles == [[option.title for option in bubble.laid.options] for bubble in channel.bubbles]
                assert [row.form.get("label", "") for row in rows] == [one.laid.list_label for one in channel.bubbles]
                compared += 1
    assert compared == 3 * len(content.answers) * len(content.languages)


def test_nothing_of_a_preview_is_longer_than_its_channel_holds() -> None:
    content = languages.library().current()
    for answer in content.answers.values():
        for one in shown(content, answer, panama_today(), Speaker(languages.library()).layout_words):
            for channel in one.channels:
                for bubble in channel.bubbles:
                    assert not bubble.room or bubble.used <= bubble.room
                    assert bool(bubble.room) == (CHANNELS[channel.channel].text is not None)


def test_a_topic_shows_both_sides_of_its_text(staff: CheckingClient) -> None:
    html = page(staff, "/console/content/topics/return_cost/")
    assert "No le cuesta nada: la ayuda de la OIM" in html and "It costs you nothing" in html
    assert "de 1024 caracteres" in html and "legibilidad" in html
    assert "Hecho 2.3 de la investigación" in html and "Leído" not in html
    assert 'href="/console/content/topics/return_fear/"' in html and "<code>ask_documents</code>" in html
    assert "Lo revisé hoy" in html


def test_a_topic_is_shown_as_it_is_on_another_day(staff: CheckingClient, library: Library) -> None:  # noqa: F811
    edit(library, COST, "reviewed:", f"valid_to: {panama_today()}\nreviewed:")
    tomorrow = panama_today() + timedelta(days=1)
    instead = "Ese día la respuesta ya no se da"
    assert instead not in page(staff, "/console/content/topics/return_cost/")
    assert instead in page(staff, f"/console/content/topics/return_cost/?on={tomorrow}")
    misread = page(staff, "/console/content/topics/return_cost/?on=tomorrow")
    assert "Eso no es una fecha" in misread and instead not in misread


def test_a_text_that_is_missing_is_borrowed_and_said_so(staff: CheckingClient, library: Library) -> None:  # noqa: F811
    text = (library.root / COST).read_text(encoding="utf-8")
    french = text[text.index("  fr: |-") : text.index("contacts:")]
    edit(library, COST, french, "")
    html = page(staff, "/console/content/topics/return_cost/")
    assert "No está traducido" in html and "por corregir" in html


def test_what_waits_comes_first_and_is_found(staff: CheckingClient, library: Library) -> None:  # noqa: F811
    edit(library, COST, "reviewed: 2026-11-23", "reviewed: 2020-01-01")
    html = page(staff, "/console/content/")
    first = html.index('href="/console/content/topics/')
    assert html[first:].startswith('href="/console/content/topics/return_cost/"')
    assert "revisión vencida" in html
    only = page(staff, "/console/content/?state=overdue")
    assert only.count('href="/console/content/topics/') == 1
    assert "1 de " in only


@pytest.mark.parametrize(
    ("query", "topic", "found"),
    [
        ("?q=COSTO+retorno", "return_cost", True),
        ("?q=coute", "return_cost", True),
        ("?q=return_cost", "return_cost", True),
        ("?q=costo+submarino", "return_cost", False),
        ("?area=return", "return_cost", True),
        ("?area=health", "return_cost", False),
        ("?area=nowhere&state=nothing", "return_cost", False),
    ],
)
def test_topics_are_filtered(staff: CheckingClient, query: str, topic: str, found: bool) -> None:
    html = page(staff, f"/console/content/{query}")
    assert (f'href="/console/content/topics/{topic}/"' in html) is found


def test_words_that_look_like_a_page_stay_words(staff: CheckingClient, library: Library) -> None:  # noqa: F811
    edit(library, COST, "No le cuesta nada", "<script>alert(1)</script>")
    assert "<script>alert" not in page(staff, "/console/content/topics/return_cost/")
    assert "<script>x" not in page(staff, "/console/content/?q=<script>x</script>")


BREAKING = "topic: return_cost\nwhat: <b>this</b>"


def test_broken_content_still_opens_every_page_with_the_last_good_copy(
    staff: CheckingClient,
    library: Library,  # noqa: F811
) -> None:
    good = library.version
    edit(library, COST, "topic: return_cost", BREAKING)
    (library.root / "contacts.yml").write_text("contacts: [broken", encoding="utf-8")
    library.refresh()
    assert library.broken and library.version == good
    html = page(staff, "/console/content/errors/")
    assert f"versión {good}" in html and "última copia buena" in html
    assert "content/contacts.yml:" in html and f"<code>content/{COST}:2</code>" in html
    assert "impide usar los archivos" in html and "<b>this" not in html
    for address in ("", "contacts/", "contacts/?state=all", "history/", "topics/return_cost/"):
        page(staff, f"/console/content/{address}")
    assert "por corregir" in page(staff, "/console/content/topics/return_cost/")


def test_grave_problems_come_first(staff: CheckingClient, library: Library) -> None:  # noqa: F811
    edit(library, "answers/about/about_dtm.yml", "reviewed: 2026", "reviewed: 2020")
    edit(library, COST, "topic: return_cost", BREAKING)
    html = page(staff, "/console/content/errors/")
    assert html.index(f"content/{COST}") < html.index("content/answers/about/about_dtm.yml")


def test_nothing_to_correct_is_said(staff: CheckingClient) -> None:
    errors = [one for one in shelf.problems(panama_today()) if one.level == "error"]
    assert errors == [], "the content of the repository has errors"
    assert "Los archivos se usan como están ahora" in page(staff, "/console/content/errors/")


@pytest.mark.parametrize(
    "name", ["nowhere", "..", "%2e%2e", "..%2f..%2fetc%2fpasswd", "return_cost.yml", "return_cost/../../x", "-x"]
)
def test_a_topic_that_is_none_is_not_found(staff: CheckingClient, name: str) -> None:
    assert staff.get(f"/console/content/topics/{name}/").status_code == 404


@pytest.mark.parametrize("code", ["es", "en", "fr"])
def test_the_pages_speak_the_language_of_whoever_reads(staff: CheckingClient, code: str) -> None:
    staff.cookies["faro_console_language"] = code
    title = languages.library().current().answers["return_cost"].title.texts[code]
    assert title in page(staff, "/console/content/")
    page(staff, "/console/content/contacts/")
    page(staff, "/console/health/")


def fact(dated: Dated | None, confidence: Confidence | None = Confidence.HIGH, *, confirm: bool = False) -> ContactFact:
    place = Place("contacts.yml", 1)
    return ContactFact(FactKind.PHONE, Wording({"": "911"}, place), "s", dated, confidence, confirm)


def test_why_a_fact_waits() -> None:
    on = date(2026, 11, 30)
    fresh, old = Dated(2026, 11, 1), Dated(2025)
    assert doubts(fact(fresh), on) == ()
    assert doubts(fact(None), on) == ()
    assert doubts(fact(fresh, confirm=True), on) == (Doubt.CONFIRM,)
    assert doubts(fact(fresh, Confidence.MEDIUM), on) == (Doubt.MEDIUM,)
    assert doubts(fact(fresh, Confidence.LOW), on) == doubts(fact(fresh, None), on) == (Doubt.UNSURE,)
    assert doubts(fact(old), on) == ()
    assert doubts(fact(old), date(2027, 1, 1)) == (Doubt.OLD,)
    assert last_day(Dated(2025, 3)) == date(2025, 3, 28)


def test_how_a_topic_stands() -> None:
    content = languages.library().current()
    answer = content.answers["return_cost"]
    assert answer.reviewed and answer.review_every
    due = answer.reviewed + timedelta(days=answer.review_every)
    assert of_topic(answer, [], due).standing is Standing.SOON
    assert of_topic(answer, [], due + timedelta(days=1)).standing is Standing.OVERDUE
    assert of_topic(answer, [], due - timedelta(days=15)).standing is Standing.FINE


def test_a_change_of_the_register_or_a_file_is_seen_at_once(library: Library) -> None:  # noqa: F811
    today = panama_today()
    before = shelf.problems(today)
    assert shelf.problems(today) is before, "not checked again without a change"
    edit(library, COST, "contacts: [iom_panama", "contacts: [nobody, iom_panama")
    assert any(one.code == "unknown_contact" for one in shelf.problems(today))


def test_a_file_of_another_folder_is_never_writable(tmp_path: Path, library: Library) -> None:  # noqa: F811
    assert shelf.writable("contacts.yml")
    assert not shelf.writable("answers/nowhere/none.yml")
