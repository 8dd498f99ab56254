"""A typed answer to the options of our last message: its number, its words in any language, or its words with a slip.

Without this, whoever types "2" or "costo" under a list is asked again, and half of them give up.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Sequence
from difflib import SequenceMatcher

from bot.words import Button

#: Longer than the words on any button: a sentence is a question, not a choice.
LONGEST = 40

#: Words shorter than this differ too little from others for a slip to be forgiven.
SHORTEST_WITH_SLIP = 4

#: How much of what was typed must be the words of the option (difflib's ratio: one slip in six letters is 0.83).
ALIKE = 0.82

#: Options that only their exact words choose: what they do cannot be undone.
EXACT = frozenset({"erase:yes"})

_NUMBER = re.compile(r"[\[(]?(\d{1,2})[\])]?[.:]?")


def selected(text: str, offered: Sequence[Button], titles: Callable[[str], Collection[str]]) -> Button | None:
    """The option that a typed text chooses, or None when it is something else.

    Args:
        text: what was typed.
        offered: the options of our last message that had any, in the order in which they were shown.
        titles: the words of an option in every language, by its id.
    """
    typed = text.strip()
    if not offered or len(typed) > LONGEST:
        return None
    if number := _NUMBER.fullmatch(typed):
        place = int(number[1])
        return offered[place - 1] if 0 < place <= len(offered) else None
    plain = folded(typed)
    if not plain:
        return None
    named = {one: {folded(title) for title in (one.title, *titles(one.id))} for one in offered}
    exact = [one for one, words in named.items() if plain in words]
    if exact:
        return exact[0]
    if len(plain) < SHORTEST_WITH_SLIP:
        return None
    close = [one for one, words in named.items() if one.id not in EXACT and any(_alike(plain, word) for word in words)]
    return close[0] if len(close) == 1 else None


def folded(text: str) -> str:
    """A text without capitals, accents, signs and double blanks."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return " ".join(
        "".join(sign if sign.isalnum() else " " for sign in decomposed if not unicodedata.combining(sign)).split()
    )


def _alike(one: str, other: str) -> bool:
    if abs(len(one) - len(other)) > max(len(one), len(other)) * (1 - ALIKE) * 2 or len(other) < SHORTEST_WITH_SLIP:
        return False
    return SequenceMatcher(None, one, other, autojunk=False).ratio() >= ALIKE
