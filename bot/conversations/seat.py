"""A worker's seat: where one worker sits at a time. Whoever sits down takes over what the one before had in hand.

A worker that is killed leaves leases (claim.py), messages on their way (deliver.py) and a sign of life (heartbeat.py), each
with an end of its own, up to a minute away. Whoever starts its successor knows that it is dead: a supervisor, or the keeper
of a container. So it gives both the same seat (`bot serve worker --seat`), and nobody waits for those ends. A worker without
a seat has one that is nobody else's, and leaves things as before.

Nothing depends on it that the one before is dead: a turn that somebody took over cannot be ended by another (`still_held`).
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction

from bot.conversations.models import Contact, Message

#: Hexadecimal digits that say which seat.
DIGITS = 12

#: Bytes that tell one hold from another; together with the seat they fill Contact.holder.
RANDOM = 10

#: How long the provider's report of what was sent is waited for before it is sent again. Meta's take a second or two, and
#: those since the death have passed.
REPORTED = timedelta(seconds=3)


@dataclass(frozen=True, slots=True)
class Seat:
    """Where a worker sits. `mark` is the beginning of every `holder` that it writes."""

    mark: str = field(default_factory=lambda: secrets.token_hex(DIGITS // 2))

    @classmethod
    def named(cls, name: str) -> Seat:
        """The seat of this name, which only one worker at a time may be given; "" is nobody else's."""
        return cls(hashlib.sha256(name.encode()).hexdigest()[:DIGITS]) if name else cls()

    def holder(self) -> str:
        """A new name under which this seat holds something."""
        return self.mark + secrets.token_hex(RANDOM)


def held_from(seat: Seat) -> set[str]:
    """The names under which somebody is held from this seat."""
    return set(Contact.objects.filter(holder__startswith=seat.mark).values_list("holder", flat=True))


def let_go(holders: Collection[str]) -> int:
    """Free everybody who is held under these names. Returns how many that were."""
    return Contact.objects.filter(holder__in=holders).update(holder="", held_until=None)


def take_over(seat: Seat, *, now: datetime) -> int:
    """Free what the one before held, before anything is held from here. Returns how many people it had in hand."""
    with transaction.atomic():
        people = let_go(held_from(seat))
        # Not those in doubt (`error`): they are no longer being sent, and their report was already being waited for.
        sent = Message.objects.filter(state=Message.State.SENDING, sender=seat.mark, error="")
        on_their_way = sent.filter(not_before__gt=now + REPORTED).update(not_before=now + REPORTED)
    return people + on_their_way
