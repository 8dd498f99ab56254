"""content/office.yml: when somebody of the team can answer people. Pure; nobody told us the hours of any office.

Without hours nothing is known, and nothing is promised: `Unknown` is an answer of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.answers.form import Fields, Form
from bot.answers.schema import WEEKDAYS, Office, Shift, Wording
from bot.answers.tree import Node, Scalar

OFFICE_FIELDS = ("timezone", "hours", "holidays")
HOLIDAY_FIELDS = ("date", "name")

#: Between when and when somebody works: 24 hours, with a nought before them; 24:00 is the end of the day.
SHIFT = r"([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)"

#: How many days ahead the next opening is looked for; an office that is closed longer has no hours that help anybody.
LOOK_AHEAD = 60

_DAY = 24 * 60
_SHIFT = re.compile(SHIFT, re.ASCII)


@dataclass(frozen=True, slots=True)
class Hours:
    """The office at one moment: open, or closed until `opens` (in its own time); when not `known`, neither is said."""

    known: bool = False
    open: bool = False
    opens: datetime | None = None


def at(office: Office, moment: datetime) -> Hours:
    """The office at a moment.

    Args:
        office: its hours and holidays.
        moment: with its time zone.
    """
    local = moment.astimezone(ZoneInfo(office.timezone))
    minute = local.hour * 60 + local.minute
    if not any(office.hours.values()):
        return Hours()
    if any(shift.opens <= minute < shift.closes for shift in _shifts(office, local.date())):
        return Hours(known=True, open=True)
    opens = next((start for start in _starts(office, local.date()) if start > local), None)
    return Hours(known=opens is not None, opens=opens)


def _shifts(office: Office, day: date) -> tuple[Shift, ...]:
    return () if day in office.holidays else office.hours.get(WEEKDAYS[day.weekday()], ())


def _starts(office: Office, first: date) -> Iterator[datetime]:
    for ahead in range(LOOK_AHEAD + 1):
        day = first + timedelta(days=ahead)
        for shift in _shifts(office, day):
            begin = time(shift.opens // 60, shift.opens % 60)
            yield datetime.combine(day, begin, ZoneInfo(office.timezone))


def parse_office(form: Form, root: Node) -> Office:
    """Read the file; what is wrong is noted in `form`."""
    top = form.fields(root, "", OFFICE_FIELDS)
    zone = form.text(top, "timezone") or Office().timezone
    try:
        ZoneInfo(zone)
    except (KeyError, OSError, ValueError):
        form.note(top.line_of("timezone"), "bad_timezone", zone=zone)
        zone = Office().timezone
    week = form.fields(top.nodes["hours"], "hours", WEEKDAYS) if "hours" in top.nodes else Fields()
    hours = {day: _day(form, week, day) for day in week.nodes}
    holidays: dict[date, Wording] = {}
    for item in form.items(top, "holidays"):
        holiday = form.fields(item, "holidays", HOLIDAY_FIELDS, HOLIDAY_FIELDS)
        day, name = form.day(holiday, "date"), form.wording(holiday, "name")
        if day in holidays:
            form.note(holiday.line_of("date"), "repeated", item=day, field="holidays")
        elif day is not None:
            holidays[day] = name
    return Office(zone, hours, holidays)


def _day(form: Form, week: Fields, day: str) -> tuple[Shift, ...]:
    shifts: list[Shift] = []
    for node in form.items(week, day):
        shift = _shift(node.value) if isinstance(node, Scalar) else None
        if shift is None:
            form.note(node.line, "bad_hours", field=f"hours.{day}")
        elif shifts and shift.opens < shifts[-1].closes:
            form.note(node.line, "hours_overlap", field=f"hours.{day}")
        else:
            shifts.append(shift)
    return tuple(shifts)


def _shift(text: str) -> Shift | None:
    if not _SHIFT.fullmatch(text.strip()):
        return None
    opens, closes = (int(hour) * 60 + int(minute) for hour, minute in (p.split(":") for p in text.strip().split("-")))
    return Shift(opens, closes) if opens < closes <= _DAY else None
