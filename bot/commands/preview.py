"""A message laid out for a channel as plain text on a terminal: what a person sees, and a line that says what it is."""

from __future__ import annotations

from collections.abc import Iterator

from bot.channels.layout import Laid, Words, lay_out
from bot.channels.limits import Limits, utf16_units
from bot.words import Outgoing


def preview(name: str, language: str, outgoing: Outgoing, limits: Limits, words: Words) -> Iterator[str]:
    """The lines of every message that the channel shows for one reply.

    The first line of each: name, language, channel, which message of how many, characters used of those that it may have.
    """
    laid = lay_out(outgoing, limits, words)
    for number, one in enumerate(laid, 1):
        room = one.room(limits)
        used = f"{utf16_units(one.text)}/{room.value if room else '∞'}"
        yield f"=== {name} | {language} | {limits.channel} | {number}/{len(laid)} | {used}"
        yield from one.text.splitlines()
        if one.interactive:
            yield ""
            yield from _options(one)
        yield ""


def _options(laid: Laid) -> Iterator[str]:
    for option in laid.buttons:
        yield f"    [ {option.title} ]"
    if laid.rows:
        yield f"    [ {laid.list_label} ]"
        for option in laid.rows:
            yield f"      - {option.title}"
    if laid.asks_location:
        yield f"    [ 📍 {laid.asks_location} ]"
