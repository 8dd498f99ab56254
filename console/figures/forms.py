"""How numbers are written. Shares and medians are made of what is shown, so that they give nothing more away."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cache, lru_cache

from babel import Locale
from babel.dates import format_date, format_skeleton
from babel.numbers import format_decimal, format_percent
from django.utils import translation
from django.utils.translation import gettext

from console.figures.period import Step
from console.figures.protection import FEW, Shown

#: Nothing to say, and something that is not said.
NONE, KEPT_BACK = "–", "·"

#: From so many on, a median and the time of 95 in 100 are said.
ENOUGH, ENOUGH_FOR_95 = 10, 40


def locale() -> Locale:
    """The reader's. Spanish as in Panama: 1,234.5."""
    return _locale(translation.get_language() or "es")


@cache
def _locale(code: str) -> Locale:
    return Locale.parse("es_PA" if code == "es" else code)


@lru_cache(maxsize=4_096)
def _decimal(value: float, where: Locale) -> str:
    return str(format_decimal(value, locale=where))


def number(one: Shown) -> str:
    """A number as it is shown."""
    if one.hidden:
        return KEPT_BACK
    return f"<{FEW}" if one.few else _decimal(one.number, locale())


def whole(value: int) -> str:
    """A number that nobody has to be protected from, such as that of a line in a picture."""
    return _decimal(value, locale())


def average(one: Shown, days: int) -> str:
    """A number by day."""
    if one.hidden:
        return KEPT_BACK
    by_day = (FEW if one.few else one.number) / days
    text = _decimal(round(by_day, 1 if by_day < 10 else 0), locale())  # noqa: PLR2004
    return f"<{text}" if one.few else text


def share(part: Shown, rest: Shown) -> str:
    """The share of `part` in both together, or a bound of it where one of them is small."""
    if part.hidden or rest.hidden or part.number + rest.number == 0 or (part.few and (rest.few or not rest.number)):
        return NONE
    if rest.few and not part.number:
        return NONE
    if rest.few:
        return f">{_percent(part.number / (part.number + FEW))}"
    if part.few:
        return f"<{_percent(FEW / (FEW + rest.number))}"
    return _percent(part.number / (part.number + rest.number))


def _percent(value: float) -> str:
    return str(format_percent(round(value, 2), locale=locale()))


def quantile(classes: Sequence[Shown], share: float, *, enough: int) -> int | None:
    """The place of the class in which a share of all lies, or None when there are too few to say."""
    total = sum(one.number for one in classes)
    if total < enough:
        return None
    reached = 0
    for place, one in enumerate(classes):
        reached += one.number
        if reached >= share * total:
            return place
    return None


def day(value: date) -> str:
    """A date in full."""
    return str(format_date(value, "long", locale=locale()))


def bar(value: date, step: Step) -> str:
    """The words under a bar: the day, the week by its first day, or the month."""
    return str(format_skeleton("yMMM" if step is Step.MONTH else "MMMd", value, locale=locale()))


def bar_in_full(value: date, step: Step) -> str:
    """The words of a bar in a table."""
    match step:
        case Step.DAY:
            return str(format_skeleton("yMMMEd", value, locale=locale()))
        case Step.WEEK:
            return gettext("Week from %(day)s") % {"day": format_date(value, "medium", locale=locale())}
        case Step.MONTH:
            return str(format_skeleton("yMMMM", value, locale=locale()))
