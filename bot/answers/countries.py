"""content/countries.yml: the countries that people come from, and how they are called."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import replace

from babel import Locale, UnknownLocaleError
from babel.core import get_global

from bot.answers.form import Fields, Form
from bot.answers.schema import Country, Place, Reference
from bot.answers.tree import Node

COUNTRY_FIELDS = ("people", "called", "ambiguous", "members")

#: Every code that Unicode's CLDR knows of a country or union, of today or of before.
_CODES = frozenset(get_global("territory_currencies"))


def parse_countries(form: Form, root: Node) -> dict[str, Country]:
    """Read the file; what is wrong is noted in `form`."""
    top = form.fields(root, "", ("countries",), ("countries",))
    listed = form.fields(top.nodes["countries"], "countries") if "countries" in top.nodes else Fields()
    countries: dict[str, Country] = {}
    for code, node in listed.nodes.items():
        if code not in _CODES or not code.isalpha():
            form.note(listed.line_of(code), "unknown_code", country=code)
            continue
        fields = form.fields(node, code, COUNTRY_FIELDS, ("people",))
        people, called, ambiguous, members = (form.references(fields, name) for name in COUNTRY_FIELDS)
        for name in ambiguous:
            if name not in (*people, *called):
                form.note(name.line, "ambiguous_unlisted", name=name.name)
        countries[code] = Country(
            code, _names(people), _names(called), _names(ambiguous), members, Place(form.path, fields.line)
        )
        _note_twice(form, countries, countries[code], (*people, *called))
    for country in countries.values():
        for member in country.members:
            if member.name not in countries:
                form.note(member.line, "unknown_country", country=member.name)
    return countries


def named_in(country: Country, languages: Iterable[str]) -> Country:
    """The country with its usual names in the languages that Unicode's CLDR knows."""
    usual = []
    for language in languages:
        try:
            usual.append(Locale.parse(language, sep="-").territories.get(country.code, ""))
        except (UnknownLocaleError, ValueError):
            continue
    return replace(country, names=tuple(dict.fromkeys(name for name in (*country.names, *usual) if name)))


def _note_twice(form: Form, countries: dict[str, Country], country: Country, written: Iterable[Reference]) -> None:
    others = {
        _plain(name): other.code
        for other in countries.values()
        if other is not country
        for name in (*other.people, *other.names)
    }
    for name in written:
        if other := others.get(_plain(name.name)):
            form.note(name.line, "name_twice", name=name.name, other=other)


def _names(references: Iterable[Reference]) -> tuple[str, ...]:
    return tuple(reference.name for reference in references)


def _plain(name: str) -> str:
    parts = unicodedata.normalize("NFD", name.casefold())
    return "".join(sign for sign in parts if not unicodedata.combining(sign))
