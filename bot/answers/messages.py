"""Every message that a person can be shown, with its place in the files: what the check measures and the preview prints."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import ParamSpec

from bot.answers.area_message import area_message
from bot.answers.choose import Choice, Unanswered, choose
from bot.answers.near_message import near_message
from bot.answers.nearest import MOST, Near, kinds, placed
from bot.answers.render import render, whole_sentence
from bot.answers.schema import Answer, Content, Place, Town, Wording
from bot.words import Outgoing

#: Kilometres that stand for any distance: none in Panama has more digits. Source: its greatest length, about 770 km.
_FAR = 770

_Arguments = ParamSpec("_Arguments")

#: Said when an answer is not valid.
NO_ANSWER = "no_answer_yet"


@dataclass(frozen=True, slots=True)
class Shown:
    """One message.

    name: a topic, or sentences.KEY, menu.AREA, nearest.CATEGORY.
    wording: what its text comes from.
    instead: why something else is said than the answer, or None.
    country: the code of the one for whose people it is, when the answer has a line of its own for them.
    """

    name: str
    language: str
    outgoing: Outgoing
    wording: Wording
    instead: Unanswered | None = None
    country: str = ""

    @property
    def label(self) -> str:
        """The name, with the country for whose people it is: consular_help.VE."""
        return f"{self.name}.{self.country}" if self.country else self.name

    @property
    def place(self) -> Place:
        """Where its text stands in the files."""
        return Place(self.wording.place.path, self.wording.line_of(self.language))


def answered(content: Content, answer: Answer, language: str) -> Outgoing | None:
    """The message of an answer in a language that has its text, valid or not; None when a button lacks its words."""
    return _made(render, content, Choice(answer, language, language))


def said(content: Content, key: str, language: str) -> Outgoing | None:
    """A sentence of the interface with what goes with it; None when it or a button lacks its words."""
    return _made(whole_sentence, content, key, language)


def written(content: Content) -> Iterator[Shown]:
    """Every message in every language that has its text, whatever the day: what may be sent some time."""
    for answer in content.answers.values():
        for code in _languages(content, answer.text):
            yield from _shown(answer.topic, code, answered(content, answer, code), answer.text)
            yield from _by_country(content, Choice(answer, code, code))
    for language in content.languages:
        for shown in _others(content, language):
            if shown.name.startswith("nearest.") or language in shown.wording.texts:
                yield shown


def on_day(content: Content, language: str, on: date) -> Iterator[Shown]:
    """Every message as somebody with that language sees it on a day: what is borrowed, expired or not valid yet too."""
    for answer in content.answers.values():
        yield from answer_on_day(content, answer, language, on)
    yield from _others(content, language)


def answer_on_day(content: Content, answer: Answer, language: str, on: date) -> Iterator[Shown]:
    """What somebody with that language sees on a day who asks about the answer's topic; nothing when words are missing."""
    choice = choose(content, answer.topic, language, on)
    if isinstance(choice, Choice):
        yield from _shown(answer.topic, language, _made(render, content, choice), answer.text)
        yield from _by_country(content, choice)
    else:
        yield from _shown(answer.topic, language, said(content, NO_ANSWER, language), answer.text, choice)


def names(content: Content) -> list[str]:
    """The names of all messages."""
    return [
        *content.answers,
        *(f"menu.{area}" for area in content.interface.menu),
        *(f"nearest.{kind}" for kind in kinds(content)),
        *(f"sentences.{key}" for key in content.interface.sentences),
    ]


def _others(content: Content, language: str) -> Iterator[Shown]:
    for area, shelf in content.interface.menu.items():
        yield from _shown(f"menu.{area}", language, _made(area_message, content, area, language), shelf.title)
    for kind in kinds(content):
        yield from _shown(f"nearest.{kind}", language, _longest(content, kind, language), content.categories[kind])
    for key, wording in content.interface.sentences.items():
        yield from _shown(f"sentences.{key}", language, said(content, key, language), wording)


def _longest(content: Content, kind: str, language: str) -> Outgoing | None:
    """The nearest services of a kind where most is said of them: the longest ones, from the longest place."""
    town = max(content.towns.values(), key=lambda one: len(one.name) + len(one.province), default=None)

    def make(found: tuple[Near, ...], town: Town | None) -> Outgoing | None:
        return _made(near_message, content, found, kind, language, town)

    there = [Near(one.id, _FAR) for one in placed(content) if one.category and one.category.name == kind]
    lengths = {near: len(one.text) if (one := make((near,), None)) else 0 for near in there}
    return make(tuple(sorted(there, key=lengths.__getitem__, reverse=True)[:MOST]), town)


def _by_country(content: Content, choice: Choice) -> Iterator[Shown]:
    """An answer as people of each country see it that it has a line for."""
    for code, line in choice.answer.countries.items():
        outgoing = _made(render, content, choice, (code,))
        if outgoing is not None:
            yield Shown(choice.answer.topic, choice.asked, outgoing, line, country=code)


def _languages(content: Content, wording: Wording) -> list[str]:
    return [code for code in content.languages if code in wording.texts]


def _shown(
    name: str, language: str, outgoing: Outgoing | None, wording: Wording, instead: Unanswered | None = None
) -> Iterator[Shown]:
    if outgoing is not None:
        yield Shown(name, language, outgoing, wording, instead)


def _made(make: Callable[_Arguments, Outgoing], *args: _Arguments.args, **kwargs: _Arguments.kwargs) -> Outgoing | None:
    try:
        return make(*args, **kwargs)
    except KeyError:  # words are missing, which is a problem of its own
        return None
