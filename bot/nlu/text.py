"""A message's text, made safe to read and to compare."""

from __future__ import annotations

import unicodedata

import regex as re

#: Characters of a message that are read. Longer ones are chain letters or attacks; channels cut at 4,096 already.
LONGEST = 5_000

_SPACES = re.compile(r"[^\S\n]+")
_LINES = re.compile(r"\s*\n\s*")
_WORD = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*")
# Control, format, surrogate and unassigned characters; not the line break, not the two joiners, which carry meaning in
# Persian, in Indic scripts and inside emoji.
_UNREADABLE = re.compile(r"[^\P{C}\n\u200c\u200d]")
_ACCENTS = re.compile(r"\p{Mn}+")


def clean(text: str) -> str:
    """Return the text in composed form, without control characters (a NUL ends a C string, so eldc would stop there).

    Typographic apostrophes become plain ones, blanks are collapsed, line breaks stay, at most `LONGEST` characters.
    """
    composed = unicodedata.normalize("NFC", text[:LONGEST]).replace("\u2019", "'")
    return _LINES.sub("\n", _SPACES.sub(" ", _UNREADABLE.sub(" ", composed))).strip()[:LONGEST]


def fold(text: str) -> str:
    """Return the cleaned text in lower case without accents: how most people type on a phone."""
    return _ACCENTS.sub("", unicodedata.normalize("NFD", clean(text).casefold()))


def words(text: str) -> list[str]:
    """Return the words: numbers, emoji and punctuation are none, `l'aide` and `mother-in-law` are one each."""
    return _WORD.findall(clean(text))


def first_words(text: str, count: int) -> str:
    """Return the text up to its `count`-th blank-separated word."""
    return " ".join(clean(text).split(maxsplit=count)[:count])
