"""The words that stand in stored texts where something personal was masked, and how they are found again to be shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import regex

from bot.conversations.masking import Secret

_PLACEHOLDER = regex.compile(r"\[(" + "|".join(one.value for one in Secret) + r")\]")


def split(text: str) -> Iterator[tuple[str, Secret | None]]:
    """A text in parts, each with what was masked behind it, if anything."""
    done = 0
    for match in _PLACEHOLDER.finditer(text):
        yield text[done : match.start()], Secret(match[1])
        done = match.end()
    yield text[done:], None


def has(text: str) -> bool:
    """Whether something was masked in a text."""
    return _PLACEHOLDER.search(text) is not None


def shown(text: str, word: Callable[[Secret], str]) -> str:
    """A text as a person reads it: for each placeholder the word that `word` gives, in brackets."""
    return "".join(part if secret is None else f"{part}[{word(secret)}]" for part, secret in split(text))
