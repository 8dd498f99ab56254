"""Names inside a message: where somebody is from or goes back to, and organisations, by lists that staff keep."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import regex as re
import yaml
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc, Span
from spacy.util import filter_spans
from spacy.vocab import Vocab

from bot.nlu.room import ROOM
from bot.nlu.text import fold

#: Words that stand before, after and around names, of all languages.
FILE = ROOM / "data" / "name_words.yml"

#: Words of a message that are read: who says where they are from says so early.
_READ = 300
#: Small words that may stand between "soy" and "la República Dominicana".
_MOST_SMALL = 3
#: Words of the longest phrase in the table ("je ne suis pas").
_LONGEST = 4

#: Letters and numbers with the accents that are typed apart; "d'Haïti" is two words, so is "Burkina-Faso".
_WORD = re.compile(r"[^\W_](?:[^\W_]|\p{Mn})*")
#: In place of every word that is in no name, so that spaCy keeps none of what people write.
_OTHER = "·"

#: What a name is: of a country, of its people, of both ("Siria"), of its people and something else too ("inglés"), of an
#: organisation.
_COUNTRY, _PEOPLE, _EITHER, _AMBIGUOUS, _ORGANISATION = "country", "people", "either", "ambiguous", "organisation"


class Country(Protocol):
    """A country (bot.answers.schema.Country). `ambiguous`: those of its names that also mean something else."""

    @property
    def code(self) -> str: ...
    @property
    def names(self) -> Sequence[str]: ...
    @property
    def people(self) -> Sequence[str]: ...
    @property
    def ambiguous(self) -> Sequence[str]: ...


class Organisation(Protocol):
    """An organisation or programme (bot.answers.schema.Organisation)."""

    @property
    def id(self) -> str: ...
    @property
    def called(self) -> Sequence[str]: ...
    @property
    def topic(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Named:
    """Something that is named: the code of a country or the id of an organisation, and where in the text."""

    id: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Read:
    """What a message names.

    only_countries: it says nothing but where somebody is from.
    topic: that of the organisation of whose name alone the message consists, or "".
    says_no_language: it is nothing but names that are the same in every language.
    """

    countries: tuple[Named, ...] = ()
    organisations: tuple[Named, ...] = ()
    only_countries: bool = False
    topic: str = ""
    says_no_language: bool = False


@dataclass(frozen=True, slots=True)
class NameWords:
    """The table, folded: what stands right before a country's name, beside the name of a people, and around both."""

    of: frozenset[str]
    of_small: frozenset[str]
    to: frozenset[str]
    to_small: frozenset[str]
    is_: frozenset[str]
    papers: frozenset[str]
    denied: frozenset[str]
    things: frozenset[str]
    around: frozenset[str]
    asking: frozenset[str]

    @classmethod
    def read(cls, path: Path = FILE) -> NameWords:
        """Read the table of all languages."""
        table = yaml.safe_load(path.read_text(encoding="utf-8"))
        return cls(*(frozenset(_key(one) for said in table[key].values() for one in said) for key in _KEYS))


#: The parts of the table in the order of the fields.
_KEYS = ("of", "of_small", "to", "to_small", "is", "papers", "denied", "things", "around", "asking")


