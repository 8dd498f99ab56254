"""What a person can tap: the ids that come back from the buttons, and which buttons go with what."""

from __future__ import annotations

from collections.abc import Iterable

from bot.answers.schema import CONVERSATION, Content
from bot.words import MENU_AREA, SHARE_LOCATION, Button

#: Buttons of content/interface.yml and the id each one sends back.
BUTTON_IDS = {
    "none_of_these": "none_of_these",
    "menu": "topic:show_menu",
    "back": "topic:show_menu",
    "share_location": SHARE_LOCATION,
    "human": "topic:ask_human",
    "emergency": "topic:emergency_numbers",
    "erase_yes": "erase:yes",
    "erase_no": "erase:no",
}

#: The words that open a list of choices, on channels that show lists. They stand on no button of a message.
LIST_LABEL = "options"

#: The words on the row that shows what a list has no room for.
MORE_LABEL = "more"

#: Button keys of the languages are this with the code behind it; their ids are LANGUAGE_ID with the code.
LANGUAGE_KEY = "language_"
LANGUAGE_ID = "language:"

#: Begins the id of a button that chooses a kind of service.
KIND_ID = "kind:"

#: The topics that offer the parts of the menu, and the one that asks where somebody is.
MENU_TOPIC = "show_menu"
MENU_TOPICS = ("greet", MENU_TOPIC)
NEAREST_TOPIC = "nearest_service"

#: Topics and sentences that are answered with special buttons instead of next topics.
TOPIC_BUTTONS = {"erase_data": ("erase_yes", "erase_no")}
SENTENCE_BUTTONS = {
    "not_understood_again": ("menu", "human"),
    "none_of_these": ("menu", "human"),
    "no_answer_yet": ("menu", "human"),
    "follow_up_unknown": ("menu", "human"),
    "erase_confirm": ("erase_yes", "erase_no"),
    "handover_returned": ("menu",),
    "handover_expired": ("menu", "human"),
    "handover_dismissed": ("menu", "human"),
}

#: The topic and the sentence that offer every language.
LANGUAGE_TOPIC = "choose_language"
LANGUAGE_SENTENCE = "other_language"

#: Sentences that send people to a service, and the contacts printed under them.
SENTENCE_CONTACTS = {
    "no_answer_yet": ("iom_panama",),
    "handover_dismissed": ("iom_panama",),
    "follow_up_unknown": ("iom_panama",),
}

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


def more_label(content: Content, language: str) -> str:
    """What stands on the row of a list that shows the options behind it.

    Raises:
        KeyError: content has no words for it.
    """
    return content.interface.buttons[MORE_LABEL].get(content.chain(language))


def list_label(content: Content, language: str) -> str:
    """What stands on the button that opens a list of choices.

    Raises:
        KeyError: content has no words for it.
    """
    return content.interface.buttons[LIST_LABEL].get(content.chain(language))


def titles(content: Content, choice: str) -> tuple[str, ...]:
    """What stands on the button of this id, in every language; nothing for an id that no button has."""
    kind, _, name = choice.partition(":")
    wordings = [content.interface.buttons[key] for key, known in BUTTON_IDS.items() if known == choice]
    if kind == "topic" and name in content.answers:
        wordings.append(content.answers[name].title)
    elif choice.startswith(MENU_AREA) and name in content.interface.menu:
        wordings.append(content.interface.menu[name].title)
    elif choice.startswith(KIND_ID) and name in content.categories:
        wordings.append(content.categories[name])
    elif choice.startswith(LANGUAGE_ID) and name in content.languages:
        return (content.languages[name].name,)
    return tuple(dict.fromkeys(title for wording in wordings for title in wording.texts.values() if title))


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
    answer = content.answers[topic]
    following = topic_buttons(content, (reference.name for reference in answer.next), language)
    if topic in MENU_TOPICS:
        return (*area_buttons(content, language), *following)
    if topic == NEAREST_TOPIC:
        following = (button(content, "share_location", language), *following)
    # Every answer leads on, and back to the part of the menu that it stands in.
    return following if answer.area == CONVERSATION else (*following, back_button(content, answer.area, language))


def area_buttons(content: Content, language: str) -> tuple[Button, ...]:
    """One button for each part of the menu."""
    chain = content.chain(language)
    titled = ((shelf.area, shelf.title.get(chain)) for shelf in content.interface.menu.values())
    return tuple(Button(title, f"{MENU_AREA}{area}") for area, title in titled if title)


def shelf_buttons(content: Content, area: str, language: str) -> tuple[Button, ...]:
    """The topics of a part of the menu, and the way back to all of it.

    Raises:
        KeyError: the menu has no such part.
    """
    topics = (reference.name for reference in content.interface.menu[area].topics)
    return (*topic_buttons(content, topics, language), button(content, "menu", language))


def back_button(content: Content, area: str, language: str) -> Button:
    """Back to the part of the menu where the answer stands, or to the whole when it stands in none."""
    back = button(content, "back", language)
    return Button(back.title, f"{MENU_AREA}{area}") if area in content.interface.menu else back


def kind_buttons(content: Content, kinds: Iterable[str], language: str) -> tuple[Button, ...]:
    """One button for each kind of service."""
    chain = content.chain(language)
    titled = ((kind, content.categories[kind].get(chain)) for kind in kinds if kind in content.categories)
    return tuple(Button(title, f"{KIND_ID}{kind}") for kind, title in titled if title)


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
