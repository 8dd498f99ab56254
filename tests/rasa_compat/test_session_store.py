"""The dialogue state that leaves with a turn: short, without a word of the person, and never another person's."""

from __future__ import annotations

import asyncio
import json
import string
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    BotUttered,
    EntitiesAdded,
    Event,
    SessionStarted,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker

from bot.rasa_compat.session_store import (
    TURNS_KEPT,
    DialogueState,
    SessionTrackerStore,
    current_dialogue,
    state_after,
)
from bot.settings import ROOT

#: When the dialogue of the tests began, in seconds.
BEGUN = 1_795_000_000

SECRET = "my passport is RX-4471"


@pytest.fixture(scope="module")
def domain() -> Domain:
    return Domain.from_file(str(ROOT / "domain.yml"))


def _turn(number: int, text: str = SECRET, intent: str = "return_cost") -> list[Event]:
    ranking = [{"name": name, "confidence": 1 / (n + 1)} for n, name in enumerate([intent, *string.ascii_lowercase])]
    parse_data = {
        "text": text,
        "intent": ranking[0],
        "intent_ranking": ranking,
        "entities": [
            {"entity": "language", "value": text, "start": 0, "end": 1},
            {"entity": "place", "value": "tocumen", "start": 0, "end": 0, "text": text},
        ],
        "text_tokens": [(0, 2)],
        "metadata": {"note": text},
        "language": "en",
        "safety": True,
    }
    return [
        UserUttered(text, parse_data["intent"], parse_data["entities"], parse_data, timestamp=number, message_id="m"),
        EntitiesAdded(parse_data["entities"], timestamp=number),
        ActionExecuted(f"utter_{intent}", policy="RulePolicy", confidence=0.9, timestamp=number),
        BotUttered(f"you said: {text}", {"buttons": []}, {"topic": intent, "utter_action": text}, timestamp=number),
        ActionExecuted("action_listen", timestamp=number),
    ]


def _tracker(turns: int, domain: Domain, text: str = SECRET) -> DialogueStateTracker:
    events: list[Event] = [
        ActionExecuted("action_session_start", timestamp=BEGUN),
        SessionStarted(timestamp=BEGUN),
        SlotSet("session_started_metadata", {"note": text}, timestamp=BEGUN),
        ActionExecuted("action_listen", timestamp=BEGUN),
    ]
    for number in range(turns):
        events += _turn(BEGUN + number + 1, text)
    return DialogueStateTracker.from_events("contact", events, slots=domain.slots, domain=domain)


async def _retrieved(state: list[dict[str, Any]], domain: Domain) -> DialogueStateTracker | None:
    token = current_dialogue.set(DialogueState(events=state))
    try:
        return await SessionTrackerStore(domain).retrieve("contact")
    finally:
        current_dialogue.reset(token)


def _again(state: list[dict[str, Any]], domain: Domain) -> DialogueStateTracker:
    tracker = asyncio.run(_retrieved(state, domain))
    assert tracker is not None
    return tracker


