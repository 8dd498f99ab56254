"""Sentences as they would stand in the training data, and why one must not stand there."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from enum import StrEnum

from django.utils.translation import gettext_lazy

from console.review.examples import Examples
from console.review.sameness import normalised

#: Characters of the longest line. The longest example written by hand has 367.
LONGEST = 400

#: Letters that a line needs to say anything.
FEWEST_LETTERS = 2

_MASK = re.compile(r"\[[^\]\n]*\]")
_MARKUP = re.compile(r"[\[\]{}]")
_SPACES = re.compile(r"\s+")


class Fault(StrEnum):
    """Why a line is refused."""

    EMPTY = "empty"
    LONG = "long"
    MASKED = "masked"
    PERSONAL = "personal"
    MARKUP = "markup"
    TAUGHT = "taught"
    CLASH = "clash"
    QUESTION = "question"
    REPEATED = "repeated"
    LANGUAGE = "language"
    TOPIC = "topic"


FAULT_WORDS = {
    Fault.EMPTY: gettext_lazy("It says nothing: write a sentence, or take it out."),
    Fault.LONG: gettext_lazy("It is too long: write it in one or two short sentences."),
    Fault.MASKED: gettext_lazy("Something in it is hidden. Put the words in brackets into others that name nobody."),
    Fault.PERSONAL: gettext_lazy("It seems to hold a number or an address of somebody. Write it without."),
    Fault.MARKUP: gettext_lazy("The signs [ ] { } mean something else in the training data. Write it without them."),
    Fault.TAUGHT: gettext_lazy("Faro has been taught this sentence for this topic already."),
    Fault.CLASH: gettext_lazy(
        "Nearly the same sentence is taught for another topic. Decide where the border is, first."
    ),
    Fault.QUESTION: gettext_lazy("It is nearly one of the questions that Faro is tested with. Put it differently."),
    Fault.REPEATED: gettext_lazy("It is nearly another line of this change. One of them is enough."),
    Fault.LANGUAGE: gettext_lazy("Faro is not taught in this language."),
    Fault.TOPIC: gettext_lazy("The topic is no longer there."),
}


def clean(text: str) -> str:
    """The text as one line of examples: no line breaks, no signs that begin a list, a comment or an escape."""
    composed = unicodedata.normalize("NFC", text).replace("\\", " ")
    shown = "".join(" " if unicodedata.category(sign) in ("Cc", "Cs", "Cn", "Zl", "Zp") else sign for sign in composed)
    return _SPACES.sub(" ", shown).strip().lstrip("-*+#•>|& ").strip()


def fault(text: str, topic: str, examples: Examples, questions: Examples, masked: Callable[[str], str]) -> Fault | None:
    """Why a clean line must not be taught, or None.

    Args:
        text: the line.
        topic: what it would be taught for.
        examples: what is taught in its language.
        questions: the test questions of all languages.
        masked: masks what identifies somebody.
    """
    if sum(sign.isalpha() for sign in _MASK.sub("", text)) < FEWEST_LETTERS:
        return Fault.EMPTY
    if len(text) > LONGEST:
        return Fault.LONG
    if _MASK.search(text):
        return Fault.MASKED
    if _MARKUP.search(text):
        return Fault.MARKUP
    if masked(text) != text:
        return Fault.PERSONAL
    plain = normalised(text)
    taught = examples.same(plain)
    if any(one.topic != topic for one in taught):
        return Fault.CLASH
    if any(one.plain == plain for one in taught):
        return Fault.TAUGHT
    if questions.same(plain):
        return Fault.QUESTION
    return None


def word(found: str) -> str:
    """A fault as a sentence."""
    return str(FAULT_WORDS[Fault(found)])


#: The words of every fault, for templates.
WORDS: Mapping[str, object] = {one.value: words for one, words in FAULT_WORDS.items()}
