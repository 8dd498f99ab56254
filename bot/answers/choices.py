"""What a person can tap: the ids that come back from the buttons, and which buttons go with what."""

from __future__ import annotations

from collections.abc import Iterable

from bot.answers.schema import Content
from bot.words import Button

#: Buttons of content/interface.yml and the id each one sends back.
BUTTON_IDS = {
    "none_of_these": "none_of_these",
    "menu": "topic:show_menu",
    "back": "topic:show_menu",
    "human": "topic:ask_human",
    "emergency": "topic:emergency_numbers",
    "erase_yes": "erase:yes",
    "erase_no": "erase:no",
}

#: Button keys of the languages are this with the code behind it; their ids are LANGUAGE_ID with the code.
LANGUAGE_KEY = "language_"
LANGUAGE_ID = "language:"

#: Topics and sentences that are answered with special buttons instead of next topics.
TOPIC_BUTTONS = {"erase_data": ("erase_yes", "erase_no")}
SENTENCE_BUTTONS = {
    "not_understood_again": ("menu", "human"),
    "none_of_these": ("menu", "human"),
    "no_answer_yet": ("menu", "human"),
    "erase_confirm": ("erase_yes", "erase_no"),
}

#: The topic and the sentence that offer every language.
LANGUAGE_TOPIC = "choose_language"
LANGUAGE_SENTENCE = "other_language"

#: Sentences that send people to a service, and the contacts printed under them.
SENTENCE_CONTACTS = {"no_answer_yet": ("iom_panama",), "human_requested": ("iom_panama",)}

#: Most topics offered after a message that was not understood.
MOST_SUGGESTIONS = 3


def button(content: Content, key: str, language: str) -> Button:
    """A button of the interface.

    Raises:
        KeyError: `key` is not a button, or content has no words for it.
    """
    if key.startswith(LANGUAGE_KEY):
        return _language_button(content, key.removeprefix(LANGUAGE_KEY), language)
    title = content.interface.buttons[key].get(content.chain(language))
    if not title:
        raise KeyError(key)
    return Button(title, BUTTON_IDS[key])


def language_buttons(content: Content, language: str) -> tuple[Button, ...]:
    """One button for each language that Faro speaks."""
    return tuple(_language_button(content, code, language) for code in content.languages)


def topic_buttons(content: Content, topics: Iterable[str], language: str) -> tuple[Button, ...]:
    """One button for each of the topics that has an answer, each topic once, in their order."""
    chain = content.chain(language)
    answered = (content.answers[topic] for topic in dict.fromkeys(topics) if topic in content.answers)
    titled = ((answer.topic, answer.title.get(chain)) for answer in answered)
    return tuple(Button(title, f"topic:{topic}") for topic, title in titled if title)


def following_buttons(content: Content, topic: str, language: str) -> tuple[Button, ...]:
    """What can be tapped under the answer on `topic`."""
    if topic == LANGUAGE_TOPIC:
        return language_buttons(content, language)
    if topic in TOPIC_BUTTONS:
        return tuple(button(content, key, language) for key in TOPIC_BUTTONS[topic])
    return topic_buttons(content, (reference.name for reference in content.answers[topic].next), language)


def sentence_buttons(content: Content, key: str, language: str) -> tuple[Button, ...]:
    """What can be tapped under a sentence of the interface."""
    if key == LANGUAGE_SENTENCE:
        return language_buttons(content, language)
    return tuple(button(content, name, language) for name in SENTENCE_BUTTONS.get(key, ()))


def _language_button(content: Content, code: str, language: str) -> Button:
    # A language that was only just added to languages.yml has a name there, though the interface does not name it yet.
    wording = content.interface.buttons.get(f"{LANGUAGE_KEY}{code}")
    title = wording.get(content.chain(language)) if wording else ""
    return Button(title or content.languages[code].name, f"{LANGUAGE_ID}{code}")
