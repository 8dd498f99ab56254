"""The figures in large letters. Each is made of numbers as they are shown, and of nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.utils.translation import gettext, pgettext

from bot.conversations import measures
from console.figures import forms, words
from console.figures.protection import NOTHING, Shown, shown
from console.figures.reading import Scope

Number = Callable[..., Shown]


@dataclass(frozen=True, slots=True)
class Tile:
    """One figure in large letters."""

    words: str
    value: str
    before: str
    about: str


def tiles(scope: Scope, now: Number, then: Number) -> Iterable[Tile]:
    """All of them. `now` and `then` give the numbers of the period and of the one before it."""
    days = scope.period.days
    yield Tile(
        gettext("Conversations begun"),
        forms.number(now("conversations")),
        forms.number(then("conversations")),
        gettext("%(number)s messages of people") % {"number": forms.number(now("messages"))},
    )
    yield Tile(
        gettext("People a day"),
        forms.average(now("measure", measures.PERSON), days),
        forms.average(then("measure", measures.PERSON), days),
        gettext("%(number)s for the first time") % {"number": forms.number(now("measure", measures.NEW_PERSON))},
    )
    yield Tile(
        pgettext("figures", "Understood"),
        _understood(now),
        _understood(then),
        gettext("Questions that Faro answered without guessing"),
    )
    yield Tile(
        gettext("Answered without a person"),
        _without_a_person(now),
        _without_a_person(then),
        gettext("Conversations in which the team was not asked for"),
    )
    helpful, unhelpful = f"{measures.VOTE}helpful", f"{measures.VOTE}unhelpful"
    yield Tile(
        gettext("It helped"),
        forms.share(now("measure", helpful), now("measure", unhelpful)),
        forms.share(then("measure", helpful), then("measure", unhelpful)),
        gettext("%(helpful)s yes, %(unhelpful)s no")
        % {
            "helpful": forms.number(now("measure", helpful)),
            "unhelpful": forms.number(now("measure", unhelpful)),
        },
    )
    yield Tile(
        gettext("Time to the answer"),
        _time(now, measures.REPLY, measures.REPLY_CLASSES, 0.5, forms.ENOUGH),
        _time(then, measures.REPLY, measures.REPLY_CLASSES, 0.5, forms.ENOUGH),
        gettext("Half of all; 95 of 100: %(time)s")
        % {"time": _time(now, measures.REPLY, measures.REPLY_CLASSES, 0.95, forms.ENOUGH_FOR_95)},
    )
    yield Tile(
        gettext("Time to a person"),
        _time(now, measures.WAIT, measures.WAIT_CLASSES, 0.5, forms.ENOUGH),
        _time(then, measures.WAIT, measures.WAIT_CLASSES, 0.5, forms.ENOUGH),
        gettext("Half of all; %(number)s requests") % {"number": forms.number(now("handovers"))},
    )
    failed, sent = ("measure", measures.FAILED), ("measure", measures.SENT)
    yield Tile(
        gettext("Not delivered"),
        forms.number(now(*failed)),
        forms.number(then(*failed)),
        gettext("%(share)s of all answers") % {"share": forms.share(now(*failed), now(*sent))},
    )


def _understood(number: Number) -> str:
    missed = [number("group", "suggested"), number("group", "not_understood")]
    return forms.share(number("group", "answered"), _together(missed))


def _together(parts: list[Shown]) -> Shown:
    """The sum of numbers that are shown, made of nothing but them."""
    there = [one for one in parts if one != NOTHING]
    if len(there) == 1 or not there:
        return there[0] if there else NOTHING
    if any(one.hidden for one in there):
        return next(one for one in there if one.hidden)
    return shown(sum(one.number for one in there))


def _without_a_person(number: Number) -> str:
    all_of_them, with_team = number("conversations"), number("measure", measures.CONVERSATION_WITH_TEAM)
    if all_of_them.hidden or with_team.hidden:
        return forms.NONE
    return forms.share(shown(all_of_them.number - with_team.number), with_team)


def _time(number: Number, prefix: str, ends: tuple[int, ...], share: float, enough: int) -> str:
    names = [*map(str, ends), measures.MORE]
    place = forms.quantile([number("measure", f"{prefix}{name}") for name in names], share, enough=enough)
    return forms.NONE if place is None else words.within(names[place], ends)
