"""The days that figures are about."""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

#: Longest period, in days: ten years.
LONGEST = 3_660

#: From so many days on, a bar is a week, and a month.
BY_WEEK, BY_MONTH = 46, 190


class Step(StrEnum):
    """What one bar stands for."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Period:
    """From a day to a day, both of them in it."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """How many days."""
        return (self.last - self.first).days + 1

    @property
    def step(self) -> Step:
        """What one bar stands for, so that there are neither too many nor too few."""
        if self.days < BY_WEEK:
            return Step.DAY
        return Step.WEEK if self.days < BY_MONTH else Step.MONTH

    def before(self) -> Period:
        """The same number of days before it."""
        return Period(self.first - timedelta(days=self.days), self.first - timedelta(days=1))

    def months(self) -> Period | None:
        """The whole months in it, or None when there is none."""
        first = self.first if self.first.day == 1 else _next_month(self.first)
        after = self.last + timedelta(days=1)
        last = after.replace(day=1) - timedelta(days=1)
        return Period(first, last) if first < last else None

    def around(self, months: Period | None) -> list[Period]:
        """The days that are in none of its whole months: two stretches at most."""
        if months is None:
            return [self]
        stretches = [
            (self.first, months.first - timedelta(days=1)),
            (months.last + timedelta(days=1), self.last),
        ]
        return [Period(first, last) for first, last in stretches if first <= last]

    def bars(self) -> Iterator[date]:
        """The first day of each bar; weeks begin on Monday."""
        bar = begins(self.first, self.step)
        while bar <= self.last:
            yield max(bar, self.first)
            match self.step:
                case Step.DAY:
                    bar += timedelta(days=1)
                case Step.WEEK:
                    bar += timedelta(days=7)
                case Step.MONTH:
                    bar = _next_month(bar)

    def bar_of(self, day: date) -> date:
        """The first day of the bar that a day is in."""
        return max(begins(day, self.step), self.first)


def begins(day: date, step: Step) -> date:
    """The first day of the day, week or month that a day is in."""
    match step:
        case Step.DAY:
            return day
        case Step.WEEK:
            return day - timedelta(days=day.weekday())
        case Step.MONTH:
            return day.replace(day=1)


def named(today: date) -> dict[str, Period]:
    """The periods that have a name."""
    return {
        "today": Period(today, today),
        "7": Period(today - timedelta(days=6), today),
        "30": Period(today - timedelta(days=29), today),
        "month": Period(today.replace(day=1), today),
    }


def _next_month(day: date) -> date:
    length = calendar.monthrange(day.year, day.month)[1]
    return day.replace(day=1) + timedelta(days=length)
