"""What people wrote as the team reads it: personal data hidden, published numbers left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from bot.answers.published import numbers
from bot.channels.webchat.languages import library
from bot.conversations import placeholders
from bot.conversations.masking import find
from console.conversations.words import SECRETS, Word

#: Where a number without country code is dialled.
REGION = "PA"


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text: either words as they were written, or what kind of thing is hidden here.

    `gone`: it does not stand in the database any more, so that nobody can show it.
    """

    text: str = ""
    hidden: Word = ""
    gone: bool = False


def pieces(text: str) -> Sequence[Piece]:
    """A text in parts, without what is personal in it."""
    return [
        piece
        for part, gone in placeholders.split(text)
        for piece in (*_pieces(part), *([Piece(hidden=SECRETS[gone], gone=True)] if gone else ()))
    ]


def as_stored(text: str) -> Sequence[Piece]:
    """A text in parts as the database has it: only what was masked there is hidden."""
    return [
        piece
        for part, gone in placeholders.split(text)
        for piece in (Piece(part), Piece(hidden=SECRETS[gone] if gone else "", gone=True))
        if piece.text or piece.hidden
    ]


def plainly(text: str) -> str:
    """A text in one piece, with a word in brackets where something is hidden."""
    return "".join(one.text or f"[{one.hidden}]" for one in pieces(text))


def _pieces(text: str) -> Sequence[Piece]:
    found, done = [], 0
    for one in find(text, REGION, _published(library().current().version)):
        found += [Piece(text[done : one.start]), Piece(hidden=SECRETS[one.secret])]
        done = one.end
    return [one for one in (*found, Piece(text[done:])) if one.text or one.hidden]


@lru_cache(maxsize=2)
def _published(_version: str) -> frozenset[str]:
    """The phone numbers that Faro itself gives to people, in one version of the content."""
    return numbers(library().current())
