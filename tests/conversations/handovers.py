"""What the tests of handovers do all the time: take a turn, take a conversation, write to a person."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID, uuid4

from django.contrib.auth.models import User

from bot.conversations import handover
from bot.conversations.claim import claim_next
from bot.conversations.models import Contact, Handover, Message
from bot.conversations.team_message import write
from bot.conversations.turn import Turn, take_turn
from bot.words import Effect, EffectKind, Outgoing
from tests.conversations.conftest import Clock, NamedPhrases, ScriptedRasa, reply

PHRASES = NamedPhrases()
Say = Callable[..., Message]

ASKED = reply("ask_human", text="Anotado.", effects=(Effect(EffectKind.HANDOVER, "asked"),))


def turn(rasa: ScriptedRasa, clock: Clock) -> Turn | None:
    claim = claim_next(now=clock.now)
    assert claim is not None
    return take_turn(claim, rasa=rasa, phrases=PHRASES, clock=clock)


def take(contact: Contact, operator: User, clock: Clock) -> Handover:
    return handover.take(contact.pk, operator, phrases=PHRASES, now=clock.now)


def say_to(contact: Contact, operator: User, clock: Clock, said: Outgoing, token: UUID | None = None) -> bool:
    return write(contact.pk, operator, said, token=token or uuid4(), language="es", phrases=PHRASES, now=clock.now)