def _users(state: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [event for event in state if event["event"] == "user"]


def test_nothing_that_the_person_wrote_is_in_the_state(domain: Domain) -> None:
    state = state_after(_tracker(3, domain))
    assert len(_users(state)) == 3
    assert SECRET not in json.dumps(state)


@given(text=st.text(min_size=4, alphabet=st.characters(codec="utf-8", exclude_characters='"\\')))
@settings(max_examples=40, deadline=None)
def test_whatever_they_wrote_makes_the_same_state(text: str) -> None:
    domain = Domain.from_dict({"intents": ["return_cost"], "responses": {"utter_return_cost": [{"text": "x"}]}})
    assert state_after(_tracker(2, domain, text)) == state_after(_tracker(2, domain, SECRET))


@pytest.mark.parametrize("turns", [0, 1, TURNS_KEPT - 1, TURNS_KEPT, TURNS_KEPT + 1, 40])
def test_at_most_so_many_turns_are_kept(turns: int, domain: Domain) -> None:
    state = state_after(_tracker(turns, domain))
    kept = min(turns, TURNS_KEPT)
    assert [event["timestamp"] - BEGUN for event in _users(state)] == list(range(turns - kept + 1, turns + 1))
    assert (state[0]["event"], state[0]["name"]) == ("action", "action_listen")
    assert len(json.dumps(state)) < 12_000


def test_what_the_next_turn_needs_is_kept(domain: Domain) -> None:
    said = _users(state_after(_tracker(1, domain)))[0]["parse_data"]
    assert said["intent"]["name"] == "return_cost"
    assert (said["language"], said["safety"]) == ("en", True)
    assert [one["name"] for one in said["intent_ranking"]][:3] == ["return_cost", "a", "b"]
    assert len(said["intent_ranking"]) <= 20
    # Where the person is, as the name of a town; nothing else that was found in the message.
    assert said["entities"] == [{"entity": "place", "value": "tocumen", "start": 0, "end": 0}]


def test_what_was_answered_is_kept_by_its_topic_alone(domain: Domain) -> None:
    (answer,) = [event for event in state_after(_tracker(1, domain)) if event["event"] == "bot"]
    assert (answer["text"], answer["data"], answer["metadata"]) == ("", {}, {"topic": "return_cost"})
    again = [
        event for event in _again(state_after(_tracker(1, domain)), domain).events if isinstance(event, BotUttered)
    ]
    assert [event.metadata["topic"] for event in again] == ["return_cost"]


@pytest.mark.parametrize("turns", [1, TURNS_KEPT, TURNS_KEPT + 3])
def test_a_round_trip_changes_nothing(turns: int, domain: Domain) -> None:
    state = state_after(_tracker(turns, domain))
    travelled = json.loads(json.dumps(state))
    once = state_after(_again(travelled, domain))
    assert once == state
    assert state_after(_again(once, domain)) == state


def test_rules_see_the_same_dialogue_after_a_round_trip(domain: Domain) -> None:
    before = _tracker(2, domain)
    after = _again(state_after(before), domain)
    assert after.latest_action_name == before.latest_action_name
    assert after.latest_message is not None
    assert after.latest_message.intent_name == "return_cost"
    for state_before, state_after_it in zip(before.past_states(domain), after.past_states(domain), strict=True):
        assert state_after_it.get("prev_action") == state_before.get("prev_action")
        assert state_after_it.get("user", {}).get("intent") == state_before.get("user", {}).get("intent")


def test_a_new_dialogue_has_no_tracker(domain: Domain) -> None:
    assert asyncio.run(_retrieved([], domain)) is None


def test_without_a_turn_the_store_is_empty_and_forgets(domain: Domain) -> None:
    async def outside() -> tuple[object, list[str]]:
        store = SessionTrackerStore(domain)
        await store.save(_tracker(1, domain))
        return await store.retrieve("contact"), list(await store.keys())

    assert asyncio.run(outside()) == (None, [])


def test_what_is_saved_in_a_turn_is_retrieved_in_it(domain: Domain) -> None:
    async def within() -> bool:
        current_dialogue.set(DialogueState(events=state_after(_tracker(1, domain))))
        store = SessionTrackerStore(domain)
        saved = _tracker(2, domain)
        await store.save(saved)
        return await store.retrieve("contact") is saved

    assert asyncio.run(within())


def test_two_dialogues_at_once_never_mix(domain: Domain) -> None:
    store = SessionTrackerStore(domain)

    async def dialogue(contact: str, turns: int) -> tuple[str, int, list[dict[str, Any]]]:
        state = DialogueState(events=state_after(_tracker(turns, domain)))
        current_dialogue.set(state)
        for _ in range(5):
            await asyncio.sleep(0)
            tracker = await store.retrieve(contact)
            assert tracker is not None
            for event in _turn(1):
                tracker.update(event)
            await asyncio.sleep(0)
            await store.save(tracker)
        assert state.tracker is not None
        return state.tracker.sender_id, len(_users(list(state.events))), state_after(state.tracker)

    async def both() -> list[tuple[str, int, list[dict[str, Any]]]]:
        return list(await asyncio.gather(*(dialogue(f"contact {n}", n) for n in (1, 2, 3, 4))))

    for number, (contact, begun_with, state) in enumerate(asyncio.run(both()), start=1):
        assert contact == f"contact {number}"
        assert begun_with == number
        assert len(_users(state)) == min(number + 5, TURNS_KEPT)


def test_rasa_builds_the_store_from_endpoints_yml(domain: Domain) -> None:
    from rasa.core.tracker_store import FailSafeTrackerStore
    from rasa.core.utils import AvailableEndpoints

    with pytest.MonkeyPatch.context() as patch:
        for name in ("CONTENT_DIR", "ACTIONS_WEBHOOK"):
            patch.setenv(name, "http://127.0.0.1:1")
        endpoints = AvailableEndpoints.read_endpoints(str(ROOT / "endpoints.yml"))
    store = TrackerStore.create(endpoints.tracker_store, domain=domain)
    assert isinstance(store, SessionTrackerStore | FailSafeTrackerStore)
    assert isinstance(getattr(store, "_tracker_store", store), SessionTrackerStore)
