"""Content as values: what staff wrote, read once, never changed. Every value knows the line it was written on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

#: Key of a text that is the same in every language, such as a phone number.
EVERY_LANGUAGE = ""

#: Area of the topics that content/interface.yml answers.
CONVERSATION = "conversation"

#: Area of the short questions that the answer given last decides ("and how much is it?"). They have no answer of their own.
FOLLOW_UP = "follow_up"


class FactKind(StrEnum):
    """What a fact of a contact is, in the order in which it is printed."""

    PHONE = "phone"
    WHATSAPP = "whatsapp"
    EMAIL = "email"
    URL = "url"
    ADDRESS = "address"
    HOURS = "hours"


class Confidence(StrEnum):
    """How sure we are of a fact: high prints plainly, medium with its month, low is not printed."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is written: relative path, line from 1."""

    path: str
    line: int


@dataclass(frozen=True, slots=True)
class Wording:
    """One text in several languages. `lines` says where each one begins, `blocks` which are written with |."""

    texts: Mapping[str, str]
    place: Place
    lines: Mapping[str, int] = field(default_factory=dict, compare=False, repr=False)
    blocks: frozenset[str] = field(default=frozenset(), compare=False, repr=False)

    def get(self, chain: tuple[str, ...]) -> str:
        """The text of the first language of `chain` that has one, or "" when none has."""
        for language in (EVERY_LANGUAGE, *chain):
            if text := self.texts.get(language):
                return text
        return ""

    def line_of(self, language: str, position: int = 0) -> int:
        """The line in the file of a character of the text in `language`."""
        line = self.lines.get(language, self.place.line)
        return line + 1 + self.texts[language].count("\n", 0, position) if language in self.blocks else line


@dataclass(frozen=True, slots=True)
class Reference:
    """A name of something else (a contact, a topic) and the line that names it."""

    name: str
    line: int = field(compare=False)


@dataclass(frozen=True, slots=True)
class Source:
    """Where a fact of an answer comes from: a number of the research, an address, or both."""

    fact: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Dated:
    """A date as exact as the source gives it."""

    year: int
    month: int | None = None
    day: int | None = None


@dataclass(frozen=True, slots=True)
class ContactFact:
    """One phone, address or opening time with its own provenance. `confirm`: IOM must check it before going live.

    `confirmed_by`: the account of the team that made sure of it, for the team alone; "" when nobody is named.
    """

    kind: FactKind
    value: Wording
    source: str = ""
    dated: Dated | None = None
    confidence: Confidence | None = None
    confirm: bool = False
    confirmed_by: str = ""


@dataclass(frozen=True, slots=True)
class Position:
    """A point on the map: degrees (WGS 84), and how far off it may be, in metres.

    `map` is false where a link to a map would show people or their pursuers a door that is kept private.
    """

    lat: float
    lon: float
    accuracy_m: int
    source: str = ""
    confidence: Confidence | None = None
    map: bool = True


@dataclass(frozen=True, slots=True)
class Contact:
    """A service or hotline."""

    id: str
    name: Wording
    purpose: Wording
    facts: tuple[ContactFact, ...]
    place: Place
    category: Reference | None = None
    position: Position | None = None


