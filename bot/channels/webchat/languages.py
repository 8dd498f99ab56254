"""The languages and words of the page. The only file of the web chat that touches the answer library."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation.trans_real import parse_accept_lang_header

from bot.answers import choices, render
from bot.answers.library import Library
from bot.answers.nearest import near_choice
from bot.answers.schema import FactKind
from bot.conversations import placeholders
from bot.conversations.models import Contact
from bot.words import Button

#: What the person chose on the page.
COOKIE = "faro_lang"

#: A number of at most this many digits is called as it is, without a country code (911, 104).
SHORT_NUMBER = 4


@cache
def library() -> Library:
    """The library of this process; it looks for edited files by itself."""
    return Library(Path(settings.SETTINGS.content_dir))


def words(language: str) -> Mapping[str, str]:
    """Every word of the page by key, in a language or the nearest that has it; of the menu by the ids of its buttons."""
    titles = {button.id: button.title for button in menu(language)}
    return {**render.web(library().current(), language), **titles}


def in_words(text: str, language: str) -> str:
    """A stored text as the page shows it: what was masked in it is named in that language."""
    if not placeholders.has(text):
        return text
    said = words(language if known(language) else library().current().default)
    return placeholders.shown(text, lambda secret: said[f"masked_{secret.value}"])


def menu(language: str) -> tuple[Button, ...]:
    """The parts of the menu, for a page without a conversation."""
    return choices.area_buttons(library().current(), language)


def title_of(choice: str, language: str) -> str:
    """What stands on a button that can be pressed at any time, or "" when there is no such button."""
    content = library().current()
    always = (
        *menu(language),
        choices.button(content, "menu", language),
        choices.button(content, "share_location", language),
    )
    return next((button.title for button in always if button.id == choice), "")


def near(lat: float, lon: float) -> str:
    """The choice that a shared position becomes: which services are near, and about how far. The position is not in it."""
    return near_choice(library().current(), lat, lon)


def languages() -> list[tuple[str, str]]:
    """Code and own name of every language that Faro speaks."""
    return [(language.code, language.name) for language in library().current().languages.values()]


def known(code: str) -> bool:
    """Whether Faro speaks the language of this code."""
    return code in library().current().languages


def hotlines() -> frozenset[str]:
    """The short numbers among our contacts, which may stand in a sentence without a sign before them."""
    values = (
        fact.value.get(())
        for contact in library().current().contacts.values()
        for fact in contact.facts
        if fact.kind is FactKind.PHONE
    )
    return frozenset(value for value in values if value.isascii() and value.isdigit() and len(value) <= SHORT_NUMBER)


def chosen(request: HttpRequest) -> str:
    """The language that the person chose on the page, or ""."""
    code = request.COOKIES.get(COOKIE, "")
    return code if known(code) else ""


def of_page(request: HttpRequest, contact: Contact | None) -> str:
    """The language of the page for this person: the one wanted, or the browser's, or the default."""
    return wanted(request, contact) or _accepted(request) or library().current().default


def wanted(request: HttpRequest, contact: Contact | None) -> str:
    """The language that the person chose or writes in, or "" when nothing is known of that (yet, or after erasure).

    What was asked for comes first. A choice made on the page is written to the contact as well (views.language), so a
    contact whose chosen language differs from the cookie has asked for another one since, in the conversation.
    """
    spoken = contact.language if contact is not None and known(contact.language) else ""
    if contact is not None and contact.language_chosen and spoken:
        return spoken
    return chosen(request) or spoken


def _accepted(request: HttpRequest) -> str:
    """The first language of the browser that Faro speaks ("fr-CA" asks for "fr"), or ""."""
    for tag, _ in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
        if known(code := tag.partition("-")[0]):
            return code
    return ""
