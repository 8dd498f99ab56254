"""How a topic or a fact stands on a day: fine, or waiting for somebody, and why. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from bot.answers.problems import Problem
from bot.answers.report import REVIEW_SOON
from bot.answers.rules import review_due
from bot.answers.schema import Answer, Confidence, ContactFact, Dated

#: Days after which a fact that people see is called again, however sure we were: numbers and hours change.
OLD = 365

#: Last month and last day, for dates that name neither.
_DECEMBER, _LAST = 12, 28


class Standing(StrEnum):
    """How a topic stands; the worst comes first."""

    BROKEN = "broken"  # its file has errors
    OVERDUE = "overdue"  # somebody should have read it again
    EXPIRED = "expired"  # it is no longer given
    SOON = "soon"  # it has to be read again within REVIEW_SOON days
    COMING = "coming"  # it is not given yet
    FINE = "fine"
    NEVER = "never"  # nobody ever has to read it again


class Doubt(StrEnum):
    """Why a fact waits for somebody to make sure of it."""

    CONFIRM = "confirm"  # marked so: the office has to check it
    MEDIUM = "medium"  # people see it with its month
    OLD = "old"  # the day it is from is long ago
    UNSURE = "unsure"  # people do not see it


@dataclass(frozen=True, slots=True)
class Stand:
    """A topic on a day. `due`: the last day on which it need not be read again; `days` until then."""

    standing: Standing
    due: date | None
    days: int


def of_topic(answer: Answer, problems: Iterable[Problem], on: date) -> Stand:
    """How a topic stands.

    Args:
        answer: the topic's.
        problems: of its file.
        on: the day.
    """
    due = review_due(answer)
    days = (due - on).days if due else 0
    if any(one.level == "error" for one in problems):
        standing = Standing.BROKEN
    elif due and days < 0:
        standing = Standing.OVERDUE
    elif answer.valid_to and answer.valid_to < on:
        standing = Standing.EXPIRED
    elif due and days <= REVIEW_SOON:
        standing = Standing.SOON
    elif answer.valid_from and on < answer.valid_from:
        standing = Standing.COMING
    else:
        standing = Standing.FINE if due else Standing.NEVER
    return Stand(standing, due, days)


def doubts(fact: ContactFact, on: date) -> tuple[Doubt, ...]:
    """Why a fact waits; empty when it need not."""
    found = [Doubt.CONFIRM] if fact.confirm else []
    if fact.confidence is Confidence.MEDIUM:
        found.append(Doubt.MEDIUM)
    elif fact.confidence is not Confidence.HIGH:
        found.append(Doubt.UNSURE)
    if fact.dated and last_day(fact.dated) < on - timedelta(days=OLD):
        found.append(Doubt.OLD)
    return tuple(found)


def last_day(dated: Dated) -> date:
    """About the last day that a date can mean."""
    return date(dated.year, dated.month or _DECEMBER, dated.day or _LAST)


def written(dated: Dated) -> str:
    """A date as exact as it is: 2026, 2026-11 or 2026-11-30."""
    parts = (f"{dated.year}", *(f"{part:02}" for part in (dated.month, dated.day) if part is not None))
    return "-".join(parts)
