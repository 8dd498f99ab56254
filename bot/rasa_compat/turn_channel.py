"""The private channel: one request = one turn. The only way into Rasa.

POST /webhooks/faro/turn    Authorization: Bearer <RASA_SECRET>
{"contact", "message", "kind", "text", "choice", "language", "language_chosen", "state"}
-> 200 {"topic", "language", "confidence", "safety", "ranking", "also", "content_version", "answers", "effects", "state"}
   401 wrong secret, 400 not a turn, 503 no model, 500 the turn failed (nothing was remembered of it)

GET /webhooks/faro/ready -> 200 {"ready": true, "model"} when a model is loaded, else 503
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from rasa.core.channels.channel import InputChannel, OutputChannel, UserMessage
from rasa.shared.core.trackers import DialogueStateTracker
from sanic import Blueprint, response
from sanic.exceptions import InvalidUsage
from sanic.request import Request
from sanic.response import HTTPResponse

from bot import trace
from bot.rasa_compat.choices import understood
from bot.rasa_compat.served import Served
from bot.rasa_compat.session_store import DialogueState, current_dialogue, state_after

NAME = "faro"


class Answers(OutputChannel):
    """Collects what a turn says and asks for, instead of sending it."""

    def __init__(self) -> None:
        self.answers: list[dict[str, Any]] = []
        self.effects: list[dict[str, str]] = []
        self.content_version = ""

    @classmethod
    def name(cls) -> str:
        """The channel's name, as answers see it."""
        return NAME

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Take one utterance of Rasa: a text with buttons, an effect, or both."""
        custom = message.get("custom") or {}
        effect = custom.get("effect")
        if effect:
            self.effects.append({"kind": str(effect["kind"]), "value": str(effect.get("value", ""))})
        self.content_version = str(message.get("content_version") or self.content_version)
        # Further answers, to what was asked in the same breath (bot/answers/nlg.py), follow the first.
        for said in (message, *(message.get("also") or [])):
            if text := said.get("text"):
                buttons = [{"title": one["title"], "id": one["payload"]} for one in said.get("buttons") or []]
                answer = {"text": text, "buttons": buttons}
                # In a situation without a rule Rasa runs its fallback action ten times over.
                if answer not in self.answers:
                    self.answers.append(answer)


def model_name(agent: Any) -> str:
    """The name of the file that the agent's model came from, without its endings."""
    return str(agent.processor.model_filename).partition(".")[0] if agent.processor else ""


class NotATurn(ValueError):
    """The request's body is not a turn; the message names the field."""


class TurnChannel(InputChannel):
    """Rasa's side of the private channel (the worker's is bot/conversations/rasa_client.py)."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()

    @classmethod
    def name(cls) -> str:
        """The last part of the channel's address."""
        return NAME

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> InputChannel:
        """Build the channel from credentials.yml.

        Raises:
            ValueError: there is no secret.
        """
        secret = str((credentials or {}).get("secret") or "")
        if not secret or secret.startswith("${"):
            raise ValueError("credentials.yml: the private channel needs RASA_SECRET")
        return cls(secret)

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """The addresses of the channel."""
        blueprint = Blueprint("faro_turns")

        @blueprint.get("/ready")
        async def ready(request: Request) -> HTTPResponse:
            agent = request.app.ctx.agent
            if agent is None or not agent.is_ready():
                return response.json({"ready": False}, status=503)
            return response.json({"ready": True, "model": model_name(agent)})

        @blueprint.post("/turn")
        async def turn(request: Request) -> HTTPResponse:
            if not self._is_authorised(request):
                return response.json({"error": "unauthorised"}, status=401)
            agent = request.app.ctx.agent
            if agent is None or not agent.is_ready():
                return response.json({"error": "no model"}, status=503)
            try:
                body = read_turn(request.json)
            except NotATurn as error:
                return response.json({"error": str(error)}, status=400)
            except InvalidUsage:
                return response.json({"error": "not JSON"}, status=400)
            served = Served(body, trace.read(request.headers.get(trace.HEADER)))
            try:
                reply = await take_turn(body, agent, on_new_message, trace=served.trace)
            except Exception as error:
                served.failed(error)
                return response.json({"error": "turn failed"}, status=500)
            served.ended()
            return response.json(reply)

        return blueprint

    def _is_authorised(self, request: Request) -> bool:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return hmac.compare_digest(given.encode(), self._secret)


_TEXTS = ("contact", "message", "kind", "text", "choice", "language")


def read_turn(body: Any) -> dict[str, Any]:
    """Check a turn request field by field.

    Raises:
        NotATurn: a field is missing or of the wrong type.
    """
    if not isinstance(body, dict):
        raise NotATurn("body: must be an object")
    for name in _TEXTS:
        if not isinstance(body.get(name), str):
            raise NotATurn(f"{name}: must be a text")
    if body["kind"] not in ("text", "choice"):
        raise NotATurn("kind: must be text or choice")
    if not isinstance(body.get("language_chosen"), bool):
        raise NotATurn("language_chosen: must be true or false")
    state = body.get("state")
    if not isinstance(state, list) or not all(isinstance(one, dict) for one in state):
        raise NotATurn("state: must be a list of events")
    return body


#: Slashes and blanks in any order: behind "/ /" the next slash would be the first.
_LEADING = re.compile(r"^[\s/\\]+")


def neutral(text: str) -> str:
    """The text without leading slashes, which Rasa would read as an intent with entities."""
    return _LEADING.sub("", text) or "…"


async def take_turn(
    body: dict[str, Any], agent: Any, on_new_message: Callable[[UserMessage], Awaitable[Any]], *, trace: str = ""
) -> dict[str, Any]:
    """Let Rasa answer one message; returns the reply as JSON-ready data. `trace` goes on to the actions.

    Raises:
        LookupError: a choice that means nothing, or a turn that ended without an answer.
    """
    parse_data = None
    if body["kind"] == "choice":
        parse_data = understood(body["choice"], topics=agent.domain.intents, language=body["language"])
        if parse_data is None:
            raise LookupError("unknown choice")
    answers = Answers()
    message = UserMessage(
        text=parse_data["text"] if parse_data else neutral(body["text"]),
        output_channel=answers,
        sender_id=body["contact"],
        input_channel=NAME,
        message_id=body["message"],
        metadata={"language": body["language"], "language_chosen": body["language_chosen"], "trace": trace},
        parse_data=parse_data,
    )
    dialogue = DialogueState(events=body["state"])
    token = current_dialogue.set(dialogue)
    try:
        await on_new_message(message)
    finally:
        current_dialogue.reset(token)
    if dialogue.tracker is None or not answers.answers:
        raise LookupError("no answer")
    return _reply(dialogue.tracker, answers)


def _reply(tracker: DialogueStateTracker, answers: Answers) -> dict[str, Any]:
    said = tracker.latest_message
    parse_data = (said.parse_data if said else None) or {}
    intent = parse_data.get("intent") or {}
    ranking: Sequence[dict[str, Any]] = parse_data.get("intent_ranking") or []
    chosen = [effect["value"] for effect in answers.effects if effect["kind"] == "language"]
    return {
        "topic": intent.get("name") or "",
        "confidence": float(intent.get("confidence") or 0.0),
        "language": chosen[-1] if chosen else parse_data.get("language") or "",
        "safety": bool(parse_data.get("safety")),
        "ranking": [[one["name"], round(float(one["confidence"]), 4)] for one in ranking[:5]],
        "also": [str(one) for one in parse_data.get("also") or ()],
        "content_version": answers.content_version,
        "answers": answers.answers,
        "effects": answers.effects,
        "state": state_after(tracker),
    }
