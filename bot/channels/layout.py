"""What a channel really shows of one reply: its text in parts that fit, and its options as buttons, a list or numbers.

Pure, so that the check, the preview and the channel itself cannot disagree. Nothing is ever shortened: what does not
fit on buttons becomes a list, what does not fit into a list is numbered in the text, and a long text is several messages.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from bot.channels.cut import cut
from bot.channels.limits import CHANNELS, Limit, Limits, utf16_units
from bot.words import SHARE_LOCATION, Button, Outgoing

_TYPED_NUMBER = re.compile(r"[\[(]?(\d{1,3})[\])]?[.:]?")


class Reason(StrEnum):
    """Why a reply is not shown as one message with buttons or a list."""

    PARTS = "parts"  # the text is longer than one message
    OPTIONS = "options"  # more options than a list has rows
    TITLE = "title"  # the words of an option do not fit on a row
    ID = "id"  # what an option sends back does not fit
    TWINS = "twins"  # two options send back the same
    LABEL = "label"  # the words on the button that opens the list do not fit


@dataclass(frozen=True, slots=True)
class Misfit:
    """What of a reply does not fit a channel. `name` is the id of the option; `length` and `limit` as the channel counts."""

    channel: str
    reason: Reason
    length: int
    limit: int
    name: str = ""


@dataclass(frozen=True, slots=True)
class Laid:
    """One message as a channel shows it; at most one of buttons, rows and numbered holds the options.

    buttons: under the text, each in a line of its own where the channel has lines.
    rows: of a list, which the button `list_label` opens.
    numbered: stand in the text as [1], [2] ...; the person types the number (`typed`).
    asks_location: the words of the button that shares where somebody is, in the channel's own way; "" when it does not.
    """

    text: str
    buttons: tuple[Button, ...] = ()
    rows: tuple[Button, ...] = ()
    list_label: str = ""
    numbered: tuple[Button, ...] = ()
    asks_location: str = ""

    @property
    def interactive(self) -> bool:
        """Whether it carries more than text."""
        return bool(self.buttons or self.rows or self.asks_location)

    def typed(self, text: str) -> Button | None:
        """The numbered option that a person means who types "2", "2." or "[2]"; None for anything else."""
        match = _TYPED_NUMBER.fullmatch(text.strip())
        number = int(match[1]) if match else 0
        return self.numbered[number - 1] if 0 < number <= len(self.numbered) else None

    def room(self, limits: Limits) -> Limit | None:
        """How long its text may be on the channel; None when there is no limit."""
        return limits.body if self.interactive else limits.text


def lay_out(outgoing: Outgoing, limits: Limits, list_label: str) -> tuple[Laid, ...]:
    """The messages that a channel shows for one reply, in their order.

    Args:
        outgoing: the reply.
        limits: of the channel.
        list_label: what stands on the button that opens a list, in the person's language.
    """
    options = tuple(dict.fromkeys(outgoing.buttons))
    location = next((one for one in options if one.id == SHARE_LOCATION and limits.asks_location_apart), None)
    rest = tuple(one for one in options if one is not location)
    laid = _with_options(outgoing.text, rest, limits, list_label)
    if location is None:
        return laid
    alone = replace(laid[-1], asks_location=location.title) if laid else None
    if alone and not rest and utf16_units(alone.text) <= _most(alone.room(limits)):
        return (*laid[:-1], alone)
    return (*laid, Laid(location.title, asks_location=location.title))


def misfits(outgoing: Outgoing, limits: Limits, list_label: str) -> tuple[Misfit, ...]:
    """Why the reply is not one message with buttons or a list (a request for the location may come behind it)."""
    options = [one for one in dict.fromkeys(outgoing.buttons) if not _apart(one, limits)]
    found = []
    room = limits.body if options else limits.text
    if room and (length := utf16_units(outgoing.text.strip())) > room.value:
        found.append(Misfit(limits.channel, Reason.PARTS, length, room.value))
    if not _are_buttons(options, limits):
        found.extend(_not_options(options, limits, list_label))
    return tuple(found)


def all_misfits(outgoing: Outgoing, list_label: str) -> tuple[Misfit, ...]:
    """What of the reply does not fit, on all channels."""
    return tuple(found for limits in CHANNELS.values() for found in misfits(outgoing, limits, list_label))


def _with_options(text: str, options: tuple[Button, ...], limits: Limits, list_label: str) -> tuple[Laid, ...]:
    named = bool(text.strip()) or limits.body is None
    if not options:
        carrier = Laid("")
    elif named and _are_buttons(options, limits):
        carrier = Laid("", buttons=options)
    elif named and not _not_options(options, limits, list_label):
        carrier = Laid("", rows=options, list_label=list_label)
    else:
        listed = "\n".join(f"[{number}] {option.title}" for number, option in enumerate(options, 1))
        text = f"{text}\n\n{listed}"
        carrier = Laid("", numbered=options)
    *before, last = cut(text, _most(limits.text), _most(carrier.room(limits)), utf16_units) or ("",)
    if not last and not options:
        return ()
    return (*(Laid(part) for part in before), replace(carrier, text=last))


def _are_buttons(options: Sequence[Button], limits: Limits) -> bool:
    titles = len({one.title for one in options}) == len(options) or not limits.titles_differ
    return (
        len(options) <= _most(limits.buttons)
        and titles
        and not _twins(options)
        and all(_is_button(one, limits) for one in options)
    )


def _is_button(option: Button, limits: Limits) -> bool:
    within = utf16_units(option.title) <= _most(limits.button_title)
    return within and bool(option.title) and limits.id_length(option.id) <= _most(limits.button_id)


def _not_options(options: Sequence[Button], limits: Limits, list_label: str) -> list[Misfit]:
    """Why options that are not buttons are no list either. Where there are no lists, what keeps them from buttons."""
    found: list[tuple[Reason, int, Limit | None, str]]
    if limits.list_rows:
        most, title, id_limit = limits.list_rows, limits.row_title, limits.row_id
        found = [
            (Reason.OPTIONS, len(options), most, ""),
            (Reason.LABEL, utf16_units(list_label), limits.list_label, ""),
        ]
    else:
        title, id_limit = limits.button_title, limits.button_id
        found = [(Reason.OPTIONS, len(options), limits.buttons, "")]
    found += [(Reason.TITLE, utf16_units(one.title), title, one.id) for one in options]
    found += [(Reason.ID, limits.id_length(one.id), id_limit, one.id) for one in options]
    reasons = [
        Misfit(limits.channel, reason, length, limit.value, name)
        for reason, length, limit, name in found
        if limit and not 0 < length <= limit.value
    ]
    return reasons + [Misfit(limits.channel, Reason.TWINS, count, 1, name) for name, count in _twins(options).items()]


def _twins(options: Sequence[Button]) -> dict[str, int]:
    return {name: count for name, count in Counter(one.id for one in options).items() if count > 1}


def _apart(option: Button, limits: Limits) -> bool:
    return option.id == SHARE_LOCATION and limits.asks_location_apart


def _most(limit: Limit | None) -> int:
    return sys.maxsize if limit is None else limit.value
