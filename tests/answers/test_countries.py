"""content/countries.yml and the lines of answers for people of one country: what is read, said and complained of."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answers.choose import choose
from bot.answers.countries import named_in
from bot.answers.country_lines import country_text, lines_for
from bot.answers.library import Library
from bot.answers.messages import written
from bot.answers.parse import parse
from bot.answers.render import MESSAGE_LIMIT, render
from bot.answers.speaker import Speaker

COUNTRIES = """\
countries:
  VE: {people: [venezolano, Venezuelan]}
  ES: {people: [español], called: [Iberia], ambiguous: [español]}
  EU: {people: [europeo], members: [ES]}
"""

LINES = """\
countries:
  VE: {es: Venezuela lee esto., en: Venezuela reads this.}
  EU: {es: La Unión lee eso., en: The Union reads that.}
countries_for_all: [EU]
contacts: [lighthouse]
"""


@pytest.fixture
def lands(shelf):
    shelf.write("countries.yml", COUNTRIES)
    shelf.replace("answers/health/fever.yml", "contacts: [lighthouse]\n", LINES)
    return shelf


def said(lands, today, language="en", countries=()):
    return Speaker(Library(lands.root), lambda: today).answer("fever", language, countries).text


def paragraphs(text):
    return text.split("\n\n")


# What is read


def test_a_country_has_its_usual_names_in_the_languages_of_the_content(lands):
    country = lands.content().countries["ES"]
    assert country.names == ("Iberia", "España", "Spain")
    assert named_in(country, ["xx-nowhere", "qfa", ""]) == country


def test_without_the_file_nothing_is_known_and_all_goes_on(shelf):
    assert shelf.content().countries == {}
    assert shelf.check() == []


@pytest.mark.parametrize(
    ("old", "new", "line", "code"),
    [
        ("VE:", "XX1:", 2, "unknown_code"),
        ("VE:", "ve:", 2, "unknown_code"),
        ("members: [ES]", "members: [FR]", 4, "unknown_country"),
        ("[español], called: [Iberia]", "[Venezuelan], called: [español]", 3, "name_twice"),
        ("[venezolano, Venezuelan]", "[venezolano, venezolano]", 2, "repeated"),
        ("ambiguous: [español]", "ambiguous: [spanish]", 3, "ambiguous_unlisted"),
        ("people: [europeo]", "peple: [europeo]", 4, "unknown_key"),
        ("people: [europeo], ", "", 4, "missing_field"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(old, new, line, code):
    assert old in COUNTRIES
    part = parse("content/countries.yml", "countries.yml", COUNTRIES.replace(old, new, 1).encode())
    assert (line, code) in [(found.line, found.code) for found in part.problems]
    for language in ("es", "en", "fr"):
        assert all(found.message(language) for found in part.problems)


@given(st.text(max_size=200))
def test_whatever_stands_in_the_file_is_read_or_complained_of(text):
    part = parse("content/countries.yml", "countries.yml", f"countries:\n  VE: {text}\n".encode(errors="replace"))
    assert part.value is not None or part.problems


# The lines of an answer


@pytest.mark.parametrize(
    ("countries", "line"),
    [
        ((), "The Union reads that."),
        (("VE",), "Venezuela reads this."),
        (("ES",), "The Union reads that."),
        (("EU",), "The Union reads that."),
        (("VE", "ES"), "- Venezuela reads this.\n- The Union reads that."),
    ],
)
def test_somebody_reads_the_lines_of_their_country(lands, today, countries, line):
    told = paragraphs(said(lands, today, countries=countries))
    assert told[2] == line
    assert told[3].startswith("Lighthouse House")


def test_who_is_of_a_country_without_a_line_reads_the_answer_without_lines(lands, today):
    shown = said(lands, today, countries=("CU",))
    assert shown.startswith("Drink water and rest.")
    assert "reads" not in shown


def test_a_line_that_lacks_the_language_is_given_in_another(lands, today):
    lands.replace("answers/health/fever.yml", ", en: Venezuela reads this.", "")
    assert "Venezuela lee esto." in said(lands, today, countries=("VE",))
    line = lands.line("answers/health/fever.yml", "VE:")
    assert [(found.line, found.code) for found in lands.check()] == [(line, "missing_language")]


def test_the_lines_of_a_second_country_are_left_out_when_there_is_no_room(lands, today):
    text = "Union " + "word " * 140
    lands.replace("answers/health/fever.yml", "The Union reads that.", text)
    content = lands.content()
    both = render(content, choose(content, "fever", "en", today), ("VE", "ES")).text
    assert "Venezuela reads this." in both and text.strip() not in both


def test_an_answer_that_is_too_long_for_one_country_is_complained_of_there(lands):
    lands.replace("answers/health/fever.yml", "Venezuela reads this.", "word " * 200)
    (found,) = [one for one in lands.check() if one.code == "rendered_too_long"]
    assert found.line == lands.line("answers/health/fever.yml", "VE:")
    assert "fever.VE" in found.message("en")


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("VE: {es:", "FR: {es:", "unknown_country"),
        ("countries_for_all: [EU]", "countries_for_all: [ES]", "country_without_line"),
        ("reads this.", "reads 555-0101.", "typed_phone"),
        ("Venezuela reads this.", "Venezuela 555-6677.", "forbidden"),
    ],
)
def test_lines_are_checked_like_every_text(lands, old, new, code):
    lands.replace("answers/health/fever.yml", old, new)
    assert code in [found.code for found in lands.check()]


def test_the_words_of_faro_itself_have_no_lines(lands):
    lands.replace("interface.yml", "    next: [fever, attack]\n", "    next: [fever, attack]\n    countries: {}\n")
    assert "unknown_key" in [found.code for found in lands.check()]


# The conversation


def tracker(*messages):
    def user(codes):
        entities = [{"entity": "nationality", "value": code} for code in codes]
        return SimpleNamespace(type_name="user", parse_data={"language": "en", "entities": entities})

    events = [user(codes) for codes in messages]
    return SimpleNamespace(latest_message=events[-1], events=events)


@pytest.fixture
def generate(lands, today):
    from bot.rasa_compat import model_names, no_tensorflow

    model_names.install()
    no_tensorflow.install()
    from rasa.utils.endpoints import EndpointConfig

    from bot.answers.nlg import AnswerLibraryNLG

    nlg = AnswerLibraryNLG(EndpointConfig(content=str(lands.root)), None, today=lambda: today)
    return lambda action, talk, **more: asyncio.run(nlg.generate(action, talk, "faro", **more))


@pytest.mark.parametrize(
    ("messages", "line"),
    [
        ([[]], "The Union reads that."),
        ([["VE"]], "Venezuela reads this."),
        ([["VE"], []], "Venezuela reads this."),
        ([["VE"], ["ES"]], "The Union reads that."),
        ([[3], [None]], "The Union reads that."),
    ],
)
def test_the_newest_message_that_names_a_country_decides(generate, messages, line):
    assert paragraphs(generate("utter_fever", tracker(*messages))["text"])[2] == line


def test_a_short_question_is_answered_for_the_country_too(generate):
    shown = generate("utter_follow_up", tracker(["VE"]), question="ask_more", after="fever")
    assert "Venezuela reads this." in shown["text"] and shown["topic"] == "fever"


def test_who_says_nothing_but_a_country_gets_the_answer_before_for_it(generate):
    shown = generate("utter_nationality", tracker([], ["VE"]), after="fever")
    assert "Venezuela reads this." in shown["text"] and shown["topic"] == "fever"


@pytest.mark.parametrize(("country", "after"), [("CU", "fever"), ("VE", "attack"), ("VE", ""), ("VE", "nothing")])
def test_without_a_line_for_it_what_they_need_is_asked(generate, country, after):
    shown = generate("utter_nationality", tracker([country]), after=after)
    assert shown["text"] == "en nationality_noted" and shown["buttons"]


# The real content


def test_every_line_of_every_answer_is_shown_to_its_people_in_every_language(real_content):
    lines = [(answer, code) for answer in real_content.answers.values() for code in answer.countries]
    assert {code for _, code in lines} >= {"VE", "EU", "US"}
    for answer, code in lines:
        for language in real_content.languages:
            assert country_text(real_content, answer, language, [code]) == answer.countries[code].texts[language]


def test_every_variant_of_the_consular_answer_begins_with_the_warning_and_fits(real_content):
    variants = [one for one in written(real_content) if one.name == "consular_help"]
    answer = real_content.answers["consular_help"]
    assert {one.country for one in variants} == {"", *answer.countries}
    for one in variants:
        assert one.outgoing.text.startswith(answer.text.texts[one.language].split("\n\n")[0])
        assert len(one.outgoing.text) < MESSAGE_LIMIT


def test_a_european_reads_the_line_of_the_union(real_content):
    answer = real_content.answers["consular_help"]
    assert lines_for(real_content, answer, ["FR"]) == ("EU",)
    assert lines_for(real_content, answer, ["CU"]) == ()


@pytest.fixture(scope="module")
def real_content():
    from bot.settings import ROOT

    return Library(ROOT / "content").current()
