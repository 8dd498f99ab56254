"""An answer becomes one message: text, contacts, buttons, in one language, word for word as staff wrote it."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.answers.choices import LIST_LABEL, MORE_LABEL, button, language_buttons, sentence_buttons, shelf_buttons
from bot.answers.choose import choose
from bot.answers.render import month, render, sentence, suggestions, web
from bot.answers.schema import Dated
from bot.words import Button

FEVER = "answers/health/fever.yml"


def said(shelf, today, topic="fever", language="es"):
    content = shelf.content()
    return render(content, choose(content, topic, language, today))


def test_text_then_contacts_with_dates_then_the_note_about_dates(shelf, today):
    assert said(shelf, today).text == (
        "Beba agua y descanse.\n"
        "\n"
        "1. Si dura 3 días, vaya al médico.\n"
        "\n"
        "Casa del Faro: Techo por una noche\n"
        "☎ 555-0101, +507 5555-0102 (abril de 2029)\n"
        "WhatsApp +507 5555-0103\n"
        "✉ door@lighthouse.example (2028)\n"
        "https://lighthouse.example\n"
        "🕒 24 horas\n"
        "\n"
        "es may_have_changed"
    )


def test_contacts_are_in_the_language_of_the_answer(shelf, today):
    text = said(shelf, today, language="en").text
    assert "Lighthouse House: A roof for a night\n☎ 555-0101, +507 5555-0102 (April 2029)\n" in text
    assert "🕒 24 hours\n\nen may_have_changed" in text


def test_what_is_doubtful_is_not_printed(shelf, today):
    text = said(shelf, today).text
    assert "Calle del Mar" not in text
    assert "555-0199" not in text


def test_a_fact_without_a_date_says_so_instead_of_looking_fresh(shelf, today):
    shelf.replace(
        "contacts.yml",
        "door@lighthouse.example, source: a sign, date: '2028'",
        "door@x.example, source: a sign, date: undated",
    )
    assert "✉ door@x.example (en undated)" in said(shelf, today, language="en").text


def test_without_a_dated_fact_there_is_no_note(shelf, today):
    assert said(shelf, today, "ask_human").text == "Anotado.\n\nOficina: Preguntas\n☎ 126"


def test_next_topics_are_buttons_with_their_titles(shelf, today):
    assert said(shelf, today, "attack", "en").buttons == (
        Button("Fever", "topic:fever"),
        Button("Menu", "topic:show_menu"),
        Button("en back", "area:danger"),
    )


def test_the_menu_offers_its_parts_and_each_part_its_topics_and_the_way_back(shelf, today):
    content = shelf.content()
    assert said(shelf, today, "show_menu", "en").buttons == (
        Button("Health", "area:health"),
        Button("Danger", "area:danger"),
        Button("Fever", "topic:fever"),
        Button("Attack", "topic:attack"),
    )
    assert shelf_buttons(content, "danger", "es") == (
        Button("Ataque", "topic:attack"),
        Button("es menu", "topic:show_menu"),
    )
    with pytest.raises(KeyError):
        shelf_buttons(content, "moon", "es")


def test_an_answer_that_stands_in_no_part_of_the_menu_leads_back_to_all_of_it(shelf, today):
    shelf.replace("interface.yml", "  danger:\n    title: {es: Peligro, en: Danger}\n    topics: [attack]\n", "")
    assert said(shelf, today, "attack", "en").buttons[-1] == Button("en back", "topic:show_menu")


def test_erasing_asks_yes_or_no(shelf, today):
    assert [one.id for one in said(shelf, today, "erase_data").buttons] == ["erase:yes", "erase:no"]


def test_choosing_a_language_offers_every_language(shelf, today):
    assert [one.id for one in said(shelf, today, "choose_language").buttons] == ["language:es", "language:en"]


@pytest.mark.parametrize("text", ["{title} {0} {answer.__class__}", "100 % %s %(x)s", "$HOME ${x}", "<b>*_x_*</b> \\n"])
def test_texts_of_staff_are_never_used_as_templates(shelf, today, text):
    shelf.replace(FEVER, "Beba agua", text)
    assert said(shelf, today).text.startswith(f"{text} y descanse.\n")


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(topics=st.lists(st.sampled_from(["fever", "attack", "show_menu", "moon", "", "ask_human"]), max_size=8))
def test_suggestions_offer_at_most_three_known_topics_and_a_way_out(shelf, topics):
    content = shelf.content()
    outgoing = suggestions(content, topics, "en")
    ids = [one.id for one in outgoing.buttons]
    known = [f"topic:{topic}" for topic in dict.fromkeys(topics) if topic in content.answers]
    if known:
        assert outgoing.text == "en not_understood"
        assert ids == [*known[:3], "none_of_these"]
    else:
        assert outgoing.text == "en not_understood_ag"
        assert ids == ["topic:show_menu", "topic:ask_human"]


def test_suggestions_can_stand_under_another_sentence(shelf):
    assert suggestions(shelf.content(), ["fever"], "es", "choose_one").text == "es choose_one"


def test_an_unknown_sentence_or_button_is_an_error(shelf):
    content = shelf.content()
    for wrong in (lambda: sentence(content, "moon", "es"), lambda: button(content, "moon", "es")):
        with pytest.raises(KeyError):
            wrong()


def test_every_button_of_the_interface_has_an_id(shelf):
    content = shelf.content()
    for key in content.interface.buttons.keys() - {
        LIST_LABEL,
        MORE_LABEL,
    }:  # a layout's own words
        assert button(content, key, "es").id
    assert [one.id for one in sentence_buttons(content, "other_language", "es")] == ["language:es", "language:en"]
    assert language_buttons(content, "es")[1] == Button("es language_en", "language:en")


def test_the_web_page_gets_all_its_words_in_one_language(shelf):
    words = web(shelf.content(), "en")
    assert words["send"] == "en send"
    assert set(words) == set(shelf.content().interface.web)


@pytest.mark.parametrize(
    ("dated", "chain", "text"),
    [
        (Dated(2020, 4), ("fr", "es"), "avril 2020"),
        (Dated(2020, 4, 30), ("qfa", "en"), "April 2020"),
        (Dated(2020, 4), ("qfa", "qfb"), "2020-04"),
        (Dated(2020), ("es",), "2020"),
    ],
)
def test_months_have_the_words_of_the_nearest_known_language(dated, chain, text):
    assert month(dated, chain) == text
