"""Finds what must never be published (`do_not_publish`), however it is spaced, accented or capitalised."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

from bot.answers.schema import Forbidden
from bot.answers.tree import Scalar

#: Up to this many digits a number is only found as a number of its own: 311 is not in 2311.
_SHORT = 4
_COUNTRY = "507"
#: Digits of a number without its country code: 7, or 8 for mobiles.
_NATIONAL = 7

_LONG_NUMBER = re.compile(r"\d(?:[^\w]{0,4}\d)*", re.ASCII)
_OWN_NUMBER = re.compile(r"(?<![\d.,/-])(?:\+?507[ -]?)?(\d{1,4})(?![\d/-])(?![.,]\d)", re.ASCII)
_DATE = re.compile(r"(?:19|20)\d{2}(?:-\d{2}){0,2}", re.ASCII)


def sightings(written: Iterable[Scalar], forbidden: Iterable[Forbidden]) -> Iterator[tuple[int, int]]:
    """The line of every forbidden value among the scalars, with the line of `do_not_publish` that forbids it."""
    short, long, texts = _sorted(forbidden)
    for scalar in written:
        if _DATE.fullmatch(scalar.value):
            continue
        text = fold(scalar.value)
        squeezed = _squeezed(text)
        for value, listed in texts.items():
            if value and value in squeezed:
                yield scalar.line, listed
        for match in _LONG_NUMBER.finditer(text):
            digits = re.sub(r"\D", "", match.group())
            for value, listed in long.items():
                if value in digits:
                    yield _line(scalar, text, match.start()), listed
        # An address of a source is full of small numbers that are nobody's telephone.
        if not text.startswith(("http://", "https://")):
            for match in _OWN_NUMBER.finditer(text):
                if (found := short.get(match.group(1))) is not None:
                    yield _line(scalar, text, match.start(1)), found


def _sorted(forbidden: Iterable[Forbidden]) -> tuple[dict[str, int], dict[str, int], dict[str, int]]:
    """Value -> line, for short numbers, long numbers and texts."""
    short: dict[str, int] = {}
    long: dict[str, int] = {}
    texts: dict[str, int] = {}
    for entry in forbidden:
        folded = fold(entry.value)
        digits = re.sub(r"\D", "", folded)
        if not digits or re.search(r"[^\W\d]", folded):
            texts[_squeezed(folded)] = entry.line
        elif len(digits) <= _SHORT:
            short[digits] = entry.line
        else:
            # A number is found with and without its country code.
            national = len(digits) - len(_COUNTRY) >= _NATIONAL
            long[digits.removeprefix(_COUNTRY) if national else digits] = entry.line
    return short, long, texts


def fold(text: str) -> str:
    """Without accents, capitals and invisible characters, and with plain digits: what two texts are compared by."""
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    kept = (c for c in decomposed if unicodedata.category(c) not in {"Mn", "Cf"})
    return "".join(str(unicodedata.decimal(c, c)) for c in kept)


def _squeezed(text: str) -> str:
    return re.sub(r"[\W_]+", "", text)


def _line(scalar: Scalar, folded: str, position: int) -> int:
    # Folding keeps the line breaks, so they can be counted in the folded text.
    return scalar.line + 1 + folded.count("\n", 0, position) if scalar.block else scalar.line
