"""How easy a text is to read, from 0 (hard) to 100 (easy), by the formula published for its language. Pure.

Syllables are counted with Pyphen's hyphenation patterns; as no line is broken behind a single letter or between two
vowels ("a-gua", "dí-a"), a word has at least as many as it has vowels that sound. The figures compare answers with each
other and show which to write again; they do not say who will understand them. A language without a formula gets none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pyphen
import regex
import yaml

#: Fewer words than this give a figure that means nothing: the formulas were made on samples of 100 words.
LEAST_WORDS = 30


@dataclass(frozen=True, slots=True)
class Scale:
    """score = base - per_word * syllables / words - per_sentence * words / sentences.

    dictionary: Pyphen's name of the language. silent: letters that do not sound, once for all; nucleus: the vowels of one
    syllable. least: below it the check warns.
    """

    base: float
    per_word: float
    per_sentence: float
    least: int
    dictionary: str
    silent: re.Pattern[str]
    nucleus: re.Pattern[str]
    source: str


_WORD = regex.compile(r"\p{L}[\p{L}\p{M}]*")
#: Flesch counts as a sentence whatever a full stop, question, exclamation, colon or semicolon ends; so does a line here.
_SENTENCE = re.compile(r"[.!?…:;]+(?=\s|$|[)»”\"])|\n")


def _scales() -> Mapping[str, Scale]:
    listed = yaml.safe_load(Path(__file__).with_suffix(".yml").read_text(encoding="utf-8"))
    return MappingProxyType({language: _scale(**fields) for language, fields in listed.items()})


def _scale(*, silent: str, nucleus: str, **fields: Any) -> Scale:
    return Scale(silent=re.compile(silent), nucleus=re.compile(nucleus), **fields)


#: By language (readability.yml, beside this file).
SCALES = _scales()


@dataclass(frozen=True, slots=True)
class Counts:
    """What the formulas count. Figures and what stands in numbers are no words."""

    words: int
    sentences: int
    syllables: int


def score(text: str, language: str) -> float | None:
    """The figure of a text; None when its language has no formula here or the text is too short for one."""
    scale = SCALES.get(language)
    if scale is None:
        return None
    found = counts(text, scale)
    return computed(found, scale) if found.words >= LEAST_WORDS else None


def computed(found: Counts, scale: Scale) -> float:
    """The formula itself."""
    return (
        scale.base - scale.per_word * found.syllables / found.words - scale.per_sentence * found.words / found.sentences
    )


def counts(text: str, scale: Scale) -> Counts:
    """Words, sentences and syllables of a text."""
    sentences = [words for part in _SENTENCE.split(text) if (words := _WORD.findall(part))]
    words = [word for part in sentences for word in part]
    return Counts(len(words), len(sentences), sum(syllables(word.lower(), scale) for word in words))


@cache
def syllables(word: str, scale: Scale) -> int:
    """Syllables of a word in small letters."""
    broken = len(_dictionary(scale.dictionary).positions(word)) + 1
    return max(broken, len(scale.nucleus.findall(scale.silent.sub("", word))))


@cache
def _dictionary(name: str) -> pyphen.Pyphen:
    return pyphen.Pyphen(lang=name)
