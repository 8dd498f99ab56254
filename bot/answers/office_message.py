"""What a person who asked for a person is told about when somebody can write."""

from __future__ import annotations

from datetime import datetime

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time

from bot.answers.office import at
from bot.answers.render import whole_sentence
from bot.answers.schema import Content
from bot.words import Outgoing


def office_message(content: Content, moment: datetime, language: str) -> Outgoing:
    """Open now, closed until a day and an hour, or honestly not known.

    Args:
        content: with the hours of the office.
        moment: when the person asked, with its time zone.
        language: of the person.

    Raises:
        KeyError: the interface has no such sentence.
    """
    hours = at(content.office, moment)
    if not hours.known:
        return whole_sentence(content, "office_unknown", language)
    if hours.open or hours.opens is None:
        return whole_sentence(content, "office_open", language)
    said = whole_sentence(content, "office_closed", language)
    return Outgoing(f"{said.text}\n{day_and_hour(hours.opens, content.chain(language))}", said.buttons)


def day_and_hour(moment: datetime, chain: tuple[str, ...]) -> str:
    """ "lunes, 30 de noviembre de 2026, 8:00", in the first language of `chain` that Babel knows."""
    for code in chain:
        try:
            locale = Locale.parse(code, sep="-")
        except (UnknownLocaleError, ValueError):
            continue
        day, hour = format_date(moment, "full", locale=locale), format_time(moment.timetz(), "short", locale=locale)
        return f"{day}, {hour}"
    return moment.strftime("%Y-%m-%d %H:%M")
