"""A clock that is set by hand, phrases that name themselves, and messages as channels hand them over."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from bot.conversations.accept import accept
from bot.conversations.models import Contact, Message
from bot.errors import RasaMisbehaved, RasaUnavailable
from bot.words import Button, Effect, Incoming, Kind, Outgoing, TurnReply, TurnRequest

KEY = "k" * 40


class Clock:
    """Time as the tests want it."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 23, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **span: float) -> None:
        self.now += timedelta(**span)


class NamedPhrases:
    """Every sentence is its own key, so that a test sees which one was chosen, and in which language."""

    default_language = "es"
    content_version = "0123456789ab"

    def sentence(self, key: str, language: str) -> Outgoing:
        return Outgoing(text=f"{key} ({language})")

    def office(self, language: str, now: datetime) -> Outgoing:
        return Outgoing(text=f"office ({language})")

    def titles(self, choice: str) -> tuple[str, ...]:
        return {
            "topic:erase_data": ("Borrar mis datos", "Delete my data"),
            "topic:return_cost": ("Costo", "Cost", "Coût"),
            "erase:yes": ("Sí, borrar todo", "Yes, delete all"),
        }.get(choice, ())

    def layout_words(self, language: str) -> tuple[str, str]:
        return f"options ({language})", f"more ({language})"

    def answer(self, topic: str, language: str) -> Outgoing:
        return Outgoing(text=f"answer {topic} ({language})", buttons=(Button("Costo", "topic:return_cost"),))


class ScriptedRasa:
    """Answers with what the test says next; an exception in the script is raised."""

    def __init__(self, *script: TurnReply | Exception) -> None:
        self.script = list(script)
        self.requests: list[TurnRequest] = []

    def take(self, request: TurnRequest) -> TurnReply:
        self.requests.append(request)
        step = self.script.pop(0) if self.script else RasaUnavailable("script ended")
        if isinstance(step, Exception):
            raise step
        return step


def reply(
    topic: str = "return_cost",
    *,
    language: str = "fr",
    text: str = "C'est gratuit.",
    buttons: tuple[Button, ...] = (Button("Documents", "topic:return_documents"),),
    effects: tuple[Effect, ...] = (),
    state: tuple[dict[str, object], ...] = ({"event": "user"},),
) -> TurnReply:
    """A reply as Rasa gives it."""
    return TurnReply(
        topic=topic,
        language=language,
        confidence=0.9,
        safety=False,
        answers=(Outgoing(text=text, buttons=buttons),),
        effects=effects,
        state=state,
    )


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def say(clock: Clock) -> Callable[..., Message]:
    """Accept a message of somebody; every call is a new message."""
    numbers = itertools.count()

    def accept_one(text: str = "hola", *, who: str = "ana", choice: str = "", kind: Kind | None = None) -> Message:
        incoming = Incoming(
            channel="web",
            address=who,
            provider_id=f"{who}-{next(numbers)}",
            kind=kind or (Kind.CHOICE if choice else Kind.TEXT),
            text="" if choice else text,
            choice=choice,
        )
        return accept(incoming, key=KEY, now=clock.now).message

    return accept_one


def heard(contact: Contact) -> list[str]:
    """What was written for a contact, in order."""
    return list(contact.messages.filter(direction=Message.Direction.OUT).order_by("id").values_list("text", flat=True))


__all__ = ["KEY", "Clock", "NamedPhrases", "RasaMisbehaved", "RasaUnavailable", "ScriptedRasa", "heard", "reply"]
