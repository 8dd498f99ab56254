"""What can be said about a message before anybody tries to understand it."""

from __future__ import annotations

from enum import StrEnum

import regex

from bot.words import Kind

#: What is read of a long message, in characters: about 300 words. The rest is kept, and the person is told.
MAX_READ = 2_000

_WORD = regex.compile(r"[\p{L}\p{N}]")
_LETTER = regex.compile(r"\p{L}")
_LATIN = regex.compile(r"\p{Latin}")

#: Below this share of Latin letters a message is in another script, and none of our languages.
LATIN_SHARE = 0.5


class Finding(StrEnum):
    """Why a message is answered without understanding it; the value is the key of the sentence in interface.yml."""

    NOTHING_TO_READ = "no_words"
    OTHER_SCRIPT = "other_language"
    NOT_SUPPORTED = "not_supported"


def triage(kind: Kind, text: str) -> Finding | None:
    """The reason why this message cannot be understood, or None when it can be tried."""
    if kind is Kind.CHOICE:
        return None
    if kind is Kind.OTHER:
        return Finding.NOT_SUPPORTED
    if not _WORD.search(text):
        return Finding.NOTHING_TO_READ
    letters = len(_LETTER.findall(text))
    if letters and len(_LATIN.findall(text)) / letters < LATIN_SHARE:
        return Finding.OTHER_SCRIPT
    return None


def readable(text: str) -> str:
    """The part of a text that is read, cut at a word's end."""
    if len(text) <= MAX_READ:
        return text
    cut = text[:MAX_READ]
    return cut.rsplit(maxsplit=1)[0] if " " in cut.strip() else cut
