"""What somebody wants to see, read from the address without trust."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext

from console.figures.period import LONGEST, Period, named
from console.figures.reading import Scope

#: The period of a page that nobody has chosen one for.
DEFAULT = "7"


@dataclass(frozen=True, slots=True)
class Choice:
    """A scope; the name of its period, or "" for one of one's own; and what was wrong with what was asked for."""

    scope: Scope
    name: str
    problems: tuple[str, ...] = ()


def read(given: Mapping[str, str], *, today: date, channels: Collection[str], languages: Collection[str]) -> Choice:
    """The choice in the parameters of an address.

    What cannot be right is said in a sentence and replaced by what can.
    """
    periods, problems = named(today), []
    name = given.get("period", "")
    if name and name not in periods:
        problems.append(gettext("There is no such period: the last 7 days are shown."))
        name = ""
    period = periods[name or DEFAULT]
    if not name and (given.get("from") or given.get("to")):
        own = _own(given.get("from", ""), given.get("to", ""), today)
        if isinstance(own, Period):
            period = own
        else:
            problems.append(own)
    channel, language = given.get("channel", ""), given.get("language", "")
    if channel and channel not in channels:
        problems.append(gettext("There is no such channel: all of them are shown."))
        channel = ""
    if language and language not in languages:
        problems.append(gettext("There is no such language: all of them are shown."))
        language = ""
    if periods.get(name) != period:
        name = next((known for known, one in periods.items() if one == period), "")
    return Choice(Scope(period, channel, language), name, tuple(problems))


def _own(first: str, last: str, today: date) -> Period | str:
    """The period between two dates, or what is wrong with them."""
    try:
        end = min(date.fromisoformat(last), today) if last else today
        begin = date.fromisoformat(first) if first else end
    except ValueError:
        return gettext("A date could not be read: the last 7 days are shown.")
    if begin > end:
        return gettext("The first day lies after the last one, or in the future: the last 7 days are shown.")
    period = Period(begin, end)
    if period.days > LONGEST:
        return gettext("At most ten years can be shown at once: the last 7 days are shown.")
    return period