@dataclass(frozen=True, slots=True)
class Town:
    """A place that people name when they are asked where they are. `called`: its other names."""

    id: str
    name: str
    province: str
    position: Position
    called: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Country:
    """A country, or a union with its `members`, by its code of two letters (ISO 3166-1).

    `people` are those who come from it, `names` its own names, `ambiguous` those of both that also mean something else.
    """

    code: str
    people: tuple[str, ...]
    names: tuple[str, ...]
    ambiguous: tuple[str, ...]
    members: tuple[Reference, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Organisation:
    """An organisation, a service or a programme: how people call it, and the topic of who writes nothing but its name."""

    id: str
    called: tuple[str, ...]
    topic: str
    place: Place


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said on one topic, in every language. `review_every` counts days; 0 means never.

    `countries`: what is only true for who comes from a country, by its code; `countries_for_all`: which of it somebody
    reads of whom no country is known.
    """

    topic: str
    area: str
    title: Wording
    text: Wording
    place: Place
    contacts: tuple[Reference, ...] = ()
    next: tuple[Reference, ...] = ()
    #: Short question ("ask_cost") -> the topic whose answer serves it after this one.
    follow_ups: Mapping[str, Reference] = field(default_factory=dict)
    countries: Mapping[str, Wording] = field(default_factory=dict)
    countries_for_all: tuple[Reference, ...] = ()
    sources: tuple[Source, ...] = ()
    reviewed: date | None = None
    review_every: int = 0
    valid_from: date | None = None
    valid_to: date | None = None
    lines: Mapping[str, int] = field(default_factory=dict, compare=False, repr=False)

    def line_of(self, name: str) -> int:
        """The line on which a field of this answer begins."""
        return self.lines.get(name, self.place.line)


@dataclass(frozen=True, slots=True)
class Language:
    """A language that Faro speaks: code, own name, where to look when a text is missing, how people call it.

    `draft`: it is being translated, so what is still missing is counted and not called a mistake.
    """

    code: str
    name: str
    fallback: tuple[str, ...] = ()
    called: tuple[str, ...] = ()
    draft: bool = False


@dataclass(frozen=True, slots=True)
class Shelf:
    """A part of the menu: its title and the topics behind it, in the order in which they are offered."""

    area: str
    title: Wording
    topics: tuple[Reference, ...]


@dataclass(frozen=True, slots=True)
class Interface:
    """The words of Faro itself, by key; `menu` by area, in the order in which it is offered."""

    menu: Mapping[str, Shelf] = field(default_factory=dict)
    sentences: Mapping[str, Wording] = field(default_factory=dict)
    buttons: Mapping[str, Wording] = field(default_factory=dict)
    web: Mapping[str, Wording] = field(default_factory=dict)
    lines: Mapping[str, int] = field(default_factory=dict, compare=False, repr=False)


#: The days of the week as content/office.yml names them, in the order in which Python counts them.
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True, slots=True)
class Shift:
    """From when to when somebody works, in minutes after midnight; the last minute is not in it."""

    opens: int
    closes: int


@dataclass(frozen=True, slots=True)
class Office:
    """When somebody of the team can answer people: by the name of the weekday, but on no holiday. Empty: not known."""

    timezone: str = "America/Panama"
    hours: Mapping[str, tuple[Shift, ...]] = field(default_factory=dict)
    holidays: Mapping[date, Wording] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Forbidden:
    """Something that must never be published (`do_not_publish`). Not a `Reference`: its value stays out of reprs."""

    value: str = field(repr=False)
    line: int


@dataclass(frozen=True, slots=True)
class Content:
    """Everything that staff wrote, at one moment. `version` is a short digest of the files."""

    version: str
    languages: Mapping[str, Language]
    default: str
    contacts: Mapping[str, Contact]
    answers: Mapping[str, Answer]
    interface: Interface
    forbidden: tuple[Forbidden, ...] = ()
    categories: Mapping[str, Wording] = field(default_factory=dict)
    towns: Mapping[str, Town] = field(default_factory=dict)
    countries: Mapping[str, Country] = field(default_factory=dict)
    organisations: Mapping[str, Organisation] = field(default_factory=dict)
    office: Office = field(default_factory=Office)

    def chain(self, language: str) -> tuple[str, ...]:
        """Where to look for a text in `language`: itself, its fallbacks (theirs too), then the default language.

        A regional code ("es-MX") stands for its language when only that is known.
        """
        if language not in self.languages:
            language = language.replace("_", "-").partition("-")[0].lower()
        found: dict[str, None] = {}
        waiting = [language, self.default]
        while waiting:
            code = waiting.pop(0)
            if code in self.languages and code not in found:
                found[code] = None
                # The fallbacks of a language come before the default language, which waits at the end.
                waiting = [*self.languages[code].fallback, *waiting]
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Topic:
    """A line of the register of topics (data/topics.yml).

    `safety`: a person may be in danger. `ellipsis`: a short question whose meaning depends on the answer given last.
    """

    name: str
    area: str
    safety: bool = False
    ellipsis: bool = False
