"""The hours of the office: open, closed until when, or honestly not known; at midnight, on holidays, in each language."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answers.form import Form
from bot.answers.library import Library
from bot.answers.office import LOOK_AHEAD, at, parse_office
from bot.answers.office_message import office_message
from bot.answers.parse import parse
from bot.answers.schema import WEEKDAYS, Office, Place, Shift, Wording
from bot.answers.tree import grow

PANAMA = ZoneInfo("America/Panama")
NAME = Wording({"es": "Navidad"}, Place("content/office.yml", 1))

HOURS = """\
timezone: America/Panama
hours:
  monday: ["08:00-12:00", "13:00-16:00"]
  tuesday: ["08:00-16:00"]
  friday: ["20:00-24:00"]
  saturday: ["00:00-02:00"]
holidays:
  - {date: 2026-12-08, name: {es: Día de la Madre, en: Mother's Day, fr: Fête des mères}}
"""


def office(text=HOURS):
    part = parse("content/office.yml", "office.yml", text.encode())
    assert part.problems == ()
    assert isinstance(part.value, Office)
    return part.value


def panama(text):
    return datetime.fromisoformat(text).replace(tzinfo=PANAMA)


# 2026-11-30 is a Monday; the offices' holiday of the 8th of December is a Tuesday.
@pytest.mark.parametrize(
    ("moment", "opens"),
    [
        ("2026-11-30 07:59:59", "2026-11-30 08:00"),
        ("2026-11-30 08:00", None),
        ("2026-11-30 11:59:59", None),
        ("2026-11-30 12:00", "2026-11-30 13:00"),
        ("2026-11-30 13:00", None),
        ("2026-11-30 16:00", "2026-12-01 08:00"),
        ("2026-11-30 23:59:59", "2026-12-01 08:00"),
        ("2026-12-01 00:00", "2026-12-01 08:00"),
        ("2026-12-02 10:00", "2026-12-04 20:00"),
        ("2026-12-04 23:59:59", None),
        ("2026-12-05 00:00", None),
        ("2026-12-05 02:00", "2026-12-07 08:00"),
        ("2026-12-07 17:00", "2026-12-11 20:00"),  # over the holiday
        ("2026-12-08 10:00", "2026-12-11 20:00"),  # on it
    ],
)
def test_open_or_closed_until(moment, opens):
    found = at(office(), panama(moment))
    assert found.known
    assert found.open is (opens is None)
    assert found.opens == (panama(opens) if opens else None)


def test_the_hours_are_those_of_the_office_wherever_the_server_is():
    assert at(office(), datetime(2026, 11, 30, 13, 0, tzinfo=UTC)).open
    assert not at(office(), datetime(2026, 11, 30, 12, 59, tzinfo=UTC)).open


@pytest.mark.parametrize(
    "text", ["timezone: America/Panama\nhours: {}\nholidays: []\n", "hours:\n", "hours: {monday: []}"]
)
def test_without_hours_nothing_is_known(text):
    found = at(office(text), panama("2026-11-30 10:00"))
    assert (found.known, found.open, found.opens) == (False, False, None)


def test_an_office_that_is_closed_for_months_promises_nothing():
    first = date(2026, 11, 30)
    closed = {first + timedelta(days=number): NAME for number in range(LOOK_AHEAD + 1)}
    found = at(Office(hours={"monday": (Shift(480, 960),)}, holidays=closed), panama("2026-11-30 10:00"))
    assert not found.known


_shifts = st.builds(
    lambda begin, length: Shift(begin, min(begin + length, 1440)), st.integers(0, 1439), st.integers(1, 600)
)
_offices = st.builds(
    lambda hours, holidays: Office(hours=hours, holidays=dict.fromkeys(holidays, NAME)),
    st.dictionaries(st.sampled_from(WEEKDAYS), _shifts.map(lambda one: (one,)), max_size=7),
    st.sets(st.dates(date(2026, 12, 20), date(2027, 1, 10)), max_size=8),
)
_moments = st.datetimes(datetime(2026, 12, 18), datetime(2027, 1, 12), timezones=st.just(PANAMA))


@given(_offices, _moments)
def test_when_it_says_that_it_opens_it_is_open_and_not_a_minute_before(place, moment):
    found = at(place, moment)
    if found.opens is None:
        return
    assert found.opens > moment
    assert not found.open
    assert at(place, found.opens).open
    assert found.opens.date() not in place.holidays
    before = found.opens - timedelta(minutes=1)
    if before > moment:
        assert not at(place, before).open


@given(_offices, _moments)
def test_nobody_works_on_a_holiday_or_on_a_day_without_hours(place, moment):
    if at(place, moment).open:
        assert moment.date() not in place.holidays
        assert place.hours[WEEKDAYS[moment.weekday()]]


# The file


@pytest.mark.parametrize(
    ("old", "new", "line", "code"),
    [
        ('"08:00-16:00"', '"8-16"', 4, "bad_hours"),
        ('"08:00-16:00"', '"08:00-24:30"', 4, "bad_hours"),
        ('"08:00-16:00"', '"16:00-08:00"', 4, "bad_hours"),
        ('"08:00-16:00"', '"08:00-08:00"', 4, "bad_hours"),
        ('"08:00-16:00"', "[a]", 4, "bad_hours"),
        ('"13:00-16:00"', '"11:00-16:00"', 3, "hours_overlap"),
        ('["08:00-16:00"]', "08:00-16:00", 4, "expected_list"),
        ("tuesday", "tusday", 4, "unknown_key"),
        ("America/Panama", "Panama/City", 1, "bad_timezone"),
        ("America/Panama", "../../etc/passwd", 1, "bad_timezone"),
        ("2026-12-08", "2026-12-32", 8, "bad_date"),
        ("2026-12-08", "2026-12", 8, "bad_date"),
        ("date: 2026-12-08, ", "", 8, "missing_field"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(old, new, line, code):
    assert old in HOURS
    part = parse("content/office.yml", "office.yml", HOURS.replace(old, new).encode())
    assert [(found.line, found.code) for found in part.problems] == [(line, code)]
    for language in ("es", "en", "fr"):
        assert part.problems[0].message(language)


def test_a_day_that_is_a_holiday_twice_is_said():
    again = HOURS + "  - {date: 2026-12-08, name: {es: Otra}}\n"
    part = parse("content/office.yml", "office.yml", again.encode())
    assert [found.code for found in part.problems] == ["repeated"]


def test_a_file_of_remarks_alone_is_no_hours():
    form = Form("content/office.yml")
    assert at(parse_office(form, parse_node("{}")), panama("2026-11-30 10:00")).known is False
    assert form.problems == []


def parse_node(text):
    root, _ = grow("content/office.yml", text.encode())
    return root


# What people are told


@pytest.mark.parametrize(
    ("language", "says"),
    [
        ("es", "martes, 1 de diciembre de 2026, 8:00"),
        ("en", "Tuesday, December 1, 2026, 8:00"),
        ("fr", "mardi 1 décembre 2026, 08:00"),
    ],
)
def test_who_asks_when_it_is_closed_hears_day_and_hour(language, says):
    content = Library(Path(__file__).parents[2] / "content").current()
    closed = office_message(replace(content, office=office()), panama("2026-11-30 22:00"), language)
    assert says in closed.text.replace("\u202f", " ")
    opened = office_message(replace(content, office=office()), panama("2026-12-01 10:00"), language)
    unknown = office_message(content, panama("2026-12-01 10:00"), language)
    assert len({closed.text, opened.text, unknown.text}) == 3
