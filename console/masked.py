"""What people wrote as the team reads it: personal data hidden, published numbers left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from bot.answers.schema import FactKind
from bot.channels.webchat.languages import library
from bot.conversations.masking import find
from console.conversations.words import SECRETS, Word

#: Where a number without country code is dialled.
REGION = "PA"


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text: either words as they were written, or what kind of thing is hidden here."""

    text: str = ""
    hidden: Word = ""


def pieces(text: str) -> Sequence[Piece]:
    """A text in parts, without what is personal in it."""
    found, done = [], 0
    for one in find(text, REGION, _published(library().current().version)):
        found += [Piece(text[done : one.start]), Piece(hidden=SECRETS[one.secret])]
        done = one.end
    return [one for one in (*found, Piece(text[done:])) if one.text or one.hidden]


def plainly(text: str) -> str:
    """A text in one piece, with a word in brackets where something is hidden."""
    return "".join(one.text or f"[{one.hidden}]" for one in pieces(text))


@lru_cache(maxsize=2)
def _published(_version: str) -> frozenset[str]:
    """The phone numbers that Faro itself gives to people, in one version of the content."""
    return frozenset(
        fact.value.get(())
        for contact in library().current().contacts.values()
        for fact in contact.facts
        if fact.kind in (FactKind.PHONE, FactKind.WHATSAPP)
    )
