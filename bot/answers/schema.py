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
    """One phone, address or opening time with its own provenance. `confirm`: IOM must check it before going live."""

    kind: FactKind
    value: Wording
    source: str = ""
    dated: Dated | None = None
    confidence: Confidence | None = None
    confirm: bool = False


@dataclass(frozen=True, slots=True)
class Contact:
    """A service or hotline."""

    id: str
    name: Wording
    purpose: Wording
    facts: tuple[ContactFact, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said on one topic, in every language. `review_every` counts days; 0 means never."""

    topic: str
    area: str
    title: Wording
    text: Wording
    place: Place
    contacts: tuple[Reference, ...] = ()
    next: tuple[Reference, ...] = ()
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
    """A language that Faro speaks: code, own name, where to look when a text is missing, how people call it."""

    code: str
    name: str
    fallback: tuple[str, ...] = ()
    called: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Interface:
    """The words of Faro itself, by key."""

    sentences: Mapping[str, Wording] = field(default_factory=dict)
    buttons: Mapping[str, Wording] = field(default_factory=dict)
    web: Mapping[str, Wording] = field(default_factory=dict)
    lines: Mapping[str, int] = field(default_factory=dict, compare=False, repr=False)


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
    """A line of the register of topics (data/topics.yml). `safety`: a person may be in danger."""

    name: str
    area: str
    safety: bool = False
