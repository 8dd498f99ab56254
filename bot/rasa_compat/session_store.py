"""The tracker store: dialogue state comes with a turn and leaves with it, and rests nowhere in Rasa.

Rasa's own stores append every event for ever (2 kB and 5 rows a turn, and a turn that grows from 44 ms to 585 ms within
400; docs/adr/0003). Ours holds the events of one turn in a context variable. The worker keeps the state in the contact's
row, in the same transaction as the answers, so a turn that is repeated after a crash starts from the same state.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, Event, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

#: How many turns back a dialogue is remembered. A reference ("and how much is it?") reaches one or two turns back.
TURNS_KEPT = 6

#: What of an understanding is remembered; the text of the message never is.
_PARSE_DATA_KEPT = ("intent", "intent_ranking", "language", "safety", "written_in")
_RANKING_KEPT = 20
#: Of a confidence: what is compared with it has two. All sixteen were a fifth of the state, which travels twice a turn.
_DIGITS = 4
#: Of what was found in a message: where the person is (a town, or what is near), which kind of service was wanted, and of
#: which country the person is or wants to go back to.
_ENTITIES_KEPT = ("place", "near", "kind", "nationality")


@dataclass(slots=True)
class DialogueState:
    """The state of one dialogue during one turn. `events` are Rasa events as dictionaries."""

    events: Sequence[dict[str, Any]] = ()
    tracker: DialogueStateTracker | None = field(default=None, repr=False)


#: The dialogue of the turn that is being taken; set by the turn channel.
current_dialogue: ContextVar[DialogueState] = ContextVar("current_dialogue")


class SessionTrackerStore(TrackerStore):
    """Rasa's view on the dialogue of the current turn. Without a turn it is empty and forgets what it is given."""

    def __init__(self, domain: Domain, event_broker: Any = None, **kwargs: Any) -> None:
        kwargs.pop("host", None)
        super().__init__(domain, event_broker, **kwargs)

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The tracker of the current turn, or None for a new dialogue."""
        state = current_dialogue.get(None)
        if state is None:
            return None
        if state.tracker is not None:
            return state.tracker
        if not state.events:
            return None
        events = [Event.from_parameters(dict(one)) for one in state.events]
        return DialogueStateTracker.from_events(
            sender_id, [event for event in events if event is not None], slots=self.domain.slots, domain=self.domain
        )

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Keep the tracker for the end of the turn."""
        state = current_dialogue.get(None)
        if state is not None:
            state.tracker = tracker

    async def keys(self) -> Iterable[str]:
        """No conversation is kept."""
        return []


def state_after(tracker: DialogueStateTracker) -> list[dict[str, Any]]:
    """What the next turn needs of this dialogue: the last turns, without a word of what was said."""
    events = list(tracker.applied_events())  # those of the present session, without its beginning
    turns = [number for number, event in enumerate(events) if isinstance(event, UserUttered)]
    if len(turns) > TURNS_KEPT:
        # From the `action_listen` before the first kept message: a dialogue begins by listening.
        events = events[turns[-TURNS_KEPT] - 1 :]
    return [one for event in events if (one := _lean(event)) is not None]


def _lean(event: Event) -> dict[str, Any] | None:
    if isinstance(event, UserUttered):
        parse_data = {key: event.parse_data[key] for key in _PARSE_DATA_KEPT if key in event.parse_data}
        parse_data["intent_ranking"] = [
            {"name": one["name"], "confidence": round(one["confidence"], _DIGITS)}
            for one in parse_data.get("intent_ranking", [])[:_RANKING_KEPT]
        ]
        # The intent stands in the text's place: Rasa needs some text to tell an utterance from silence.
        intent = event.intent_name or ""
        return {
            "event": "user",
            "timestamp": event.timestamp,
            "text": f"/{intent}",
            "parse_data": {**parse_data, "text": f"/{intent}", "entities": _kept(event)},
        }
    if isinstance(event, BotUttered) and (topic := event.metadata.get("topic")):
        # Which topic was answered, not what was said: "and how much is it?" is about that.
        return {"event": "bot", "timestamp": event.timestamp, "text": "", "data": {}, "metadata": {"topic": topic}}
    if isinstance(event, ActionExecuted):
        return {
            "event": "action",
            "timestamp": event.timestamp,
            "name": event.action_name,
            "policy": None,
            "confidence": 1.0,
        }
    if isinstance(event, SlotSet) and event.key != "session_started_metadata":
        return {"event": "slot", "timestamp": event.timestamp, "name": event.key, "value": event.value}
    # What the bot said, other entities and the like: the answers are in content/, the messages in the messages table.
    return None


def _kept(event: UserUttered) -> list[dict[str, Any]]:
    entities = event.parse_data.get("entities") or []
    return [
        {"entity": one["entity"], "value": one["value"], "start": 0, "end": 0}
        for one in entities
        if one.get("entity") in _ENTITIES_KEPT
    ]
