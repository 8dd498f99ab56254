"""How fast a provider lets us send: altogether, and to one person. Kept in the database, so that all workers share it.

The generic cell rate algorithm (ITU-T I.371, annex A): one moment stands for how far an allowance is used up.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.channels.limits import Pace


def wait(used_until: datetime | None, pace: Pace, now: datetime) -> datetime | None:
    """When the next message may go, or None when it may go now.

    Args:
        used_until: what `use` returned with the message before; None when there was none.
        pace: the limit.
        now: the time.
    """
    if used_until is None:
        return None
    slack = timedelta(seconds=pace.seconds * (pace.burst - 1))
    if used_until - now > slack + timedelta(seconds=pace.seconds * pace.burst):
        return None  # further ahead than any sending leads: the clock was put back
    return used_until - slack if used_until - slack > now else None


def use(used_until: datetime | None, pace: Pace, now: datetime) -> datetime:
    """How far the allowance is used up after one more message."""
    return max(used_until or now, now) + timedelta(seconds=pace.seconds)
