"""Conversations of some weeks, as an office would have them: for the pictures, and for looking at the figures.

Usage: python -m tests.console.figures_data [DAYS], with DATA_DIR in the environment. Everything in it is invented.
"""

from __future__ import annotations

import itertools
import random
import sys
import uuid
from datetime import datetime, timedelta
from typing import Any

LANGUAGES = {"es": 0.72, "en": 0.11, "fr": 0.17}
CHANNELS = {"whatsapp": 0.55, "web": 0.3, "telegram": 0.15}
TOPICS = (
    "return_cost",
    "return_how_to_apply",
    "return_documents",
    "shelter",
    "asylum_apply",
    "consular_help",
    "medical_emergency",
    "contact_iom",
    "nearest_service",
    "food_and_items",
    "sexual_violence_care",
    "trafficking",
)
OUTCOMES = {
    "answered": 0.8,
    "suggested": 0.08,
    "not_understood": 0.05,
    "unreadable": 0.03,
    "held": 0.02,
    "stale": 0.01,
    "trouble": 0.01,
}


def invent(*, now: datetime, days: int, people: int, chance: random.Random) -> None:
    """Write the conversations of `people` new people a day, until now, into the database. Not yet counted."""
    from django.db import transaction

    from bot.conversations.models import Contact, Feedback, Handover, Message

    numbers = itertools.count()
    contacts: list[Contact] = []
    messages: list[Message] = []
    asked: list[tuple[Message, Message]] = []
    handovers: list[Handover] = []
    for day in range(days, -1, -1):
        busy = 0.45 if (now - timedelta(days=day)).weekday() >= 5 else 1.0
        for _ in range(int(people * busy * chance.uniform(0.7, 1.3))):
            begin = now - timedelta(days=day, minutes=chance.uniform(0, 700))
            contact = Contact(
                id=uuid.UUID(int=chance.getrandbits(128), version=4),
                channel=_pick(CHANNELS, chance),
                pseudonym=f"{chance.getrandbits(256):064x}",
                language=_pick(LANGUAGES, chance),
                created_at=begin,
                seen_at=begin,
            )
            contacts.append(contact)
            at = begin
            for _ in range(chance.choice((1, 2, 2, 3, 5))):
                at += timedelta(minutes=chance.choice((1, 2, 3, 90)))
                if at > now:
                    break
                question, answer = _exchange(contact, at, next(numbers), chance)
                asked.append((question, answer))
                messages += (question, answer)
            if chance.random() < 0.06:
                handovers.append(_handover(contact, begin + timedelta(minutes=3), chance))
    with transaction.atomic():  # whole, or a worker beside would count answers before they answer anything
        Contact.objects.bulk_create(contacts, batch_size=200)
        Message.objects.bulk_create(messages, batch_size=200)
        for question, answer in asked:
            answer.answers = question
        Message.objects.bulk_update([answer for _, answer in asked], ["answers"], batch_size=200)
        Handover.objects.bulk_create(handovers, batch_size=200)
        judged = [question for question, _ in asked if question.outcome == "answered" and chance.random() < 0.05]
        verdicts: dict[str, float] = {"helpful": 0.7, "unhelpful": 0.3}
        Feedback.objects.bulk_create(
            [Feedback(message=one, verdict=_pick(verdicts, chance), given_at=one.created_at) for one in judged],
            batch_size=200,
        )


def _exchange(contact: Any, at: datetime, number: int, chance: random.Random) -> tuple[Any, Any]:
    from bot.conversations.models import Message

    outcome = _pick(OUTCOMES, chance)
    topic = TOPICS[min(int(chance.expovariate(0.35)), len(TOPICS) - 1)]
    missed = outcome in ("suggested", "not_understood")
    said: dict[str, Any] = {
        "contact": contact,
        "channel": contact.channel,
        "language": contact.language,
        "created_at": at,
    }
    question = Message(
        direction="in",
        provider_id=f"invented-{number}",
        text="una pregunta inventada",
        state="answered",
        outcome=outcome,
        topic=topic if outcome == "answered" else "nlu_fallback" if missed else "",
        ranking=[[topic, 0.41]] if missed else [],
        **said,
    )
    failed = contact.channel != "web" and chance.random() < 0.02
    answer = Message(
        direction="out",
        provider_id=f"invented-answer-{number}",
        text="una respuesta inventada",
        state="failed" if failed else "sent",
        error=chance.choice(("131026", "window_closed", "unreachable")) if failed else "",
        done_at=at + timedelta(seconds=chance.lognormvariate(0.2, 0.9)),
        **said,
    )
    return question, answer


def _handover(contact: Any, at: datetime, chance: random.Random) -> Any:
    from bot.conversations.models import Handover

    taken = at + timedelta(minutes=chance.lognormvariate(2.3, 1.2)) if chance.random() < 0.85 else None
    end = "dismissed" if taken is None else chance.choice(("returned", "returned", "expired"))
    closed = (taken or at) + timedelta(minutes=30)
    reason = chance.choice(("asked", "asked", "asked", "not_understood", "safety"))
    return Handover(contact=contact, reason=reason, requested_at=at, taken_at=taken, closed_at=closed, end=end)


def _pick(weights: dict[str, float], chance: random.Random) -> str:
    return chance.choices(list(weights), list(weights.values()))[0]


def main() -> None:
    from bot.web import setup

    setup()
    from django.utils import timezone

    from bot.conversations.counting import count_next

    days = int(sys.argv[1]) if len(sys.argv) > 1 else 60
    invent(now=timezone.now(), days=days, people=24, chance=random.Random(6))  # noqa: S311 - invented people
    while count_next():
        pass


if __name__ == "__main__":
    main()
