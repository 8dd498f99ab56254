"""The content that people really get: no errors, and every answer in every language within its limits."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from bot.answers.check import REGISTER, check, read_topics
from bot.answers.choices import MOST_SUGGESTIONS
from bot.answers.choose import Choice, choose
from bot.answers.folder import Folder
from bot.answers.render import MESSAGE_LIMIT, render, sentence, suggestions, web
from bot.answers.speaker import panama_today

ROOT = Path(__file__).parents[2]
REGISTERED, REGISTER_PROBLEMS = read_topics(ROOT / REGISTER)
#: The topics that have an answer of their own.
TOPICS = {name: topic for name, topic in REGISTERED.items() if not topic.ellipsis}
FOLDER = Folder(ROOT / "content")
READING = FOLDER.read(FOLDER.stamps())
CONTENT = READING.content
#: The languages that are ready; of a draft the check counts what is missing.
LANGUAGES = sorted(code for code, language in CONTENT.languages.items() if not language.draft)


def valid_day(topic: str) -> date:
    """A day on which the answer is valid: its expiry is for the check to warn of, not for this test to fail on."""
    answer = CONTENT.answers[topic]
    return answer.valid_from or answer.reviewed or panama_today()


def test_the_content_has_no_errors():
    errors = [
        item.render("en") for item in check(ROOT / "content", panama_today(), REGISTERED) if item.level == "error"
    ]
    assert not errors, "\n".join(errors)
    assert not REGISTER_PROBLEMS


def test_there_is_one_answer_for_each_topic_of_the_register():
    assert set(CONTENT.answers) == set(TOPICS)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("topic", sorted(TOPICS))
def test_every_answer_is_one_message_in_its_own_language(topic, language):
    choice = choose(CONTENT, topic, language, valid_day(topic))
    assert isinstance(choice, Choice)
    assert choice.language == language
    outgoing = render(CONTENT, choice)
    assert len(outgoing.text) + sum(len(button.title) for button in outgoing.buttons) <= MESSAGE_LIMIT
    assert outgoing.text.startswith(choice.answer.text.texts[language])
    for reference in choice.answer.contacts:
        assert CONTENT.contacts[reference.name].name.texts[language] in outgoing.text
    assert "{" not in outgoing.text
    assert len({button.id for button in outgoing.buttons}) == len(outgoing.buttons)
    assert len({button.title for button in outgoing.buttons}) == len(outgoing.buttons)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_and_every_word_of_the_page_is_there(language):
    for key in CONTENT.interface.sentences:
        assert sentence(CONTENT, key, language).text.strip()
    assert all(text.strip() for text in web(CONTENT, language).values())


#: The browser, and what stands in its place on Telegram and WhatsApp; what only the web page does, and its name.
BROWSER = {"es": ("navegador", "este chat"), "en": ("browser", "this chat"), "fr": ("navigateur", "ce chat")}
COOKIE = {"es": "la página web", "en": "the web page", "fr": "la page web"}


@pytest.mark.parametrize("language", sorted(BROWSER))
def test_what_is_said_of_the_phone_is_right_on_every_channel(language):
    said = {key: sentence(CONTENT, key, language).text for key in CONTENT.interface.sentences}
    said |= {topic: answer.text.texts[language] for topic, answer in CONTENT.answers.items()}
    browser, chat = BROWSER[language]
    of_phones = {key: text for key, text in said.items() if browser in text}
    assert {"erase_done", "erase_data", "ask_privacy"} <= set(of_phones)
    for key, text in of_phones.items():
        assert chat in text, f"{key} speaks of the browser's history alone"
        assert "cookie" not in text or COOKIE[language] in text, f"{key} takes every channel for the web page"


@pytest.mark.parametrize("language", LANGUAGES)
def test_any_topic_can_be_suggested(language):
    for topic in TOPICS:
        outgoing = suggestions(CONTENT, [topic, *TOPICS], language)
        assert len(outgoing.buttons) == MOST_SUGGESTIONS + 1
        assert outgoing.buttons[0].id == f"topic:{topic}"


def test_titles_are_told_apart():
    for language in LANGUAGES:
        titles = [answer.title.texts[language] for answer in CONTENT.answers.values()]
        assert len(titles) == len(set(titles))