class Names:
    """Finds names by spaCy's PhraseMatcher, however they are accented or capitalised.

    A country counts behind words such as "soy de" or "volver a" and alone, not where somebody passes through ("crucé
    Colombia"); a people counts unless it is a thing's ("la frontera colombiana"), and when its name also means something
    else ("hablo francés"), only behind such words.
    """

    def __init__(
        self,
        countries: Iterable[Country],
        organisations: Iterable[Organisation],
        table: NameWords | None = None,
    ) -> None:
        self._table = table or NameWords.read()
        self._vocab = Vocab()
        self._matcher = PhraseMatcher(self._vocab, attr="ORTH")
        self._taken: set[str] = set()
        self._known: set[str] = set()
        self._topics: dict[str, str] = {}
        for country in countries:
            names, people, ambiguous = (
                {_key(name) for name in listed} for listed in (country.names, country.people, country.ambiguous)
            )
            plurals = {f"{name}s" for name in people}
            ambiguous |= {f"{name}s" for name in ambiguous}
            self._add(_EITHER, country.code, people & names)
            self._add(_AMBIGUOUS, country.code, (people | plurals) & ambiguous)
            self._add(_PEOPLE, country.code, people | plurals)
            self._add(_COUNTRY, country.code, names)
        for organisation in organisations:
            self._topics[organisation.id] = organisation.topic
            self._add(_ORGANISATION, organisation.id, {_key(name) for name in organisation.called})

    def read(self, text: str) -> Read:
        """What a message names. Never raises."""
        found = [(match.start(), match.end()) for match, _ in zip(_WORD.finditer(text), range(_READ), strict=False)]
        words = [fold(text[begin:end]) for begin, end in found]
        spans = self._spans(words)
        countries = _Countries(words, spans, self._table)
        places = [(span, found[span.start][0], found[span.end - 1][1]) for span in spans]
        organisations = [place for place in places if _kind(place[0]) == _ORGANISATION]
        told = [place for place in places if place[0] in countries.told]
        rest = _outside(words, spans)
        return Read(
            countries=_distinct(told),
            organisations=_distinct(organisations),
            only_countries=bool(told) and len(told) == len(spans) and self._table.around.issuperset(rest),
            topic=self._topic(organisations) if len(spans) == 1 and self._table.asking.issuperset(rest) else "",
            says_no_language=bool(spans)
            and not rest
            and all(_kind(span) == _COUNTRY or _is_short_name(span) for span in spans),
        )

    def _add(self, kind: str, name: str, keys: Iterable[str]) -> None:
        # A name that two have is that of the first, in the order of the file.
        new = sorted(key for key in keys if key and key not in self._taken)
        self._taken.update(new)
        patterns = [Doc(self._vocab, words=key.split()) for key in new]
        if patterns:
            self._matcher.add(f"{kind}:{name}", patterns)
            self._known.update(token.text for pattern in patterns for token in pattern)

    def _spans(self, words: list[str]) -> list[Span]:
        """The names, the longest first where they overlap ("Guinea Ecuatorial" is not "Guinea"), in their order."""
        doc = Doc(self._vocab, words=[word if word in self._known else _OTHER for word in words])
        return sorted(filter_spans(self._matcher(doc, as_spans=True)), key=lambda span: span.start)

    def _topic(self, organisations: list[tuple[Span, int, int]]) -> str:
        return next((self._topics[_id(span)] for span, _, _ in organisations), "")


class _Countries:
    """Which names of countries and peoples in a message say where somebody is from or goes back to."""

    def __init__(self, words: list[str], spans: list[Span], table: NameWords) -> None:
        self._words, self._table = words, table
        named = [span for span in spans if _kind(span) != _ORGANISATION]
        only = table.around.issuperset(_outside(words, named))
        self.told = [span for span in named if not self._denied(span) and self._counts(span, alone=only)]

    def _counts(self, span: Span, *, alone: bool) -> bool:
        begin, end = span.start, span.end
        if alone and _kind(span) != _AMBIGUOUS:  # "english please" asks for a language
            return True
        table = self._table
        if _kind(span) == _COUNTRY:
            return self._introduced(begin) or self._after(end, table.papers)
        beside = self._before(begin, table.is_ | table.papers) or self._after(end, table.papers)
        if _kind(span) == _EITHER:
            return beside or self._introduced(begin)
        if _kind(span) == _AMBIGUOUS:
            return beside
        return beside or not (self._before(begin, table.things) or self._after(end, table.things))

    def _introduced(self, begin: int) -> bool:
        """Whether "soy de la", "volver a" or the like stand before a name."""
        table = self._table
        return self._led_to(begin, table.of, table.of_small) or self._led_to(begin, table.to, table.to_small)

    def _led_to(self, begin: int, phrases: frozenset[str], small: frozenset[str]) -> bool:
        for _ in range(_MOST_SMALL + 1):
            if self._before(begin, phrases):
                return True
            if not begin or self._words[begin - 1] not in small:
                return False
            begin -= 1
        return False

    def _denied(self, span: Span) -> bool:
        return self._led_to(span.start, self._table.denied, self._table.of_small)

    def _before(self, begin: int, phrases: frozenset[str]) -> bool:
        said = (" ".join(self._words[max(begin - length, 0) : begin]) for length in range(1, _LONGEST + 1))
        return any(phrase in phrases for phrase in said)

    def _after(self, end: int, phrases: frozenset[str]) -> bool:
        said = (" ".join(self._words[end : end + length]) for length in range(1, _LONGEST + 1))
        return any(phrase in phrases for phrase in said)


def _outside(words: list[str], spans: list[Span]) -> list[str]:
    """The words that are in no name."""
    inside = {number for span in spans for number in range(span.start, span.end)}
    return [word for number, word in enumerate(words) if number not in inside]


def _distinct(places: Iterable[tuple[Span, int, int]]) -> tuple[Named, ...]:
    """Each name once, where it stands first."""
    found: dict[str, Named] = {}
    for span, begin, end in places:
        found.setdefault(_id(span), Named(_id(span), begin, end))
    return tuple(found.values())


def _is_short_name(span: Span) -> bool:
    """ "SENNIAF" is the same in every language, "Cruz Roja" is not."""
    return _kind(span) == _ORGANISATION and len(span) == 1


def _kind(span: Span) -> str:
    return str(span.label_).partition(":")[0]


def _id(span: Span) -> str:
    return str(span.label_).partition(":")[2]


def _key(name: object) -> str:
    return " ".join(fold(match) for match in _WORD.findall(str(name)))
