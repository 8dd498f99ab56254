"""What a channel really shows of one reply: its text in parts that fit, and its options as buttons, a list or numbers.

Pure, so that the check, the preview and the channel itself cannot disagree. Nothing is ever shortened: what does not
fit on buttons becomes a list, what does not fit into a list is numbered in the text, and a long text is several messages.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from bot.channels.cut import cut
from bot.channels.limits import CHANNELS, Limit, Limits, utf16_units
from bot.words import MORE, SHARE_LOCATION, Button, Outgoing


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
class Words:
    """What stands on the buttons that a layout adds, in the person's language.

    list_label: opens a list. more: the row that shows what a list has no room for.
    """

    list_label: str
    more: str = ""


@dataclass(frozen=True, slots=True)
class Laid:
    """One message as a channel shows it; at most one of buttons, rows and numbered holds the options.

    buttons: under the text, each in a line of its own where the channel has lines.
    rows: of a list, which the button `list_label` opens.
    numbered: stand in the text as [1], [2] ...; the person types the number (bot/conversations/selection.py).
    asks_location: the words of the button that shares where somebody is, in the channel's own way; "" when it does not.
    rest: the options that the list has no room for; its last row asks for them.
    """

    text: str
    buttons: tuple[Button, ...] = ()
    rows: tuple[Button, ...] = ()
    list_label: str = ""
    numbered: tuple[Button, ...] = ()
    asks_location: str = ""
    rest: tuple[Button, ...] = ()

    @property
    def options(self) -> tuple[Button, ...]:
        """What can be chosen, as it is shown."""
        return self.buttons or self.rows or self.numbered

    @property
    def interactive(self) -> bool:
        """Whether it carries more than text."""
        return bool(self.buttons or self.rows or self.asks_location)

    def room(self, limits: Limits) -> Limit | None:
        """How long its text may be on the channel; None when there is no limit."""
        return limits.body if self.interactive else limits.text


def pack(answers: Sequence[Outgoing], limits: Limits) -> tuple[Outgoing, ...]:
    """The replies of one turn in as few messages as they fit in: people pay for data, and the office for messages.

    What has no options of its own goes under the text of the message before it, or over the one behind it.
    """
    packed: list[Outgoing] = []
    for answer in answers:
        before = packed[-1] if packed else None
        if before is not None and not (before.buttons and answer.buttons):
            both = Outgoing(
                text=f"{before.text}\n\n{answer.text}",
                buttons=before.buttons or answer.buttons,
                topic=before.topic or answer.topic,
            )
            if utf16_units(both.text) <= _most(limits.body if both.buttons else limits.text):
                packed[-1] = both
                continue
        packed.append(answer)
    return tuple(packed)


def lay_out(outgoing: Outgoing, limits: Limits, words: Words) -> tuple[Laid, ...]:
    """The messages that a channel shows for one reply, in their order.

    Args:
        outgoing: the reply.
        limits: of the channel.
        words: what stands on the buttons that the layout adds.
    """
    options = tuple(dict.fromkeys(outgoing.buttons))
    location = next((one for one in options if one.id == SHARE_LOCATION and limits.asks_location_apart), None)
    rest = tuple(one for one in options if one is not location)
    laid = _with_options(outgoing.text, rest, limits, words)
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


def _with_options(text: str, options: tuple[Button, ...], limits: Limits, words: Words) -> tuple[Laid, ...]:
    named = bool(text.strip()) or limits.body is None
    if not options:
        carrier = Laid("")
    elif named and _are_buttons(options, limits):
        carrier = Laid("", buttons=options)
    elif named and limits.list_rows and not _not_options(options, limits, words.list_label):
        carrier = Laid("", rows=options, list_label=words.list_label)
    elif named and limits.list_rows and words.more and _are_pages(options, limits, words):
        kept = limits.list_rows.value - 1
        shown = (*options[:kept], Button(words.more, MORE))
        carrier = Laid("", rows=shown, list_label=words.list_label, rest=options[kept:])
    else:
        listed = "\n".join(f"[{number}] {option.title}" for number, option in enumerate(options, 1))
        text = f"{text}\n\n{listed}"
        carrier = Laid("", numbered=options)
    *before, last = cut(text, _most(limits.text), _most(carrier.room(limits)), utf16_units) or ("",)
    if not last and not options:
        return ()
    return (*(Laid(part) for part in before), replace(carrier, text=last))


def _are_pages(options: Sequence[Button], limits: Limits, words: Words) -> bool:
    """Whether nothing but their number keeps options from being a list."""
    reasons = {found.reason for found in _not_options(options, limits, words.list_label)}
    return reasons == {Reason.OPTIONS} and utf16_units(words.more) <= _most(limits.row_title)


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
