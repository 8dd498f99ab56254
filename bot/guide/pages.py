"""What a page of the guide shows: the answers that are valid on a day, by area. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from babel import Locale, UnknownLocaleError
from babel.dates import format_date

from bot.answers import render
from bot.answers.choose import Choice, choose
from bot.answers.schema import CONVERSATION, Content, FactKind
from bot.guide.blocks import Block, blocks
from bot.guide.directory import Directory, Named, directory, named

#: The order of the areas. An area that staff add comes after them.
AREAS = ("return", "health", "rights", "protection", "contacts", "about")

#: What stands above everything else: ambulance and police. Source: content/contacts.yml, emergency_911 and police_104.
EMERGENCY = ("911", "104")

#: The topic with all other numbers to call.
EMERGENCY_TOPIC = "emergency_numbers"


@dataclass(frozen=True, slots=True)
class Link:
    """A topic of this page."""

    topic: str
    title: str


@dataclass(frozen=True, slots=True)
class Hotline:
    """A number to call in danger, and who answers it."""

    number: str
    name: str
    purpose: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One answer.

    `next` are the topics of other areas that belong to it: those of its own area stand around it, and naming them all
    would take a sixth of the page. `language` is that of its text when it is not the one asked for, else "".
    """

    topic: str
    title: str
    blocks: tuple[Block, ...]
    contacts: tuple[Named, ...]
    next: tuple[Link, ...]
    reviewed: str
    language: str


@dataclass(frozen=True, slots=True)
class Area:
    """The answers of one area."""

    name: str
    title: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """The guide in one language on one day."""

    day: str
    areas: tuple[Area, ...]
    directory: Directory
    hotlines: tuple[Hotline, ...]
    more_numbers: Link | None
    reviewed: date | None
    reviewed_words: str
    version: str


def page(content: Content, language: str, on: date, order: Sequence[str] = ()) -> Page:
    """The guide in `language` as it is valid `on` a day.

    Args:
        content: what staff wrote.
        language: a language of the content.
        on: answers are valid or not on this day.
        order: topics in the order in which they follow each other within an area; any other comes after them.
    """
    chain = content.chain(language)
    choices = {
        topic: choice
        for topic in dict.fromkeys((*order, *sorted(content.answers)))
        if (answer := content.answers.get(topic)) is not None
        and answer.area != CONVERSATION
        and isinstance(choice := choose(content, topic, language, on), Choice)
    }
    links = {topic: Link(topic, choice.answer.title.get(chain)) for topic, choice in choices.items()}
    found = {choice.answer.area for choice in choices.values()}
    words = render.web(content, language)
    areas = tuple(
        Area(
            area,
            words.get(f"guide_area_{area}", "") or area,
            tuple(_entry(content, choice, links) for choice in choices.values() if choice.answer.area == area),
        )
        for area in (*(area for area in AREAS if area in found), *sorted(found.difference(AREAS)))
    )
    reviewed = max((choice.answer.reviewed for choice in choices.values() if choice.answer.reviewed), default=None)
    return Page(
        day=day_words(on, chain),
        areas=areas,
        directory=directory(content, language),
        hotlines=tuple(hotline(content, number, chain) for number in EMERGENCY),
        more_numbers=links.get(EMERGENCY_TOPIC),
        reviewed=reviewed,
        reviewed_words=day_words(reviewed, chain),
        version=content.version,
    )


def day_words(day: date | None, chain: tuple[str, ...]) -> str:
    """A day in words ("23 de noviembre de 2026") in the first language of `chain` that Unicode's CLDR knows."""
    if day is None:
        return ""
    for code in chain:
        try:
            return format_date(day, format="long", locale=Locale.parse(code, sep="-"))
        except (UnknownLocaleError, ValueError):
            continue
    return day.isoformat()


def hotline(content: Content, number: str, chain: tuple[str, ...]) -> Hotline:
    """Who answers a number. It has no name when no contact has that number."""
    for contact in content.contacts.values():
        if any(fact.kind is FactKind.PHONE and fact.value.get(chain) == number for fact in contact.facts):
            return Hotline(number, contact.name.get(chain), contact.purpose.get(chain))
    return Hotline(number, "", "")


def _entry(content: Content, choice: Choice, links: dict[str, Link]) -> Entry:
    answer, chain = choice.answer, content.chain(choice.asked)
    neighbours = {one.topic for one in content.answers.values() if one.area == answer.area}
    # Whoever reads the page may be of any country.
    text = render.answer_text(content, choice, tuple(answer.countries))
    return Entry(
        topic=answer.topic,
        title=links[answer.topic].title,
        blocks=blocks(text),
        contacts=named(content, answer, choice.asked),
        next=tuple(links[name.name] for name in answer.next if name.name in links and name.name not in neighbours),
        reviewed=day_words(answer.reviewed, chain),
        language="" if choice.language == choice.asked else choice.language,
    )
