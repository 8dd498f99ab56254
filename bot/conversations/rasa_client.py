"""The worker's side of the private Rasa channel: one request, one turn."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Protocol

import httpx

from bot import trace
from bot.errors import RasaMisbehaved, RasaUnavailable
from bot.words import Button, Effect, EffectKind, Outgoing, TurnReply, TurnRequest

#: Seconds for one attempt. Two attempts and the pause between them stay under the 10 s after which a person must have
#: heard something, whatever happens to Rasa.
TIMEOUT = 4.0

#: Seconds for the health page, which Rasa answers without thinking.
LOOK_TIMEOUT = 1.5

#: Where the private channel listens (bot/rasa_compat/turn_channel.py).
PATH = "/webhooks/faro/turn"

#: Characters of a model's name.
_LONGEST_NAME = 100


class TurnTaker(Protocol):
    """Whatever can answer a turn; in production Rasa over HTTP."""

    def take(self, request: TurnRequest) -> TurnReply:
        """Answer one message.

        Raises:
            RasaUnavailable: no answer came.
            RasaMisbehaved: what came is not an answer.
        """
        ...


@dataclass(frozen=True, slots=True)
class RasaState:
    """How Rasa is: whether it has its model and its answers, and the model's name ("" when it has none).

    Of several together (bot/conversations/rasa_pool.py): `replicas`, and how many of them are not ready (`away`).
    """

    ready: bool
    model: str = ""
    replicas: int = 1
    away: int = 0

    @property
    def answering(self) -> int:
        """How many are ready."""
        return self.replicas - self.away if self.ready else 0


class RasaClient:
    """Takes turns over HTTP. Thread-safe; keeps connections open."""

    def __init__(self, url: str, secret: str) -> None:
        self._url = url + PATH
        self._client = httpx.Client(
            timeout=TIMEOUT,
            headers={"Authorization": f"Bearer {secret}"},
            limits=httpx.Limits(max_connections=64, max_keepalive_connections=64),
            trust_env=False,  # a proxy in the environment must never see what people write
        )

    def take(self, request: TurnRequest) -> TurnReply:
        """See TurnTaker."""
        try:
            response = self._client.post(self._url, json=to_wire(request), headers={trace.HEADER: request.trace})
        except httpx.HTTPError as error:
            raise RasaUnavailable(type(error).__name__) from None
        if response.status_code != httpx.codes.OK:
            # 503: it has no model, for nobody. Anything else is about this turn.
            about_this = response.status_code != httpx.codes.SERVICE_UNAVAILABLE
            raise RasaUnavailable(f"HTTP {response.status_code}", answered=about_this)
        try:
            return from_wire(response.json())
        except (json.JSONDecodeError, KeyError, TypeError, ValueError) as error:
            raise RasaMisbehaved(type(error).__name__) from None

    def look(self) -> RasaState:
        """How Rasa is (asks the channel's health page). Never raises."""
        try:
            response = self._client.get(self._url.removesuffix("/turn") + "/ready", timeout=LOOK_TIMEOUT)
            said = response.json()
        except (httpx.HTTPError, ValueError):
            return RasaState(ready=False)
        model = said.get("model") if isinstance(said, dict) else None
        return RasaState(response.status_code == httpx.codes.OK, str(model or "")[:_LONGEST_NAME])

    def ready(self) -> bool:
        """Whether Rasa has its model and its answers."""
        return self.look().ready

    def close(self) -> None:
        """Close the connections."""
        self._client.close()


def to_wire(request: TurnRequest) -> dict[str, Any]:
    """The request as the JSON object that bot/rasa_compat/turn_channel.py reads."""
    return {
        "contact": request.contact,
        "message": request.message,
        "kind": request.kind.value,
        "text": request.text,
        "choice": request.choice,
        "language": request.language,
        "language_chosen": request.language_chosen,
        "state": list(request.state),
    }


def from_wire(data: dict[str, Any]) -> TurnReply:
    """The reply from its JSON object.

    Raises:
        KeyError, TypeError, ValueError: the object is not a reply, or answers nothing.
    """
    answers = tuple(
        Outgoing(
            text=str(answer["text"]),
            buttons=tuple(Button(title=str(one["title"]), id=str(one["id"])) for one in answer["buttons"]),
        )
        for answer in data["answers"]
        if str(answer["text"]).strip()
    )
    if not answers:
        raise ValueError("a turn without an answer")
    return TurnReply(
        topic=str(data["topic"]),
        language=str(data["language"]),
        confidence=float(data["confidence"]),
        safety=bool(data["safety"]),
        answers=answers,
        effects=tuple(Effect(kind=EffectKind(one["kind"]), value=str(one["value"])) for one in data["effects"]),
        ranking=tuple((str(topic), float(confidence)) for topic, confidence in data["ranking"]),
        state=tuple(data["state"]),
        # Rasa is restarted after the worker, or before: one that does not say these yet is understood too.
        also=tuple(str(topic) for topic in data.get("also") or ()),
        content_version=str(data.get("content_version") or ""),
    )


def is_well(url: str) -> bool:
    """Whether the health page of a process of ours answers that all is well. Never raises."""
    try:
        return httpx.get(url, timeout=2.0, trust_env=False).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False
