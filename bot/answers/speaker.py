"""Whatever Faro says, by name and language, as it is at this moment. Never raises and never stays silent.

For those who answer without knowing how content is kept: Rasa's generator (nlg.py) and the turns (`Phrases` of
bot/conversations).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta, timezone

from bot.answers import choices
from bot.answers.area_message import area_message
from bot.answers.choices import MENU_TOPIC, NEAREST_TOPIC
from bot.answers.choose import Unanswered, choose
from bot.answers.follow_up import follow_up
from bot.answers.library import Library
from bot.answers.nationality_message import nationality_message
from bot.answers.near_message import near_message
from bot.answers.nearest import kinds, nearest, read_choice
from bot.answers.office_message import office_message
from bot.answers.render import NOT_UNDERSTOOD, render, suggestions, whole_sentence
from bot.answers.schema import Content
from bot.words import Outgoing

log = logging.getLogger("faro.answers")

#: Said when even the content's own `trouble` cannot be.
LAST_RESORT = (
    "Tengo un problema técnico. Si hay peligro, llame al 911.\n"
    "I have a technical problem. If there is danger, call 911.\n"
    "J'ai un problème technique. En cas de danger, appelez le 911."
)

#: Opens a list, and shows the rest of it, when content has no words for that.
LAST_WORDS = ("Menú / Menu", "+")

#: Panama keeps UTC-5 the whole year. Source: IANA time zone database, America/Panama, since 1908.
PANAMA = timezone(timedelta(hours=-5))

_LONGEST_NAME = 80


def panama_today() -> date:
    """The day it is in Panama."""
    return datetime.now(PANAMA).date()


class Speaker:
    """Says answers and sentences of `library`; answers are valid or not on the day that `today` gives."""

    def __init__(self, library: Library, today: Callable[[], date] = panama_today) -> None:
        self.library = library
        self._today = today

    @property
    def default_language(self) -> str:
        """The language for somebody of whom nothing is known."""
        return self.library.current().default

    @property
    def content_version(self) -> str:
        """The version of content/ that is spoken from."""
        return self.library.version

    def sentence(self, key: str, language: str, topics: Sequence[str] = ()) -> Outgoing:
        """The interface sentence of that key, with its contacts and buttons; `topics` are offered as buttons too."""
        return self._say(key, language, lambda content: whole_sentence(content, key, language, topics))

    def answer(self, topic: str, language: str, countries: tuple[str, ...] = ()) -> Outgoing:
        """The answer on a topic as it is today, for people of `countries` if known, or the sentence `no_answer_yet`."""

        def make(content: Content) -> Outgoing:
            choice = choose(content, topic, language, self._today())
            if isinstance(choice, Unanswered):
                log.warning("topic unanswered", extra={"topic": topic[:_LONGEST_NAME], "state": choice.value})
                return whole_sentence(content, "no_answer_yet", language)
            return render(content, choice, countries)

        return self._say(topic, language, make)

    def office(self, language: str, now: datetime) -> Outgoing:
        """When somebody of the team can write to a person who asks for one at `now`."""
        return self._say("office", language, lambda content: office_message(content, now, language))

    def titles(self, choice: str) -> tuple[str, ...]:
        """What stands on the button of that id, in every language."""
        try:
            return choices.titles(self.library.current(), choice)
        except Exception as error:
            _note("no titles", choice.partition(":")[0], error)
            return ()

    def layout_words(self, language: str) -> tuple[str, str]:
        """The words that open a list, and those on the row that shows what it has no room for."""
        try:
            content = self.library.current()
            return choices.list_label(content, language), choices.more_label(content, language)
        except Exception as error:
            _note("no words of the layout", language, error)
            return LAST_WORDS

    def follow_up(self, question: str, after: str, language: str, countries: tuple[str, ...] = ()) -> Outgoing:
        """What answers a short question ("ask_cost") after the answer on topic `after`."""
        today = self._today()
        return self._say(
            question,
            language,
            lambda content: follow_up(content, question, after, language, today, countries=countries),
        )

    def nationality(self, after: str, language: str, countries: tuple[str, ...]) -> Outgoing:
        """What is said to who says nothing but to be of `countries`, after the answer on topic `after`."""
        today = self._today()
        return self._say(
            after, language, lambda content: nationality_message(content, after, language, today, countries)
        )

    def area(self, area: str, language: str) -> Outgoing:
        """The topics of a part of the menu; the whole menu when there is no such part."""
        if area not in self.menu:
            return self.answer(MENU_TOPIC, language)
        return self._say(area, language, lambda content: area_message(content, area, language))

    @property
    def menu(self) -> tuple[str, ...]:
        """The parts of the menu."""
        return tuple(self.library.current().interface.menu)

    def nearest(self, language: str, kind: str, *, town: str = "", near: str = "") -> Outgoing:
        """The nearest services of a kind.

        Args:
            language: of the person.
            kind: a category; another one is taken when it has no service with a position.
            town: id of the place that was named, or
            near: what a shared position became (bot.answers.nearest.near_choice). Without either, Faro asks.
        """

        def make(content: Content) -> Outgoing:
            known = kinds(content)
            wanted = kind if kind in known else next(iter(known), "")
            place = content.towns.get(town)
            if place is not None:
                at = place.position
                found = nearest(content, at.lat, at.lon, wanted, at.accuracy_m)
            else:
                found = read_choice(content, near, wanted)
            return near_message(content, found, wanted, language, place)

        if (town and town in self.library.current().towns) or near:
            return self._say(NEAREST_TOPIC, language, make)
        return self.answer(NEAREST_TOPIC, language)

    def suggestions(self, topics: Sequence[str], language: str, key: str = NOT_UNDERSTOOD) -> Outgoing:
        """ "Is it one of these?" (or another sentence) with topics to choose from."""
        return self._say(key, language, lambda content: suggestions(content, topics, language, key))

    def _say(self, name: str, language: str, make: Callable[[Content], Outgoing]) -> Outgoing:
        try:
            content = self.library.current()
        except Exception as error:
            _note("content unavailable", name, error)
            return Outgoing(LAST_RESORT)
        for text, attempt in (
            ("nothing to say", make),
            ("no trouble sentence", lambda content: whole_sentence(content, "trouble", language)),
        ):
            try:
                outgoing = attempt(content)
            except Exception as error:
                _note(text, name, error)
            else:
                if outgoing.text.strip():
                    return outgoing
        return Outgoing(LAST_RESORT)


def _note(text: str, name: object, error: Exception) -> None:
    # The id and the kind of error only: an exception's own message may quote a text.
    log.error(text, extra={"action": str(name)[:_LONGEST_NAME], "error": type(error).__name__})
