"""Saved replies: the approved answers, in the language of the person who gets one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

from bot.answers.choose import Unanswered, choose
from bot.answers.render import render
from bot.answers.schema import CONVERSATION, Content
from bot.answers.speaker import Speaker, panama_today
from bot.channels.webchat import languages
from bot.words import Outgoing

#: Answers of Faro itself that are of use to somebody of the team.
OF_FARO = ("ask_privacy", "erase_data")


@dataclass(frozen=True, slots=True)
class Shelf:
    """Answers of one area: its name, and topic and title of each."""

    name: str
    topics: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Saved:
    """One approved answer as it will be sent. `version` is that of the content, which may change before it is."""

    topic: str
    title: str
    language: str
    version: str
    said: Outgoing = field(repr=False)


@cache
def speaker() -> Speaker:
    """Speaks from the library of this process."""
    return Speaker(languages.library())


def shelves(language: str) -> list[Shelf]:
    """All answers by area and title, in the language of whoever chooses."""
    content = languages.library().current()
    chain = content.chain(language)
    found: dict[str, list[tuple[str, str]]] = {}
    for answer in content.answers.values():
        if answer.area != CONVERSATION or answer.topic in OF_FARO:
            found.setdefault(answer.area, []).append((answer.topic, answer.title.get(chain)))
    return [
        Shelf(_name(content, area, chain), sorted(topics, key=lambda one: one[1].casefold()))
        for area, topics in found.items()
    ]


def saved(topic: str, language: str) -> Saved | None:
    """The answer on a topic as it is today, or None when there is none that is valid."""
    library = languages.library()
    content = library.current()
    if topic not in content.answers:
        return None
    choice = choose(content, topic, language, panama_today())
    if isinstance(choice, Unanswered):
        return None
    title = content.answers[topic].title.get(content.chain(language))
    return Saved(topic, title, choice.language, content.version, render(content, choice))


def _name(content: Content, area: str, chain: tuple[str, ...]) -> str:
    if area in content.interface.menu:
        return content.interface.menu[area].title.get(chain)
    wording = content.interface.web.get(f"guide_area_{area}")
    return wording.get(chain) if wording else "Faro"
