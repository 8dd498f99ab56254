"""How much one person may say: beyond it nothing is answered line by line, and nothing is lost.

A person has an allowance (bot/conversations/pace.py): so many messages at once, then one every few seconds. It is far above
what anybody types. What goes beyond is not turned away: it is put together into one message that is held back until the
allowance has room, and gets one answer. So a flood costs a few rows and as many turns as the allowance gives, and whoever
cries for help twenty times still gets help. Why this and nothing else: docs/adr/0016-a-flood-is-read-together.md.

The same moment also says where in the queue a message stands: the second of a person stands behind the first of everybody
who wrote at the same time (start-time fair queueing, Goyal, Vin and Cheng, SIGCOMM 1996).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.channels.limits import Pace
from bot.conversations import pace
from bot.settings import Settings

#: No message is held back longer, at the slowest allowance that can be set. One that is was held back before the clock was
#: put back.
LONGEST_HELD_BACK = timedelta(minutes=5)


class Notice(StrEnum):
    """Whether a person in a flood was told that their messages are read together: once for each flood."""

    NONE = ""
    DUE = "due"
    SAID = "said"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a message stands.

    `due_at` is its place in the queue. `held_until` is None within the allowance; beyond it, when the allowance has room.
    `used_until` is how far the allowance is used up with this message. `calm` says that it was not in use before.
    """

    due_at: datetime
    held_until: datetime | None
    used_until: datetime | None
    calm: bool


def limit_of(settings: Settings) -> Pace:
    """The allowance of one person, as the settings say."""
    return Pace(60 / settings.flood_per_minute, settings.flood_burst, "FLOOD_PER_MINUTE, FLOOD_BURST", "")


def place(used_until: datetime | None, limit: Pace | None, now: datetime) -> Place:
    """Where the next message of a person stands.

    Args:
        used_until: how far the person's allowance is used up; None when it never was.
        limit: the allowance; None where everything may be said (a terminal).
        now: the time of receipt.
    """
    if limit is None:
        return Place(due_at=now, held_until=None, used_until=used_until, calm=True)
    furthest = timedelta(seconds=2 * limit.seconds * limit.burst)
    if used_until is not None and used_until - now > furthest:
        used_until = None  # the clock was put back
    held_until = pace.wait(used_until, limit, now)
    return Place(
        due_at=held_until or max(used_until or now, now),
        held_until=held_until,
        used_until=pace.use(used_until, limit, now),
        calm=used_until is None or used_until <= now,
    )
