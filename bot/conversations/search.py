"""Words in what was said, found whatever their accents and capitals: the same words on PostgreSQL and on SQLite.

What people and operators wrote is searched; what Faro says is not: its answers are the same for everybody, and are found
by their topic. On PostgreSQL a column with an index does it. On SQLite there is none: its full-text index keeps
deleted words in its pages until it is rebuilt (`secure-delete` needs SQLite 3.42, Debian 12 has 3.40), and nobody's
erased words may stay. Reading a hundred thousand messages there takes less time than a page has, see
docs/figures/console.md.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Any

import regex
from django.db import models

#: The column that PostgreSQL keeps the words in (migration 0005); no model names it.
COLUMN = "words"

#: Letters that count as another one. Both databases fold with this table, so that they find the same.
FOLDED = {
    "a": "áàâäãå",
    "c": "ç",
    "e": "éèêë",
    "i": "íìîï",
    "n": "ñ",
    "o": "óòôöõ",
    "u": "úùûü",
    "y": "ýÿ",
}

#: Words of one search: with more, nothing is found any more.
MOST_WORDS = 6

#: From this length on, a word also stands for longer ones that begin with it ("refugi": refugio, refugiados).
SHORTEST_BEGINNING = 4

#: More digits than an emergency number has: nobody is found by a phone number or a document.
MOST_DIGITS = 3

_WORD = regex.compile(r"[\p{L}\p{N}]+")

#: Letters that are written as one sign in French.
_LIGATURE = regex.compile("oe|ae")

_TO_PLAIN = {ord(sign): plain for plain, signs in FOLDED.items() for sign in signs}


class Refused(ValueError):
    """The search would look for a person: it holds a number or an address."""


def words_of(query: str) -> tuple[str, ...]:
    """The words that a search looks for, without accents and capitals, each once.

    Raises:
        Refused: the search holds an @ or more than MOST_DIGITS digits.
    """
    if "@" in query or sum(sign.isdigit() for sign in query) > MOST_DIGITS:
        raise Refused
    words = dict.fromkeys(_WORD.findall(plain(query)))
    long = [one for one in words if len(one) > 1] or list(words)
    return tuple(long[:MOST_WORDS])


def plain(text: str) -> str:
    """A text as it is compared: one Unicode form, small letters, without the accents of FOLDED."""
    lower = unicodedata.normalize("NFC", text).lower().replace("œ", "oe").replace("æ", "ae")
    return lower.translate(_TO_PLAIN)


def postgres_vector(column: str) -> str:
    """What COLUMN is made of."""
    accented = "".join(sign + sign.upper() for signs in FOLDED.values() for sign in signs if len(sign.upper()) == 1)
    plain_ones = "".join(letter * 2 for letter, signs in FOLDED.items() for sign in signs if len(sign.upper()) == 1)
    joined = f"replace(replace(replace(replace({column}, 'œ', 'oe'), 'Œ', 'oe'), 'æ', 'ae'), 'Æ', 'ae')"
    return f"to_tsvector('simple'::regconfig, lower(translate({joined}, '{accented}', '{plain_ones}')))"


def postgres_query(words: Sequence[str]) -> str:
    """The words as PostgreSQL's to_tsquery takes them; letters and digits only, so that nothing has to be escaped."""
    return " & ".join(f"{one}:*" if len(one) >= SHORTEST_BEGINNING else one for one in words)


def sqlite_patterns(word: str) -> tuple[str, str]:
    """A word as SQLite's GLOB takes it, every letter with its capitals and accents: roughly, and with its boundaries.

    The first is for the text as it is, quick and true of a little too much; the second for a text with a blank on either
    side and without ligatures.
    """
    boundary = "[^0-9A-Za-zÀ-ÖØ-öø-ÿ]"
    letters = "".join(f"[{_variants(letter)}]" for letter in word)
    rough = "*".join("".join(f"[{_variants(letter)}]" for letter in part) for part in _LIGATURE.split(word))
    return f"*{rough}*", f"*{boundary}{letters}*" if len(
        word
    ) >= SHORTEST_BEGINNING else f"*{boundary}{letters}{boundary}*"


def _variants(letter: str) -> str:
    signs = letter + FOLDED.get(letter, "")
    return "".join(dict.fromkeys(signs + "".join(sign.upper() for sign in signs if len(sign.upper()) == 1)))


class Holds(models.Func):
    """Whether a message of a person or of the team holds all of some words (from `words_of`), as a condition."""

    output_field = models.BooleanField()

    def __init__(self, words: Sequence[str]) -> None:
        # `text` for SQLite; for PostgreSQL it says which of the query's tables is meant.
        super().__init__(models.F("text"), models.F("direction"), models.F("operator"))
        self.words = tuple(words)

    def as_postgresql(self, compiler: Any, connection: Any, **_: Any) -> tuple[str, tuple[Any, ...]]:
        """PostgreSQL: the column that the database keeps."""
        (text, _params), *_rest = (compiler.compile(one) for one in self.source_expressions)
        column = f"{text.rpartition('.')[0]}.{connection.ops.quote_name(COLUMN)}"
        return f"({column} @@ to_tsquery('simple'::regconfig, %s))", (postgres_query(self.words),)

    def as_sqlite(self, compiler: Any, connection: Any, **_: Any) -> tuple[str, tuple[Any, ...]]:
        """SQLite: one pattern a word, of which the longest and so rarest is tried first."""
        text, direction, operator = (compiler.compile(one)[0] for one in self.source_expressions)
        joined = (
            f"(' ' || replace(replace(replace(replace({text}, 'œ', 'oe'), 'Œ', 'oe'), 'æ', 'ae'), 'Æ', 'ae') || ' ')"
        )
        patterns = [sqlite_patterns(word) for word in sorted(self.words, key=len, reverse=True)]
        conditions = [
            f"({direction} = 'in' OR {operator} IS NOT NULL)",
            *(f"{text} GLOB %s" for _ in patterns),
            *(f"{joined} GLOB %s" for _ in patterns),
        ]
        params = (*(rough for rough, _ in patterns), *(exact for _, exact in patterns))
        return f"({' AND '.join(conditions)})", params
