"""The terminal as a channel: what `bot talk` and conversations in tests speak through. Nothing is left out of the path."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from bot.answers.library import Library
from bot.answers.speaker import Speaker
from bot.channels.contract import Parcel, Sent
from bot.conversations.accept import accept
from bot.conversations.claim import claim_next
from bot.conversations.deliver import deliver_next
from bot.conversations.models import Contact, Message
from bot.conversations.rasa_client import TurnTaker
from bot.conversations.turn import take_turn
from bot.web.django_settings import SETTINGS
from bot.words import Incoming, Kind, TurnReply, TurnRequest

NAME = "terminal"


class Conversation:
    """One person at a terminal: each line is accepted, claimed, turned and delivered before the next."""

    name = NAME
    patience = timedelta(seconds=30)
    window: timedelta | None = None

    def __init__(
        self, rasa: TurnTaker, *, patience: float = 30.0, clock: Callable[[], datetime] = timezone.now
    ) -> None:
        self._rasa = _Listening(rasa)
        self._speaker = Speaker(Library(SETTINGS.content_dir))
        self._patience = patience
        self._clock = clock
        self._delivered: list[dict[str, Any]] = []
        self._offered: set[str] = set()
        self._address = ""
        self.begin_anew()

    def begin_anew(self) -> None:
        """Become another person."""
        self._address = secrets.token_hex(16)
        self._offered = set()

    def send(self, parcel: Parcel) -> Sent:
        """The channel's side of the outbox: keep what is delivered, to be printed."""
        laid = parcel.laid
        self._offered |= {button.id for button in laid.options}
        self._delivered.append(
            {"text": laid.text, "buttons": [{"title": one.title, "id": one.id} for one in laid.options]}
        )
        return Sent()

    def show_typing(self, addresses: tuple[str, ...], reference: str) -> None:
        """A terminal shows nothing while it waits."""

    def say(self, text: str) -> dict[str, Any]:
        """Say a line, or press the offered button whose id it is; returns the turn as `bot talk --json` prints it."""
        pressed = text in self._offered
        accepted = accept(
            Incoming(
                channel=NAME,
                address=self._address,
                provider_id=secrets.token_hex(16),
                kind=Kind.CHOICE if pressed else Kind.TEXT,
                text="" if pressed else text,
                choice=text if pressed else "",
            ),
            key=SETTINGS.pseudonym_key,
            now=self._clock(),
        )
        self._delivered, self._rasa.reply = [], None
        outcome = self._take_turns(accepted.contact)
        while deliver_next({NAME: self}, clock=self._clock):
            pass
        message = Message.objects.filter(pk=accepted.message.pk).first()
        reply = self._rasa.reply
        return {
            "text": text,
            "language": reply.language if reply else (message.language if message else ""),
            "topic": reply.topic if reply else outcome,
            "answers": self._delivered,
            "effects": [{"kind": e.kind.value, "value": e.value} for e in reply.effects] if reply else [],
        }

    def _take_turns(self, contact: Contact) -> str:
        end = time.monotonic() + self._patience
        outcome = ""
        waiting = Message.objects.filter(contact=contact, state=Message.State.WAITING)
        while waiting.exists() and time.monotonic() < end:
            claim = claim_next(now=self._clock())
            if claim is None:
                time.sleep(0.02)
                continue
            turn = take_turn(claim, rasa=self._rasa, phrases=self._speaker, clock=self._clock)
            outcome = turn.outcome if turn else outcome
        return outcome


class _Listening:
    """Remembers the last reply, for the effects and the topic of an erased message."""

    def __init__(self, rasa: TurnTaker) -> None:
        self._rasa = rasa
        self.reply: TurnReply | None = None

    def take(self, request: TurnRequest) -> TurnReply:
        """See TurnTaker."""
        self.reply = self._rasa.take(request)
        return self.reply
