"""`bot content report`: what waits for somebody is found, and nothing else."""

from __future__ import annotations

import string
from datetime import date

import pytest

from bot.answers.brochure import Brochure, Paragraph
from bot.answers.report import END_SOON, REVIEW_SOON, Dated, gather
from bot.answers.report_text import lines
from bot.answers.sentences_of_report import REPORT

FEVER = "answers/health/fever.yml"
ATTACK = "answers/danger/attack.yml"
BROCHURE = Brochure("b.txt", (Paragraph("A", "Uno", ("fever",)), Paragraph("A", "Dos", ("fever", "unwritten"), "why")))
ON = date(2031, 5, 20)


@pytest.fixture
def report(shelf):
    def make(on=ON):
        return gather(shelf.content(), BROCHURE, on)

    return make


def printed(shelf, report, language="es", on=ON):
    return "\n".join(lines(report(on), shelf.content(), on, language))


def test_reviews_are_overdue_from_the_day_after_and_soon_due_within_two_weeks(report):
    due = date(2031, 5, 31)  # attack: reviewed on 1 May, every 30 days
    assert (report(due).overdue, report(due).due_soon) == ((), (Dated(due, "attack"),))
    assert report(date(2031, 6, 1)).overdue == (Dated(due, "attack"),)
    assert report(date.fromordinal(due.toordinal() - REVIEW_SOON)).due_soon == (Dated(due, "attack"),)
    assert report(date.fromordinal(due.toordinal() - REVIEW_SOON - 1)).due_soon == ()


def test_answers_that_expire_expired_or_are_not_valid_yet(shelf, report):
    shelf.replace(FEVER, "review_every: 90", "review_every: 90\nvalid_from: 2031-03-01\nvalid_to: 2031-06-19")
    end = date(2031, 6, 19)
    assert report().ending == (Dated(end, "fever"),)
    assert report(date.fromordinal(end.toordinal() - END_SOON - 1)).ending == ()
    assert (report(end).expired, report(date(2031, 6, 20)).expired) == ((), (Dated(end, "fever"),))
    assert report(date(2031, 2, 1)).coming == (Dated(date(2031, 3, 1), "fever"),)
    assert "fever: vence el 2031-06-19 (en 30 días)" in printed(shelf, report)
    assert "fever: expired on 2031-06-19" in printed(shelf, report, "en", date(2031, 7, 1))


def test_contacts_to_confirm_are_a_list_to_phone_through(shelf, report):
    assert report().calls == ()
    first = "{kind: phone, value: 555-0101, source: a sign, date: '2029-04', confidence: medium"
    shelf.replace("contacts.yml", first, f"{first}, confirm: true")
    second = "{kind: address, value: Calle del Mar 7, source: a sign, date: 2031-01-02, confidence: low"
    shelf.replace("contacts.yml", second, f"{second}, confirm: true")
    (call,) = report().calls
    assert (call.contact.id, call.used_by, call.near) == ("lighthouse", ("fever",), True)
    text = printed(shelf, report, "en")
    for told in (
        "Contacts that IOM has to confirm (1)",
        "Lighthouse House: A roof for a night (lighthouse)",
        "[ ] ☎ 555-0101",
        "Does this number answer?",
        "source (2029-04): a sign\n",
        "[ ] 📍 Calle del Mar 7",
        "not shown until it is confirmed\n      source (2031-01-02): a sign",
        "named by: fever, nearest help",
    ):
        assert told in text
    assert "5555-0102" not in text


def test_the_contact_that_most_answers_name_is_called_first(shelf, report):
    for fact in ("value: '126', source: a sign, date: 2031-01-02", "value: 555-0101, source: a sign, date: '2029-04'"):
        shelf.replace("contacts.yml", fact, f"{fact}, confirm: true")
    # iom_panama: ask_human and the sentences that send people there
    assert [call.contact.id for call in report().calls] == ["iom_panama", "lighthouse"]


def test_untranslated_texts_are_listed_by_language_and_file(shelf, report):
    assert report().untranslated == ()
    shelf.replace("languages.yml", "default:", "  qfa: {name: Tok Faro, fallback: [en], draft: true}\ndefault:")
    found = {one.path: one for one in report().untranslated}
    assert found[f"content/{FEVER}"].names == ("title", "text")
    assert f"qfa | content/{FEVER}: title, text" in printed(shelf, report)
    assert report().unmeasured == ("qfa",)
    assert "qfa: no hay fórmula publicada" in printed(shelf, report)


def test_readability_begins_with_the_hardest(shelf, report):
    shelf.replace(FEVER, "Beba agua y descanse.", "La institucionalización administrativa especializada " * 9)
    shelf.replace(ATTACK, "    Llame al 911 o al 104.", "    Llame al 911 o al 104." + " La casa es grande." * 9)
    assert [(one.topic, one.hard) for one in report().grades] == [("fever", True), ("attack", False)]
    text = printed(shelf, report)
    assert "es: 2 respuestas" in text and text.index("! es   fever") < text.index("es   attack")


def test_what_nobody_uses_is_named(shelf, report):
    assert report().unused_contacts == report().unused_words == report().unreached == ()
    shelf.replace(FEVER, "[lighthouse]", "[]")
    shelf.replace(
        "contacts.yml", "    position: {lat: 9.0, lon: -79.5, accuracy_m: 300, source: a sign, confidence: high}\n", ""
    )
    shelf.replace("interface.yml", "sentences:", "sentences:\n  hello: {es: Hola, en: Hello}")
    shelf.replace(ATTACK, "next: [fever, show_menu]", "next: [show_menu]")
    shelf.replace(ATTACK, "ask_more: fever", "ask_more: show_menu")
    shelf.replace("interface.yml", "next: [fever, attack]", "next: [attack]")
    shelf.replace("interface.yml", "topics: [fever]", "topics: [attack]")
    found = report()
    assert (found.unused_contacts, found.unused_words, found.unreached) == (
        ("lighthouse",),
        ("sentences.hello",),
        ("fever",),
    )


def test_the_brochure_says_what_is_missing(shelf, report):
    text = printed(shelf, report, "en")
    assert "1 of 2 paragraphs have all their answers; of 1 something is left out on purpose" in text
    assert "Missing for “Dos”: unwritten" in text


def test_where_nothing_waits_the_report_says_so(shelf, report):
    assert printed(shelf, report, "fr").count("Rien.") >= 5


def test_no_line_is_wider_than_a_page_unless_it_is_an_address(shelf, report):
    shelf.replace("contacts.yml", "value: 555-0101, source: a sign", "confirm: true, value: 555-0101, source: a sign")
    names = ", ".join(f"extra_{number}" for number in range(60))
    for name in names.split(", "):
        shelf.write(f"answers/health/{name}.yml", shelf.text(FEVER).replace("topic: fever", f"topic: {name}"))
    assert max(map(len, printed(shelf, report).splitlines())) <= 100


def test_every_word_exists_in_every_language_with_the_same_values():
    for code, texts in REPORT.items():
        assert set(texts) == {"es", "en", "fr"}, code
        names = [sorted(name for _, name, _, _ in string.Formatter().parse(text) if name) for text in texts.values()]
        assert names[0] == names[1] == names[2], code
