"""The contacts of the guide. Each is printed once, at the end of the page; answers name it and lead there. Pure.

Printed under every answer that names them, as in the chat, they would make up half of the page.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bot.answers import render
from bot.answers.schema import Answer, Confidence, Contact, Content, FactKind

#: A number of at most this many digits is a hotline: it is dialled as it is, and short enough to stand beside the name.
HOTLINE_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Named:
    """A contact as an answer names it. `number` is its hotline or "": who is in danger must not look it up first."""

    id: str
    name: str
    number: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A contact with everything that is known of it, a line each, its name first."""

    id: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Category:
    """The contacts that are for one thing. `title` is "" for those that staff have not sorted yet."""

    title: str
    listed: tuple[Listed, ...]


@dataclass(frozen=True, slots=True)
class Directory:
    """All contacts by what they are for, in the order of content/contacts.yml.

    `note` is the sentence about dates, when a fact carries one.
    """

    categories: tuple[Category, ...]
    note: str


def directory(content: Content, language: str) -> Directory:
    """Every contact in `language`, also one that no answer names: a message has little room, this page has more."""
    chain = content.chain(language)
    sorted_by: dict[str, list[Listed]] = {name: [] for name in (*content.categories, "")}
    noted = ""
    for contact in content.contacts.values():
        block, *note = render.contact_blocks(content, [contact], language)
        category = contact.category.name if contact.category else ""
        sorted_by.get(category, sorted_by[""]).append(Listed(contact.id, tuple(block.split("\n"))))
        noted = noted or "".join(note)
    categories = tuple(
        Category(content.categories[name].get(chain) if name else "", tuple(listed))
        for name, listed in sorted_by.items()
        if listed
    )
    return Directory(categories, noted)


def named(content: Content, answer: Answer, language: str) -> tuple[Named, ...]:
    """The contacts of an answer by name."""
    chain = content.chain(language)
    return tuple(
        Named(contact.id, contact.name.get(chain), next(_hotlines(contact, chain), ""))
        for reference in answer.contacts
        if (contact := content.contacts.get(reference.name)) is not None
    )


def _hotlines(contact: Contact, chain: tuple[str, ...]) -> Iterator[str]:
    for fact in contact.facts:
        number = fact.value.get(chain)
        if fact.kind is FactKind.PHONE and fact.confidence is Confidence.HIGH and len(number) <= HOTLINE_DIGITS:
            yield number
