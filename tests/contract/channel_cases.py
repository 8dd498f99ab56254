"""What every channel that is called by a provider must do: a table of calls, and one runner for all channels."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from bot.channels.contract import Answer, Call, Webhook
from bot.conversations.addresses import AddressBook
from bot.conversations.claim import claim_next
from bot.conversations.intake import Full
from bot.conversations.models import Message
from bot.conversations.record import record
from bot.conversations.turn import take_turn
from bot.words import Event
from tests.conversations.conftest import KEY, Clock, NamedPhrases, ScriptedRasa, reply

#: What Rasa answers in the cases.
ANSWER = "C'est gratuit."


@dataclass(frozen=True, slots=True)
class Case:
    """One call of a provider, and everything that has to come of it.

    status, text: of the answer to the provider.
    events: what the inbox is given.
    replies: how what the person is told begins, in order; sentences are their keys (NamedPhrases).
    """

    name: str
    call: Call
    status: int = 200
    events: tuple[Event, ...] = ()
    replies: tuple[str, ...] = ()
    text: str = ""

    def __str__(self) -> str:
        return self.name


@dataclass(slots=True)
class Door:
    """Stands for the inbox's door: keeps what is brought, or refuses it."""

    full: bool = False
    error: Exception | None = None
    brought: list[Event] = field(default_factory=list)

    async def put(self, events: Sequence[Event], *, trace: str = "") -> None:
        if self.full:
            raise Full
        if self.error is not None:
            raise self.error
        self.brought += events


def check(case: Case, hook: Callable[[Door], Webhook], clock: Clock, book: AddressBook) -> None:
    """Run a case: the call, the inbox, the turns.

    Args:
        case: the case.
        hook: makes the webhook over a door.
        clock: the time of the case.
        book: of addresses.
    """
    door = Door()
    answer = asyncio.run(hook(door).answer(case.call))
    assert answer == Answer(case.status, case.text)
    assert tuple(door.brought) == case.events
    for _repeated in range(2):  # a provider may bring everything twice
        for event in door.brought:
            record(event, key=KEY, now=clock.now, book=book)
    while claim := claim_next(now=clock.now):
        assert take_turn(claim, rasa=ScriptedRasa(reply(text=ANSWER)), phrases=NamedPhrases(), clock=clock)
    told = Message.objects.filter(direction=Message.Direction.OUT).order_by("pk").values_list("text", flat=True)
    assert [text.partition(" (")[0].partition("\n")[0] for text in told] == list(case.replies)
